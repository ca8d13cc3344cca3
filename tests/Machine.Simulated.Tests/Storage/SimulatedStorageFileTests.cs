using Provision.Machine.Simulated.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Storage;

public sealed class SimulatedStorageFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("provision-test-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File => Path.Combine(folder, "storage.json");

    private static VolumeName Name => new(Machines.PoolName, Digest.Of("owner"u8));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Volumes_limits_and_files_survive_the_death_of_the_daemon()
    {
        var before = Attached();
        await before.EnsureVolumeAsync(Name, new ByteSize(100), Ct);
        before.WriteFile(Name, "file", new ByteSize(60));

        var after = Attached();

        var volume = Assert.Single(await after.ListVolumesAsync(Ct));
        Assert.Equal(new Volume(Name, new ByteSize(100), new ByteSize(60), volume.Path), volume);
        Assert.Equal(new ByteSize(60), after.ReadFile(Name, "file"));
        await after.RemoveVolumeAsync(Name, Ct);
        Assert.Empty(await Attached().ListVolumesAsync(Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"volumes\":[{\"pool\":\"ssd\",\"owner\":\"nobody\",\"limit\":1,\"files\":{}}]}")]
    public void A_file_of_something_else_is_refused(string content)
    {
        System.IO.File.WriteAllBytes(File, System.Text.Encoding.UTF8.GetBytes(content));

        var fault = Assert.Throws<FaultException>(Attached).Fault;

        Assert.Equal(FaultCode.DataLoss, fault.Code);
        Assert.NotNull(fault.Remedy);
    }

    private SimulatedStorage Attached()
    {
        var storage = Machines.New().Storage;
        SimulatedStorageFile.Attach(storage, File);
        return storage;
    }
}
