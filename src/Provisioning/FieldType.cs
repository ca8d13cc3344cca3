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

    /// <summary>
    /// Another order, by digest or alias: of the same user, on the same node, of a kind that provides a volume
    /// (<see cref="IProvidesVolume"/>). The workload ends with it.
    /// </summary>
    Volume,

    /// <summary>An array of texts; the CLI's flag may be given any number of times.</summary>
    Texts,

    /// <summary>An object of texts; the CLI's flag takes NAME=VALUE, any number of times.</summary>
    Map,

    /// <summary>
    /// The same, of secrets sealed to the node, each bound to <c>/FIELD/NAME</c> (<see cref="Reservations.Secrets.SecretBinding"/>);
    /// the CLI's flag takes NAME=FILE.
    /// </summary>
    Secrets,

    /// <summary>An array of objects with the same <see cref="Field.Members"/>; the CLI's flag may be given any number of times.</summary>
    List,
}
