using System.Text;

namespace Provision.Workloads.Container;

/// <summary>
/// Splits a line into words as a shell does (POSIX.1-2024, Shell Command Language, 2.2 Quoting): blanks part words, a backslash and both
/// quotes keep what they hold. Nothing is expanded.
/// </summary>
public static class ShellWords
{
    /// <summary>The words; null when a quote or a backslash is left open.</summary>
    public static IReadOnlyList<string>? Split(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        for (var at = 0; at < line.Length; at++)
        {
            switch (line[at])
            {
                case ' ' or '\t' or '\n':
                    End();
                    break;
                case '\'':
                    var end = line.IndexOf('\'', at + 1);
                    if (end < 0)
                    {
                        return null;
                    }

                    (word ??= new()).Append(line, at + 1, end - at - 1);
                    at = end;
                    break;
                case '"':
                    if (!Quoted(line, ref at, word ??= new()))
                    {
                        return null;
                    }

                    break;
                case '\\' when at + 1 == line.Length:
                    return null;
                case '\\':
                    at++;
                    if (line[at] != '\n')
                    {
                        (word ??= new()).Append(line[at]);
                    }

                    break;
                default:
                    (word ??= new()).Append(line[at]);
                    break;
            }
        }

        End();
        return words;

        void End()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }
    }

    // Between double quotes a backslash keeps its meaning before four characters only, and joins lines.
    private static bool Quoted(string line, ref int at, StringBuilder word)
    {
        while (++at < line.Length)
        {
            switch (line[at])
            {
                case '"':
                    return true;
                case '\\' when at + 1 < line.Length && "$`\"\\".Contains(line[at + 1], StringComparison.Ordinal):
                    word.Append(line[++at]);
                    break;
                case '\\' when at + 1 < line.Length && line[at + 1] == '\n':
                    at++;
                    break;
                default:
                    word.Append(line[at]);
                    break;
            }
        }

        return false;
    }
}
