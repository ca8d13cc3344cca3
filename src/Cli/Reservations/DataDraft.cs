using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Secrets;
using Provision.Reservations.Wire;

namespace Provision.Cli.Reservations;

/// <summary>
/// The <c>data</c> of an order as flags spell it. Little is judged here: a missing value is left out and a wrong one written as it is,
/// so that the module, which knows the kind, finds every problem.
/// </summary>
internal sealed partial class DataDraft(string kind, SecretReader reader)
{
    private const string Place = "/reservation/data";
    private const string First = "0";

    // It has the form of what will be sealed, so that the module can judge the rest before the node is known.
    private static readonly string Unsealed = new('0', 2 * 64);

    private readonly JsonObject root = [];
    private readonly List<Problem> problems = [];
    private readonly List<NamedVolume> volumes = [];
    private readonly List<(JsonObject Parent, string Name, string Field, string Secret)> secrets = [];
    private readonly Dictionary<string, string> labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> misspelt = new(StringComparer.Ordinal);

    /// <summary>What there is of it; before <see cref="Seal"/> there are zeros where sealed secrets go.</summary>
    public CanonicalJson Json => CanonicalJson.Build(writer => root.WriteTo(writer));

    /// <summary>The volumes that it names.</summary>
    public IReadOnlyList<NamedVolume> Volumes => volumes;

    /// <summary>Adds what one flag says.</summary>
    /// <param name="field">The field.</param>
    /// <param name="flag">The flag's name.</param>
    /// <param name="texts">Its values; none: it was not given.</param>
    public void Add(Field field, string flag, IReadOnlyList<string> texts)
    {
        var pointer = $"{Place}/{field.Name}";
        labels[pointer] = flag;
        if (texts.Count == 0 && field.Default is null)
        {
            return;
        }

        var (parent, name) = Way(field.Name);
        if (texts.Count == 0)
        {
            parent[name] = JsonNode.Parse(field.Default!);
            return;
        }

        switch (field.Type)
        {
            case FieldType.Map or FieldType.Secrets:
                parent[name] = Entries(field, pointer, flag, texts);
                break;
            case FieldType.Texts:
                parent[name] = new JsonArray([.. texts.Select((text, index) => Text($"{pointer}/{index}", flag, text))]);
                break;
            case FieldType.List:
                parent[name] = new JsonArray([.. texts.Select((text, index) => Item(field, $"{pointer}/{index}", flag, text))]);
                break;
            default:
                Set(parent, name, field.Type, pointer, texts[^1]);
                break;
        }
    }

    /// <summary>
    /// The problems that were found here, then those of the module, told apart where a number was asked for and the text is none.
    /// </summary>
    public IEnumerable<Problem> Explain(IEnumerable<Problem> found) => problems.Concat(found.Select(problem =>
        misspelt.TryGetValue(problem.Pointer, out var text)
            ? problem with { Reason = $"is \"{JsonForm.Shorten(text)}\", which is not a whole number" }
            : problem));

    /// <summary>The flag, as it was given, that wrote this place of an order; the place itself when none did.</summary>
    public string LabelOf(string pointer)
    {
        for (var place = pointer; place.Length > Place.Length; place = place[..place.LastIndexOf('/')])
        {
            if (labels.TryGetValue(place, out var label))
            {
                return label;
            }
        }

        return pointer;
    }

    /// <summary>Seals the secrets to the order's node.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>: nobody can hold the node's key.</exception>
    public void Seal(Reservation order)
    {
        foreach (var (parent, name, field, secret) in secrets)
        {
            parent[name] = SealedSecret.Seal(secret, order.Node, new SecretBinding(order.User, kind, field, order.Nonce));
        }
    }

    // Where a name is followed by 0, it is that of an array whose one element is an object.
    private (JsonObject Parent, string Name) Way(string path)
    {
        var names = path.Split('/');
        var parent = root;
        foreach (var (index, name) in names[..^1].Index())
        {
            if (name == First)
            {
                continue;
            }

            parent[name] ??= names[index + 1] == First ? new JsonArray(new JsonObject()) : new JsonObject();
            parent = (parent[name] is JsonArray array ? array[0] : parent[name])!.AsObject();
        }

        return (parent, names[^1]);
    }

    private JsonValue Text(string pointer, string flag, string text)
    {
        labels[pointer] = $"{flag} {JsonForm.Shorten(text)}";
        return JsonValue.Create(text);
    }

    private void Set(JsonObject parent, string name, FieldType type, string pointer, string text)
    {
        parent[name] = type == FieldType.Flag || (type == FieldType.Number && Number().IsMatch(text))
            ? JsonNode.Parse(text)
            : JsonValue.Create(text);
        if (type == FieldType.Number && !Number().IsMatch(text))
        {
            misspelt[pointer] = text;
        }
        else if (type == FieldType.Volume)
        {
            volumes.Add(new NamedVolume(parent, name, LabelOf(pointer), text));
        }
    }

    private JsonObject Entries(Field field, string pointer, string flag, IReadOnlyList<string> texts)
    {
        var form = $"write {(field.Type == FieldType.Secrets ? "NAME=FILE" : "NAME=VALUE")}";
        var entries = new JsonObject();
        foreach (var text in texts)
        {
            if (text.Split('=', 2) is not [var name, var value])
            {
                // Without a name in front it may be a bare secret.
                problems.Add(new Problem(pointer, field.Type == FieldType.Secrets ? "has no =" : $"is \"{JsonForm.Shorten(text)}\"", form));
                continue;
            }

            var place = $"{pointer}/{JsonForm.Escape(name)}";
            labels[place] = $"{flag} {(name.Length == 0 ? "\"\"" : JsonForm.Shorten(name))}";
            if (entries.ContainsKey(name))
            {
                problems.Add(new Problem(place, "is given twice", "keep one of them"));
            }
            else if (field.Type == FieldType.Secrets)
            {
                AddSecret(entries, name, $"/{field.Name}/{name}", place, value);
            }
            else
            {
                entries[name] = value;
            }
        }

        return entries;
    }

    private void AddSecret(JsonObject entries, string name, string field, string place, string file)
    {
        var secret = reader.Read(file, out var reason);
        if (secret is null)
        {
            problems.Add(new Problem(place, reason, $"name a file with at most {SealedSecret.SizeMax} bytes of UTF-8, or - once"));
        }

        entries[name] = Unsealed;
        secrets.Add((entries, name, field, secret ?? ""));
    }

    private JsonObject Item(Field field, string pointer, string flag, string text)
    {
        var label = $"{flag} {JsonForm.Shorten(text)}";
        labels[pointer] = label;
        foreach (var member in field.Members)
        {
            labels[$"{pointer}/{member.Name}"] = $"{label} {member.Name}";
        }

        var item = new JsonObject();
        foreach (var (member, part) in field.Members.Zip(text.Split(':', field.Members.Count)))
        {
            Set(item, member.Name, member.Type, $"{pointer}/{member.Name}", part);
        }

        return item;
    }

    // A number of RFC 8259 without fraction and exponent, short enough for any reader.
    [GeneratedRegex(@"^-?(0|[1-9][0-9]{0,39})\z")]
    private static partial Regex Number();
}
