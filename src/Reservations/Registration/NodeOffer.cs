using System.Text.Json;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Reservations.Registration;

/// <summary>What a node offers, and to whom: a part of its registration.</summary>
/// <param name="Machine">What the machine has.</param>
/// <param name="Offered">
/// What may be promised of it in all, whether it is already or not. Processors are shared: <see cref="ResourceUnits.Cru"/> is a bound
/// only where the farmer set one, and may then be more than the machine has.
/// </param>
/// <param name="AllUsers">True: everybody may order. False: users whom the farmer chose.</param>
public sealed record NodeOffer(ResourceUnits Machine, ResourceUnits Offered, bool AllUsers)
{
    private const string All = "all";
    private const string Chosen = "chosen";

    private string Users => AllUsers ? All : Chosen;

    /// <summary>Writes the document.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("machine");
        Machine.Write(writer);
        writer.WritePropertyName("offered");
        Offered.Write(writer);
        writer.WriteString("users", Users);
        writer.WriteEndObject();
    }

    /// <summary>Reads the document; null when a part of it is missing or wrong.</summary>
    public static NodeOffer? Read(JsonForm form)
    {
        var (machine, offered) = (ReadUnits(form, "machine"), ReadUnits(form, "offered"));
        var users = form.OneOf("users", [All, Chosen]);
        return form.Close(
            machine is null || offered is null || users is null ? null : new NodeOffer(machine.Value, offered.Value, users == All));
    }

    internal void AddTo(SignedBytes bytes)
    {
        foreach (var units in new[] { Machine, Offered })
        {
            bytes.Add(units.Cru).Add(units.Mru).Add(units.Sru).Add(units.Hru);
        }

        bytes.Add(Users);
    }

    private static ResourceUnits? ReadUnits(JsonForm form, string name)
    {
        if (form.Object(name) is not { } inner)
        {
            return null;
        }

        var units = ResourceUnits.Read(inner);
        inner.Close("");
        return units;
    }
}
