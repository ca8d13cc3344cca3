using System.Net;
using System.Net.Sockets;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>Small rules of Zero-OS v0.2.1 (pkg/provision), with its words for what breaks them.</summary>
public static class ZeroOsRules
{
    /// <summary>True when a lease is over. One that has no length, or no beginning, always is (reservation.go).</summary>
    public static bool IsExpired(ZeroOsReservation reservation, DateTimeOffset now) =>
        reservation.Created.Nanoseconds + reservation.Duration < (Int128)now.UtcTicks * Nanoseconds.PerTick;

    /// <summary>What is wrong with a reservation at this moment; null when nothing is.</summary>
    public static string? Check(ZeroOsReservation reservation, DateTimeOffset now) =>
        reservation.Duration <= 0 ? $"reservation {reservation.Id} has not duration"
        : reservation.Created.IsZero ? $"wrong creation date in reservation {reservation.Id}"
        : IsExpired(reservation, now) ? $"reservation {reservation.Id} has expired"
        : null;

    /// <summary>What is wrong with the <c>data</c> of a container; null when nothing is (container.go).</summary>
    public static string? CheckContainer(string network, string flist) =>
        network.Length == 0 ? "network ID cannot be empty"
        : flist.Length == 0 ? "missing flist url"
        : null;

    /// <summary>What a k3s machine of this size gets: cores, MiB of memory, MiB of disk; null when there is no such size.</summary>
    public static (int Cores, int MemoryMiB, int DiskMiB)? SizeOf(int size) => size switch
    {
        1 => (1, 2048, 51_200),
        2 => (2, 4096, 102_400),
        _ => null,
    };

    /// <summary>True for an IPv6 address that Zero-OS takes for one of the internet; unique local ones are among them.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            && !address.IsIPv4MappedToIPv6
            && !IPAddress.IsLoopback(address)
            && !address.IsIPv6LinkLocal
            && !(bytes[0] == 0xff && (bytes[1] & 0x0f) is 1 or 2);
    }
}
