using System.Buffers;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Feed;

public sealed partial class ExplorerCore
{
    private static readonly SearchValues<char> KindAlphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Makes a node known. One that is as new or newer stays.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>, <see cref="FaultCode.BadSignature"/>.</exception>
    public async Task RegisterAsync(NodeRegistration node, CancellationToken ct = default)
    {
        var problems = CheckCreated(node.Created).ToList();
        if (node.Kinds.Length > 0 && node.Kinds.Split(' ').Any(kind => kind.Length == 0 || kind.AsSpan().ContainsAnyExcept(KindAlphabet)))
        {
            problems.Add(new Problem("/kinds", "is not a list of kinds", "give their names with single blanks between"));
        }

        Admit("node registration", problems, node.Verify);
        await store.SaveNodeAsync(node, ct);
    }

    /// <summary>Makes a farm known. One that is as new or newer stays.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>, <see cref="FaultCode.BadSignature"/>.</exception>
    public async Task RegisterAsync(FarmRegistration farm, CancellationToken ct = default)
    {
        Admit("farm registration", [.. CheckCreated(farm.Created)], farm.Verify);
        await store.SaveFarmAsync(farm, ct);
    }

    /// <summary>Nodes by the text of their id, after this text, at most <see cref="PageMax"/>.</summary>
    public Task<IReadOnlyList<NodeRegistration>> ListNodesAsync(string after, CancellationToken ct = default) =>
        store.ListNodesAsync(after, PageMax, ct);

    /// <summary>The registration of a node, or null.</summary>
    public Task<NodeRegistration?> FindNodeAsync(NodeId node, CancellationToken ct = default) => store.FindNodeAsync(node, ct);

    /// <summary>Farms by the text of their id, after this text, at most <see cref="PageMax"/>.</summary>
    public Task<IReadOnlyList<FarmRegistration>> ListFarmsAsync(string after, CancellationToken ct = default) =>
        store.ListFarmsAsync(after, PageMax, ct);

    private IEnumerable<Problem> CheckCreated(DateTimeOffset created)
    {
        var now = time.GetUtcNow();
        if (created > now + LeaseRules.FutureTolerance)
        {
            yield return new Problem(
                "/created",
                $"is {Rfc3339.Format(created)}, in the future: it is {Rfc3339.Format(now)} here",
                "set the clock of the machine that signed, and sign again");
        }
    }

    private static void Admit(string document, List<Problem> problems, Action verify)
    {
        if (problems.Count > 0)
        {
            throw new FaultException(Fault.Invalid($"The {document} is not valid", problems));
        }

        try
        {
            verify();
        }
        catch (FaultException e)
        {
            throw At("/signature", "sign it again", e);
        }
    }
}
