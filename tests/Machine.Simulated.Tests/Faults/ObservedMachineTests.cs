using System.Net;
using System.Reflection;
using Provision.Machine.Clock;
using Provision.Machine.Containers;
using Provision.Machine.Images;
using Provision.Machine.Keys;
using Provision.Machine.Networks;
using Provision.Machine.Processes;
using Provision.Machine.Simulated.Faults;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Faults;

/// <summary>A verb that no observer sees is one at which no simulated daemon ever dies.</summary>
public sealed class ObservedMachineTests
{
    private static readonly Dictionary<Type, object> Arguments = new()
    {
        [typeof(string)] = "text",
        [typeof(long)] = 0L,
        [typeof(ReadOnlyMemory<byte>)] = ReadOnlyMemory<byte>.Empty,
        [typeof(TimeSpan)] = TimeSpan.Zero,
        [typeof(CancellationToken)] = CancellationToken.None,
        [typeof(ByteSize)] = new ByteSize(1),
        [typeof(Digest)] = Digest.Of("digest"u8),
        [typeof(VolumeName)] = new VolumeName(Machines.PoolName, Digest.Of("owner"u8)),
        [typeof(ImageName)] = new ImageName(Machines.PoolName, Digest.Of("image"u8)),
        [typeof(ImageReference)] = new ImageReference("local", "image", Digest.Of("image"u8)),
        [typeof(ProcessOrder)] = new ProcessOrder("process", "program", []),
        [typeof(NetworkId)] = default(NetworkId),
        [typeof(NetworkOrder)] = new NetworkOrder
        {
            Network = default,
            Holder = Digest.Of("holder"u8),
            Version = 1,
            Subnet = IPNetwork.Parse("10.1.1.0/24"),
            Gateway = IPAddress.Parse("10.1.1.1"),
            Gateway6 = IPAddress.Parse("fd00::1"),
        },
        [typeof(MemberOrder)] = new MemberOrder(Digest.Of("owner"u8), default, []),
        [typeof(ContainerOrder)] = new ContainerOrder
        {
            Owner = Digest.Of("owner"u8),
            Root = new VolumeName(Machines.PoolName, Digest.Of("owner"u8)),
            Arguments = [],
            Environment = new Dictionary<string, string>(),
            Cores = 1,
            Memory = new ByteSize(1),
        },
    };

    private static IEnumerable<PropertyInfo> Ports => typeof(IMachine).GetProperties()
        .Where(port => port.PropertyType.IsInterface && port.Name != nameof(IMachine.Lacking))
        .Where(port => port.PropertyType != typeof(IMachineClock) && port.PropertyType != typeof(IKeys));

    /// <summary>Every verb of every port, but the wait that has no effect and no moment.</summary>
    public static TheoryData<string, string> Verbs =>
    [
        .. Ports.SelectMany(port => port.PropertyType.GetMethods()
            .Where(verb => verb.Name != nameof(IContainers.NextEndAsync))
            .Select(verb => (port.Name, verb.Name))),
    ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_is_seen_before_it_is_done(string port, string verb)
    {
        var observer = new FirstCall();
        var property = typeof(IMachine).GetProperty(port)!;
        var method = property.PropertyType.GetMethod(verb)!;
        var observed = property.GetValue(new ObservedMachine(Machines.New(), observer));

        method.Invoke(observed, [.. method.GetParameters().Select(parameter => Arguments[parameter.ParameterType])]);

        Assert.Equal(port, observer.Seen?.Port, ignoreCase: true);
        var looks = new[] { "List", "Find", "Read", "Free" }.Any(word => verb.StartsWith(word, StringComparison.Ordinal));
        Assert.NotEqual(looks, observer.Seen?.Effect);
    }

    [Fact]
    public void There_are_verbs_to_be_seen() => Assert.True(Verbs.Count > 20, $"{Verbs.Count}");

    // The call ends here: what is behind the observer is not called with nonsense.
    private sealed class FirstCall : IMachineObserver
    {
        public MachineCall? Seen { get; private set; }

        public ValueTask BeforeAsync(MachineCall call)
        {
            Seen ??= call;
            return new ValueTask(new TaskCompletionSource().Task);
        }

        public ValueTask AfterAsync(MachineCall call) => ValueTask.CompletedTask;
    }
}
