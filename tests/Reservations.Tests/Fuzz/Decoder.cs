using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Reservations.Tests.Fuzz;

/// <summary>Something that reads what strangers wrote, with documents that it takes.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Corpus">Documents to damage.</param>
/// <param name="Read">Reads a document, and asserts whatever must hold of what was read.</param>
internal sealed record Decoder(string Name, IReadOnlyList<byte[]> Corpus, Action<byte[]> Read)
{
    // Ten thousand times what the slowest of them takes: a hang, not a slow machine.
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(10);

    // What one reading may allocate, for a document of some hundred bytes.
    private const long MemoryMax = 16 << 20;

    /// <summary>How many documents a run of the ordinary tests reads; <c>FUZZ_INPUTS</c> in the environment says otherwise.</summary>
    public static long Inputs(long usual) =>
        long.TryParse(Environment.GetEnvironmentVariable("FUZZ_INPUTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : usual;

    /// <summary>Has each of these read its share of so many documents: no crash, no hang, bounded memory, problems with places.</summary>
    public static void Fuzz(IReadOnlyList<Decoder> decoders, long inputs)
    {
        foreach (var decoder in decoders)
        {
            var share = Math.Max(1, inputs / decoders.Count);
            Damage.Of(decoder.Corpus).Sample(decoder.ReadOrRefuse, iter: share, threads: 1, print: Convert.ToHexString);
        }
    }

    /// <summary>Reads one document, which is taken, or refused as a document is.</summary>
    public void ReadOrRefuse(byte[] document)
    {
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        try
        {
            Read(document);
        }
        catch (FaultException refused)
        {
            Assert.True(
                refused.Fault.Code is FaultCode.Invalid or FaultCode.BadSignature or FaultCode.DataLoss, $"{Name}: {refused.Fault}");
            Assert.All(refused.Fault.Problems, problem => Assert.True(HasPlace(problem), $"{Name}: {problem}"));
        }

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeMax, $"{Name} takes too long");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < MemoryMax, $"{Name} takes too much memory");
    }

    // A JSON pointer (RFC 6901), and words of bounded length.
    private static bool HasPlace(Problem problem) =>
        (problem.Pointer.Length == 0 || problem.Pointer[0] == '/') && problem.Reason.Length is > 0 and < 1000;
}
