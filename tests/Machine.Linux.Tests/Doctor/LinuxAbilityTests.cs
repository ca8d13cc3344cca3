using Provision.Machine.Conformance;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Storage;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>This machine, without some of its programs.</summary>
public sealed class LinuxAbilityTests : AbilityConformance, IAsyncLifetime
{
    private readonly TemporaryFolder temporary = TemporaryFolder.OfRoot();
    private readonly FakeMachine programs = new();
    private LinuxMachine? machine;

    private LinuxMachineOptions Options => new(
        temporary.Of("root"),
        [new PoolOptions("ssd", DiskType.Ssd) { LoopFile = new LoopFile(temporary.Of("ssd.btrfs"), PoolOptions.LoopFileSizeMin) }]);

    protected override async ValueTask<IMachine> OpenAsync(params IReadOnlyList<Ability> without)
    {
        foreach (var program in without.SelectMany(ProgramsOf).Distinct())
        {
            programs.Remove($"programs/{program}");
        }

        return machine = await LinuxMachine.OpenAsync(
            Options, KeyPair.Create(), programs.Here, TestContext.Current.CancellationToken);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        machine?.Dispose();
        await LinuxMachine.RemoveAsync(Options, TimeSpan.Zero, CancellationToken.None);
        programs.Dispose();
        temporary.Dispose();
    }

    private static string[] ProgramsOf(Ability ability) => ability switch
    {
        Ability.Networks => [Programs.Nft],
        Ability.Containers => [Programs.Conmon],
        _ => [Programs.LoopSetup],
    };
}
