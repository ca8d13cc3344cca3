using System.Text;
using CsCheck;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Reservations.Tests.Signing;

public sealed class SignedBytesTests
{
    [Fact]
    public void Each_field_has_its_length_before_it() => Assert.Equal(
        "00000001" + "64" + "00000002" + "c3a9" + "00000000" + "00000008" + "fffffffffffffffe",
        Convert.ToHexStringLower(new SignedBytes("d").Add("é").Add("").Add(-2).ToArray()));

    [Fact]
    public void Moments_and_spans_are_nanoseconds()
    {
        var moment = DateTimeOffset.UnixEpoch.AddTicks(3);
        Assert.Equal(new SignedBytes("d").Add(300).ToArray(), new SignedBytes("d").Add(moment).ToArray());
        Assert.Equal(new SignedBytes("d").Add(300).ToArray(), new SignedBytes("d").Add(moment.ToOffset(TimeSpan.FromHours(5))).ToArray());
        Assert.Equal(new SignedBytes("d").Add(-100).ToArray(), new SignedBytes("d").Add(TimeSpan.FromTicks(-1)).ToArray());
    }

    private static Gen<string> Texts => Gen.String.AlphaNumeric;

    [Fact]
    public void No_field_can_lend_bytes_to_its_neighbour() => Texts.Select(Texts).Sample((left, right) =>
    {
        var whole = left + right;
        var bytes = new SignedBytes("d").Add(left).Add(right).ToArray();
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            var same = cut == left.Length;
            Assert.Equal(same, bytes.AsSpan().SequenceEqual(new SignedBytes("d").Add(whole[..cut]).Add(whole[cut..]).ToArray()));
        }

        Assert.NotEqual(bytes, new SignedBytes("d").Add(whole).ToArray());
    });

    [Fact]
    public void No_two_sorts_of_document_share_a_domain()
    {
        byte[][] orders = [.. new Order[] { Samples.Volume, Samples.Cancel, Samples.Extend }.Select(order => order.ToSignedBytes())];
        var domains = orders.Append(Samples.Receipt.ToSignedBytes()).Select(bytes => Encoding.UTF8.GetString(bytes, 4, bytes[3]));
        Assert.Equal(["provision/reservation/2", "provision/cancel/2", "provision/extend/2", "provision/receipt/2"], domains);
    }

    [Fact]
    public void A_cancel_cannot_pass_for_an_extend_of_the_same_fields()
    {
        // Field for field the two have the same shape: only the domain tells them apart.
        var cancel = Samples.Cancel with { KeepData = false };
        var extend = Samples.Extend with { Counter = cancel.Counter, Created = cancel.Created, Duration = TimeSpan.Zero };
        Assert.NotEqual(cancel.ComputeDigest(), extend.ComputeDigest());
        Assert.Equal(cancel.ToSignedBytes()[^60..], extend.ToSignedBytes()[^60..]);
    }
}
