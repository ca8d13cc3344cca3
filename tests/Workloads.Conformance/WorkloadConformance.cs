using System.Net;
using Provision.Machine;
using Provision.Machine.Simulated.Faults;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Workloads.Conformance;

/// <summary>The tests that every kind of workload passes. A kind gives samples; the rest is here (style P21).</summary>
public abstract class WorkloadConformance<TModule>
    where TModule : IWorkloadModule, new()
{
    private static readonly Digest Owner = Digest.Of("owner"u8);

    /// <summary>The module.</summary>
    protected static TModule Module { get; } = new();

    /// <summary>Valid <c>data</c>, one for each way in which plans differ; they fit pools of 10 GiB.</summary>
    protected abstract IReadOnlyList<string> Samples { get; }

    /// <summary>Invalid <c>data</c>, each with the pointer that is complained of, below <c>data</c>.</summary>
    protected abstract IReadOnlyList<(string Data, string Pointer)> BadSamples { get; }

    /// <summary>Orders of the same user that the samples rely on; they are there before and after.</summary>
    protected virtual IReadOnlyList<(string Kind, string Data)> Below => [];

    [Fact]
    public void Every_sample_is_valid_and_the_catalog_knows_the_kind()
    {
        Assert.All(Samples, sample => Assert.Empty(Module.Validate(CanonicalJson.Of(sample))));
        Assert.IsType<TModule>(WorkloadCatalog.Find(Module.Kind));
    }

    [Fact]
    public void Every_bad_sample_is_refused_at_its_pointer_with_a_remedy() => Assert.All(BadSamples, bad =>
    {
        var problems = Module.Validate(CanonicalJson.Of(bad.Data));
        Assert.Contains(problems, problem => problem.Pointer == "/reservation/data" + bad.Pointer);
        Assert.All(problems, problem => Assert.NotEmpty(problem.Remedy));
    });

    [Fact]
    public void An_unknown_field_is_refused_by_name() => Assert.All(Samples, sample =>
    {
        var data = sample.TrimEnd().TrimEnd('}') + ""","no_such_field":1}""";
        Assert.Contains(Module.Validate(CanonicalJson.Of(data)), problem => problem.Pointer == "/reservation/data/no_such_field");
    });

    [Fact]
    public void A_plan_is_a_function_same_input_same_bytes() => Assert.All(Samples, sample =>
    {
        Assert.Equal(WrittenSteps(sample), WrittenSteps(sample));
        Assert.NotEmpty(WrittenSteps(sample));
    });

    [Fact]
    public void Steps_survive_the_journal() => Assert.All(Samples, sample =>
        Assert.All(PlanOf(sample).Steps, step =>
        {
            var written = Module.WriteStep(step);
            Assert.Equal(written.Text, Module.WriteStep(Module.ReadStep(written.ToElement())).Text);
        }));

    [Fact]
    public void What_is_no_step_of_this_kind_is_data_loss() =>
        Assert.All(["{}", """{"step":"no-such-step"}""", "null", "[]", "7"], text =>
            Assert.Equal(
                FaultCode.DataLoss,
                Assert.Throws<FaultException>(() => Module.ReadStep(CanonicalJson.Of(text).ToElement())).Fault.Code));

    [Fact]
    public Task Doing_twice_is_doing_once() => EachAsync(async (machine, plan, before) =>
    {
        await DoAsync(machine, plan);
        var once = await Inventory.OfAsync(machine);
        await DoAsync(machine, plan);
        Assert.Equal(once, await Inventory.OfAsync(machine));
        Assert.NotEqual(before, once);
    });

    [Fact]
    public Task Undo_is_legal_when_do_never_ran() => EachAsync(async (machine, plan, before) =>
    {
        await UndoAsync(machine, plan);
        Assert.Equal(before, await Inventory.OfAsync(machine));
    });

    [Fact]
    public Task Undo_leaves_nothing_and_may_be_repeated() => EachAsync(async (machine, plan, before) =>
    {
        await DoAsync(machine, plan);
        await UndoAsync(machine, plan);
        Assert.Equal(before, await Inventory.OfAsync(machine));
        await UndoAsync(machine, plan);
        Assert.Equal(before, await Inventory.OfAsync(machine));
    });

    [Fact]
    public Task Undo_touches_nobody_else() => EachAsync(async (machine, plan, _) =>
    {
        var other = PlanOf(Samples[0], Digest.Of("somebody else"u8));
        await DoAsync(machine, other);
        var before = await Inventory.OfAsync(machine);
        await DoAsync(machine, plan);
        await UndoAsync(machine, plan);
        Assert.Equal(before, await Inventory.OfAsync(machine));
    });

    [Theory]
    [InlineData(CrashMoment.Before)]
    [InlineData(CrashMoment.After)]
    public Task A_step_that_fails_at_any_call_is_undone_without_a_trace(CrashMoment moment) => EachAsync(async (machine, plan, before) =>
    {
        for (var at = 1; ; at++)
        {
            var failing = new FailingCall(at, moment);
            try
            {
                await DoAsync(new ObservedMachine(machine, failing), plan);
            }
            catch (FaultException e)
            {
                Assert.Equal(FailingCall.What, e.Fault.What);
            }

            await UndoAsync(machine, plan);
            Assert.Equal(before, await Inventory.OfAsync(machine));
            if (!failing.Failed)
            {
                return;
            }
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_at_any_point_leaves_nothing_and_loses_nothing(bool powerFails) => Assert.All(Samples, sample =>
        new CrashHarness(
            () => new SimulatedWorld(powerFails),
            world => new WorkloadStory(world, Module, sample, Below).Scenario,
            Actors.Setup(CrashHarness.Options, WorkloadCatalog.All)).CrashEverywhere(stride: 4));

    private Plan PlanOf(string sample) => PlanOf(sample, Owner);

    private Plan PlanOf(string sample, Digest owner) => Module.Plan(owner, OrderOf(Module.Kind, sample), Facts with
    {
        Networks =
        [
            .. from plan in PlansBelow()
               where plan.Module is IProvidesNetwork
               let network = ((IProvidesNetwork)plan.Module).NetworkOf(plan.Plan)
               select new NetworkFacts(
                   network.Network,
                   [new NetworkVersion(new ReservationId(1, 1), network, Ends: false)],
                   new Dictionary<IPAddress, ReservationId>()),
        ],
    });

    private IEnumerable<(IWorkloadModule Module, Plan Plan)> PlansBelow() =>
        from order in Below
        let module = WorkloadCatalog.Find(order.Kind)!
        select (module, module.Plan(Digest.Of("below"u8), OrderOf(order.Kind, order.Data), Facts));

    private static MachineFacts Facts => new(
        [.. SimulatedWorld.Pools.Select(pool => new PoolFacts(pool.Name, pool.Type, pool.Size, ByteSize.Zero))])
    {
        Cores = SimulatedWorld.Size.Cores,
        Memory = SimulatedWorld.Size.Memory,
    };

    private static Reservation OrderOf(string kind, string data) =>
        Actors.Reserve(1, kind, CanonicalJson.Of(data), DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1));

    private string WrittenSteps(string sample) =>
        string.Join('\n', PlanOf(sample).Steps.Select(step => Module.WriteStep(step).Text));

    private static async Task DoAsync(IMachine machine, Plan plan)
    {
        foreach (var step in plan.Steps)
        {
            await step.DoAsync(machine, CancellationToken.None);
        }
    }

    private static async Task UndoAsync(IMachine machine, Plan plan)
    {
        foreach (var step in plan.Steps.Reverse())
        {
            await step.UndoAsync(machine, CancellationToken.None);
        }
    }

    private async Task EachAsync(Func<IMachine, Plan, string, Task> test)
    {
        foreach (var sample in Samples)
        {
            using var world = new SimulatedWorld(powerFails: false);
            foreach (var (_, below) in PlansBelow())
            {
                await DoAsync(world.Machine, below);
            }

            await test(world.Machine, PlanOf(sample), await Inventory.OfAsync(world.Machine));
        }
    }
}
