namespace Provision.Agent.Hosting;

/// <summary>The log: one JSON object a line on standard error.</summary>
internal static class Logs
{
    /// <summary>Where the engine writes.</summary>
    public static ILoggerFactory Create() => LoggerFactory.Create(Configure);

    /// <summary>Sets up a log.</summary>
    public static void Configure(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddJsonConsole(options =>
        {
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
