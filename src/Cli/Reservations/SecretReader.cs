using System.Security.Cryptography;
using System.Text;
using Provision.Reservations.Secrets;

namespace Provision.Cli.Reservations;

/// <summary>
/// Reads secrets from files and from standard input. No message has a secret in it, nor the name of a file: the one may be the other.
/// </summary>
internal sealed class SecretReader(Func<Stream> openInput)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private bool inputTaken;

    /// <summary>The secret in this file, less one newline at its end; null and the reason when it holds none.</summary>
    /// <param name="file">Its path; <c>-</c> is standard input, which can be read once.</param>
    /// <param name="reason">What is wrong.</param>
    public string? Read(string file, out string reason)
    {
        reason = file.Length == 0 ? "names no file" : file == "-" && inputTaken ? "is to be read from standard input, as another is" : "";
        if (reason.Length > 0)
        {
            return null;
        }

        inputTaken |= file == "-";
        try
        {
            using var stream = file == "-" ? openInput() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
            return Read(stream, out reason);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = "names a file that does not exist";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = "names a file that you cannot read";
        }

        return null;
    }

    private static string? Read(Stream stream, out string reason)
    {
        // Room for a newline and for one byte more, which shows that there is too much.
        var buffer = new byte[SealedSecret.SizeMax + 2];
        try
        {
            var bytes = buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
            bytes = bytes.EndsWith("\n"u8) ? bytes[..^1] : bytes;
            reason = bytes.Length > SealedSecret.SizeMax ? $"has more than {SealedSecret.SizeMax} bytes"
                : bytes.Contains((byte)0) ? "holds a NUL, which no environment can"
                : "";
            return reason.Length > 0 ? null : Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            reason = "is not text in UTF-8";
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
