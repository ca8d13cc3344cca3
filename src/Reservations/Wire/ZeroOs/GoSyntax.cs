using System.Globalization;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// The grammar of JSON as Go's encoding/json checks it before anything is decoded, and its words for what breaks it (scanner.go). Strings
/// may hold bytes that are no UTF-8 and halves of surrogate pairs. No recursion: depth and time are bounded.
/// </summary>
internal ref struct GoSyntax
{
    /// <summary>The deepest nesting. Go goes to 10,000; no document of Zero-OS needs more than ten.</summary>
    public const int DepthMax = 64;

    private readonly ReadOnlySpan<byte> json;
    private readonly bool whole;
    private ulong objects;
    private int depth;
    private int position;

    private GoSyntax(ReadOnlySpan<byte> json, bool whole)
    {
        this.json = json;
        this.whole = whole;
    }

    private enum Expect
    {
        Value,
        ElementOrEnd,
        KeyOrEnd,
        Key,
        Colon,
        Next,
    }

    /// <summary>Finds the first value of a text. What Go says when there is none, or null.</summary>
    /// <param name="json">The text.</param>
    /// <param name="whole">True: as json.Unmarshal, nothing may follow. False: as json.Decoder, what follows is not looked at.</param>
    /// <param name="end">Where the value ends.</param>
    public static string? Check(ReadOnlySpan<byte> json, bool whole, out int end)
    {
        var syntax = new GoSyntax(json, whole);
        var fault = syntax.Walk();
        end = syntax.position;
        return fault;
    }

    private readonly bool InObject => (objects & (1UL << (depth - 1))) != 0;

    private readonly bool AtEnd => position >= json.Length;

    private string? Walk()
    {
        var expect = Expect.Value;
        for (; ; )
        {
            if (expect == Expect.Next && depth == 0)
            {
                return Finish();
            }

            SkipBlanks();
            if (AtEnd)
            {
                return Ended(position == 0 || json[..position].IndexOfAnyExcept(" \t\r\n"u8) < 0);
            }

            if (Advance(ref expect) is { } fault)
            {
                return fault;
            }
        }
    }

    private string? Advance(ref Expect expect)
    {
        var c = json[position];
        switch (expect)
        {
            case Expect.ElementOrEnd when c == ']':
            case Expect.KeyOrEnd when c == '}':
            case Expect.Next when c == (InObject ? '}' : ']'):
                return Leave(ref expect);
            case Expect.Key or Expect.KeyOrEnd:
                expect = Expect.Colon;
                return c == '"' ? Text() : Bad("looking for beginning of object key string");
            case Expect.Colon:
                expect = Expect.Value;
                return c == ':' ? Step() : Bad("after object key");
            case Expect.Next:
                expect = InObject ? Expect.Key : Expect.Value;
                return c == ',' ? Step() : Bad(InObject ? "after object key:value pair" : "after array element");
            default:
                expect = c switch { (byte)'{' => Expect.KeyOrEnd, (byte)'[' => Expect.ElementOrEnd, _ => Expect.Next };
                return c is (byte)'{' or (byte)'[' ? Enter(c == '{') : Scalar(c);
        }
    }

    private string? Step()
    {
        position++;
        return null;
    }

    private string? Enter(bool isObject)
    {
        if (depth == DepthMax)
        {
            return "exceeded max depth";
        }

        objects = isObject ? objects | (1UL << depth) : objects & ~(1UL << depth);
        depth++;
        return Step();
    }

    private string? Leave(ref Expect expect)
    {
        depth--;
        expect = Expect.Next;
        return Step();
    }

    private string? Finish()
    {
        if (!whole)
        {
            return null;
        }

        var end = position;
        SkipBlanks();
        var fault = AtEnd ? null : Bad("after top-level value");
        position = end;
        return fault;
    }

    private string? Scalar(byte c) => c switch
    {
        (byte)'"' => Text(),
        (byte)'t' => Literal("true"),
        (byte)'f' => Literal("false"),
        (byte)'n' => Literal("null"),
        (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Number(),
        _ => Bad("looking for beginning of value"),
    };

    private string? Literal(string word)
    {
        foreach (var (index, expected) in word.Index())
        {
            if (AtEnd)
            {
                return Ended(nothing: false);
            }

            if (json[position] != expected)
            {
                return index == 0 ? Bad("looking for beginning of value") : Bad($"in literal {word} (expecting '{expected}')");
            }

            position++;
        }

        return null;
    }

    private string? Number()
    {
        if (json[position] == '-')
        {
            position++;
        }

        if (!AtEnd && json[position] == '0')
        {
            position++;
        }
        else if (Digits("in numeric literal") is { } fault)
        {
            return fault;
        }

        if (!AtEnd && json[position] == '.')
        {
            position++;
            if (Digits("after decimal point in numeric literal") is { } fault)
            {
                return fault;
            }
        }

        if (!AtEnd && json[position] is (byte)'e' or (byte)'E')
        {
            position++;
            if (!AtEnd && json[position] is (byte)'+' or (byte)'-')
            {
                position++;
            }

            return Digits("in exponent of numeric literal");
        }

        return null;
    }

    private string? Digits(string place)
    {
        var start = position;
        while (!AtEnd && json[position] is >= (byte)'0' and <= (byte)'9')
        {
            position++;
        }

        return position > start ? null : AtEnd ? Ended(nothing: false) : Bad(place);
    }

    private string? Text()
    {
        for (position++; !AtEnd; position++)
        {
            switch (json[position])
            {
                case (byte)'"':
                    return Step();
                case < 0x20:
                    return Bad("in string literal");
                case (byte)'\\' when Escape() is { } fault:
                    return fault;
            }
        }

        return Ended(nothing: false);
    }

    // Ends on the last character of the escape.
    private string? Escape()
    {
        position++;
        if (AtEnd)
        {
            return null;
        }

        if (json[position] != 'u')
        {
            return "bfnrt\\/\""u8.Contains(json[position]) ? null : Bad("in string escape code");
        }

        for (var digit = 0; digit < 4; digit++)
        {
            position++;
            if (!AtEnd && !char.IsAsciiHexDigit((char)json[position]))
            {
                return Bad("in \\u hexadecimal character escape");
            }
        }

        return null;
    }

    private void SkipBlanks()
    {
        while (!AtEnd && json[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            position++;
        }
    }

    private readonly string Ended(bool nothing) => whole ? "unexpected end of JSON input" : nothing ? "EOF" : "unexpected EOF";

    private readonly string Bad(string place) => $"invalid character {Quote(json[position])} {place}";

    // Go takes the byte for a character of Latin-1.
    private static string Quote(byte c) => c switch
    {
        (byte)'\'' => @"'\''",
        (byte)'"' => "'\"'",
        (byte)'\\' => @"'\\'",
        7 => @"'\a'",
        8 => @"'\b'",
        9 => @"'\t'",
        10 => @"'\n'",
        11 => @"'\v'",
        12 => @"'\f'",
        13 => @"'\r'",
        < 0x20 or 0x7f => string.Create(CultureInfo.InvariantCulture, $@"'\x{c:x2}'"),
        (>= 0x80 and <= 0xa0) or 0xad => string.Create(CultureInfo.InvariantCulture, $@"'\u{(int)c:x4}'"),
        _ => $"'{(char)c}'",
    };
}
