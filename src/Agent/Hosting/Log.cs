namespace Provision.Agent.Hosting;

/// <summary>The log: one JSON object a line on standard error.</summary>
internal static class Log
{
    /// <summary>Sets it up.</summary>
    public static void Configure(ILoggingBuilder logging, LogLevel least)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(least);
        logging.AddFilter("Microsoft", least > LogLevel.Warning ? least : LogLevel.Warning);

        // What keeps the web server from starting is told once, as a fault.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddJsonConsole(options =>
        {
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
