using Provision.Reservations.Wire;

namespace Provision.Cli.Output;

/// <summary>One line of a terminal that is written over while something takes long, and is gone when it is done.</summary>
/// <param name="terminal">Where it is; null when nobody looks.</param>
/// <param name="time">The clock: it changes a few times a second, however often it is told.</param>
internal sealed class ProgressLine(TextWriter? terminal, TimeProvider time) : IDisposable
{
    private const string Clear = "\r\u001b[K";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private long last = time.GetTimestamp();
    private bool shown;

    /// <summary>Shows a text, if the last one has been there for a while.</summary>
    public void Show(Func<string> text)
    {
        if (terminal is null || time.GetElapsedTime(last) < Interval)
        {
            return;
        }

        terminal.Write(Clear + Plain.Of(text()));
        terminal.Flush();
        (last, shown) = (time.GetTimestamp(), true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (shown)
        {
            terminal!.Write(Clear);
        }
    }
}
