using System.Text.RegularExpressions;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Secrets;
using Provision.Reservations.Wire;

namespace Provision.Workloads.Container;

/// <summary>Reads a container's <c>data</c>, and finds everything that is wrong with it.</summary>
internal static partial class ContainerForm
{
    private const int VariablesMax = 256;
    private const int ValueSizeMax = 32 * 1024;
    private const int EntrypointSizeMax = 16 * 1024;
    private const int MountsMax = 32;
    private static readonly string[] Schemes = [ImageReference.Local, "https", "http"];
    private static readonly string[] OwnFolders = ["proc", "dev", "sys"];

    /// <summary>The spec; null when problems were reported.</summary>
    public static ContainerSpec? Read(JsonForm form)
    {
        RefuseUnsupported(form);
        var image = ReadImage(form);
        var environment = form.Texts("env", VariablesMax, ValueSizeMax);
        var secrets = form.Texts("secret_env", VariablesMax, SealedSecret.TextMax);
        CheckNames(form, "env", environment, environment);
        CheckNames(form, "secret_env", secrets, environment);
        CheckSealed(form, secrets);
        var entrypoint = ReadEntrypoint(form);
        var mounts = ReadMounts(form);
        var network = NetworkField.Read(form);
        var (cores, memory, disk) = ReadCapacity(form);
        return image is null
            ? null
            : new ContainerSpec
            {
                Image = image,
                Environment = environment,
                Secrets = secrets,
                Entrypoint = entrypoint,
                Mounts = mounts,
                Network = network,
                Cores = (int)cores,
                Memory = MiB(memory),
                Disk = MiB(disk),
            };
    }

    private static ByteSize MiB(long count) => new(count << 20);

    private static void RefuseUnsupported(JsonForm form)
    {
        if (form.Flag("interactive") is true)
        {
            form.Refuse("interactive", "is not supported yet", "leave it out, and name a program with entrypoint");
        }

        if (form.Text("flist_storage", required: false) is { Length: > 0 })
        {
            form.Refuse("flist_storage", "is not supported yet: it is for flists", "leave it out");
        }
    }

    private static ImageReference? ReadImage(JsonForm form)
    {
        if (form.Text("flist", sizeMax: ImageReference.TextSizeMax) is not { } text)
        {
            return null;
        }

        if (!ImageReference.TryParse(text, out var image))
        {
            form.Refuse(
                "flist",
                $"{Quote(text)}names no image with its digest",
                "give local:NAME@sha256:DIGEST or https://HOST/PATH@sha256:DIGEST");
        }
        else if (!Schemes.Contains(image.Scheme))
        {
            form.Refuse("flist", $"has the scheme \"{image.Scheme}\"", $"use one of: {string.Join(", ", Schemes)}");
        }
        else if (image.Scheme == ImageReference.Local && !ImageReference.IsLocalName(image.Location))
        {
            form.Refuse(
                "flist",
                $"{Quote(image.Location)}is no name of a local image",
                "give letters, digits, dots, dashes and underscores, and no dot first");
        }
        else if (image.Scheme != ImageReference.Local && image.Address is null)
        {
            form.Refuse(
                "flist",
                "is no address of a file, or names a user, a password or a fragment",
                $"give {image.Scheme}://HOST/PATH@sha256:DIGEST; whoever may read an order would have the password");
        }
        else
        {
            return image;
        }

        return null;
    }

    // Before an at sign, there may be a password.
    private static string Quote(string text) =>
        text.Contains('@', StringComparison.Ordinal) ? "" : $"is \"{JsonForm.Shorten(text)}\", which ";

    private static void CheckNames(
        JsonForm form, string field, IReadOnlyDictionary<string, string> variables, IReadOnlyDictionary<string, string> plain)
    {
        foreach (var (name, value) in variables)
        {
            if (!VariableName().IsMatch(name))
            {
                form.RefuseBelow(field, name, "is no name of a variable", "use 1 to 128 letters, digits and _, and no digit first");
            }
            else if (value.Contains('\0', StringComparison.Ordinal))
            {
                form.RefuseBelow(field, name, "holds a NUL, which no environment can", "take it out");
            }
            else if (!ReferenceEquals(variables, plain) && plain.ContainsKey(name))
            {
                form.RefuseBelow(field, name, "is in env, too", "keep one of the two");
            }
        }
    }

    private static void CheckSealed(JsonForm form, IReadOnlyDictionary<string, string> secrets)
    {
        foreach (var (name, _) in secrets.Where(secret => !SealedSecret.HasForm(secret.Value)))
        {
            form.RefuseBelow("secret_env", name, "is not sealed", "seal it to the node: 'provision reservation create' does");
        }
    }

    private static IReadOnlyList<string> ReadEntrypoint(JsonForm form)
    {
        if (form.Text("entrypoint", required: false, sizeMax: EntrypointSizeMax) is not { Length: > 0 } line)
        {
            return [];
        }

        if (line.Contains('\0', StringComparison.Ordinal) || ShellWords.Split(line) is not [{ Length: > 0 }, ..] words)
        {
            form.Refuse("entrypoint", "is no command: a quote is open, or the program has no name", "quote it as for a shell");
            return [];
        }

        return words;
    }

    private static IReadOnlyList<MountSpec> ReadMounts(JsonForm form)
    {
        var targets = new HashSet<string>(StringComparer.Ordinal);
        return form.List(
            "mounts",
            MountsMax,
            (element, pointer, problems) =>
            {
                var mount = JsonForm.Open(element, pointer, problems);
                return mount?.Close(ReadMount(mount, targets));
            },
            required: false);
    }

    private static MountSpec? ReadMount(JsonForm form, HashSet<string> targets)
    {
        var id = form.Text("volume_id", sizeMax: 128);
        if (id is not null && !Digest.TryParse(id, out _) && !ReservationId.TryParse(id, out _))
        {
            form.Refuse("volume_id", $"is \"{JsonForm.Shorten(id)}\"", "give the digest or the id of the volume's reservation");
        }

        if (form.Text("mountpoint") is not { } text || id is null)
        {
            return null;
        }

        var parts = text.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToList();
        var target = "/" + string.Join('/', parts);
        if (parts.Count is 0 or > 64 || parts.Any(part => part == ".." || part.Length > 255 || part.Any(char.IsControl)))
        {
            form.Refuse("mountpoint", $"is \"{JsonForm.Shorten(text)}\"", "give a path below / without \"..\"");
            return null;
        }

        if (OwnFolders.Contains(parts[0]))
        {
            form.Refuse("mountpoint", $"is below /{parts[0]}, which belongs to the container's kernel", "choose another place");
            return null;
        }

        // What is inside of a volume its tenant can change at any time: nothing is mounted through it.
        if (targets.FirstOrDefault(other => $"{target}/".StartsWith($"{other}/", StringComparison.Ordinal)
            || $"{other}/".StartsWith($"{target}/", StringComparison.Ordinal)) is { } taken)
        {
            form.Refuse(
                "mountpoint",
                $"is {JsonForm.Shorten(target)}, at, above or below another one, {JsonForm.Shorten(taken)}",
                "give each volume a place of its own");
            return null;
        }

        targets.Add(target);
        return new MountSpec(id, target);
    }

    private static (long Cores, long Memory, long Disk) ReadCapacity(JsonForm form)
    {
        var capacity = form.Object("capacity", required: false);
        var values = (
            Read("cpu", 1, ContainerSpec.CoresMax, 1),
            Read("memory", ContainerSpec.MemoryMiBMin, ContainerSpec.MemoryMiBMax, ContainerSpec.MemoryMiBDefault),
            Read("disk", ContainerSpec.DiskMiBMin, ContainerSpec.DiskMiBMax, ContainerSpec.DiskMiBDefault));
        capacity?.Close(form);
        return values;

        // Zero is what Zero-OS's clients write for "whatever is usual".
        long Read(string name, long min, long max, long usual)
        {
            var value = capacity?.Int64(name, 0, max, required: false) ?? 0;
            if (value > 0 && value < min)
            {
                capacity!.Refuse(name, $"is {value}", $"give {min} to {max}, or 0 for {usual}");
            }

            return value == 0 ? usual : value;
        }
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,127}\z")]
    private static partial Regex VariableName();
}
