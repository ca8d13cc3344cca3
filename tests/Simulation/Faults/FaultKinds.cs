namespace Provision.Simulation.Faults;

/// <summary>Every kind of fault, by its one name.</summary>
public static class FaultKinds
{
    private static readonly List<FaultKind> All = [];

    /// <summary>The machine answers a call with a fault, and did nothing.</summary>
    public static FaultKind CallFailsBefore { get; } = Add("machine call: fails, and did nothing", 0.02);

    /// <summary>The machine answers a call with a fault, although it did it.</summary>
    public static FaultKind CallFailsAfter { get; } = Add("machine call: fails, although it was done", 0.02);

    /// <summary>A call is begun only after its deadline.</summary>
    public static FaultKind CallHangs { get; } = Add("machine call: hangs past its deadline", 0.003);

    /// <summary>A call is done at once and answered only after its deadline.</summary>
    public static FaultKind CallAnswersLate { get; } = Add("machine call: done, answered past its deadline", 0.003);

    /// <summary>
    /// The machine says that a call was done, and did nothing. Not those that end containers: what they use is taken away on the strength
    /// of their word, and a machine that lies there cannot be survived.
    /// </summary>
    public static FaultKind CallLies { get; } = Add("machine call: says done, and did nothing", 0.01);

    /// <summary>The daemon is killed as it makes a call, which is never made.</summary>
    public static FaultKind KillBeforeCall { get; } = Add("kill: before a call", 0.004);

    /// <summary>The daemon is killed when a call has had its effect, before it learns of it.</summary>
    public static FaultKind KillAfterCall { get; } = Add("kill: after a call", 0.004);

    /// <summary>The daemon is killed between two of its awaits.</summary>
    public static FaultKind KillBetween { get; } = Add("kill: between two awaits", 0.001);

    /// <summary>The daemon is killed while it waits.</summary>
    public static FaultKind Kill { get; } = Add("kill: at any time", 2);

    /// <summary>The daemon stands still for half a minute, and goes on as if nothing had been (SIGSTOP).</summary>
    public static FaultKind Pause { get; } = Add("pause: 30 s", 1.5);

    /// <summary>The power fails: what was not flushed may be lost, what ran has ended, and a new boot begins.</summary>
    public static FaultKind Power { get; } = Add("power failure", 1.5);

    /// <summary>A power failure took bytes that were not flushed. Counted where it happened.</summary>
    public static FaultKind Unflushed { get; } = Add("power failure: unflushed writes lost", 0);

    /// <summary>A power failure left a part of a line. Counted where it happened.</summary>
    public static FaultKind Torn { get; } = Add("power failure: a write torn", 0);

    /// <summary>EIO at a read of the journal.</summary>
    public static FaultKind ReadFails { get; } = Add("journal: EIO at a read", 0.03);

    /// <summary>EIO at an append, which did nothing.</summary>
    public static FaultKind AppendFails { get; } = Add("journal: EIO at an append", 0.01);

    /// <summary>EIO at an append, which was made.</summary>
    public static FaultKind AppendFailsAfter { get; } = Add("journal: EIO after an append", 0.01);

    /// <summary>EIO at a flush; the bytes may be durable by a later one.</summary>
    public static FaultKind FlushFails { get; } = Add("journal: EIO at a flush", 0.01);

    /// <summary>EIO at a flush, and the kernel forgets what it could not write.</summary>
    public static FaultKind FlushLoses { get; } = Add("journal: EIO at a flush, its bytes gone", 0.01);

    /// <summary>ENOSPC at every append for a while.</summary>
    public static FaultKind DiskFull { get; } = Add("journal: ENOSPC for a while", 1.5);

    /// <summary>One bit of the journal is another one when the daemon starts next. Durable lines are lost.</summary>
    public static FaultKind BitFlip { get; } = Add("journal: a bit flipped", 0.4);

    /// <summary>A whole segment is empty when the daemon starts next: most of what the node knew is lost.</summary>
    public static FaultKind SegmentEmptied { get; } = Add("journal: a segment emptied", 0.2);

    /// <summary>A crash left the next segment behind, empty.</summary>
    public static FaultKind EmptyFile { get; } = Add("journal: an empty file left behind", 0.5);

    /// <summary>The node's wall clock is 40 s late for a while.</summary>
    public static FaultKind ClockBack { get; } = Add("clock: 40 s back", 0.7);

    /// <summary>The node's wall clock is a day ahead for a while.</summary>
    public static FaultKind ClockAhead { get; } = Add("clock: a day ahead", 0.7);

    /// <summary>The node's wall clock stands still for a while.</summary>
    public static FaultKind ClockFrozen { get; } = Add("clock: frozen", 0.7);

    /// <summary>The machine boots with a wall clock 40 s late.</summary>
    public static FaultKind ClockBackReboot { get; } = Add("clock: 40 s back across a reboot", 0.4);

    /// <summary>The machine boots with a wall clock a day ahead.</summary>
    public static FaultKind ClockAheadReboot { get; } = Add("clock: a day ahead across a reboot", 0.3);

    /// <summary>The machine boots with a wall clock that stands still.</summary>
    public static FaultKind ClockFrozenReboot { get; } = Add("clock: frozen across a reboot", 0.4);

    /// <summary>Nothing gets from the node to the explorer or back for a while.</summary>
    public static FaultKind Partition { get; } = Add("network: partition both ways", 1.5);

    /// <summary>The explorer hears the node, and its answers get lost, for a while.</summary>
    public static FaultKind PartitionBack { get; } = Add("network: partition of the answers", 1.5);

    /// <summary>One request never arrives.</summary>
    public static FaultKind RequestLost { get; } = Add("explorer: request lost", 0.03);

    /// <summary>One answer never arrives.</summary>
    public static FaultKind AnswerLost { get; } = Add("explorer: answer lost", 0.03);

    /// <summary>One answer arrives 20 s late.</summary>
    public static FaultKind AnswerLate { get; } = Add("explorer: answer late", 0.03);

    /// <summary>The explorer says after a while that it has too much to do.</summary>
    public static FaultKind Overloaded { get; } = Add("explorer: overloaded", 0.02);

    /// <summary>The explorer refuses to talk to the node.</summary>
    public static FaultKind Refuses { get; } = Add("explorer: refuses", 0.02);

    /// <summary>The last page again.</summary>
    public static FaultKind PageTwice { get; } = Add("explorer: a page twice", 0.04);

    /// <summary>A page whose entries are in another order.</summary>
    public static FaultKind PageReordered { get; } = Add("explorer: a page reordered", 0.08);

    /// <summary>A page without its last entries.</summary>
    public static FaultKind PageCut { get; } = Add("explorer: a page cut short", 0.04);

    /// <summary>A page from before the place that was asked for.</summary>
    public static FaultKind CursorBack { get; } = Add("explorer: a cursor that went back", 0.04);

    /// <summary>A page with an order that its user did not sign.</summary>
    public static FaultKind ForgedOrder { get; } = Add("explorer: a forged order", 0.04);

    /// <summary>A page with a cancel that the order's user did not sign.</summary>
    public static FaultKind ForgedCancel { get; } = Add("explorer: a forged cancel", 0.04);

    /// <summary>One receipt is not answered for, whether it is kept or not.</summary>
    public static FaultKind ReceiptUnanswered { get; } = Add("explorer: a receipt not answered for", 0.03);

    /// <summary>One receipt is not kept.</summary>
    public static FaultKind ReceiptRefused { get; } = Add("explorer: a receipt refused", 0.03);

    /// <summary>The explorer holds what it held some time ago, under another epoch.</summary>
    public static FaultKind Restored { get; } = Add("explorer: restored from a backup", 0.7);

    /// <summary>The program of a container returns.</summary>
    public static FaultKind ContainerEnds { get; } = Add("container: ends by itself", 3);

    /// <summary>The supervisor of a container is killed.</summary>
    public static FaultKind SupervisorKilled { get; } = Add("container: its supervisor is killed", 1);

    /// <summary>Somebody ends a container and removes what is left of it.</summary>
    public static FaultKind ContainerRemoved { get; } = Add("by hand: a container removed", 1);

    /// <summary>Somebody removes the namespace of a network.</summary>
    public static FaultKind NamespaceRemoved { get; } = Add("by hand: a network's namespace removed", 1);

    /// <summary>Somebody empties the rules of a network.</summary>
    public static FaultKind RulesRemoved { get; } = Add("by hand: a network's rules removed", 1);

    /// <summary>Somebody removes the namespace of a container that is in a network.</summary>
    public static FaultKind MemberRemoved { get; } = Add("by hand: a member's namespace removed", 1);

    /// <summary>Somebody takes the limit off a volume.</summary>
    public static FaultKind LimitRemoved { get; } = Add("by hand: a volume's limit removed", 0.5);

    /// <summary>Somebody removes a volume. A daemon notices when it starts.</summary>
    public static FaultKind VolumeRemoved { get; } = Add("by hand: a volume removed", 0.5);

    /// <summary>All of them, in their order.</summary>
    public static IReadOnlyList<FaultKind> List => All;

    private static FaultKind Add(string name, double rate)
    {
        var kind = new FaultKind(name, rate);
        All.Add(kind);
        return kind;
    }
}
