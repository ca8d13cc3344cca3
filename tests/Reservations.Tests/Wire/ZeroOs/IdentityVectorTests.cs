using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Secrets;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire.ZeroOs;
using Xunit;

namespace Provision.Reservations.Tests.Wire.ZeroOs;

/// <summary>Keys, their texts, what is sealed to them, and the files that hold them.</summary>
public sealed class IdentityVectorTests
{
    // Zero-OS rewrites an old seed file in place, and an empty one, too, which then is lost; we write an identity once and never again.
    private static readonly Dictionary<string, Action<Vector>> Files = new()
    {
        ["write"] = vector =>
        {
            Assert.True(SemanticVersion.TryParse(vector.Text("version"), out var version));
            Assert.Equal(vector.Hex("file_hex"), new VersionedFile(version, vector.Hex("data_hex")).ToBytes());
        },
        ["read"] = vector =>
        {
            var file = VersionedFile.Read(vector.Hex("file_hex"));
            Assert.Equal(vector.Json.GetProperty("not_versioned").GetBoolean(), file is null);
            Assert.Equal(vector.Text("version"), file?.Version.ToString() ?? "0.0.0");
            Assert.Equal(vector.Hex("data_hex"), file?.Payload.ToArray() ?? vector.Hex("file_hex"));
        },
        ["load_seed"] = vector =>
        {
            var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "seed");
            File.WriteAllBytes(path, vector.Hex("file_hex"));
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
            try
            {
                Assert.Equal(vector.Text("identity"), LoadOrNothing(path));
                Assert.Equal(vector.Hex("file_hex"), File.ReadAllBytes(path));
            }
            finally
            {
                Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
            }
        },
    };

    private static readonly Dictionary<string, Action<Vector>> Texts = new()
    {
        ["encode"] = vector => Assert.Equal(vector.Text("text"), BitcoinText.Encode(vector.Hex("bytes_hex"))),
        ["decode"] = vector =>
        {
            // Where the original answers with nothing, which then has the wrong size, we say that it is no text of base58.
            Assert.Equal(vector.Hex("bytes_hex"), BitcoinText.Decode(vector.Text("text")) ?? []);
            Assert.Equal(vector.Maybe("key_from_id_error") is null, UserId.TryParse(vector.Text("text"), out _));
        },
    };

    [Fact]
    public void Base58_is_that_of_Zero_OS() => Vectors.Check("base58", "op", Texts);

    [Fact]
    public void A_seed_makes_the_same_identity() => Vectors.Check("identity", vector =>
    {
        var key = KeyPair.FromSeed(vector.Hex("seed_hex"));
        Assert.Equal(vector.Hex("public_key_hex"), key.PublicKey.ToBytes());
        Assert.Equal(vector.Text("private_key_hex"), Convert.ToHexStringLower([.. key.Seed, .. key.PublicKey.ToBytes()]));
        Assert.Equal(vector.Text("identity"), key.PublicKey.ToString());
        Assert.Equal(vector.Text("signature_base64"), key.Sign(vector.Hex("message_hex")).ToString());
    });

    [Fact]
    public void A_box_that_Zero_OS_sealed_opens_and_what_is_none_does_not() => Vectors.Check("encrypt", vector =>
    {
        var key = KeyPair.FromSeed(vector.Hex("seed_hex"));
        Assert.Equal(vector.Text("node_id"), key.PublicKey.ToString());
        Assert.Equal(vector.Hex("node_public_key_hex"), key.PublicKey.ToBytes());

        // Where the original panics, there is a fault.
        var plain = key.OpenBox(vector.Hex("cipher_hex"));
        Assert.Equal(vector.Maybe("decrypt_error") is null, plain is not null);
        Assert.Equal(vector.Maybe("plain_hex"), plain is null ? null : Convert.ToHexStringLower(plain));
        var sealedBack = key.OpenBox(key.PublicKey.SealBox(plain ?? [])!);
        Assert.Equal(plain ?? [], sealedBack);

        // As a secret of an order of version 1 it is text without NUL.
        var binding = new SecretBinding(new UserId(key.PublicKey), "container", "/secret_env/A", "");
        var isText = plain is not null && vector.Maybe("plain_text") is { } text && !text.Contains('\0', StringComparison.Ordinal);
        Assert.Equal(
            isText ? vector.Text("plain_text") : null,
            OpenOrNothing(vector.Text("cipher_hex"), key, binding));
    });

    [Fact]
    public void Versioned_files_and_seeds_are_those_of_Zero_OS() => Vectors.Check("versioned", "op", Files);

    [Fact]
    public void A_secret_that_is_bound_to_an_order_does_not_open_by_way_of_version_1()
    {
        var node = KeyPair.Create();
        var binding = new SecretBinding(new UserId(KeyPair.Create().PublicKey), "container", "/secret_env/A", "0123456789abcdef");
        var text = SealedSecret.Seal("secret", new NodeId(node.PublicKey), binding);

        Assert.Equal("secret", SealedSecret.Open(text, node, binding));
        Assert.Null(OpenOrNothing(text, node, binding with { Nonce = "" }));
    }

    [Fact]
    public void A_secret_of_version_1_does_not_open_by_way_of_version_2()
    {
        var node = KeyPair.Create();
        var binding = new SecretBinding(new UserId(KeyPair.Create().PublicKey), "container", "/secret_env/A", "");
        var text = Convert.ToHexStringLower(node.PublicKey.SealBox(Encoding.UTF8.GetBytes("secret"))!);

        Assert.Equal("secret", SealedSecret.Open(text, node, binding));
        Assert.Null(OpenOrNothing(text, node, binding with { Nonce = "0123456789abcdef" }));
    }

    private static string? OpenOrNothing(string text, KeyPair key, SecretBinding binding)
    {
        try
        {
            return SealedSecret.Open(text, key, binding);
        }
        catch (FaultException e)
        {
            Assert.Equal(FaultCode.Invalid, e.Fault.Code);
            return null;
        }
    }

    private static string LoadOrNothing(string path)
    {
        try
        {
            return SeedFile.Load(path).PublicKey.ToString();
        }
        catch (FaultException e)
        {
            Assert.Equal(FaultCode.DataLoss, e.Fault.Code);
            return "";
        }
    }
}
