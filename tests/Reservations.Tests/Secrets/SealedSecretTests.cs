using CsCheck;
using Provision.Reservations.Faults;
using Provision.Reservations.Secrets;
using Provision.Reservations.Signing;
using Xunit;
using PublicKeyAuth = Sodium.PublicKeyAuth;
using ScalarMult = Sodium.ScalarMult;
using SealedPublicKeyBox = Sodium.SealedPublicKeyBox;

namespace Provision.Reservations.Tests.Secrets;

public sealed class SealedSecretTests
{
    private const string Secret = "correct horse";
    private static readonly NodeId Node = new(Samples.Node.PublicKey);

    private static readonly SecretBinding Binding = new(
        new UserId(Samples.User.PublicKey), "container", "/secret_env/PASSWORD", "nonce-0123456789");

    // What else a sealed secret could be opened for, and what the refusal then says.
    public static TheoryData<SecretBinding, string> Elsewhere => new()
    {
        { Binding with { User = new UserId(Samples.Other.PublicKey) }, "user" },
        { Binding with { Kind = "zdb" }, "kind" },
        { Binding with { Field = "/env/PASSWORD" }, "field" },
        { Binding with { Field = "/secret_env/PASSWOR" }, "field" },
        { Binding with { Nonce = "nonce-0123456780" }, "order" },
    };

    // Orders that wait on nodes hold such texts: when this one fails, the change is wrong, not the test.
    [Fact]
    public void A_text_sealed_long_ago_opens_for_ever()
    {
        const string text = "2e1ff4cbb665113078b90c5a097bf7f51050a13a1829accc33aa0136981a71763f24b59cbd6c6141d7bf1420cf421db9ea2d"
            + "e1412f15853b29231b21f6e797bbf99bde35ca0400f540bfb843c9ce8425c2b48def473284c3226794082417f56acc155099"
            + "a0bdfa8eca4c044f54c7b58d7fa1b3c51b43164aa17d56004e3a05778d2c3df6ff7e3363245ceb869bf8d1ea44658e582426"
            + "5b9bc274926dc14c4b8c81b9792baec564160b795efc20a7719818ebdb34cdd48c47299c";
        Assert.Equal("sésame", SealedSecret.Open(text, Samples.Node, Binding));

        // The same by hand: the node's Curve25519 key and the fields, both made by a second implementation, a Python script.
        var key = Convert.FromHexString("a83c626bc9c38c8c201878ebb1d5b0b50ac40e8986c78793db1d4ef369fca14e");
        Assert.Equal(
            "0000001270726f766973696f6e2f7365637265742f32"
            + "0000002c414b6e4c344e4e66334447575a4a533663506b6e427545476e5673563441346d35746765624c486152535a39"
            + "00000009636f6e7461696e6572"
            + "000000142f7365637265745f656e762f50415353574f5244"
            + "000000106e6f6e63652d30313233343536373839"
            + "0000000773c3a973616d65",
            Convert.ToHexStringLower(SealedPublicKeyBox.Open(Convert.FromHexString(text), key, ScalarMult.Base(key))));
    }

    [Fact]
    public void What_is_sealed_opens() => Gen.String.Where(IsAllowed).Sample(secret =>
    {
        var text = SealedSecret.Seal(secret, Node, Binding);
        Assert.True(SealedSecret.HasForm(text));
        Assert.Equal(text.ToLowerInvariant(), text);
        Assert.Equal(secret, SealedSecret.Open(text, Samples.Node, Binding));
        Assert.Equal(secret, SealedSecret.Open(text.ToUpperInvariant(), Samples.Node, Binding));
    });

    [Fact]
    public void Bindings_are_kept_apart_whatever_they_hold() =>
        Gen.Select(Gen.String[0, 8], Gen.String[0, 8], Gen.String[0, 8], Gen.String[0, 8]).Sample((kind, field, kind2, field2) =>
        {
            var text = SealedSecret.Seal(Secret, Node, Binding with { Kind = kind, Field = field });
            Assert.Equal(Secret, SealedSecret.Open(text, Samples.Node, Binding with { Kind = kind, Field = field }));
            if ((kind, field) != (kind2, field2))
            {
                RefusedToOpen(text, Binding with { Kind = kind2, Field = field2 });
            }
        }, iter: 1000);

    [Fact]
    public void The_same_secret_is_never_sealed_to_the_same_text() =>
        Assert.NotEqual(SealedSecret.Seal(Secret, Node, Binding), SealedSecret.Seal(Secret, Node, Binding));

    [Fact]
    public void An_empty_secret_is_sealed_like_any_other()
    {
        var text = SealedSecret.Seal("", Node, Binding);
        Assert.NotEqual("", text);
        Assert.Equal("", SealedSecret.Open(text, Samples.Node, Binding));
    }

    [Theory]
    [MemberData(nameof(Elsewhere))]
    public void A_secret_does_not_open_where_it_does_not_belong(SecretBinding other, string saying) =>
        Assert.Contains($"another {saying}", RefusedToOpen(SealedSecret.Seal(Secret, Node, Binding), other).What, StringComparison.Ordinal);

    [Fact]
    public void Another_node_opens_nothing() => Samples.Refused(
        FaultCode.Invalid,
        () => SealedSecret.Open(SealedSecret.Seal(Secret, Node, Binding), Samples.Other, Binding));

    [Fact]
    public void A_bare_secret_in_a_box_does_not_open()
    {
        Assert.Contains("not bound", RefusedToOpen(Box(Samples.Bytes(Secret))).What, StringComparison.Ordinal);
        Assert.Contains("not bound", RefusedToOpen(Box([])).What, StringComparison.Ordinal);
        Assert.Contains("not bound", RefusedToOpen(Box([0xff, 0xff, 0xff, 0xff])).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_behind_the_secret_or_missing_from_it_are_refused()
    {
        var whole = Fields().Add(Secret).ToArray();
        Assert.Equal(Secret, SealedSecret.Open(Box(whole), Samples.Node, Binding));
        RefusedToOpen(Box([.. whole, 0]));
        RefusedToOpen(Box(Fields().Add(Secret).Add(Secret).ToArray()));
        for (var length = 0; length < whole.Length; length++)
        {
            RefusedToOpen(Box(whole[..length]));
        }
    }

    [Fact]
    public void What_no_secret_can_be_is_refused_even_when_it_was_sealed()
    {
        RefusedToOpen(Box([.. Fields().ToArray(), 0, 0, 0, 2, 0xc3, 0x28]));
        RefusedToOpen(Box(Fields().Add("correct\0horse").ToArray()));
        RefusedToOpen(Box(Fields().Add(new string('x', SealedSecret.SizeMax + 1)).ToArray()));
        RefusedToOpen(Box(new SignedBytes("provision/secret/1").Add($"{Binding.User}").Add(Binding.Kind).Add(Binding.Field)
            .Add(Binding.Nonce).Add(Secret).ToArray()));
    }

    [Fact]
    public void The_longest_secret_is_sealed_and_one_byte_more_is_not()
    {
        var longest = new string('é', SealedSecret.SizeMax / 2);
        Assert.Equal(longest, SealedSecret.Open(SealedSecret.Seal(longest, Node, Binding), Samples.Node, Binding));
        RefusedToSeal(longest + "x");
    }

    [Fact]
    public void Names_too_long_to_open_are_not_sealed()
    {
        RefusedToSeal(Secret, Binding with { Field = new string('x', SealedSecret.TextMax / 2) });
        Assert.True(SealedSecret.HasForm(
            SealedSecret.Seal(new string('x', SealedSecret.SizeMax), Node, Binding with { Field = new string('x', 3500) })));
    }

    // No theory: an attribute cannot hold half a surrogate pair.
    [Fact]
    public void What_no_environment_can_hold_is_not_sealed()
    {
        RefusedToSeal("correct\0horse");
        RefusedToSeal("correct \ud800 horse");
        RefusedToSeal("correct horse\udc00");
    }

    [Fact]
    public void Nothing_is_sealed_to_a_weak_key()
    {
        var weak = new NodeId(PublicKey.Of([1, .. new byte[PublicKey.Size - 1]]));
        var fault = Samples.Refused(FaultCode.Invalid, () => SealedSecret.Seal(Secret, weak, Binding));
        Assert.DoesNotContain(Secret, fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("hello")]
    [InlineData("0x")]
    public void What_is_no_hexadecimal_of_a_box_is_refused(string text)
    {
        RefusedToOpen(text);
        RefusedToOpen(new string('0', 95));
        RefusedToOpen(new string('0', 94));
        RefusedToOpen(new string('0', 96));
        RefusedToOpen(new string('g', 96));
        RefusedToOpen(new string('０', 96));
        RefusedToOpen(new string('0', SealedSecret.TextMax + 2));
        RefusedToOpen(" " + SealedSecret.Seal(Secret, Node, Binding) + " ");
    }

    [Fact]
    public void Any_changed_digit_and_any_cut_is_refused()
    {
        var text = SealedSecret.Seal(Secret, Node, Binding);
        for (var at = 0; at < text.Length; at++)
        {
            RefusedToOpen($"{text[..at]}{(text[at] == '0' ? '1' : '0')}{text[(at + 1)..]}");
            RefusedToOpen(text[..at]);
        }
    }

    private static bool IsAllowed(string text) =>
        !text.Contains('\0') && Samples.Bytes(text) is { Length: <= SealedSecret.SizeMax } bytes
        && System.Text.Encoding.UTF8.GetString(bytes) == text;

    private static SignedBytes Fields() => new SignedBytes("provision/secret/2")
        .Add(Binding.User.ToString()).Add(Binding.Kind).Add(Binding.Field).Add(Binding.Nonce);

    private static string Box(byte[] plain) => Convert.ToHexStringLower(SealedPublicKeyBox.Create(
        plain, PublicKeyAuth.ConvertEd25519PublicKeyToCurve25519PublicKey(Samples.Node.PublicKey.ToBytes())));

    private static Fault RefusedToOpen(string text, SecretBinding? binding = null)
    {
        var exception = Assert.Throws<FaultException>(() => SealedSecret.Open(text, Samples.Node, binding ?? Binding));
        Assert.Equal(FaultCode.Invalid, exception.Fault.Code);
        Assert.DoesNotContain("horse", exception.ToString(), StringComparison.Ordinal);
        return exception.Fault;
    }

    private static void RefusedToSeal(string secret, SecretBinding? binding = null)
    {
        var exception = Assert.Throws<FaultException>(() => SealedSecret.Seal(secret, Node, binding ?? Binding));
        Assert.Equal(FaultCode.Invalid, exception.Fault.Code);
        Assert.DoesNotContain("horse", exception.ToString(), StringComparison.Ordinal);
    }
}
