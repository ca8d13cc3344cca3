using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire.ZeroOs;
using Xunit;

namespace Provision.Reservations.Tests.Wire.ZeroOs;

/// <summary>Files of Zero-OS's store.</summary>
public sealed class StoreVectorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_file_that_Zero_OS_wrote_is_read_and_would_be_written_the_same() => Vectors.Check("fsstore_file", vector =>
    {
        var file = Encoding.UTF8.GetBytes(vector.Text("file_text"));
        var reservation = StoreFile.Read(file);
        var wire = reservation.Write() + "\n";

        Assert.Equal(vector.Text("file_name"), reservation.Id);
        Assert.Equal(vector.Text("type"), reservation.Kind);
        Assert.Equal(vector.Text("reservation_wire"), wire);
        Assert.Equal(file, new VersionedFile(VersionedFile.First, Encoding.UTF8.GetBytes(wire)).ToBytes());
        Assert.Null(reservation.Verify());
    });

    // Where Zero-OS does not start, or crashes when the file is removed, we say what it says, of this one file.
    [Fact]
    public void A_file_is_read_where_Zero_OS_starts_and_named_where_it_does_not() => Vectors.Check("fsstore_read", vector =>
    {
        var file = Encoding.UTF8.GetBytes(vector.Text("file_text"));
        if (vector.Maybe("open_error") is { } error)
        {
            var fault = Assert.Throws<FaultException>(() => StoreFile.Read(file)).Fault;
            Assert.Equal(error, fault.Problems.First().Reason);
            Assert.Equal($"ERROR: {error}", vector.Text("get"));
            return;
        }

        var reservation = StoreFile.Read(file);
        Assert.Equal(vector.Text("get"), reservation.Write() + "\n");
        Assert.Equal("1 expired", vector.Text("get_expired"));
        Assert.True(ZeroOsRules.IsExpired(reservation, Now));
        var said = RuleVectorTests.UnitsOf(reservation.Kind, Encoding.UTF8.GetString(reservation.Data ?? []), out var units);
        Assert.Equal(
            vector.Maybe("remove_error"),
            said is null ? null : $"could not compute the amount of resource used by reservation {reservation.Id}: {said}");
        Assert.Equal(
            RuleVectorTests.Expected(new() { [reservation.Kind] = 1 }, units),
            RuleVectorTests.Counters(vector.Json.GetProperty("counters_after_open")));
    });
}
