using System.Text.Json.Nodes;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

/// <summary>Everything that can be wrong with an order, each with the place that the answer must name.</summary>
public sealed class OrderJsonRefusalTests
{
    [Theory]
    [InlineData("reservation", "id", "\"1-1\"")]
    [InlineData("reservation", "id", "5")]
    [InlineData("reservation", "node_id", "null")]
    [InlineData("reservation", "node_id", "\"éUZqUcpXo4JiB6cbAM2xVAEEAKzeWxYvPcq7cryhZrKr\"")]
    [InlineData("reservation", "user_id", "\"\"")]
    [InlineData("reservation", "user_id", "[]")]
    [InlineData("reservation", "type", "7")]
    [InlineData("reservation", "type", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")]
    [InlineData("reservation", "created", "1769860800")]
    [InlineData("reservation", "created", "\"1969-12-31T23:59:59Z\"")]
    [InlineData("reservation", "created", "\"2200-01-01T00:00:00Z\"")]
    [InlineData("reservation", "created", "\"2199-12-31T23:59:59-01:00\"")]
    [InlineData("reservation", "created", "\"2026-01-31T12:00:00.123456789Z\"")]
    [InlineData("reservation", "duration", "1.5")]
    [InlineData("reservation", "duration", "1e3")]
    [InlineData("reservation", "duration", "18446744073709551615")]
    [InlineData("reservation", "duration", "150")]
    [InlineData("reservation", "duration", "-1")]
    [InlineData("reservation", "duration", "\"1h\"")]
    [InlineData("reservation", "signature", "\"AAAA\"")]
    [InlineData("reservation", "signature", "false")]
    [InlineData("reservation", "to_delete", "true")]
    [InlineData("reservation", "to_delete", "0")]
    [InlineData("reservation", "signature_version", "1")]
    [InlineData("reservation", "signature_version", "2.0")]
    [InlineData("reservation", "nonce", "\"short\"")]
    [InlineData("reservation", "nonce", "\"0123456789abcde/\"")]
    [InlineData("reservation", "nonce", "\"0123456789abcdeé\"")]
    [InlineData("reservation", "nonce", "\"01234567890123456789012345678901234567890123456789012345678901234\"")]
    [InlineData("reservation", "Nonce", "\"0123456789abcdef\"")]
    [InlineData("reservation", "more", "1")]
    [InlineData("cancel", "reservation", "\"FF\"")]
    [InlineData("cancel", "user_id", "1")]
    [InlineData("cancel", "counter", "0")]
    [InlineData("cancel", "counter", "-1")]
    [InlineData("cancel", "counter", "18446744073709551615")]
    [InlineData("cancel", "created", "\"now\"")]
    [InlineData("cancel", "keep_data", "null")]
    [InlineData("cancel", "keep_data", "\"yes\"")]
    [InlineData("cancel", "duration", "100")]
    [InlineData("cancel", "signature", "\"x\"")]
    [InlineData("extend", "duration", "99")]
    [InlineData("extend", "keep_data", "true")]
    [InlineData("extend", "counter", "1.0")]
    public void A_bad_field_is_refused_by_name(string sort, string field, string value) =>
        Assert.Equal([$"/{sort}/{field}"], Pointers(sort, order => order[field] = JsonNode.Parse(value)));

    [Theory]
    [InlineData("reservation", "node_id")]
    [InlineData("reservation", "user_id")]
    [InlineData("reservation", "type")]
    [InlineData("reservation", "data")]
    [InlineData("reservation", "created")]
    [InlineData("reservation", "duration")]
    [InlineData("reservation", "signature_version")]
    [InlineData("reservation", "nonce")]
    [InlineData("cancel", "reservation")]
    [InlineData("cancel", "user_id")]
    [InlineData("cancel", "counter")]
    [InlineData("cancel", "created")]
    [InlineData("extend", "reservation")]
    [InlineData("extend", "counter")]
    [InlineData("extend", "duration")]
    public void A_missing_field_is_refused_by_name(string sort, string field) =>
        Assert.Equal([$"/{sort}/{field}"], Pointers(sort, order => order.Remove(field)));

    [Fact]
    public void All_problems_are_listed_and_not_only_the_first() => Assert.Equal(
        new[] { "signature_version", "node_id", "type", "created", "nonce", "odd" }.Select(field => $"/reservation/{field}"),
        Pointers("reservation", order =>
        {
            order["signature_version"] = 1;
            order["node_id"] = "x";
            order.Remove("type");
            order["created"] = false;
            order["nonce"] = "";
            order["odd"] = 1;
        }));

    [Theory]
    [InlineData("{}", "")]
    [InlineData("[]", "")]
    [InlineData("null", "")]
    [InlineData("\"reservation\"", "")]
    [InlineData("{\"reservation\":5}", "/reservation")]
    [InlineData("{\"cancel\":null}", "/cancel")]
    [InlineData("{\"extend\":[]}", "/extend")]
    [InlineData("{\"delete\":{}}", "", "/delete")]
    public void An_envelope_holds_one_order(string json, params string[] pointers) => Assert.Equal(pointers, Pointers(json));

    [Fact]
    public void Two_orders_in_one_envelope_are_refused()
    {
        var both = OrderJson.Write(Samples.Volume).Text[..^1] + "," + OrderJson.Write(Samples.Cancel).Text[1..];
        Assert.Equal(["", "/cancel"], Pointers(both));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var whole = OrderJson.Write(Samples.Volume).Text;
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal([""], Pointers(whole[..length]));
        }
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    public void Half_a_surrogate_pair_is_refused_by_name(string value)
    {
        var json = OrderJson.Write(Samples.Volume).Text;
        Assert.Equal(["/reservation/type"], Pointers(json.Replace("\"volume\"", value, StringComparison.Ordinal)));
        Assert.Equal(["/reservation/nonce"], Pointers(json.Replace("\"nonce-0123456789\"", value, StringComparison.Ordinal)));
    }

    [Fact]
    public void Half_a_surrogate_pair_in_data_is_the_kinds_to_refuse()
    {
        // Data is the kind's: here it only has to stay as it was signed.
        var json = OrderJson.Write(Samples.Volume).Text.Replace("\"SSD\"", "\"\\ud800\"", StringComparison.Ordinal);
        Assert.Contains("\\ud800", ((Reservation)OrderJson.Read(Samples.Bytes(json))).Data.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_would_not_fit_a_feed_is_refused()
    {
        static string Deep(int levels) => new string('[', levels) + new string(']', levels);
        Accepts(Deep(Reservation.DataDepthMax));
        Assert.Equal(["/reservation/data"], WithData(Deep(Reservation.DataDepthMax + 1)));
        Accepts($"\"{new string('x', Reservation.DataSizeMax - 2)}\"");
        Assert.Equal(["/reservation/data"], WithData($"\"{new string('x', Reservation.DataSizeMax - 1)}\""));

        // Six bytes each once they are canonical.
        Assert.Equal(["/reservation/data"], WithData($"\"{new string('<', Reservation.DataSizeMax / 5)}\""));
    }

    private static void Accepts(string data) => OrderJson.Read(Samples.Bytes(DataJson(data)));

    private static IEnumerable<string> WithData(string data) => Pointers(DataJson(data));

    private static string DataJson(string data) =>
        OrderJson.Write(Samples.Volume).Text.Replace(Samples.Volume.Data.Text, data, StringComparison.Ordinal);

    private static IEnumerable<string> Pointers(string sort, Action<JsonObject> change)
    {
        Order order = sort switch { "reservation" => Samples.Volume, "cancel" => Samples.Cancel, _ => Samples.Extend };
        var document = JsonNode.Parse(OrderJson.Write(order).Text)!;
        change(document[sort]!.AsObject());
        return Pointers(document.ToJsonString());
    }

    private static IEnumerable<string> Pointers(string json)
    {
        var fault = Samples.Refused(FaultCode.Invalid, () => OrderJson.Read(Samples.Bytes(json)));
        Assert.NotEmpty(fault.Problems);
        Assert.All(fault.Problems, problem => Assert.NotEqual("", problem.Remedy));
        return fault.Problems.Select(problem => problem.Pointer);
    }
}
