using System.Text;

namespace Provision.Tidy;

/// <summary>
/// Reads a bash script far enough to say what programs it starts: the first word of every command, inside substitutions too. It knows
/// quotes, here-documents, case patterns, assignments and the words that only put another command behind them.
/// </summary>
internal sealed class ShellReader
{
    // After these comes a command again, perhaps behind options.
    private static readonly HashSet<string> Before =
    [
        "!", "{", "then", "do", "else", "elif", "if", "while", "until", "time", "exec", "sudo",
        "nohup", "setsid", "env", "nice", "xargs", "timeout",
    ];

    private readonly string text;
    private readonly List<(int Line, string Name)> commands = [];
    private readonly HashSet<string> functions = [];
    private readonly Queue<string> hereEnds = new();
    private int at;

    private ShellReader(string text) => this.text = text;

    /// <summary>Every command with its line, but for words that hold variables; and the functions that the script defines.</summary>
    public static (IReadOnlyList<(int Line, string Name)> Commands, IReadOnlySet<string> Functions) Read(string script)
    {
        var reader = new ShellReader(script.Replace("\\\n", "  ", StringComparison.Ordinal));
        reader.ReadList(nested: false);
        return (reader.commands, reader.functions);
    }

    private char Next => at < text.Length ? text[at] : '\0';

    private bool Sees(string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    // Reads commands up to the end, or up to the parenthesis that closes a substitution.
    private void ReadList(bool nested)
    {
        var expected = true;
        var cases = 0;
        while (at < text.Length)
        {
            switch (Next)
            {
                case '\n':
                    at++;
                    SkipHereDocuments();
                    expected = true;
                    break;
                case ' ' or '\t':
                    at++;
                    break;
                case '#':
                    SkipTo('\n');
                    break;
                case ')' when nested && cases == 0:
                    at++;
                    return;
                case ';' when Sees(";;"):
                    at += 2;
                    SkipPattern(ref cases);
                    expected = true;
                    break;
                case ';' or '|' or '&' or '(' or ')':
                    SkipOperator();
                    expected = true;
                    break;
                case '<' or '>':
                    ReadRedirection();
                    break;
                default:
                    expected = ReadWordAt(expected, ref cases);
                    break;
            }
        }
    }

    // True when a command is still expected behind the word.
    private bool ReadWordAt(bool expected, ref int cases)
    {
        var start = at;
        if (expected && Sees("[["))
        {
            SkipPast("]]");
            return false;
        }

        var word = ReadWord();
        if (at == start)
        {
            at++;
            return expected;
        }

        if (!expected || Next == '>' || Next == '<')
        {
            return expected && word.All(char.IsAsciiDigit);
        }

        switch (word)
        {
            case "for" or "select":
                SkipTo('\n', ';');
                return true;
            case "case":
                SkipPast(" in");
                cases++;
                SkipPattern(ref cases);
                return true;
            case "esac":
                cases--;
                return false;
            case "function":
                SkipBlanks();
                functions.Add(ReadWord());
                return true;
        }

        if (Sees("()"))
        {
            functions.Add(word);
            at += 2;
            return true;
        }

        return IsAssignment(word) || Before.Contains(word) && SkipOptions(word) || Report(start, word);
    }

    private bool Report(int start, string word)
    {
        if (word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+' or '['))
        {
            commands.Add((text.AsSpan(0, start).Count('\n') + 1, word));
        }

        return false;
    }

    // Of timeout, the one whose options have values of their own, the duration too.
    private bool SkipOptions(string word)
    {
        SkipBlanks();
        while (Next == '-')
        {
            if (ReadWord() is "-k" or "-s" && word == "timeout")
            {
                SkipBlanks();
                ReadWord();
            }

            SkipBlanks();
        }

        if (word == "timeout")
        {
            ReadWord();
        }

        return true;
    }

    // The literal part of a word; what is substituted into it is read for its commands and leaves a blank.
    private string ReadWord()
    {
        var word = new StringBuilder();
        while (at < text.Length && Next is not (' ' or '\t' or '\n' or ';' or '|' or '&' or ')' or '<' or '>'))
        {
            if (Next == '(' && (word.Length == 0 || word[^1] != '='))
            {
                break;
            }

            ReadPiece(word, quoted: false);
        }

        return word.ToString();
    }

    private void ReadPiece(StringBuilder word, bool quoted)
    {
        if (Sees("$(("))
        {
            SkipPast("))");
        }
        else if (Sees("$(") || (Next == '(' && !quoted))
        {
            // A substitution holds commands; the list of an array holds words.
            var array = Next == '(';
            at += array ? 1 : 2;
            if (array)
            {
                SkipPast(")");
            }
            else
            {
                ReadList(nested: true);
            }

            word.Append(' ');
        }
        else if (Sees("${"))
        {
            SkipPast("}");
            word.Append(' ');
        }
        else if (Next == '\'' && !quoted)
        {
            at++;
            SkipPast("'");
            word.Append(' ');
        }
        else if (Next == '"' && !quoted)
        {
            ReadQuoted(word);
        }
        else
        {
            at += Next == '\\' ? 1 : 0;
            word.Append(Next == '$' ? ' ' : Next);
            at++;
        }
    }

    private void ReadQuoted(StringBuilder word)
    {
        at++;
        word.Append(' ');
        var inside = new StringBuilder();
        while (at < text.Length && Next != '"')
        {
            ReadPiece(inside, quoted: true);
        }

        at++;
    }

    private void ReadRedirection()
    {
        if (Sees("<<") && !Sees("<<<"))
        {
            at += 2;
            at += Next == '-' ? 1 : 0;
            SkipBlanks();
            var start = at;
            ReadWord();
            hereEnds.Enqueue(text[start..at].Trim('\'', '"'));
            return;
        }

        if (Sees("<(") || Sees(">("))
        {
            at += 2;
            ReadList(nested: true);
            return;
        }

        while (Next is '<' or '>' or '&')
        {
            at++;
        }

        SkipBlanks();
        ReadWord();
    }

    private void SkipHereDocuments()
    {
        while (hereEnds.TryDequeue(out var end))
        {
            string line;
            do
            {
                var start = at;
                SkipTo('\n');
                line = text[start..at].Trim();
                at = Math.Min(at + 1, text.Length);
            }
            while (line != end && at < text.Length);
        }
    }

    private void SkipOperator()
    {
        if (Sees("&>"))
        {
            ReadRedirection();
        }
        else if (Sees("(("))
        {
            SkipPast("))");
        }
        else
        {
            at++;
        }
    }

    // From "in" or ";;" to the parenthesis behind the pattern, or to the end of the case.
    private void SkipPattern(ref int cases)
    {
        while (Next is ' ' or '\t' or '\n' or '#')
        {
            if (Next == '#')
            {
                SkipTo('\n');
            }

            at++;
        }

        if (Sees("esac"))
        {
            at += 4;
            cases--;
            return;
        }

        SkipPast(")");
    }

    private void SkipBlanks()
    {
        while (Next is ' ' or '\t')
        {
            at++;
        }
    }

    private void SkipTo(params ReadOnlySpan<char> ends)
    {
        var found = text.AsSpan(Math.Min(at, text.Length)).IndexOfAny(ends);
        at = found < 0 ? text.Length : at + found;
    }

    private void SkipPast(string end)
    {
        var found = text.IndexOf(end, Math.Min(at, text.Length), StringComparison.Ordinal);
        at = found < 0 ? text.Length : found + end.Length;
    }

    private static bool IsAssignment(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && word.AsSpan(0, equals).TrimEnd('+').IndexOfAnyExceptInRange('0', 'z') < 0;
    }
}
