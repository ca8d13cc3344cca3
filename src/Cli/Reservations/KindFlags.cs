using System.CommandLine;
using Provision.Provisioning;

namespace Provision.Cli.Reservations;

/// <summary>The flags of a kind, made of its module's fields.</summary>
internal sealed class KindFlags
{
    private static readonly Dictionary<FieldType, (string Value, string Help)> Words = new()
    {
        [FieldType.Text] = ("TEXT", ""),
        [FieldType.Number] = ("NUMBER", ""),
        [FieldType.Volume] = ("ID", ""),
        [FieldType.Texts] = ("TEXT", " May be given again."),
        [FieldType.Map] = ("NAME=VALUE", " May be given again."),
        [FieldType.Secrets] = (
            "NAME=FILE",
            " May be given again. The secret is what FILE holds, less one newline at its end; - is standard input."
            + " It is never written on the command line."),
        [FieldType.List] = ("", " May be given again."),
    };

    private readonly string kind;
    private readonly IReadOnlyList<(Field Field, Option Option)> flags;

    public KindFlags(IWorkloadModule module)
    {
        kind = module.Kind;
        flags = [.. module.Fields.Select(field => (field, Make(field)))];
    }

    /// <summary>The flags, in the order of the fields.</summary>
    public IEnumerable<Option> Options => flags.Select(flag => flag.Option);

    /// <summary>What the flags say, and their secrets, read from where the flags say.</summary>
    public DataDraft Read(Session session)
    {
        var draft = new DataDraft(kind, new SecretReader(session.OpenInput));
        foreach (var (field, option) in flags)
        {
            IEnumerable<string> texts = option switch
            {
                Option<bool> flag => session.Value(flag) ? ["true"] : [],
                Option<string[]> many => session.Value(many) ?? [],
                _ => session.Value((Option<string?>)option) is { } text ? [text] : [],
            };
            draft.Add(field, option.Name, [.. texts]);
        }

        return draft;
    }

    private static Option Make(Field field)
    {
        var name = $"--{field.Flag}";
        if (field.Type == FieldType.Flag)
        {
            return new Option<bool>(name) { Description = field.Help };
        }

        var (value, more) = Words[field.Type];
        var option = field.Type is FieldType.Texts or FieldType.Map or FieldType.Secrets or FieldType.List
            ? (Option)new Option<string[]>(name) { Arity = ArgumentArity.OneOrMore }
            : new Option<string?>(name);
        option.Description = field.Help + more
            + (field.Required ? " Required." : field.Default is null ? "" : $" [default: {field.Default.Trim('"')}]");
        option.HelpName = field.Choices.Count > 0 ? string.Join('|', field.Choices)
            : field.Members.Count > 0 ? string.Join(':', field.Members.Select(member => member.Flag.ToUpperInvariant()))
            : field.ValueName ?? value;
        option.CompletionSources.Add([.. field.Choices]);
        return option;
    }
}
