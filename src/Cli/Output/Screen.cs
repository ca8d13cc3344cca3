using System.Globalization;
using System.Text;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Spectre.Console;

namespace Provision.Cli.Output;

/// <summary>Standard output and standard error, in the form that the caller asked for. What people see is made plain first.</summary>
internal sealed class Screen(TextWriter output, TextWriter error, bool json)
{
    // Where nobody looks at a window, nothing is wrapped: a script finds each row on one line.
    private const int WidthWithoutTerminal = 1000;

    private readonly TextWriter output = output;
    private readonly TextWriter error = error;

    /// <summary>The flag that wrote each place of a document, for problems that were found here: people look at what they typed.</summary>
    public IReadOnlyDictionary<string, string> Flags { get; set; } = new Dictionary<string, string>();

    /// <summary>Shows a result: <paramref name="machine"/> as one line of JSON, or <paramref name="human"/>.</summary>
    public void Show(Action<Utf8JsonWriter> machine, Action human)
    {
        if (json)
        {
            Document(CanonicalJson.Build(machine));
        }
        else
        {
            human();
        }
    }

    /// <summary>
    /// One line of JSON. Where a program reads it keeps its bytes, for signatures cover them; only a terminal would obey the control
    /// characters that JSON lets through.
    /// </summary>
    public void Document(CanonicalJson document) =>
        output.WriteLine(new AnsiConsoleOutput(output).IsTerminal ? Escape(document.Text) : document.Text);

    /// <summary>One line for people, on standard output.</summary>
    public void Line(string text) => output.WriteLine(Plain.Of(text));

    /// <summary>Names and values below each other.</summary>
    public void Facts(params IReadOnlyList<(string Name, string Value)> facts)
    {
        var width = facts.Max(fact => fact.Name.Length);
        foreach (var (name, value) in facts)
        {
            Line($"{name.PadRight(width)}  {value}");
        }
    }

    /// <summary>A table.</summary>
    public void Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().NoBorder();
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn(new Text(header, new Style(decoration: Decoration.Bold))).PadLeft(0).PadRight(2));
        }

        foreach (var row in rows)
        {
            // Text knows no markup: brackets in a stranger's words stay brackets.
            table.AddRow(row.Select(cell => new Text(Plain.Of(cell))));
        }

        var target = new AnsiConsoleOutput(output);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = target });
        if (!target.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        console.Write(table);
    }

    /// <summary>A note on progress, on standard error; none when a machine reads.</summary>
    public void Note(string text)
    {
        if (!json)
        {
            error.WriteLine(Plain.Of(text));
        }
    }

    /// <summary>A line that tells how far something is; nothing where no person looks at a terminal.</summary>
    public ProgressLine Progress(TimeProvider time) => new(!json && new AnsiConsoleOutput(error).IsTerminal ? error : null, time);

    /// <summary>A fault: what, its problems, its causes, the remedy; or one JSON fault.</summary>
    public void ShowFault(Fault fault)
    {
        if (json)
        {
            error.WriteLine(Escape(CanonicalJson.Build(writer => FaultJson.Write(writer, fault)).Text));
            return;
        }

        error.WriteLine(Plain.Of($"error: {fault.What}"));
        WriteProblems(fault);
        for (var cause = fault.Cause; cause is not null; cause = cause.Cause)
        {
            error.WriteLine(Plain.Of($"cause: {cause.What}"));
            WriteProblems(cause);
        }

        if (fault.Remedy is not null)
        {
            error.WriteLine(Plain.Of($"remedy: {fault.Remedy}"));
        }
    }

    /// <summary>A moment for people: UTC, to the second.</summary>
    public static string Moment(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private void WriteProblems(Fault fault)
    {
        foreach (var problem in fault.Problems)
        {
            var place = Flags.GetValueOrDefault(problem.Pointer, problem.Pointer);
            error.WriteLine(Plain.Of($"  {problem with { Pointer = place }}"));
        }
    }

    /// <summary>The same JSON with every character escaped that <see cref="Plain"/> would replace; outside strings JSON has none.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            escaped.Append(Plain.Of(c.ToString()) == c.ToString() || char.IsSurrogate(c)
                ? c.ToString()
                : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"));
        }

        return escaped.ToString();
    }
}
