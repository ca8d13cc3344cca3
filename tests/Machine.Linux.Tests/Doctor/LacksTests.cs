using Provision.Machine.Conformance;
using Provision.Machine.Linux.Doctor;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>What a machine lacks is found by a look, and it is taken in hand all the same.</summary>
public sealed class LacksTests : IDisposable
{
    private static readonly KeyPair Key = KeyPair.Create();
    private readonly TemporaryFolder temporary = TemporaryFolder.OfRoot();
    private readonly FakeMachine machine = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LinuxMachineOptions Options => new(
        temporary.Of("root"),
        [new PoolOptions("ssd", DiskType.Ssd) { LoopFile = new LoopFile(temporary.Of("ssd.btrfs"), PoolOptions.LoopFileSizeMin) }]);

    public void Dispose()
    {
        machine.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public void This_machine_lacks_nothing() => Assert.Empty(new Lacks(new Surroundings()).Find(Options.Pools));

    [Theory]
    [InlineData(Programs.LoopSetup, Ability.Volumes, Ability.Images)]
    [InlineData(Programs.MakeBtrfs, Ability.Volumes, Ability.Images)]
    [InlineData(Programs.Nft, Ability.Networks)]
    [InlineData(Programs.Conmon, Ability.Containers)]
    [InlineData(Programs.Crun)]
    public void A_program_that_is_not_installed_takes_what_needs_it(string program, params Ability[] lacking)
    {
        machine.Remove($"programs/{program}");
        var found = new Lacks(machine.Here).Find(Options.Pools);
        Assert.Equal(lacking, found.Keys.Order());
        Assert.All(found.Values, fault => Assert.Equal(FaultCode.Unavailable, fault.Code));
        Assert.All(found.Values, fault => Assert.Equal($"{program} is not installed", fault.What));
        Assert.All(found.Values, fault => Assert.Contains(Programs.PackageOf(program), fault.Remedy, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sys/user/max_net_namespaces", "0\n", Ability.Networks)]
    [InlineData("sys/user/max_user_namespaces", "0\n", Ability.Containers)]
    [InlineData("self/mountinfo", "", Ability.Containers)]
    [InlineData("self/ns/net", null, Ability.Networks)]
    [InlineData("self/ns/user", null, Ability.Containers)]
    [InlineData("sys/kernel/seccomp/actions_avail", null, Ability.Containers)]
    public void What_the_kernel_does_not_do_takes_what_needs_it(string file, string? text, Ability lacking)
    {
        if (text is null)
        {
            machine.Remove($"proc/{file}");
        }
        else
        {
            machine.Write($"proc/{file}", text);
        }

        var (ability, fault) = Assert.Single(new Lacks(machine.Here).Find(Options.Pools));
        Assert.Equal(lacking, ability);
        Assert.NotNull(fault.Remedy);
    }

    [Fact]
    public void A_machine_without_both_runtimes_makes_no_containers()
    {
        machine.Remove("programs/runc");
        Assert.True(new Lacks(machine.Here).HasDoubtfulRuntime);
        machine.Remove("programs/crun");
        Assert.Equal([Ability.Containers], new Lacks(machine.Here).Find(Options.Pools).Keys);
    }

    [Fact]
    public void What_formats_pools_is_not_missed_once_they_are_there()
    {
        machine.Remove($"programs/{Programs.MakeBtrfs}");
        File.WriteAllText(temporary.Of("ssd.btrfs"), "");
        Assert.Empty(new Lacks(machine.Here).Find(Options.Pools));
    }

    [Fact]
    public async Task A_whole_machine_says_that_it_lacks_nothing()
    {
        using (var opened = await LinuxMachine.OpenAsync(Options, Key, Ct))
        {
            Assert.Empty(opened.Lacking);
        }

        await LinuxMachine.RemoveAsync(Options, TimeSpan.Zero, Ct);
    }

    [Fact]
    public async Task Without_what_attaches_pools_these_are_closed_and_what_they_hold_is_not_taken_for_gone()
    {
        var name = new VolumeName("ssd", Digest.Of("owner"u8));
        using (var opened = await LinuxMachine.OpenAsync(Options, Key, Ct))
        {
            await opened.Storage.EnsureVolumeAsync(name, new ByteSize(16 << 20), Ct);
        }

        machine.Remove($"programs/{Programs.LoopSetup}");
        using (var opened = await LinuxMachine.OpenAsync(Options, Key, machine.Here, Ct))
        {
            Assert.Equal([Ability.Volumes, Ability.Images], opened.Lacking.Keys.Order());
            Assert.Empty(await opened.Storage.ListPoolsAsync(Ct));
            Assert.Empty(await opened.Storage.ListVolumesAsync(Ct));
            Assert.Empty(await opened.Images.ListAsync(Ct));
            await Throws.FaultAsync(FaultCode.Unavailable, () => opened.Storage.RemoveVolumeAsync(name, Ct).AsTask());
            await Throws.FaultAsync(
                FaultCode.Unavailable, () => opened.Storage.EnsureVolumeAsync(name, new ByteSize(16 << 20), Ct).AsTask());
            await Throws.FaultAsync(
                FaultCode.Unavailable, () => opened.Images.ReleaseAsync(new("ssd", name.Owner), name.Owner, Ct).AsTask());
        }

        using (var opened = await LinuxMachine.OpenAsync(Options, Key, Ct))
        {
            Assert.Equal(name, Assert.Single(await opened.Storage.ListVolumesAsync(Ct)).Name);
        }

        await LinuxMachine.RemoveAsync(Options, TimeSpan.Zero, Ct);
    }

    [Fact]
    public async Task Where_the_only_runtime_is_the_fast_one_it_is_tried()
    {
        machine.Remove("programs/runc");
        machine.Remove("programs/crun");
        File.CreateSymbolicLink(machine.Here.ProgramFolders[0] + "/crun", "/bin/false");

        using (var opened = await LinuxMachine.OpenAsync(Options, Key, machine.Here, Ct))
        {
            Assert.Equal([Ability.Containers], opened.Lacking.Keys);
            Assert.Contains("crun does not work here", opened.Lacking[Ability.Containers].What, StringComparison.Ordinal);
        }

        await LinuxMachine.RemoveAsync(Options, TimeSpan.Zero, Ct);
    }
}
