using System.Text;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.EndToEnd;

/// <summary>Something wrong that a stranger sends as an order, and the answer that it deserves.</summary>
/// <param name="Make">The body, from a good order.</param>
/// <param name="Code">The fault.</param>
/// <param name="Pointer">The field that it must name; "" is the document.</param>
internal sealed record BadInput(Func<TestGrid, byte[]> Make, FaultCode Code, string Pointer)
{
    private const string Hour = "3600000000000";

    /// <summary>By what is wrong.</summary>
    public static IReadOnlyDictionary<string, BadInput> All { get; } = new Dictionary<string, BadInput>
    {
        ["no signature"] = new(grid => Bytes(grid.Draft()), FaultCode.BadSignature, "/reservation/signature"),
        ["a signature that is none"] = Invalid("/reservation/signature", text => Change(text, "\"signature\":\"", "\"signature\":\"-")),
        ["a signature of another order"] = new(
            grid => Bytes(grid.Draft() with { Signature = grid.User.Sign(grid.Draft()).Signature }),
            FaultCode.BadSignature,
            "/reservation/signature"),
        ["a signature of somebody else"] = new(
            grid => Bytes(KeyPair.Create().Sign(grid.Draft())), FaultCode.BadSignature, "/reservation/signature"),
        ["one changed byte"] = new(
            grid => Encoding.UTF8.GetBytes(Change(Text(grid.User.Sign(grid.Draft())), "\"size\":1", "\"size\":2")),
            FaultCode.BadSignature,
            "/reservation/signature"),
        ["a lease that is over"] = Draft("/reservation/duration", draft => draft with { Created = draft.Created.AddHours(-2) }),
        ["an order of tomorrow"] = Draft("/reservation/created", draft => draft with { Created = draft.Created.AddDays(1) }),
        ["a lease of no time"] = Draft("/reservation/duration", draft => draft with { Duration = TimeSpan.Zero }),
        ["a lease of 200 years"] = Draft("/reservation/duration", draft => draft with { Duration = TimeSpan.FromDays(200 * 365) }),
        ["a lease of 300 years"] = Invalid("/reservation/duration", text => Change(text, Hour, "9467280000000000000")),
        ["a lease of less than no time"] = Invalid("/reservation/duration", text => Change(text, Hour, "-" + Hour)),
        ["an unknown kind"] = Draft("/reservation/type", draft => draft with { Kind = "floppy" }),
        ["an unknown field"] = Invalid("/reservation/colour", text => Change(text, "\"nonce\":", "\"colour\":\"red\",\"nonce\":")),
        ["an unknown field of the kind"] = Data("/reservation/data/colour", """{"size":1,"type":"SSD","colour":"red"}"""),
        ["another node"] = Draft("/reservation/node_id", draft => draft with { Node = new NodeId(KeyPair.Create().PublicKey) }),
        ["no node"] = Invalid("/reservation/node_id", text => Change(text, "\"node_id\":\"", "\"node_id\":\"0")),
        ["no data"] = Invalid("/reservation/data", text => Change(text, "\"data\":", "\"data2\":")),
        ["a volume of nothing"] = Data("/reservation/data/size", """{"size":0,"type":"SSD"}"""),
        ["a volume of 2^64 - 1"] = Data("/reservation/data/size", """{"size":18446744073709551615,"type":"SSD"}"""),
        ["a volume of less than nothing"] = Data("/reservation/data/size", """{"size":-1,"type":"SSD"}"""),
        ["a volume of one and a half"] = Data("/reservation/data/size", """{"size":1.5,"type":"SSD"}"""),
        ["a volume on a type of disk that nobody makes"] = Data("/reservation/data/type", """{"size":1,"type":"DRUM"}"""),
        ["the same key twice"] = Invalid("", text => Change(text, "\"nonce\":", "\"type\":\"volume\",\"nonce\":")),
        ["nothing"] = Invalid("", _ => ""),
        ["no order"] = Invalid("", _ => "{}"),
        ["no object"] = Invalid("", _ => "[1,2,3]"),
        ["half a document"] = Invalid("", text => text[..(text.Length / 2)]),
        ["a deep document"] = Invalid("", _ => new string('[', 100_000)),
        ["a deep description"] = Data("/reservation/data", $$"""{"size":{{new string('[', 20)}}{{new string(']', 20)}}}"""),
        ["a huge document"] = Invalid("", text => text + new string(' ', 2 << 20)),
        ["a huge description"] = Data("/reservation/data", $$"""{"size":1,"type":"{{new string('x', 1 << 19)}}"}"""),
        ["what is no text"] = new(_ => [(byte)'"', 0xff, 0xfe, (byte)'"'], FaultCode.Invalid, ""),
    };

    /// <summary>An order of a kind whose <c>data</c> is wrong in this field.</summary>
    public static BadInput Of(string kind, string field, string data) =>
        Draft($"/reservation/data{field}", draft => draft with { Kind = kind, Data = CanonicalJson.Of(data) });

    private static BadInput Draft(string pointer, Func<Reservation, Reservation> change) =>
        new(grid => Bytes(grid.User.Sign(change(grid.Draft()))), FaultCode.Invalid, pointer);

    private static BadInput Data(string pointer, string data) => Draft(pointer, draft => draft with { Data = CanonicalJson.Of(data) });

    private static BadInput Invalid(string pointer, Func<string, string> change) =>
        new(grid => Encoding.UTF8.GetBytes(change(Text(grid.User.Sign(grid.Draft())))), FaultCode.Invalid, pointer);

    private static byte[] Bytes(Order order) => Encoding.UTF8.GetBytes(Text(order));

    private static string Text(Order order) => OrderJson.Write(order).Text;

    private static string Change(string text, string from, string to)
    {
        var changed = text.Replace(from, to, StringComparison.Ordinal);
        return changed != text ? changed : throw new InvalidOperationException($"There is no {from} in {text}");
    }
}
