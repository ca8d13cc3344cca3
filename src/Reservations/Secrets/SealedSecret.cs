using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Reservations.Secrets;

/// <summary>
/// Secrets that only one node can read (libsodium's anonymous sealed box; spec 01 §2.3), as lower-case hexadecimal text. In the box
/// are, as <see cref="SignedBytes"/> writes them, a domain, what the secret belongs to, and the secret.
/// </summary>
public static class SealedSecret
{
    /// <summary>The longest secret, bytes of UTF-8.</summary>
    public const int SizeMax = 16 * 1024;

    /// <summary>The longest sealed text, characters: a secret of <see cref="SizeMax"/> with 4 KiB for box and binding.</summary>
    public const int TextMax = 2 * (SizeMax + 4096);

    private const string Domain = "provision/secret/2";
    private const string Remedy = "Seal it anew for this node, this order and this field: 'provision reservation create' does.";

    /// <summary>Seals a secret to a node. An empty one is sealed like any other: nobody sees that it is empty.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.Invalid"/>: longer than <see cref="SizeMax"/>, with a NUL or half a surrogate pair, which no environment
    /// can hold; bound to names too long for <see cref="TextMax"/>; or a node whose key is weak or no point of the curve.
    /// </exception>
    public static string Seal(string secret, NodeId node, SecretBinding binding)
    {
        Require(IsUnicode(secret), "is not Unicode text", "give it as UTF-8");
        Require(!secret.Contains('\0'), "contains a NUL character", "take it out: no environment can hold it");
        var size = Encoding.UTF8.GetByteCount(secret);
        Require(size <= SizeMax, $"has {size} bytes", $"give at most {SizeMax}");
        var plain = Head(binding).Add(secret).ToArray();
        try
        {
            Require((plain.Length + SealedBox.Overhead) * 2 <= TextMax, "is bound to names too long to seal", "choose shorter names");
            var box = node.Key.SealBox(plain);
            Require(box is not null, $"cannot be sealed to {node}: it is no key that anybody can hold", "name another node");
            return Convert.ToHexStringLower(box!);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }

        void Require(bool holds, string reason, string remedy)
        {
            if (!holds)
            {
                throw new FaultException(FaultCode.Invalid, $"The secret for {binding.Field} {reason}", remedy);
            }
        }
    }

    /// <summary>True when a text has the form of a sealed secret. Whether it opens, only its node can tell.</summary>
    public static bool HasForm(string text) =>
        text.Length is >= 2 * SealedBox.Overhead and <= TextMax && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);

    /// <summary>Opens a secret. Digits of either case are taken.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.Invalid"/>: no sealed secret, sealed to another node, changed, or bound to something else.
    /// </exception>
    public static string Open(string sealedText, KeyPair key, SecretBinding binding)
    {
        if (!HasForm(sealedText))
        {
            throw Refused(binding, "is not a sealed secret");
        }

        var plain = key.OpenBox(Convert.FromHexString(sealedText))
            ?? throw Refused(binding, "does not open: it was changed, or sealed to another node");
        try
        {
            return Read(plain, binding);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static SignedBytes Head(SecretBinding binding) =>
        new SignedBytes(Domain).Add(binding.User.ToString()).Add(binding.Kind).Add(binding.Field).Add(binding.Nonce);

    private static string Read(byte[] plain, SecretBinding binding)
    {
        if (binding.Nonce.Length == 0)
        {
            return ReadUnbound(plain, binding);
        }

        var reader = new SignedBytesReader(plain);
        Require(reader.Text(), Domain, "is not bound to an order");
        Require(reader.Text(), binding.User.ToString(), "was sealed by another user");
        Require(reader.Text(), binding.Kind, "was sealed for another kind of workload");
        Require(reader.Text(), binding.Field, "was sealed for another field");
        Require(reader.Text(), binding.Nonce, "was sealed for another order");
        return reader.Text() is { } secret && reader.AtEnd && !secret.Contains('\0') && Encoding.UTF8.GetByteCount(secret) <= SizeMax
            ? secret
            : throw Refused(binding, "holds what no secret can be: not UTF-8, a NUL character, or too long");

        void Require(string? found, string expected, string reason)
        {
            if (found != expected)
            {
                throw Refused(binding, reason);
            }
        }
    }

    // What is bound does not open here: else anybody could read it by way of an order of Zero-OS's scheme that is his own.
    private static string ReadUnbound(byte[] plain, SecretBinding binding) =>
        new SignedBytesReader(plain).Text() != Domain && Utf8.IsValid(plain) && !plain.Contains((byte)0) && plain.Length <= SizeMax
            ? Encoding.UTF8.GetString(plain)
            : throw Refused(binding, "is bound to an order, or holds what no secret can be: not UTF-8, a NUL character, or too long");

    // A message names the field and never what was in the box: the box may be anybody's.
    private static FaultException Refused(SecretBinding binding, string reason) =>
        new(FaultCode.Invalid, $"The secret in {binding.Field} {reason}", Remedy);

    // Half a surrogate pair comes back as another character.
    private static bool IsUnicode(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
