using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Provision.Reservations.HttpSignatures;

/// <summary>
/// Reads structured fields (RFC 9651 §4.2) from their start: what breaks a rule, or is of a sort that signatures do not use, is a
/// <see cref="FormatException"/> that says where.
/// </summary>
internal ref struct FieldReader(string text)
{
    private const int DigitsMax = 15;

    private static readonly SearchValues<char> KeyStart = SearchValues.Create("abcdefghijklmnopqrstuvwxyz*");
    private static readonly SearchValues<char> KeyRest = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.*");
    private static readonly SearchValues<char> TokenStart =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*");

    private static readonly SearchValues<char> TokenRest =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~:/");

    private int at;

    private readonly char Next => at < text.Length ? text[at] : '\0';

    /// <summary>
    /// The whole field as a dictionary whose members are read by <paramref name="read"/>; the last of two of one name counts.
    /// </summary>
    public Dictionary<string, T> ReadDictionary<T>(ReadMember<T> read)
    {
        var members = new Dictionary<string, T>(StringComparer.Ordinal);
        Skip(" ");
        while (at < text.Length)
        {
            var key = ReadKey();
            Require('=');
            members[key] = read(ref this);
            Skip(" \t");
            if (at == text.Length)
            {
                break;
            }

            Require(',');
            Skip(" \t");
            if (at == text.Length)
            {
                throw Wrong("a member after the comma");
            }
        }

        return members;
    }

    /// <summary>Strings in parentheses, each without parameters.</summary>
    public List<string> ReadStrings()
    {
        var strings = new List<string>();
        Require('(');
        for (Skip(" "); Next != ')'; Skip(" "))
        {
            strings.Add(ReadString().Text);
            if (Next is not (' ' or ')'))
            {
                throw Wrong("a space or a parenthesis; parameters of components are not supported");
            }
        }

        at++;
        return strings;
    }

    /// <summary>Parameters; the last of two of one name counts, at the place of the first.</summary>
    public List<KeyValuePair<string, FieldValue>> ReadParameters()
    {
        var parameters = new OrderedDictionary<string, FieldValue>(StringComparer.Ordinal);
        while (Next == ';')
        {
            at++;
            Skip(" ");
            var key = ReadKey();
            parameters[key] = new FieldValue(FieldValueType.Boolean, "1");
            if (Next == '=')
            {
                at++;
                parameters[key] = ReadValue();
            }
        }

        return [.. parameters];
    }

    /// <summary>One bare item.</summary>
    public FieldValue ReadValue() => Next switch
    {
        '"' => ReadString(),
        ':' => ReadBytes(),
        '?' => ReadBoolean(),
        '-' or (>= '0' and <= '9') => ReadInteger(),
        var c when TokenStart.Contains(c) => new FieldValue(FieldValueType.Token, ReadWhile(TokenRest)),
        _ => throw Wrong("a value"),
    };

    private FieldValue ReadString()
    {
        Require('"');
        var characters = new StringBuilder();
        while (Next != '"')
        {
            if (Next == '\\')
            {
                at++;
                if (Next is not ('"' or '\\'))
                {
                    throw Wrong("a quote or a backslash after the backslash");
                }
            }

            characters.Append(Next is >= ' ' and <= '~' ? Next : throw Wrong("a printable ASCII character"));
            at++;
        }

        at++;
        return FieldValue.Of(characters.ToString());
    }

    private FieldValue ReadBytes()
    {
        Require(':');
        var end = text.IndexOf(':', at);
        var base64 = end < 0 ? throw Wrong("a colon at the end") : text[at..end];
        if (!Base64.IsValid(base64) || base64.Any(char.IsWhiteSpace))
        {
            throw Wrong("base64");
        }

        at = end + 1;
        return new FieldValue(FieldValueType.Bytes, base64);
    }

    private FieldValue ReadBoolean()
    {
        Require('?');
        var value = Next is '0' or '1' ? Next : throw Wrong("0 or 1");
        at++;
        return new FieldValue(FieldValueType.Boolean, value.ToString());
    }

    private FieldValue ReadInteger()
    {
        var start = at;
        at += Next == '-' ? 1 : 0;
        var digits = at;
        while (char.IsAsciiDigit(Next))
        {
            at++;
        }

        if (at - digits is 0 or > DigitsMax || Next == '.')
        {
            throw Wrong($"an integer of at most {DigitsMax} digits");
        }

        var number = long.Parse(text.AsSpan(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return new FieldValue(FieldValueType.Integer, number.ToString(CultureInfo.InvariantCulture));
    }

    private string ReadKey() => KeyStart.Contains(Next) ? ReadWhile(KeyRest) : throw Wrong("a key");

    private string ReadWhile(SearchValues<char> characters)
    {
        var length = text.AsSpan(at).IndexOfAnyExcept(characters);
        var word = length < 0 ? text[at..] : text.Substring(at, length);
        at += word.Length;
        return word;
    }

    private void Skip(string characters)
    {
        while (at < text.Length && characters.Contains(text[at], StringComparison.Ordinal))
        {
            at++;
        }
    }

    private void Require(char character)
    {
        if (Next != character)
        {
            throw Wrong($"'{character}'");
        }

        at++;
    }

    private readonly FormatException Wrong(string expected) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{expected} was expected at character {at + 1}"));

    /// <summary>Reads the value of a member of a dictionary.</summary>
    public delegate T ReadMember<T>(ref FieldReader reader);
}
