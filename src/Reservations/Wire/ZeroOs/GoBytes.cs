namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// Padded base64 as Go's encoding/base64 reads it: line ends are passed over, and bits behind the last byte are not looked at.
/// </summary>
internal static class GoBytes
{
    /// <summary>Reads a text.</summary>
    /// <returns>What Go says of a text that is none, or null.</returns>
    public static string? Decode(string text, out byte[] bytes)
    {
        var decoded = new List<byte>(text.Length / 4 * 3);
        bytes = [];
        for (var position = 0; ;)
        {
            var (quantum, count) = (0, 0);
            while (count < 4)
            {
                if (position == text.Length)
                {
                    bytes = [.. decoded];
                    return count == 0 ? null : Illegal(position - count);
                }

                var c = text[position++];
                if (Value(c) is var value and >= 0)
                {
                    quantum = (quantum << 6) | value;
                    count++;
                }
                else if (c == '=' && count >= 2)
                {
                    decoded.AddRange(count == 2 ? [(byte)(quantum >> 4)] : [(byte)(quantum >> 10), (byte)(quantum >> 2)]);
                    bytes = [.. decoded];
                    return Finish(text, position, count);
                }
                else if (c is not ('\r' or '\n'))
                {
                    return Illegal(position - 1);
                }
            }

            decoded.AddRange([(byte)(quantum >> 16), (byte)(quantum >> 8), (byte)quantum]);
        }
    }

    // Behind the first padding character.
    private static string? Finish(string text, int position, int count)
    {
        SkipLineEnds();
        if (count == 2)
        {
            if (position == text.Length)
            {
                return Illegal(position);
            }

            if (text[position] != '=')
            {
                return Illegal(position - 1);
            }

            position++;
            SkipLineEnds();
        }

        return position < text.Length ? Illegal(position) : null;

        void SkipLineEnds()
        {
            while (position < text.Length && text[position] is '\r' or '\n')
            {
                position++;
            }
        }
    }

    private static int Value(char c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' => 62,
        '/' => 63,
        _ => -1,
    };

    private static string Illegal(int position) => $"illegal base64 data at input byte {position}";
}
