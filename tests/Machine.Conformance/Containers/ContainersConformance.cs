using Provision.Machine.Containers;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Conformance.Containers;

/// <summary>
/// What every <see cref="IContainers"/> does: how containers begin, end, and are found again. What they see is in
/// <see cref="ContainerViewConformance"/>.
/// </summary>
public abstract class ContainersConformance : ContainerSuite
{
    [Fact]
    public async Task A_container_runs_until_it_is_removed_and_removing_it_again_is_nothing()
    {
        var order = await OrderAsync("run");

        Assert.Equal(new Container(order.Owner, null, 0), await Containers.EnsureAsync(order, Ct));
        Assert.Equal(new Container(order.Owner, null, 0), await FindAsync(order));

        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        Assert.Empty(await Containers.ListAsync(Ct));
        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        Assert.Empty(await Containers.ListAsync(Ct));
    }

    [Fact]
    public async Task Removing_what_never_ran_is_nothing() => await Containers.RemoveAsync(Owner(), Grace, Ct);

    [Fact]
    public async Task Ensuring_twice_runs_the_program_once()
    {
        var order = await OrderAsync("run");
        var once = await Containers.EnsureAsync(order, Ct);

        Assert.Equal(once, await Containers.EnsureAsync(order, Ct));
        Assert.Equal([once], await Containers.ListAsync(Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(255)]
    public async Task A_program_that_ends_is_told_with_its_code(int code) =>
        Assert.Equal(new ContainerEnd(EndCause.Exited, code), await RunAsync(await OrderAsync($"exit {code}")));

    [Fact]
    public async Task What_ended_stays_listed_until_it_is_removed_and_begins_anew_after_that()
    {
        var order = await OrderAsync("exit 3");
        await RunAsync(order);
        await RunAsync(order);
        Assert.Equal(new Container(order.Owner, new ContainerEnd(EndCause.Exited, 3), 1), await FindAsync(order));

        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        await Containers.RemoveAsync(order.Owner, Grace, Ct);

        Assert.Empty(await Containers.ListAsync(Ct));
        Assert.Equal(0, (await Containers.EnsureAsync(order, Ct)).Restarts);
    }

    [Fact]
    public async Task What_ended_is_started_again_and_counted()
    {
        var order = await OrderAsync("exit 3");
        await RunAsync(order);
        await RunAsync(order);
        await RunAsync(order);
        Assert.Equal(new Container(order.Owner, new ContainerEnd(EndCause.Exited, 3), 2), await FindAsync(order));

        var running = await Containers.EnsureAsync(order with { Arguments = ["run"] }, Ct);

        Assert.Equal(new Container(order.Owner, null, 3), running);
        Assert.Equal([running], await Containers.ListAsync(Ct));
    }

    [Fact]
    public async Task Each_end_is_told_once()
    {
        var (first, second) = (await OrderAsync("exit 1", "first"), await OrderAsync("exit 2", "second"));

        Assert.Equal([first.Owner], await EndsUntilAsync(first));
        Assert.Equal([second.Owner], await EndsUntilAsync(second));
        Assert.Equal([first.Owner], await EndsUntilAsync(first));
    }

    [Fact]
    public async Task Ends_wait_until_somebody_asks()
    {
        var owners = new HashSet<Digest>();
        var told = new HashSet<Digest>();
        var next = NextEndAsync();
        foreach (var code in new[] { "1", "2", "3" })
        {
            var order = await OrderAsync($"exit {code}", code);
            await Containers.EnsureAsync(order, Ct);
            owners.Add(order.Owner);
        }

        for (; told.Count < owners.Count; next = told.Count < owners.Count ? NextEndAsync() : next)
        {
            Assert.True(told.Add(await next), "an end was told twice");
        }

        Assert.Equal(owners, told);
    }

    [Fact]
    public async Task What_ends_after_a_look_is_told_though_nobody_asked_before()
    {
        var order = await OrderAsync("exit 1");
        Assert.Null(await FindAsync(order));
        await Containers.EnsureAsync(order, Ct);

        Assert.Equal(order.Owner, await NextEndAsync());
    }

    [Fact]
    public async Task A_wait_that_is_given_up_loses_no_end()
    {
        var order = await OrderAsync("exit 1");
        using var given = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var wait = Containers.NextEndAsync(given.Token).AsTask();
        given.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);

        await Containers.EnsureAsync(order, Ct);

        Assert.Equal(order.Owner, await NextEndAsync());
    }

    [Fact]
    public async Task One_that_was_removed_ends_in_silence()
    {
        var (removed, other) = (await OrderAsync("run", "removed"), await OrderAsync("exit 0", "other"));
        var next = NextEndAsync();
        await Containers.EnsureAsync(removed, Ct);
        await Containers.RemoveAsync(removed.Owner, Grace, Ct);
        await Containers.EnsureAsync(other, Ct);

        Assert.Equal(other.Owner, await next);
    }

    [Fact]
    public async Task TERM_comes_before_KILL()
    {
        var volume = await VolumeAsync();
        var order = await OrderAsync("farewell /data/bye") with { Mounts = [new VolumeMount(volume, "/data")] };
        await Containers.EnsureAsync(order, Ct);
        await UntilAsync(() => SizeOf(volume, "bye.ready") is not null);
        Assert.Null(SizeOf(volume, "bye"));

        await Containers.RemoveAsync(order.Owner, Patience, Ct);

        Assert.Equal(MiB(1), SizeOf(volume, "bye"));
        Assert.Empty(await Containers.ListAsync(Ct));
    }

    [Fact]
    public async Task One_that_ignores_TERM_is_gone_after_the_grace()
    {
        var order = await OrderAsync("stubborn");
        await Containers.EnsureAsync(order, Ct);

        await Containers.RemoveAsync(order.Owner, Grace, Ct);

        Assert.Empty(await Containers.ListAsync(Ct));
    }

    [Fact]
    public async Task One_that_takes_more_memory_than_it_leased_ends_and_says_why()
    {
        var order = await OrderAsync("eat 256");

        Assert.Equal(new ContainerEnd(EndCause.OutOfMemory, 137), await RunAsync(order));
        Assert.Equal(new ContainerEnd(EndCause.OutOfMemory, 137), await RunAsync(order));
        Assert.Equal(1, (await FindAsync(order))?.Restarts);
        Assert.Equal(new ContainerEnd(EndCause.Exited, 0), await RunAsync(order with { Arguments = ["eat", "8"] }));
    }

    [Fact]
    public async Task One_whose_supervisor_was_killed_is_ended_and_can_be_started_again()
    {
        var (order, other) = (await OrderAsync("stubborn", "lost"), await OrderAsync("run", "other"));
        var next = NextEndAsync();
        await Containers.EnsureAsync(order, Ct);
        await Containers.EnsureAsync(other, Ct);

        await KillSupervisorAsync(order.Owner);

        Assert.Equal(order.Owner, await next);
        Assert.Equal(new Container(order.Owner, new ContainerEnd(EndCause.SupervisorLost, null), 0), await FindAsync(order));
        Assert.Equal(new Container(other.Owner, null, 0), await FindAsync(other));
        Assert.Equal(new Container(order.Owner, null, 1), await Containers.EnsureAsync(order, Ct));
    }

    [Fact]
    public async Task One_whose_supervisor_was_killed_can_be_removed()
    {
        var order = await OrderAsync("stubborn");
        await Containers.EnsureAsync(order, Ct);
        await KillSupervisorAsync(order.Owner);

        await Containers.RemoveAsync(order.Owner, Grace, Ct);

        Assert.Empty(await Containers.ListAsync(Ct));
    }

    [Fact]
    public async Task After_a_reboot_it_is_listed_as_ended_and_can_be_started_again()
    {
        var (order, removed) = (await OrderAsync("run", "kept"), await OrderAsync("run", "removed"));
        await Containers.EnsureAsync(order, Ct);
        await Containers.EnsureAsync(removed, Ct);

        await RebootAsync();

        Assert.Equal(new Container(order.Owner, new ContainerEnd(EndCause.Rebooted, null), 0), await FindAsync(order));
        await Containers.RemoveAsync(removed.Owner, Grace, Ct);
        Assert.Equal(new Container(order.Owner, null, 1), await Containers.EnsureAsync(order, Ct));
        Assert.Equal([order.Owner], (await Containers.ListAsync(Ct)).Select(container => container.Owner));
    }

    [Fact]
    public async Task A_restarted_daemon_finds_its_containers_and_touches_none()
    {
        var (running, ended) = (await OrderAsync("run", "running"), await OrderAsync("exit 3", "ended"));
        await RunAsync(ended);
        await Containers.EnsureAsync(running, Ct);
        var before = await Containers.ListAsync(Ct);

        await ReopenAsync();

        Assert.Equal(before, await Containers.ListAsync(Ct));
        Assert.Equal(new Container(running.Owner, null, 0), await Containers.EnsureAsync(running, Ct));
        Assert.Equal(1, (await Containers.EnsureAsync(ended, Ct)).Restarts);
        await Containers.RemoveAsync(running.Owner, Grace, Ct);
        Assert.Null(await FindAsync(running));
    }

    [Fact]
    public async Task A_restarted_daemon_is_told_of_ends_from_then_on()
    {
        var mounts = new[] { new VolumeMount(await VolumeAsync(), "/data") };
        var before = await OrderAsync("exit 1", "before");
        var after = await OrderAsync("until /data/go", "after") with { Mounts = mounts };
        var go = await OrderAsync("fill /data/go 1", "go") with { Mounts = mounts };
        await RunAsync(before);
        await Containers.EnsureAsync(after, Ct);

        await ReopenAsync();
        var next = NextEndAsync();
        await Containers.EnsureAsync(go, Ct);

        Assert.Equal(new[] { after.Owner, go.Owner }.ToHashSet(), [await next, await NextEndAsync()]);
        Assert.Equal(new ContainerEnd(EndCause.Exited, 0), (await FindAsync(after))?.End);
    }

    [Fact]
    public async Task Many_at_once_are_listed_by_owner_and_gone_when_they_are_removed()
    {
        var orders = new List<ContainerOrder>();
        for (var i = 0; i < 12; i++)
        {
            orders.Add(await OrderAsync("run", $"{i}"));
        }

        await Task.WhenAll(orders.Select(order => Containers.EnsureAsync(order, Ct).AsTask()));

        var owners = orders.Select(order => order.Owner).OrderBy(owner => owner.ToString(), StringComparer.Ordinal).ToList();
        Assert.Equal(owners.Select(owner => new Container(owner, null, 0)), await Containers.ListAsync(Ct));

        await Containers.RemoveAsync(owners[0], Grace, Ct);
        Assert.Equal(owners[1..], (await Containers.ListAsync(Ct)).Select(container => container.Owner));
        await Task.WhenAll(owners.Select(owner => Containers.RemoveAsync(owner, Grace, Ct).AsTask()));
        Assert.Empty(await Containers.ListAsync(Ct));
    }
}
