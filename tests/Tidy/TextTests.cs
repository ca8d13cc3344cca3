using System.Text;
using Xunit;

namespace Provision.Tidy;

/// <summary>How files look byte by byte.</summary>
public sealed class TextTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static IEnumerable<SourceFile> Texts => Repository.Files.Where(file => file.IsText && file.Bytes.Length > 0);

    [Fact]
    public void Files_are_UTF_8_without_a_mark() => Rule.Holds(
        Texts.Where(file => file.Bytes is [0xef, 0xbb, 0xbf, ..] || !IsUtf8(file.Bytes)).Select(file => file.Path),
        "Save these as UTF-8 without a byte order mark:");

    [Fact]
    public void Lines_end_in_LF() => Rule.Holds(
        Texts.Where(file => file.Bytes.Contains((byte)'\r')).Select(file => file.Path),
        "Save these with LF line ends:");

    [Fact]
    public void Files_end_in_one_newline() => Rule.Holds(
        Texts.Where(file => !file.IsGenerated && (file.Bytes[^1] != '\n' || file.Bytes.AsSpan().EndsWith("\n\n"u8)))
            .Select(file => file.Path),
        "End these with exactly one newline:");

    [Fact]
    public void No_line_ends_in_blanks() => Rule.Holds(
        Texts.SelectMany(file => file.Lines
            .Where(line => line.Line.EndsWith(' ') || line.Line.EndsWith('\t'))
            .Select(line => $"{file}:{line.Number}")),
        "Cut the blanks at the end of these lines:");

    [Fact]
    public void Code_has_no_tabs() => Rule.Holds(
        Texts.Where(file => Path.GetExtension(file.Path) is ".cs" or ".csproj" or ".props" or ".slnx" or ".md" or ".sql")
            .SelectMany(file => file.Lines.Where(line => line.Line.Contains('\t')).Select(line => $"{file}:{line.Number}")),
        "Indent with blanks, and write \\t in strings:");

    [Fact]
    public void Scripts_can_be_started_and_other_files_cannot() => Rule.Holds(
        Repository.Files.Where(file => file.Bytes.AsSpan().StartsWith("#!"u8) != IsExecutable(file)).Select(file => file.Path),
        "Scripts begin with #! and have mode 0755, other files have neither:");

    private static bool IsExecutable(SourceFile file) =>
        (File.GetUnixFileMode(Path.Combine(Repository.Root, file.Path)) & UnixFileMode.UserExecute) != 0;

    private static bool IsUtf8(byte[] bytes)
    {
        try
        {
            Strict.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
