using System.Text.Json;
using Provision.Machine.Containers;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Containers;

/// <summary>What a daemon finds that another left when it was killed in the middle of something.</summary>
public sealed class HalfMadeTests(ContainerFixture fixture) : LinuxContainerSuite(fixture)
{
    [Fact]
    public async Task One_that_was_recorded_and_not_started_is_listed_and_started_uncounted()
    {
        var order = await OrderAsync("run");
        await Containers.EnsureAsync(order, Ct);
        var record = await File.ReadAllTextAsync(RecordOf(order), Ct);
        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        Directory.CreateDirectory(Path.GetDirectoryName(RecordOf(order))!);
        await File.WriteAllTextAsync(RecordOf(order), record, Ct);
        await ReopenAsync();

        Assert.Equal(new Container(order.Owner, new ContainerEnd(EndCause.SupervisorLost, null), 0), await FindAsync(order));
        Assert.Equal(new Container(order.Owner, null, 0), await Containers.EnsureAsync(order, Ct));
    }

    [Fact]
    public async Task One_that_was_started_and_not_marked_as_that_is_started_anew_and_runs_once()
    {
        var order = await OrderAsync("run");
        await Containers.EnsureAsync(order, Ct);
        var before = Fixture.Processes(order.Owner);
        File.Delete(Path.Combine(Fixture.Volatile!, "bundles", order.Owner.ToString(), "started"));
        await ReopenAsync();

        Assert.Equal(new Container(order.Owner, null, 0), await Containers.EnsureAsync(order, Ct));

        Assert.Empty(before.Intersect(Fixture.Processes(order.Owner)));
        Assert.NotEmpty(Fixture.Processes(order.Owner));
        Assert.Single(Fixture.Slots());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_ended_and_was_recorded_but_not_started_again_stays_as_it_ended(bool cleared)
    {
        var order = await OrderAsync("exit 3");
        await RunAsync(order);
        await RunAsync(order with { Arguments = ["exit", "4"] });
        var epoch = JsonElement.Parse(await File.ReadAllTextAsync(RecordOf(order), Ct)).GetProperty("epoch").GetString();
        await File.WriteAllTextAsync(
            RecordOf(order), $$"""{"epoch":"{{epoch}}","restarts":2,"before":{"cause":"Exited","exit_code":4} }""", Ct);
        if (cleared)
        {
            Directory.Delete(Path.Combine(Fixture.Volatile!, "bundles", order.Owner.ToString()), recursive: true);
        }

        await ReopenAsync();

        Assert.Equal(new Container(order.Owner, new ContainerEnd(EndCause.Exited, 4), 1), await FindAsync(order));
        Assert.Equal(2, (await Containers.EnsureAsync(order, Ct)).Restarts);
    }

    [Fact]
    public async Task One_that_was_never_recorded_never_was()
    {
        var order = await OrderAsync("run");
        Directory.CreateDirectory(Path.GetDirectoryName(RecordOf(order))!);
        await ReopenAsync();

        Assert.Null(await FindAsync(order));
        Assert.Equal(new Container(order.Owner, null, 0), await Containers.EnsureAsync(order, Ct));
    }

    [Fact]
    public async Task What_a_start_that_was_cut_short_left_of_secrets_and_mounts_goes_when_the_container_is_adopted()
    {
        var order = await OrderAsync("run");
        await Containers.EnsureAsync(order, Ct);
        var (config, slot) = (Path.Combine(Fixture.Volatile!, "bundles", order.Owner.ToString(), "config.json"), Fixture.Slots().Single());
        var place = Path.Combine(Fixture.Volatile!, "roots", slot, "root");
        await File.WriteAllTextAsync(config, "TOKEN=secret", Ct);
        Directory.CreateDirectory(place);
        Tool.Run("mount", "-t", "tmpfs", "left", place);
        await ReopenAsync();

        Assert.False(File.Exists(config));
        Assert.False(Directory.Exists(Path.GetDirectoryName(place)));
        Assert.True((await FindAsync(order))?.Runs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"epoch\":7}")]
    [InlineData("{\"epoch\":\"x\",\"restarts\":-1,\"before\":{\"cause\":\"Nothing\"}}")]
    public async Task A_record_that_cannot_be_read_is_that_of_another_boot(string record)
    {
        var order = await OrderAsync("run", record);
        await Containers.EnsureAsync(order, Ct);
        await File.WriteAllTextAsync(RecordOf(order), record, Ct);
        await ReopenAsync();

        Assert.Equal(new ContainerEnd(EndCause.Rebooted, null), (await FindAsync(order))?.End);
        Assert.True((await Containers.EnsureAsync(order, Ct)).Runs);
        Assert.Single(Fixture.Slots());
    }

    [Fact]
    public async Task What_runs_without_its_memory_is_ended_before_anything_new_is_started()
    {
        var (lost, other) = (await OrderAsync("stubborn", "lost"), await OrderAsync("run", "other"));
        await Containers.EnsureAsync(lost, Ct);
        var supervisor = Fixture.SupervisorOf(lost.Owner);
        Fixture.Close();
        ContainerFixture.Kill(supervisor);
        Assert.NotEmpty(Fixture.Processes());
        Tool.Run("umount", "--lazy", Fixture.Volatile!);
        await ReopenAsync();

        await Containers.EnsureAsync(other, Ct);

        Assert.Empty(Fixture.Processes(lost.Owner));
        Assert.NotEmpty(Fixture.Processes(other.Owner));
    }

    [Fact]
    public async Task A_range_of_ids_whose_owner_is_gone_is_taken_again()
    {
        var order = await OrderAsync("run");
        await Containers.EnsureAsync(order, Ct);
        var slot = Fixture.Slots();
        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        var path = Path.Combine("/run/provision/ids", slot.Single());
        await File.WriteAllTextAsync(path, Path.Combine(Fixture.Root, "containers", Digest.Of("gone"u8).ToString()), Ct);

        await Containers.EnsureAsync(order, Ct);
        Assert.Equal(slot, Fixture.Slots());

        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        await File.WriteAllTextAsync(path, Path.Combine(Fixture.Root, "pools"), Ct);
        await Containers.EnsureAsync(order, Ct);

        Assert.Equal(2, Fixture.Slots().Count);
        File.Delete(path);
    }

    private string RecordOf(ContainerOrder order) => Path.Combine(Path.GetDirectoryName(Fixture.LogOf(order.Owner))!, "record.json");
}
