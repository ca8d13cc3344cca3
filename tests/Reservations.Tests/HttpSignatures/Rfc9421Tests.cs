using System.Text.Json;
using Provision.Reservations.HttpSignatures;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Reservations.Tests.HttpSignatures;

/// <summary>The example of RFC 9421, appendix B.2.6.</summary>
public sealed class Rfc9421Tests
{
    [Fact]
    public void The_example_of_the_standard_has_this_base_and_its_signature_verifies()
    {
        using var stream = typeof(Rfc9421Tests).Assembly.GetManifestResourceStream("Vectors/rfc9421_b26.json")!;
        using var document = JsonDocument.Parse(stream);
        var vector = document.RootElement;
        var headers = vector.GetProperty("request").GetProperty("headers");
        var request = new RequestParts(
            Text("method"), Text("authority"), Text("path"), "", name => headers.GetProperty(name).GetString(), default);
        var field = vector.GetProperty("signature_input").GetString()!;
        var input = SignatureFields.Parse("Signature-Input", field, SignatureInput.Read)["sig-b26"];
        Assert.Equal(field, $"sig-b26={input}");
        Assert.Equal(vector.GetProperty("key_id").GetString(), input.Find("keyid", FieldValueType.String));
        Assert.Equal(vector.GetProperty("created").GetInt64(), input.FindTime("created")!.Value.ToUnixTimeSeconds());

        // The last 32 bytes of a SubjectPublicKeyInfo (RFC 8410) are the key.
        var key = PublicKey.Of(
            Convert.FromBase64String(vector.GetProperty("public_key_spki_base64").GetString()!).AsSpan(^PublicKey.Size..));
        Assert.True(Signature.TryParse(vector.GetProperty("signature_base64").GetString(), out var signature));
        SignatureCheck.Require(signature, input.BuildBase(request), key, "example");

        string Text(string name) => vector.GetProperty("request").GetProperty(name).GetString()!;
    }
}
