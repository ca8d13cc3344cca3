using System.Buffers;
using Microsoft.Extensions.Logging;
using Provision.Machine.Disk;
using Provision.Provisioning.Telemetry;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Journal;

/// <summary>
/// The one writer of a node's journal. Lines handed in while a flush runs are written together and flushed once (group commit). When
/// the disk fails it tries again for ever: whoever waits for the line waits, so nothing new is begun and what runs keeps running.
/// After a failed flush the kernel may have dropped the bytes it could not write, so the batch goes whole into a new segment; the
/// reader ignores a line it has read before.
/// </summary>
public sealed partial class JournalWriter
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly IDisk disk;
    private readonly TimeProvider time;
    private readonly int segmentSizeMax;
    private readonly ILogger<JournalWriter> log;
    private readonly ArrayBufferWriter<byte> waiting = new();
    private int segment;
    private long length;
    private Task last = Task.CompletedTask;
    private bool gathering;

    /// <summary>Goes on behind what was read, whose torn tail is cut off: many starts must not make many segments.</summary>
    public JournalWriter(IDisk disk, TimeProvider time, JournalContents contents, ILogger<JournalWriter> log, int segmentSizeMax = 16 << 20)
    {
        this.log = log;
        this.disk = disk;
        this.time = time;
        this.segmentSizeMax = segmentSizeMax;
        (segment, length) = (Math.Max(contents.LastSegment, 1), contents.LastLength ?? segmentSizeMax);
    }

    /// <summary>What the disk last complained of, while it does; null when all is well.</summary>
    public Fault? Trouble { get; private set; }

    /// <summary>Ends when everything handed in so far is durable.</summary>
    public Task Durable => last;

    /// <summary>Ends when these lines are durable. Lines become durable in the order of the calls.</summary>
    public Task WriteAsync(IEnumerable<JournalLine> lines)
    {
        foreach (var line in lines)
        {
            waiting.Write(line.ToBytes());
        }

        if (!gathering)
        {
            gathering = true;
            last = CommitNextAsync(last);
        }

        return last;
    }

    private async Task CommitNextAsync(Task previous)
    {
        await previous;

        // Whoever is about to hand in lines in this same turn does so before the batch is closed.
        await Task.Yield();
        gathering = false;
        var batch = waiting.WrittenSpan.ToArray();
        waiting.ResetWrittenCount();
        await CommitAsync(batch);
    }

    private async Task CommitAsync(byte[] batch)
    {
        for (; ; )
        {
            try
            {
                if (length >= segmentSizeMax)
                {
                    Roll();
                }

                var began = time.GetTimestamp();
                await disk.AppendAsync(Segments.NameOf(segment), batch, CancellationToken.None);
                length += batch.Length;
                if (await FlushAsync())
                {
                    EngineTelemetry.RecordFlush(time.GetElapsedTime(began));
                    if (Trouble is not null)
                    {
                        LogWritten();
                    }

                    Trouble = null;
                    return;
                }
            }
            catch (FaultException e)
            {
                // An append that fails leaves the file as it was: the same segment is tried again.
                await WaitAsync(e.Fault);
            }
        }
    }

    private async Task<bool> FlushAsync()
    {
        try
        {
            await disk.FlushAsync(Segments.NameOf(segment), CancellationToken.None);
            return true;
        }
        catch (FaultException e)
        {
            Roll();
            await WaitAsync(e.Fault);
            return false;
        }
    }

    private Task WaitAsync(Fault fault)
    {
        if (Trouble?.What != fault.What)
        {
            LogTrouble(fault.Brief);
        }

        Trouble = fault;
        return time.DelayAsync(RetryDelay, CancellationToken.None);
    }

    private void Roll()
    {
        segment++;
        length = 0;
    }

    [LoggerMessage(LogLevel.Error, "The journal cannot be written, and nothing new is begun until it can: {Fault}")]
    private partial void LogTrouble(string fault);

    [LoggerMessage(LogLevel.Information, "The journal can be written again")]
    private partial void LogWritten();
}
