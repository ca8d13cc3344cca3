using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Provision.Machine;
using Provision.Machine.Clock;
using Provision.Machine.Disk;
using Provision.Provisioning.Expiry;
using Provision.Provisioning.Shared;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Provisioning.Journal;

/// <summary>
/// Everything a node knows, and the only way to know more: an entry is applied and handed to the journal in one go, so memory and
/// journal never differ in order. Also the maker of receipts, whose chain follows the order of the journal.
/// </summary>
public sealed class Ledger
{
    private readonly Dictionary<Digest, Workload> workloads = [];
    private readonly Dictionary<(UserId User, string Nonce), Digest> nonces = [];
    private readonly Dictionary<string, ByteSize> promised = new(StringComparer.Ordinal);
    private readonly OrderIndex<Digest> dependents = new();
    private readonly OrderIndex<SharedName> providers = new();
    private readonly OrderIndex<SharedName> users = new();
    private readonly IReadOnlyList<IWorkloadModule> modules;
    private readonly JournalContents contents;
    private readonly JournalWriter writer;
    private readonly KeyPair key;
    private readonly IMachineClock clock;
    private long nodeNumber;
    private long sequence;
    private Digest chainHead;

    private Ledger(JournalContents contents, JournalWriter writer, IReadOnlyList<IWorkloadModule> modules, KeyPair key, IMachineClock clock)
    {
        this.contents = contents;
        this.writer = writer;
        this.modules = modules;
        this.key = key;
        this.clock = clock;
        Node = new NodeId(key.PublicKey);
        LeaseClock = new LeaseClock(clock);

        // An explorer that may have lost answers hands its orders over once more, and with each the answer is due.
        Cursor = contents.Untold.Count == 0 ? contents.Cursor : contents.Cursor with { Sequence = 0 };
        nodeNumber = contents.NodeNumber;
        contents.Marks.ForEach(LeaseClock.Add);
        sequence = contents.LastReceipt?.Sequence ?? 0;
        chainHead = contents.LastReceipt?.ComputeHash() ?? default;
        foreach (var (order, entries) in contents.Orders)
        {
            Load(order, entries);
        }
    }

    /// <summary>This node.</summary>
    public NodeId Node { get; }

    /// <summary>Tells what remains of leases.</summary>
    public LeaseClock LeaseClock { get; }

    /// <summary>How far the feed is in the journal.</summary>
    public FeedCursor Cursor { get; private set; }

    /// <summary>Every order whose entries are whole, closed ones too.</summary>
    public IReadOnlyCollection<Workload> Workloads => workloads.Values;

    /// <summary>Orders that are left alone because entries of theirs are lost.</summary>
    public IReadOnlyDictionary<Digest, Fault> SetAside => contents.SetAside;

    /// <summary>Orders of which the explorer, as it is now, had acknowledged nothing when the journal was read.</summary>
    public IReadOnlySet<Digest> Untold => contents.Untold;

    /// <summary>What loading the journal found wrong.</summary>
    public IReadOnlyList<Fault> Reports => contents.Reports;

    /// <summary>What the journal's disk complains of now, or null.</summary>
    public Fault? DiskTrouble => writer.Trouble;

    /// <summary>Reads the journal and goes on behind it.</summary>
    /// <exception cref="FaultException">The disk does not answer, or a later version wrote the journal.</exception>
    public static async Task<Ledger> OpenAsync(
        IDisk disk,
        IReadOnlyList<IWorkloadModule> modules,
        KeyPair key,
        IMachineClock clock,
        ILogger<JournalWriter> log,
        CancellationToken ct)
    {
        // A dead daemon may have left lines that can be read but are not durable: once relied on, no power failure may take them.
        foreach (var file in (await disk.ListAsync(ct)).Where(file => Segments.TryParse(file, out _)))
        {
            await disk.FlushAsync(file, ct);
        }

        var contents = await JournalReader.ReadAsync(disk, ct);
        foreach (var (file, length) in contents.TornTails)
        {
            await disk.TruncateAsync(file, length, ct);
        }

        RequireOwn(contents, new NodeId(key.PublicKey));
        var ledger = new Ledger(contents, new JournalWriter(disk, clock.Time, contents, log), modules, key, clock);

        // Not awaited: on a full disk a daemon starts all the same, says what is wrong, and does nothing that is not written down.
        _ = ledger.MarkClockAsync();
        return ledger;
    }

    /// <summary>Raised for every entry of an order that is appended, before it is durable.</summary>
    public event Action<Workload, Entry>? Appended;

    /// <summary>Raised when an explorer that lost what it knew asks anew about an order.</summary>
    public event Action<Workload>? Repeated;

    /// <summary>Ends when everything appended so far is durable.</summary>
    public Task Durable => writer.Durable;

    /// <summary>The workload of this order, or null.</summary>
    public Workload? Find(Digest order) => workloads.GetValueOrDefault(order);

    /// <summary>The module of a kind, or null.</summary>
    public IWorkloadModule? FindModule(string kind) => modules.FirstOrDefault(module => module.Kind == kind);

    /// <summary>What the machine of this run cannot do; nothing, unless somebody says so.</summary>
    public IReadOnlyDictionary<Ability, Fault> Lacking { get; set; } = FrozenDictionary<Ability, Fault>.Empty;

    /// <summary>Why a kind cannot be provided in this run; null: it can.</summary>
    public Fault? FindLack(IWorkloadModule? module) => module?.Abilities.Select(Lacking.GetValueOrDefault).OfType<Fault>().FirstOrDefault();

    /// <summary>The order that used this nonce of this user, if any.</summary>
    public Digest? FindNonce(UserId user, string nonce) => nonces.TryGetValue((user, nonce), out var order) ? order : null;

    /// <summary>What open orders have been promised of a pool.</summary>
    public ByteSize Promised(string pool) => promised.GetValueOrDefault(pool);

    /// <summary>What open orders have been promised of the machine's memory.</summary>
    public ByteSize MemoryPromised { get; private set; }

    /// <summary>What open orders have been promised of the machine's cores.</summary>
    public long CoresPromised { get; private set; }

    /// <summary>The open orders whose plans need this one, in the order in which they came; those that are set aside among them.</summary>
    public IReadOnlyList<Workload> DependentsOf(Workload workload) => dependents[workload.Digest];

    /// <summary>The shared things that open orders provide.</summary>
    public IReadOnlyCollection<SharedName> Provided => providers.Keys;

    /// <summary>The open orders that provide a shared thing, in the order in which they came; those set aside among them.</summary>
    public IReadOnlyList<Workload> ProvidersOf(SharedName thing) => providers[thing];

    /// <summary>The open orders that use a shared thing, in the order in which they came; those set aside among them.</summary>
    public IReadOnlyList<Workload> UsersOf(SharedName thing) => users[thing];

    /// <summary>Takes up a new order with its first entry; nothing is durable before <see cref="AppendAsync"/> ended.</summary>
    public Workload Add(Digest order, string kind)
    {
        Invariant.Require(!workloads.ContainsKey(order) && !SetAside.ContainsKey(order), "an order is added once");
        return workloads[order] = new Workload(order, FindModule(kind));
    }

    /// <summary>Has the last receipt about an order sent once more.</summary>
    public void Repeat(Workload workload) => Repeated?.Invoke(workload);

    /// <summary>
    /// Applies entries of one order at once, and ends when they are durable.
    /// Whoever acts on them awaits this, or <see cref="Durable"/>.
    /// </summary>
    public Task AppendAsync(Workload workload, params IReadOnlyList<Entry> entries)
    {
        var at = clock.Time.GetUtcNow();
        var lines = new List<JournalLine>(entries.Count);
        foreach (var entry in entries)
        {
            Apply(workload, entry);
            lines.Add(new JournalLine(workload.Digest, workload.Number, at, entry));
            Appended?.Invoke(workload, entry);
        }

        return writer.WriteAsync(lines);
    }

    /// <summary>Notes how far the feed is in the journal; call it after the entries themselves were appended.</summary>
    public Task MoveCursorAsync(FeedCursor cursor)
    {
        Cursor = cursor;
        return AppendNodeAsync(new Entry.CursorMoved(cursor.Epoch, cursor.Sequence));
    }

    /// <summary>Writes down what the clocks say.</summary>
    public Task MarkClockAsync()
    {
        var mark = LeaseClock.Read();
        LeaseClock.Add(mark);
        return AppendNodeAsync(new Entry.ClockRead(mark));
    }

    /// <summary>
    /// Makes the next receipt of the node's chain. It has to be appended before anything is awaited, so that chain and journal agree.
    /// </summary>
    public Receipt MakeReceipt(Workload workload, ReceiptState state, Fault? fault, CanonicalJson data) =>
        MakeReceipt(workload, workload.Reservation.Kind, workload.Id, state, fault, data);

    /// <summary>The same, with the result that its module makes of the plan, or of none when it could not be made.</summary>
    public Receipt Answer(Workload workload, ReceiptState state, Fault? fault = null)
    {
        var made = state != ReceiptState.Error || workload.State.Live;
        return MakeReceipt(workload, state, fault, workload.Module!.Result(workload.Id, made ? workload.Plan : null));
    }

    /// <summary>The same for an order that has no entry yet.</summary>
    public Receipt MakeReceipt(Workload workload, string kind, ReservationId id, ReceiptState state, Fault? fault, CanonicalJson data)
    {
        var receipt = new Receipt
        {
            Node = Node,
            Sequence = ++sequence,
            Previous = chainHead,
            Reservation = workload.Digest,
            Id = id,
            Kind = kind,
            Generation = workload.Generation + 1,
            State = state,
            Fault = fault,
            Data = data,
            Created = clock.Time.GetUtcNow(),
        };
        var signed = receipt.ToSignedBytes();
        chainHead = Digest.Of(signed);
        return receipt with { Signature = key.Sign(signed) };
    }

    // A node that lost its key is another node: going on under a new one would orphan every lease in this journal.
    private static void RequireOwn(JournalContents contents, NodeId node)
    {
        if (contents.LastReceipt is { } receipt && receipt.Node != node)
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"The journal is that of node {receipt.Node}; this is {node}",
                "Restore the identity that belongs to it, or give this node a folder of its own.");
        }
    }

    private Task AppendNodeAsync(Entry entry) => writer.WriteAsync([new JournalLine(default, ++nodeNumber, clock.Time.GetUtcNow(), entry)]);

    private void Apply(Workload workload, Entry entry)
    {
        workload.Apply(entry);
        switch (entry)
        {
            case Entry.Planned:
                if (!workload.Reservation.IsVersion1)
                {
                    nonces[(workload.Reservation.User, workload.Reservation.Nonce)] = workload.Digest;
                }

                Promise(workload.Plan, 1);
                Link(workload);
                break;
            case Entry.Closed:
                Promise(workload.Plan, -1);
                Unlink(workload);
                break;
        }
    }

    private void Link(Workload workload)
    {
        dependents.Add(workload.Plan.Needs, workload);
        providers.Add(workload.Plan.Provides, workload);
        users.Add(workload.Plan.Uses, workload);
    }

    private void Unlink(Workload workload)
    {
        dependents.Remove(workload.Plan.Needs, workload);
        providers.Remove(workload.Plan.Provides, workload);
        users.Remove(workload.Plan.Uses, workload);
    }

    private void Promise(Plan plan, int sign)
    {
        CoresPromised += sign * plan.Cores;
        MemoryPromised = new ByteSize(MemoryPromised.Bytes + (sign * plan.Memory.Bytes));
        foreach (var claim in plan.Claims)
        {
            promised[claim.Pool] = new ByteSize(Promised(claim.Pool).Bytes + (sign * claim.Size.Bytes));
        }
    }

    private void Load(Digest order, List<Entry> entries)
    {
        // Of an order whose first line is lost nothing was kept: the reader set it aside.
        var kind = entries.FirstOrDefault() switch
        {
            Entry.Planned planned => planned.Reservation.Kind,
            Entry.Refused refused => refused.Reservation.Kind,
            _ => "",
        };
        var workload = new Workload(order, FindModule(kind));
        try
        {
            // What a set-aside order was promised stays promised: it still owns what it made.
            entries.ForEach(entry => Apply(workload, entry));
            if (!SetAside.ContainsKey(order))
            {
                workloads[order] = workload;
            }
        }
        catch (FaultException e)
        {
            contents.SetAside[order] = e.Fault;
            contents.Reports.Add(new Fault(FaultCode.DataLoss, $"Order {order} is set aside", Cause: e.Fault));
        }
    }
}
