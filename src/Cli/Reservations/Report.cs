using System.Text.Json;
using Provision.Cli.Output;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Wire;

namespace Provision.Cli.Reservations;

/// <summary>A reservation, for machines and for people.</summary>
internal static class Report
{
    /// <summary>Writes alias, digest, status, end, orders and receipts; an object that the caller may add nothing to.</summary>
    public static void Write(Utf8JsonWriter writer, ReservationView view)
    {
        writer.WriteStartObject();
        WriteFields(writer, view);
        writer.WriteEndObject();
    }

    /// <summary>The same without the braces.</summary>
    public static void WriteFields(Utf8JsonWriter writer, ReservationView view)
    {
        writer.WriteString("id", view.Id.ToString());
        writer.WriteString("digest", view.Digest.ToString());
        writer.WriteString("status", view.Status);
        writer.WriteString("ends", Rfc3339.Format(view.Expires));
        writer.WriteStartArray("orders");
        OrderJson.Write(writer, view.Orders.Reservation);
        foreach (var order in view.Orders.FollowUps)
        {
            OrderJson.Write(writer, order);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("receipts");
        foreach (var receipt in view.Receipts)
        {
            ReceiptJson.Write(writer, receipt);
        }

        writer.WriteEndArray();
    }

    /// <summary>Prints the order, what followed it, and the receipts, each with what <see cref="Evidence"/> found.</summary>
    public static void Print(Screen screen, ReservationView view, IReadOnlyList<Finding> findings)
    {
        var order = view.Orders.Reservation;
        screen.Facts(
            ("id", view.Id.ToString()),
            ("digest", view.Digest.ToString()),
            ("kind", order.Kind),
            ("data", order.Data.Text),
            ("node", order.Node.ToString()),
            ("user", order.User.ToString()),
            ("created", Screen.Moment(order.Created)),
            ("duration", Duration.Format(order.Duration)),
            ("ends", Screen.Moment(view.Expires)),
            ("status", view.Status),
            ("signature", Mark(findings[0])));
        if (view.Orders.FollowUps.Count > 0)
        {
            screen.Line("");
            screen.Table(
                ["ORDER", "CREATED", "SAYS", "SIGNATURE"],
                view.Orders.FollowUps.Zip(findings.Skip(1), (followUp, finding) => (string[])
                    [$"{followUp.Sort} {followUp.Counter}", Screen.Moment(followUp.Created), Says(followUp), Mark(finding)]));
        }

        if (view.Receipts.Count > 0)
        {
            screen.Line("");
            PrintReceipts(screen, view.Receipts, [.. findings.Skip(1 + view.Orders.FollowUps.Count)]);
        }
    }

    /// <summary>A table of receipts.</summary>
    public static void PrintReceipts(Screen screen, IReadOnlyList<Receipt> receipts, IReadOnlyList<Finding> findings) => screen.Table(
        ["RECEIPT", "CREATED", "STATE", "SAYS", "SIGNATURE"],
        receipts.Zip(findings, (receipt, finding) => (string[])
        [
            $"{receipt.Sequence}",
            Screen.Moment(receipt.Created),
            ReceiptJson.StateText(receipt.State),
            receipt.Fault?.ToString() ?? receipt.Data.Text,
            Mark(finding),
        ]));

    private static string Mark(Finding finding) => finding.Fault is null ? "verified" : $"BAD: {finding.Fault.What}";

    private static string Says(FollowUp order) => order switch
    {
        Cancel { KeepData: true } => "end the lease, keep the data",
        Cancel => "end the lease",
        Extend extend => $"the lease lasts {Duration.Format(extend.Duration)} in all",
        _ => order.Sort,
    };
}
