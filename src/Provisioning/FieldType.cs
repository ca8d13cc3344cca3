namespace Provision.Provisioning;

/// <summary>What a <see cref="Field"/> holds.</summary>
public enum FieldType
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Flag,
}
