using System.Net;
using System.Text;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire.ZeroOs;
using Xunit;

namespace Provision.Reservations.Tests.Wire.ZeroOs;

/// <summary>Rules and units of Zero-OS.</summary>
public sealed class RuleVectorTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, Action<Vector>> Rules = new()
    {
        ["vm_size"] = vector =>
        {
            var size = ZeroOsRules.SizeOf((int)vector.Number("size"));
            Assert.Equal(vector.Maybe("error") is null, size is not null);
            Assert.Equal(
                (vector.Number("vcpu"), vector.Number("memory_mib"), vector.Number("disk_mib")),
                size is var (cores, memory, disk) ? (cores, memory, disk) : (0, 0, 0));
        },
        ["validate"] = vector =>
        {
            var created = vector.Text("created_relative_to_now");
            var moment = created == "zero time" ? default : Now + Vector.Span(created);
            Assert.Null(GoTime.Parse($"\"{moment:yyyy-MM-ddTHH:mm:ssZ}\"", out var time));
            var reservation = new ZeroOsReservation { Id = "5-1", Created = time, Duration = vector.Number("duration_ns") };

            // The original's clock goes on while it checks, so a lease of no length was over then.
            Assert.Equal(vector.Maybe("error"), ZeroOsRules.Check(reservation, Now.AddTicks(1)));
            Assert.Equal(vector.Json.GetProperty("expired").GetBoolean(), ZeroOsRules.IsExpired(reservation, Now.AddTicks(1)));
        },
        ["split_id"] = vector =>
        {
            var valid = ReservationId.TryParse(vector.Text("id"), out var id);
            Assert.Equal(vector.Maybe("error") is null, valid);
            Assert.True(!valid || (vector.Text("reservation"), vector.Text("workload")) == ($"{id.Reservation}", $"{id.Workload}"));
        },
        ["validate_container"] = vector =>
            Assert.Equal(vector.Maybe("error"), ZeroOsRules.CheckContainer(vector.Text("network_id"), vector.Text("flist"))),
        ["is_public_ip"] = vector =>
            Assert.Equal(vector.Json.GetProperty("public").GetBoolean(), ZeroOsRules.IsPublic(IPAddress.Parse(vector.Text("ip")))),
    };

    [Fact]
    public void Rules_are_those_of_Zero_OS() => Vectors.Check("provision_rules", "kind", Rules);

    [Fact]
    public void Units_are_counted_as_Zero_OS_counts_them() => Vectors.Check("resource_units", vector =>
    {
        var total = default(ResourceUnits);
        var orders = vector.Json.GetProperty("add").EnumerateArray().ToList();
        foreach (var (order, error) in orders.Zip(vector.Json.GetProperty("add_errors").EnumerateArray()))
        {
            var said = UnitsOf(order.GetProperty("type").GetString()!, order.GetProperty("data").GetString()!, out var units);
            total += units;
            var id = order.GetProperty("id").GetString();
            Assert.Equal(
                error.GetString(), said is null ? null : $"could not compute the amount of resource used by reservation {id}: {said}");
        }

        var kinds = orders.CountBy(order => order.GetProperty("type").GetString()!).ToDictionary();
        Assert.Equal(Counters(vector.Json.GetProperty("counters")), Expected(kinds, total));
        Assert.Equal(Counters(vector.Json.GetProperty("counters_after_reopen")), Expected(kinds, total));
        Assert.All(Counters(vector.Json.GetProperty("counters_after_remove")), counter => Assert.Equal(0, counter.Value));
        Assert.Equal(vector.Text("used_resources_body"), ZeroOsUnits.Write(total));
    });

    internal static string? UnitsOf(string kind, string data, out ResourceUnits units)
    {
        try
        {
            units = ZeroOsUnits.Of(kind, Encoding.UTF8.GetBytes(data));
            return null;
        }
        catch (FaultException e)
        {
            units = default;
            return e.Fault.Problems.First().Reason;
        }
    }

    internal static SortedDictionary<string, long> Counters(JsonElement json) =>
        new(json.EnumerateObject().ToDictionary(one => one.Name, one => one.Value.GetInt64()));

    internal static SortedDictionary<string, long> Expected(Dictionary<string, int> kinds, ResourceUnits units) => new()
    {
        ["containers"] = kinds.GetValueOrDefault("container"),
        ["volumes"] = kinds.GetValueOrDefault("volume"),
        ["networks"] = kinds.GetValueOrDefault("network"),
        ["zdbs"] = kinds.GetValueOrDefault("zdb"),
        ["vms"] = kinds.GetValueOrDefault("kubernetes"),
        ["debugs"] = kinds.GetValueOrDefault("debug"),
        ["cru"] = units.Cru,
        ["mru"] = units.Mru,
        ["sru"] = units.Sru,
        ["hru"] = units.Hru,
    };
}
