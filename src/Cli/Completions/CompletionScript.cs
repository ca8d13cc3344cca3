using System.CommandLine;

namespace Provision.Cli.Completions;

/// <summary>
/// <c>completion</c>: a script for a shell, which asks this program for every suggestion (the <c>[suggest]</c> directive of
/// System.CommandLine).
/// </summary>
internal static class CompletionScript
{
    private const string Bash = """
        _NAME() {
            local IFS=$'\n' suggestions
            suggestions=$(PROGRAM "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
            COMPREPLY=($(compgen -W "$suggestions" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _NAME NAME
        """;

    private const string Zsh = """
        #compdef NAME
        _NAME() {
            local -a suggestions
            suggestions=("${(@f)$(PROGRAM "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a suggestions
        }
        compdef _NAME NAME
        """;

    private const string Fish = """
        function _NAME
            PROGRAM "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null
        end
        complete -c NAME -f -a '(_NAME)'
        """;

    /// <summary>The command of the program that is called <paramref name="name"/>.</summary>
    public static Command Build(string name)
    {
        var shell = new Argument<string>("SHELL") { Description = "Which shell's script to print." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", $"Print a completion script: source <({name} completion bash).") { shell };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(
            (parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish })
                .Replace("NAME", name, StringComparison.Ordinal)
                .Replace("PROGRAM", Program(name), StringComparison.Ordinal)));
        return command;
    }

    // By its full path: what the user types may be an alias, or a path from another folder. All three shells quote like this.
    private static string Program(string name) => $"'{(Environment.ProcessPath ?? name).Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
