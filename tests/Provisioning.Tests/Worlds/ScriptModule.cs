using System.Text.Json;
using Provision.Machine;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Provisioning.Tests.Worlds;

/// <summary>A kind of three steps that do what a script says.</summary>
public sealed class ScriptModule(Script script, string kind = "script", int rank = 0, bool keepsData = false) : IWorkloadModule
{
    public const int Steps = 3;

    public string Kind => kind;

    public string Summary => "Steps by a script.";

    public IReadOnlyList<Field> Fields => [];

    public int Rank => rank;

    public bool KeepsData => keepsData;

    public IReadOnlyList<Problem> Validate(CanonicalJson data) => [];

    public Plan Plan(Digest reservation, Reservation order, MachineFacts facts) =>
        new([.. Enumerable.Range(0, Steps).Select(step => new ScriptStep(script, reservation, step))], []);

    public ResourceUnits Units(CanonicalJson data) => new(1, 0, 0, 0);

    public CanonicalJson Result(ReservationId id, Plan? plan) => CanonicalJson.Of($$"""{"made":{{(plan is null ? "false" : "true")}}}""");

    public CanonicalJson WriteStep(Step step) =>
        step is ScriptStep known
            ? CanonicalJson.Of($$"""{"order":"{{known.Order}}","step":{{known.Index}}}""")
            : throw new InvalidOperationException();

    public Step ReadStep(JsonElement json) =>
        Digest.TryParse(json.GetProperty("order").GetString(), out var order)
            ? new ScriptStep(script, order, json.GetProperty("step").GetInt32())
            : throw new FaultException(FaultCode.DataLoss, "Not a step");
}

/// <summary>A step by a script.</summary>
public sealed record ScriptStep(Script Script, Digest Order, int Index) : Step
{
    public override ValueTask DoAsync(IMachine machine, CancellationToken ct) => Script.RunAsync(Order, "do", Index, ct);

    public override ValueTask UndoAsync(IMachine machine, CancellationToken ct) => Script.RunAsync(Order, "undo", Index, ct);
}
