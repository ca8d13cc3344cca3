namespace Provision.Reservations.HttpSignatures;

/// <summary>A bare item of a structured field (RFC 9651 §3.3), of the sorts that signatures use.</summary>
/// <param name="Type">Its sort.</param>
/// <param name="Text">An integer's digits, the characters of a string or token, the base64 of bytes, <c>1</c> or <c>0</c>.</param>
internal readonly record struct FieldValue(FieldValueType Type, string Text)
{
    /// <summary>A string.</summary>
    public static FieldValue Of(string text) => new(FieldValueType.String, text);

    /// <summary>As it is written (RFC 9651 §4.1): the same value always makes the same text.</summary>
    public override string ToString() => Type switch
    {
        FieldValueType.String => $"\"{Escape(Text)}\"",
        FieldValueType.Bytes => $":{Text}:",
        FieldValueType.Boolean => $"?{Text}",
        _ => Text,
    };

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
