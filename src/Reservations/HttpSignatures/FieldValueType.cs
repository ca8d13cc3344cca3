namespace Provision.Reservations.HttpSignatures;

/// <summary>The sorts of bare items that are read.</summary>
internal enum FieldValueType
{
    /// <summary>At most 15 digits.</summary>
    Integer,

    /// <summary>Printable ASCII in quotes.</summary>
    String,

    /// <summary>A word without quotes.</summary>
    Token,

    /// <summary>Base64 between colons.</summary>
    Bytes,

    /// <summary><c>?1</c> or <c>?0</c>.</summary>
    Boolean,
}
