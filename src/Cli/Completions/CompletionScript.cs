using System.CommandLine;

namespace Provision.Cli.Completions;

/// <summary>
/// <c>completion</c>: a script for a shell, which asks this program for every suggestion (the <c>[suggest]</c> directive of
/// System.CommandLine).
/// </summary>
internal static class CompletionScript
{
    private const string Bash = """
        _provision() {
            local IFS=$'\n' suggestions
            suggestions=$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
            COMPREPLY=($(compgen -W "$suggestions" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _provision provision
        """;

    private const string Zsh = """
        #compdef provision
        _provision() {
            local -a suggestions
            suggestions=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a suggestions
        }
        compdef _provision provision
        """;

    private const string Fish = """
        complete -c provision -f -a '(provision "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    public static Command Build()
    {
        var shell = new Argument<string>("SHELL") { Description = "Which shell's script to print." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script: source <(provision completion bash).") { shell };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(
            parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command;
    }
}
