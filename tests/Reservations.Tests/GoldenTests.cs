using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests;

/// <summary>
/// The bytes of fixed documents. Somebody else's signatures and journals depend on them: when one of these tests fails, the change is
/// wrong, not the test. A new form gets a new domain and a test of its own. The digests and signatures were made by a second
/// implementation, a Python script over SHA-256 and RFC 8032; Ed25519 is deterministic, so they must be equal to the bit.
/// </summary>
public sealed class GoldenTests
{
    [Fact]
    public void A_reservation_is_fixed() => Check(
        Samples.Volume,
        "687603048c0aaa859586ccc0a58daea13e1670d19286148933d33de44adb9bca",
        """
        {"reservation":{"id":"","node_id":"9hSR6S7WPtxmTojgo6GG3k4yDPecgJY292j7xrsUGWBu",
        "user_id":"AKnL4NNf3DGWZJS6cPknBuEGnVsV4A4m5tgebLHaRSZ9","type":"volume","data":{"size":10,"type":"SSD"},
        "created":"2026-01-31T12:00:00.1234567Z","duration":2592000000000000,
        "signature":"VKZUQoy+ioUIxgY5KTPRFTei3dwFQfB2KuhpULnhBYJsCE5w4p45oOzHswHdAZfUMMOgj2tSBPbJCsrLRNDyBw==",
        "to_delete":false,"signature_version":2,"nonce":"nonce-0123456789"}}
        """);

    [Fact]
    public void A_cancel_is_fixed() => Check(
        Samples.Cancel,
        "31e66b40696d9e2bae39e89696998d824000eb51f296c2149e5d3f0d5f326083",
        """
        {"cancel":{"reservation":"687603048c0aaa859586ccc0a58daea13e1670d19286148933d33de44adb9bca",
        "user_id":"AKnL4NNf3DGWZJS6cPknBuEGnVsV4A4m5tgebLHaRSZ9","counter":2,"created":"2026-02-02T12:00:00Z",
        "keep_data":true,
        "signature":"nZHyrf5iF+3TWT/LYtNdWbfgsHr6/iGGtnrdzy/HecF0NoxGxRed73ZvtodVYORiApIDJjwrVYSgGUzYQK7kBQ=="}}
        """);

    [Fact]
    public void An_extend_is_fixed() => Check(
        Samples.Extend,
        "25050068a4e8e51dd8a2a5a1247a76aa8401437f33ae809f85fb894926440d09",
        """
        {"extend":{"reservation":"687603048c0aaa859586ccc0a58daea13e1670d19286148933d33de44adb9bca",
        "user_id":"AKnL4NNf3DGWZJS6cPknBuEGnVsV4A4m5tgebLHaRSZ9","counter":1,"created":"2026-02-01T12:00:00Z",
        "duration":5184000000000000,
        "signature":"EVe75DsxeU2U6I4OFG7B+Y719fcU8P7klhxdM61tRGSdFERksG4ffb1wroa0OfPZQ+gP8M7NvONVk+2/OqG5Bw=="}}
        """);

    [Fact]
    public void A_receipt_is_fixed()
    {
        const string json = """
            {"type":"volume","id":"42-1","created":"2026-01-31T12:01:00Z","state":"degraded",
            "error":"The pool is read-only. Replace the disk.","data":{"volume_id":"42-1"},
            "signature":"QnwRNy97vrhHSxIA0r2PK+dOSpIH7MxeAK555rSqkA2rn8MmgK5ZBBgfSuTBl+Ypxg922qZewKbOvF3rhzRjAg==",
            "node_id":"9hSR6S7WPtxmTojgo6GG3k4yDPecgJY292j7xrsUGWBu","sequence":7,
            "previous":"4769c34a40473a3aab84ea88d5df7434a782b67281079711d2b04d76de4cb71e",
            "reservation":"687603048c0aaa859586ccc0a58daea13e1670d19286148933d33de44adb9bca","generation":2,
            "fault":{"code":"unavailable","what":"The pool is read-only","remedy":"Replace the disk."}}
            """;
        Assert.Equal(json.ReplaceLineEndings(""), ReceiptJson.Write(Samples.Receipt).Text);
        Assert.Equal("de78d8e77c78ecc072392cba310dbc37487a3600a6678c93ac3c8519fea44a02", Samples.Receipt.ComputeHash().ToString());
    }

    private static void Check(Order order, string digest, string json)
    {
        Assert.Equal(json.ReplaceLineEndings(""), OrderJson.Write(order).Text);
        Assert.Equal(digest, order.ComputeDigest().ToString());
    }
}
