using System.Text.Json;
using CsCheck;
using Provision.Reservations.Faults;

namespace Provision.Reservations.Tests.Wire;

/// <summary>Generators of what travels.</summary>
internal static class Documents
{
    /// <summary>Texts of the awkward sort: quotes, escapes, HTML, line separators, halves of surrogate pairs, emoji.</summary>
    public static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[0, 20],
        Gen.OneOf("", "a", "\"", "\\", "<&>", "\u2028", "\ud83d", "\udc00\ud83d", "😀", "\0\n\t", "\uffff", "\ufffd", "é", "~/"));

    /// <summary>JSON texts with white space in every place where it may be.</summary>
    public static readonly Gen<string> Json = Gen.Recursive<string>((depth, inner) => depth >= 4 ? Leaf : Gen.OneOf(
        Leaf,
        inner.List[0, 4].Select(items => $"[ {string.Join(" ,\n", items)}\t]"),
        inner.List[0, 4].Select(items => $"{{ {string.Join(" ,\r\n", items.Select((item, i) => $"\"k<{i}\\\" \" : {item}"))} }}")));

    public static readonly Gen<Fault> Fault = Gen.Recursive<Fault>((depth, inner) => Gen.Select(
        Gen.Enum<FaultCode>(),
        Text,
        Gen.Null(Text),
        Gen.Select(Text, Text, Text, (pointer, reason, remedy) => new Problem(pointer, reason, remedy)).List[0, 3],
        depth >= 3 ? Gen.Const<Fault?>(() => null) : Gen.Null(inner),
        (code, what, remedy, problems, cause) => new Fault(code, what, remedy, cause) { Problems = new Problems(problems) }));

    /// <summary>Moments that the reader takes.</summary>
    public static readonly Gen<DateTimeOffset> Moment = Gen.Long[DateTimeOffset.UnixEpoch.Ticks, new DateTime(2199, 12, 31).Ticks]
        .Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    private static Gen<string> Leaf => Gen.OneOf(
        Gen.OneOf("null", "true", "false", " 0", "-1.5e+10", "18446744073709551615"),
        Text.Select(text => JsonSerializer.Serialize(text)),
        Gen.OneOf("\"<raw>\"", "\"\\\\\"", "\"\\\" x\"", "\"\u2028\""));
}
