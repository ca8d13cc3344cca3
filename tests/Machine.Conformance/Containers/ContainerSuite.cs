using System.Runtime.CompilerServices;
using System.Text;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Containers;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Conformance.Containers;

/// <summary>
/// What suites of containers need of a fixture. Each test begins with no containers; call <see cref="RemoveAllAsync"/> when one is over.
/// </summary>
public abstract class ContainerSuite : IDisposable
{
    private readonly CancellationTokenSource over = new();

    /// <summary>The machine under test.</summary>
    protected abstract ITestMachine Subject { get; }

    /// <inheritdoc cref="ITestMachine.Containers"/>
    protected IContainers Containers => Subject.Containers;

    /// <inheritdoc cref="ITestMachine.Storage"/>
    protected IStorage Storage => Subject.Storage;

    /// <inheritdoc cref="ITestMachine.PoolName"/>
    protected string PoolName => Subject.PoolName;

    /// <inheritdoc cref="ITestMachine.PutImageAsync"/>
    protected ValueTask<Digest> PutImageAsync(TestImage image) => Subject.PutImageAsync(image);

    /// <inheritdoc cref="ITestMachine.ReopenAsync"/>
    protected ValueTask ReopenAsync() => Subject.ReopenAsync();

    /// <inheritdoc cref="ITestMachine.RebootAsync"/>
    protected ValueTask RebootAsync() => Subject.RebootAsync();

    /// <inheritdoc cref="ITestMachine.KillSupervisorAsync"/>
    protected ValueTask KillSupervisorAsync(Digest owner) => Subject.KillSupervisorAsync(owner);

    /// <inheritdoc cref="ITestMachine.SizeOf"/>
    protected ByteSize? SizeOf(VolumeName name, string file) => Subject.SizeOf(name, file);

    /// <summary>How long is waited for what has to come.</summary>
    protected static TimeSpan Patience => TimeSpan.FromSeconds(60);

    /// <summary>Enough for what ends at a TERM; short, for the sake of tests in which nothing does.</summary>
    protected static TimeSpan Grace => TimeSpan.FromMilliseconds(500);

    /// <summary>The limit of the memory of each container.</summary>
    protected static ByteSize Memory => MiB(64);

    /// <summary>Cancelled when the run of the tests is.</summary>
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>So many MiB.</summary>
    protected static ByteSize MiB(long count) => new(count << 20);

    /// <summary>An owner of the calling test.</summary>
    protected static Digest Owner(string which = "", [CallerMemberName] string test = "") =>
        Digest.Of(Encoding.UTF8.GetBytes($"{test} {which}"));

    /// <summary>An order of the calling test for one of the <see cref="TestPrograms"/>, its root made: 16 MiB beside the image.</summary>
    /// <param name="command">The program and its arguments, with a blank between each two.</param>
    /// <param name="which">Tells the owners of one test apart.</param>
    /// <param name="test">The calling test.</param>
    protected async Task<ContainerOrder> OrderAsync(string command, string which = "", [CallerMemberName] string test = "")
    {
        var owner = Owner(which, test);
        var root = new VolumeName(PoolName, owner);
        await Storage.EnsureRootAsync(root, await PutImageAsync(TestPrograms.Image), MiB(16), Ct);
        return new ContainerOrder
        {
            Owner = owner,
            Root = root,
            Arguments = command.Split(' '),
            Environment = new Dictionary<string, string> { ["PATH"] = "/sbin:/bin" },
            Cores = 1,
            Memory = Memory,
        };
    }

    /// <summary>A volume of the calling test, 32 MiB.</summary>
    protected async Task<VolumeName> VolumeAsync(string which = "", [CallerMemberName] string test = "")
    {
        var name = new VolumeName(PoolName, Owner($"volume {which}", test));
        await Storage.EnsureVolumeAsync(name, MiB(32), Ct);
        return name;
    }

    /// <summary>The container of this order; null when it is not listed.</summary>
    protected async Task<Container?> FindAsync(ContainerOrder order) =>
        (await Containers.ListAsync(Ct)).SingleOrDefault(container => container.Owner == order.Owner);

    /// <summary>The next end, from the call on. One at a time.</summary>
    protected Task<Digest> NextEndAsync() => Containers.NextEndAsync(over.Token).AsTask().WaitAsync(Patience, TimeProvider.System, Ct);

    /// <summary>Starts what ends by itself; returns once that was told, with all ends that were told until then.</summary>
    protected async Task<IReadOnlyList<Digest>> EndsUntilAsync(ContainerOrder order)
    {
        var ends = new List<Digest>();
        var next = NextEndAsync();
        await Containers.EnsureAsync(order, Ct);
        ends.Add(await next);
        while (ends[^1] != order.Owner)
        {
            ends.Add(await NextEndAsync());
        }

        return ends;
    }

    /// <summary>Starts what ends by itself, and says how it did.</summary>
    protected async Task<ContainerEnd> RunAsync(ContainerOrder order)
    {
        await EndsUntilAsync(order);
        var ended = Assert.IsType<Container>(await FindAsync(order));
        return Assert.IsType<ContainerEnd>(ended.End);
    }

    /// <summary>Starts what ends by itself, and says with which exit code.</summary>
    protected async Task<int?> CodeOfAsync(ContainerOrder order) => (await RunAsync(order)).ExitCode;

    /// <summary>Returns once the condition holds.</summary>
    protected static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
        }
    }

    /// <summary>Removes what the test made.</summary>
    protected virtual async ValueTask RemoveAllAsync()
    {
        over.Cancel();
        foreach (var container in await Containers.ListAsync(CancellationToken.None))
        {
            await Containers.RemoveAsync(container.Owner, TimeSpan.Zero, CancellationToken.None);
        }

        foreach (var volume in await Storage.ListVolumesAsync(CancellationToken.None))
        {
            await Storage.RemoveVolumeAsync(volume.Name, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        over.Dispose();
        GC.SuppressFinalize(this);
    }
}
