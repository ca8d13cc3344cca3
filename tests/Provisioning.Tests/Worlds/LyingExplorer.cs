using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;
using Provision.Workloads.Conformance;

namespace Provision.Provisioning.Tests.Worlds;

/// <summary>An honest explorer behind one that may be away, hand out pages of its own making, or answer nonsense.</summary>
public sealed class LyingExplorer(TimeProvider time) : IExplorer
{
    public MemoryExplorer Inner { get; } = new(time);

    /// <summary>True: every call fails with <c>Unavailable</c>.</summary>
    public bool Away { get; set; }

    /// <summary>Handed out before anything of the honest explorer's.</summary>
    public Queue<FeedPage> Pages { get; } = new();

    /// <summary>What each poll asked for.</summary>
    public List<FeedCursor> Polled { get; } = [];

    /// <summary>What was sent, batch by batch, answered or not.</summary>
    public List<IReadOnlyList<Receipt>> Sent { get; } = [];

    /// <summary>Answers in place of the honest explorer, which then hears nothing; null: it does.</summary>
    public Func<IReadOnlyList<Receipt>, IReadOnlyList<ReceiptAnswer>>? OnSend { get; set; }

    public async Task<FeedPage> PollAsync(NodeId node, FeedCursor after, TimeSpan wait, CancellationToken ct)
    {
        Answer();
        Polled.Add(after);
        if (Pages.TryDequeue(out var page))
        {
            return page;
        }

        var honest = await Inner.PollAsync(node, after, wait, ct);
        Answer();
        return Pages.TryDequeue(out page) ? page : honest;
    }

    public async Task<IReadOnlyList<ReceiptAnswer>> SendAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct)
    {
        Answer();
        Sent.Add(receipts);
        return OnSend is null ? await Inner.SendAsync(node, receipts, ct) : OnSend(receipts);
    }

    /// <summary>What registrations are refused with; null: they are not.</summary>
    public Fault? Refusal { get; set; }

    /// <summary>How many were.</summary>
    public int Refused { get; private set; }

    public Task RegisterAsync(NodeRegistration registration, CancellationToken ct)
    {
        Answer();
        if (Refusal is not null)
        {
            Refused++;
            throw new FaultException(Refusal);
        }

        return Inner.RegisterAsync(registration, ct);
    }

    private void Answer()
    {
        if (Away)
        {
            throw new FaultException(FaultCode.Unavailable, "The explorer is away");
        }
    }
}
