namespace Provision.Agent.Hosting;

/// <summary>The log: one JSON object a line on standard error.</summary>
internal static class Logs
{
    /// <summary>Where the engine writes.</summary>
    public static ILoggerFactory Create(LogLevel least) => LoggerFactory.Create(logging => Configure(logging, least));

    /// <summary>Sets up a log.</summary>
    public static void Configure(ILoggingBuilder logging, LogLevel least)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(least);
        logging.AddFilter("Microsoft", least > LogLevel.Warning ? least : LogLevel.Warning);
        logging.AddJsonConsole(options =>
        {
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
