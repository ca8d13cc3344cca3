using System.Text.Json;
using Provision.Machine;
using Provision.Provisioning.Shared;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Provisioning.Tests.Worlds;

/// <summary>
/// A kind of three steps that do what a script says. Its data may name the orders it needs, what it
/// provides and uses, and the memory it takes.
/// </summary>
public sealed class ScriptModule(Script script, string kind = "script", int rank = 0, bool keepsData = false) : IWorkloadModule
{
    public const int Steps = 3;

    public string Kind => kind;

    public string Summary => "Steps by a script.";

    public IReadOnlyList<Field> Fields => [];

    public int Rank => rank;

    public IReadOnlyList<Ability> Abilities { get; init; } = [];

    public bool KeepsData => keepsData;

    public IReadOnlyList<Problem> Validate(CanonicalJson data) => [];

    public Plan Plan(Digest reservation, Reservation order, MachineFacts facts)
    {
        script.Facts.Add(facts);
        var defect = order.Data.ToElement().TryGetProperty("defect", out var where) ? where.GetString() : null;
        if (defect == "plan")
        {
            throw new InvalidOperationException("the plan fell over");
        }

        var steps = Enumerable.Range(0, Steps).Select(step => new ScriptStep(script, reservation, step) { IsDefect = defect == "step" });
        return new Plan([.. steps], [])
        {
            Memory = new ByteSize(order.Data.ToElement().TryGetProperty("memory", out var memory) ? memory.GetInt64() : 0),
            Needs = order.Data.ToElement().TryGetProperty("needs", out var needs)
                ? [.. needs.EnumerateArray().Select(need => ReadDigest(need))]
                : [],
            Provides = ReadNames(order, "provides"),
            Uses = ReadNames(order, "uses"),
        };
    }

    public ResourceUnits Units(CanonicalJson data) => new(1, 0, 0, 0);

    public CanonicalJson Result(ReservationId id, Plan? plan) => CanonicalJson.Of($$"""{"made":{{(plan is null ? "false" : "true")}}}""");

    public CanonicalJson WriteStep(Step step) =>
        step is ScriptStep { IsDefect: false } known
            ? CanonicalJson.Of($$"""{"order":"{{known.Order}}","step":{{known.Index}}}""")
            : throw new InvalidOperationException("the step fell over");

    public Step ReadStep(JsonElement json) =>
        new ScriptStep(script, ReadDigest(json.GetProperty("order")), json.GetProperty("step").GetInt32());

    private static IReadOnlyList<SharedName> ReadNames(Reservation order, string field) =>
        order.Data.ToElement().TryGetProperty(field, out var name) && SharedName.TryParse(name.GetString(), out var thing) ? [thing] : [];

    private static Digest ReadDigest(JsonElement json) =>
        Digest.TryParse(json.GetString(), out var order) ? order : throw new FaultException(FaultCode.DataLoss, "Not a digest");
}

/// <summary>A step by a script.</summary>
public sealed record ScriptStep(Script Script, Digest Order, int Index) : Step
{
    /// <summary>True when it cannot be written.</summary>
    public bool IsDefect { get; init; }

    public override TimeSpan? Deadline => Script.Deadline;

    public override bool IsSlow => Script.Slow.Contains(Order);

    public override ValueTask DoAsync(IMachine machine, CancellationToken ct) => Script.RunAsync(Order, "do", Index, ct);

    public override ValueTask UndoAsync(IMachine machine, CancellationToken ct) => Script.RunAsync(Order, "undo", Index, ct);
}
