using System.Globalization;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Workloads.Conformance;

/// <summary>A node, a farmer and a user with fixed keys, and the orders they make.</summary>
public static class Actors
{
    /// <summary>The node's key.</summary>
    public static KeyPair NodeKey { get; } = Key(1);

    /// <summary>The user's key.</summary>
    public static KeyPair UserKey { get; } = Key(2);

    /// <summary>The farm.</summary>
    public static FarmId Farm { get; } = new(Key(3).PublicKey);

    /// <summary>The key of this number.</summary>
    public static KeyPair Key(byte number)
    {
        Span<byte> seed = stackalloc byte[KeyPair.SeedSize];
        seed.Fill(number);
        return KeyPair.FromSeed(seed);
    }

    /// <summary>A signed reservation; each number is another order.</summary>
    public static Reservation Reserve(int number, string kind, CanonicalJson data, DateTimeOffset created, TimeSpan duration) =>
        UserKey.Sign(new Reservation
        {
            Node = new NodeId(NodeKey.PublicKey),
            User = new UserId(UserKey.PublicKey),
            Kind = kind,
            Data = data,
            Created = created,
            Duration = duration,
            Nonce = number.ToString("D16", CultureInfo.InvariantCulture),
        });

    /// <summary>A signed cancel.</summary>
    public static Cancel Cancel(Reservation reservation, DateTimeOffset created, long counter = 1, bool keepData = false) =>
        UserKey.Sign(new Cancel
        {
            Reservation = reservation.ComputeDigest(),
            User = reservation.User,
            Counter = counter,
            KeepData = keepData,
            Created = created,
        });

    /// <summary>A signed extend.</summary>
    public static Extend Extend(Reservation reservation, DateTimeOffset created, TimeSpan duration, long counter = 1) =>
        UserKey.Sign(new Extend
        {
            Reservation = reservation.ComputeDigest(),
            User = reservation.User,
            Counter = counter,
            Duration = duration,
            Created = created,
        });

    /// <summary>What an engine is made with.</summary>
    public static EngineSetup Setup(EngineOptions options, params IReadOnlyList<IWorkloadModule> modules) =>
        new(NodeKey, Farm, modules, options, new Random(7), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
}
