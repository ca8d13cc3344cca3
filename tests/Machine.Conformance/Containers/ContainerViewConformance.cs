using Provision.Machine.Containers;
using Provision.Machine.Storage;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance.Containers;

/// <summary>What every container sees of its machine: its root, its volumes, what it was told; and what cannot be started.</summary>
public abstract class ContainerViewConformance : ContainerSuite
{
    [Fact]
    public async Task It_sees_its_root_and_what_it_writes_there_stays()
    {
        var order = await OrderAsync("fill /own 1");
        Assert.Equal(1, await CodeOfAsync(order with { Arguments = ["ls", "/own"] }));
        Assert.Equal(0, await CodeOfAsync(order with { Arguments = ["ls", "/file"] }));

        Assert.Equal(0, await CodeOfAsync(order));

        Assert.Equal(MiB(1), SizeOf(order.Root, "own"));
        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        Assert.Equal(0, await CodeOfAsync(order with { Arguments = ["ls", "/own"] }));
    }

    [Fact]
    public async Task It_writes_no_more_than_the_limits_of_its_root_and_volumes_let_it()
    {
        var volume = await VolumeAsync();
        var order = await OrderAsync("fill /own 24") with { Mounts = [new VolumeMount(volume, "/data")] };

        Assert.Equal(1, await CodeOfAsync(order));
        Assert.Equal(0, await CodeOfAsync(order with { Arguments = ["fill", "/data/file", "24"] }));
        Assert.Equal(1, await CodeOfAsync(order with { Arguments = ["fill", "/data/more", "24"] }));
    }

    [Fact]
    public async Task It_sees_its_volumes_where_it_wants_them_and_nobody_elses()
    {
        var (first, second) = (await VolumeAsync("first"), await VolumeAsync("second"));
        var order = await OrderAsync("fill /data/file 1") with
        {
            Mounts = [new VolumeMount(first, "/data"), new VolumeMount(second, "/srv/deep/data")],
        };

        Assert.Equal(0, await CodeOfAsync(order));
        Assert.Equal(0, await CodeOfAsync(order with { Arguments = ["fill", "/srv/deep/data/other", "2"] }));

        Assert.Equal((MiB(1), null), (SizeOf(first, "file"), SizeOf(first, "other")));
        Assert.Equal((null, MiB(2)), (SizeOf(second, "file"), SizeOf(second, "other")));
        Assert.Null(SizeOf(order.Root, "data/file"));
        Assert.Equal(1, await CodeOfAsync(await OrderAsync("ls /data/file", "stranger")));
    }

    [Fact]
    public async Task Two_share_a_volume_and_what_they_wrote_outlives_both()
    {
        var volume = await VolumeAsync();
        var reader = await OrderAsync("until /in/word", "reader") with { Mounts = [new VolumeMount(volume, "/in")] };
        var writer = await OrderAsync("fill /out/word 1", "writer") with { Mounts = [new VolumeMount(volume, "/out")] };
        var next = NextEndAsync();
        await Containers.EnsureAsync(reader, Ct);
        Assert.Null((await FindAsync(reader))?.End);

        await Containers.EnsureAsync(writer, Ct);
        Assert.Equal(new[] { reader.Owner, writer.Owner }.ToHashSet(), [await next, await NextEndAsync()]);

        await Containers.RemoveAsync(reader.Owner, Grace, Ct);
        await Containers.RemoveAsync(writer.Owner, Grace, Ct);
        Assert.Equal(MiB(1), SizeOf(volume, "word"));
        Assert.Equal(0, await CodeOfAsync(await OrderAsync("ls /data/word", "later") with { Mounts = [new VolumeMount(volume, "/data")] }));
    }

    [Fact]
    public async Task It_gets_its_environment_and_its_working_folder()
    {
        var volume = await VolumeAsync();
        var order = await OrderAsync("code") with { Mounts = [new VolumeMount(volume, "/data")] };
        var environment = new Dictionary<string, string>(order.Environment) { ["CODE"] = "42" };

        Assert.Equal(42, await CodeOfAsync(order with { Environment = environment }));
        Assert.Equal(0, await CodeOfAsync(order with { Arguments = ["fill", "here", "1"], WorkingFolder = "/data" }));
        Assert.Equal(0, await CodeOfAsync(order with { Arguments = ["fill", "there", "2"], WorkingFolder = "/made/for/it" }));

        Assert.Equal((MiB(1), MiB(2)), (SizeOf(volume, "here"), SizeOf(order.Root, "made/for/it/there")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("root")]
    [InlineData("0:0")]
    [InlineData("tenant")]
    [InlineData("tenant:tenant")]
    [InlineData("1000:tenant")]
    [InlineData("4711")]
    public async Task It_runs_as_whom_its_image_says(string user) =>
        Assert.Equal(3, await CodeOfAsync(await OrderAsync("exit 3") with { User = user }));

    [Theory]
    [InlineData("nobody-knows")]
    [InlineData("root:nobody-knows")]
    [InlineData("-1")]
    [InlineData("70000")]
    [InlineData("0:70000")]
    [InlineData("4294967296")]
    [InlineData("a:b:c")]
    public async Task A_user_it_does_not_have_is_invalid(string user) =>
        await IsRefusedAsync(FaultCode.Invalid, await OrderAsync("run") with { User = user });

    [Theory]
    [InlineData("no-such-program")]
    [InlineData("/bin/no-such-program")]
    [InlineData("/nowhere/run")]
    [InlineData("/file")]
    [InlineData("/bin")]
    [InlineData("file")]
    public async Task A_program_it_does_not_have_is_invalid(string program)
    {
        var fault = await IsRefusedAsync(FaultCode.Invalid, await OrderAsync(program));

        Assert.Contains(program, fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_looked_up_in_the_path_of_the_container()
    {
        var order = await OrderAsync("exit 3");

        Assert.Equal(3, await CodeOfAsync(order with { Arguments = ["/bin/exit", "3"] }));
        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        await IsRefusedAsync(FaultCode.Invalid, order with { Environment = new Dictionary<string, string> { ["PATH"] = "/sbin" } });
    }

    [Theory]
    [InlineData("/link")]
    [InlineData("/link/below")]
    [InlineData("/dangling")]
    [InlineData("/dangling/below")]
    [InlineData("/outside")]
    [InlineData("/outside/tmp")]
    [InlineData("/file")]
    [InlineData("/file/below")]
    [InlineData("/data/../file")]
    [InlineData("/..")]
    [InlineData("/")]
    [InlineData("data")]
    [InlineData("")]
    public async Task A_mount_point_that_is_no_plain_folder_is_invalid(string target)
    {
        var order = await OrderAsync("run") with { Mounts = [new VolumeMount(await VolumeAsync(), target)] };

        await IsRefusedAsync(FaultCode.Invalid, order);
    }

    [Theory]
    [InlineData("/data", "/data")]
    [InlineData("/data/inner", "/data")]
    [InlineData("/data", "/data/inner/most")]
    public async Task A_mount_point_in_another_is_invalid(string first, string second)
    {
        var mounts = new[] { new VolumeMount(await VolumeAsync("first"), first), new VolumeMount(await VolumeAsync("second"), second) };

        await IsRefusedAsync(FaultCode.Invalid, await OrderAsync("run") with { Mounts = mounts });
    }

    [Fact]
    public async Task A_volume_or_a_root_that_is_not_there_is_not_found()
    {
        var order = await OrderAsync("run");
        var missing = new VolumeName(PoolName, Owner("missing"));

        await IsRefusedAsync(FaultCode.NotFound, order with { Root = missing });
        await IsRefusedAsync(FaultCode.NotFound, order with { Root = order.Root with { Pool = "no-such-pool" } });
        await IsRefusedAsync(FaultCode.NotFound, order with { Mounts = [new VolumeMount(missing, "/data")] });
        await IsRefusedAsync(
            FaultCode.NotFound, order with { Mounts = [new VolumeMount(order.Root with { Pool = "no-such-pool" }, "/data")] });
    }

    [Fact]
    public async Task What_was_refused_can_be_mended_and_started()
    {
        var (order, name) = (await OrderAsync("run"), new VolumeName(PoolName, Owner("volume of later")));
        order = order with { Mounts = [new VolumeMount(name, "/data")] };
        await IsRefusedAsync(FaultCode.NotFound, order);

        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);

        Assert.Equal(new Container(order.Owner, null, 0), await Containers.EnsureAsync(order, Ct));
    }

    [Fact]
    public async Task One_that_ended_and_cannot_be_started_again_stays_as_it_ended()
    {
        var order = await OrderAsync("exit 3");
        await RunAsync(order);

        await Throws.FaultAsync(
            FaultCode.Invalid, async () => await Containers.EnsureAsync(order with { Arguments = ["no-such-program"] }, Ct));

        Assert.Equal(new Container(order.Owner, new ContainerEnd(EndCause.Exited, 3), 0), await FindAsync(order));
    }

    private async Task<Fault> IsRefusedAsync(FaultCode code, ContainerOrder order)
    {
        var fault = await Throws.FaultAsync(code, async () => await Containers.EnsureAsync(order, Ct));

        Assert.NotEmpty(fault.Remedy ?? "");
        Assert.Null(await FindAsync(order));
        return fault;
    }
}
