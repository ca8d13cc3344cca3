using Provision.Machine.Linux.Kernel;
using Provision.Machine.Networks;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Networks;

/// <summary>What a look at all networks has mended until now, and what it could not.</summary>
internal sealed class MendNotes
{
    private readonly List<string> mended = [];

    /// <summary>What it could not, and others add to.</summary>
    public List<Fault> Troubles { get; } = [];

    /// <summary>All of it.</summary>
    public MendResult Result => new(mended, Troubles);

    /// <summary>
    /// Mends a part. When that fails, it is a trouble, and what was changed until then does not count as mended: the next look tries it
    /// again, and again.
    /// </summary>
    /// <param name="part">What it is called.</param>
    /// <param name="mend">Mends it, and adds to the list what it changed.</param>
    public async ValueTask TryAsync(string part, Func<List<string>, ValueTask> mend)
    {
        var changes = new List<string>();
        try
        {
            await Blocking.RunAsync("It cannot be mended", "Look at the disk and at /run: one may be full or broken.", async () =>
            {
                await mend(changes);
                return true;
            });
            mended.AddRange(changes.Select(change => $"{part}: {change}"));
        }
        catch (FaultException e)
        {
            // What is to be done about it is what the reader needs; of causes a status tells nothing.
            Troubles.Add(e.Fault with { What = $"The {part} is not whole: {e.Fault.What}" });
        }
    }
}
