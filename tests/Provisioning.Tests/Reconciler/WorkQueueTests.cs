using Provision.Provisioning.Journal;
using Provision.Provisioning.Reconciler;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Xunit;

namespace Provision.Provisioning.Tests.Reconciler;

/// <summary>What is taken in hand next.</summary>
public sealed class WorkQueueTests
{
    private readonly WorkQueue queue = new();

    [Fact]
    public void Removals_go_first_and_then_additions_by_rank_and_arrival()
    {
        Workload[] workloads =
        [
            Make(1, 1), Make(2, 0), Make(3, 0, removal: true), Make(4, 1, removal: true), Make(5, 0), Make(6, 0, removal: true),
        ];
        Array.ForEach(workloads, queue.Add);
        Assert.Equal([4, 3, 6, 2, 5, 1], TakeAll().Select(taken => Array.IndexOf(workloads, taken) + 1));
    }

    [Fact]
    public void What_waits_to_be_made_and_is_withdrawn_overtakes_the_others()
    {
        var (first, withdrawn) = (Make(1, 0), Make(2, 0));
        queue.Add(first);
        queue.Add(withdrawn);
        withdrawn.Apply(new Entry.Withdrawn(null));
        queue.Add(withdrawn);
        Assert.Equal(2, queue.Ready);
        Assert.Equal([withdrawn, first], TakeAll());
    }

    [Fact]
    public void However_often_it_is_woken_it_is_there_once()
    {
        var workload = Make(1, 0);
        queue.Add(workload);
        queue.Add(workload);
        Assert.Equal((1, 0), (queue.Ready, queue.Held));
        Assert.Equal([workload], TakeAll());
        Assert.Equal((0, 1), (queue.Ready, queue.Held));
    }

    [Fact]
    public void Woken_in_a_hand_it_comes_back_once_when_the_hand_lets_go()
    {
        var workload = Make(1, 0);
        queue.Add(workload);
        Assert.True(queue.TryTake(out _));
        queue.Add(workload);
        queue.Add(workload);
        Assert.False(queue.TryTake(out _));
        queue.Release(workload);
        Assert.Equal([workload], TakeAll());
        queue.Release(workload);
        Assert.Empty(TakeAll());
    }

    [Fact]
    public void Later_means_not_before_its_time()
    {
        var (first, second) = (Make(1, 0), Make(2, 0));
        queue.AddLater(second, TimeSpan.FromSeconds(7));
        queue.AddLater(first, TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(4), queue.Advance(TimeSpan.FromSeconds(1)));
        Assert.Empty(TakeAll());
        Assert.Equal(TimeSpan.FromSeconds(2), queue.Advance(TimeSpan.FromSeconds(5)));
        Assert.Equal([first], TakeAll());
        Assert.Null(queue.Advance(TimeSpan.FromSeconds(8)));
        Assert.Equal([second], TakeAll());
    }

    [Fact]
    public void Woken_before_its_time_it_is_not_done_again_then()
    {
        var workload = Make(1, 0);
        queue.AddLater(workload, TimeSpan.FromSeconds(5));
        queue.Add(workload);
        Assert.Equal([workload], TakeAll());
        queue.Release(workload);
        Assert.Null(queue.Advance(TimeSpan.FromSeconds(6)));
        Assert.Empty(TakeAll());
    }

    [Fact]
    public void The_last_time_that_was_set_counts()
    {
        var workload = Make(1, 0);
        queue.AddLater(workload, TimeSpan.FromSeconds(5));
        queue.AddLater(workload, TimeSpan.FromSeconds(9));
        queue.Advance(TimeSpan.FromSeconds(6));
        Assert.Empty(TakeAll());
        queue.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal([workload], TakeAll());
    }

    private static Workload Make(byte number, int rank, bool removal = false)
    {
        var workload = new Workload(Digest.Of([number]), new ScriptModule(new Script(), rank: rank));
        workload.Apply(Samples.Planned(0));
        if (removal)
        {
            workload.Apply(new Entry.Withdrawn(null));
        }

        return workload;
    }

    private List<Workload> TakeAll()
    {
        var taken = new List<Workload>();
        while (queue.TryTake(out var workload))
        {
            taken.Add(workload);
        }

        return taken;
    }
}
