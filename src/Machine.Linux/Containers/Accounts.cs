using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Finds the account that an image names in the files of its root (passwd(5), group(5)). A stranger wrote them: they may be links, pipes,
/// or without end.
/// </summary>
internal sealed class Accounts(SafeFileHandle root)
{
    private const int FileSizeMax = 1 << 20;
    private const int OtherGroupsMax = 256;
    private const int UserField = 2;
    private const int GroupField = 3;
    private const int MembersField = 3;

    /// <summary>Reads <c>""</c>, <c>user</c>, <c>user:group</c>, each by name or number.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>: no such user or group, or the files are not to be read.</exception>
    public Account Find(string text)
    {
        if (text.Split(':') is not [var user, ..] parts || parts.Length > 2)
        {
            throw Invalid($"\"{text}\" is no user");
        }

        var number = user.Length == 0 ? 0 : ToNumber(user);
        var entry = user.Length == 0
            ? null
            : Lines("etc/passwd", 4).FirstOrDefault(fields => number is null ? fields[0] == user : ToNumber(fields[UserField]) == number);
        var id = number ?? (entry is null ? null : ToNumber(entry[UserField])) ?? throw Invalid($"The root has no user \"{user}\"");
        if (parts.Length == 2 && parts[1].Length > 0)
        {
            return new Account(id, FindGroup(parts[1]), []);
        }

        var others = entry is null ? [] : Lines("etc/group", 4)
            .Where(fields => fields[MembersField].Split(',').Contains(entry[0], StringComparer.Ordinal))
            .Select(fields => ToNumber(fields[UserField])).OfType<int>().Distinct().Take(OtherGroupsMax);
        return new Account(id, (entry is null ? null : ToNumber(entry[GroupField])) ?? 0, [.. others]);
    }

    private int FindGroup(string group)
    {
        var entry = Lines("etc/group", 3).FirstOrDefault(fields => fields[0] == group);
        return ToNumber(group) ?? (entry is null ? null : ToNumber(entry[UserField]))
            ?? throw Invalid($"The root has no group \"{group}\"");
    }

    private IEnumerable<string[]> Lines(string path, int fields) =>
        Read(path).Split('\n').Select(line => line.TrimEnd('\r').Split(':')).Where(line => line.Length >= fields && line[0].Length > 0);

    private string Read(string path)
    {
        var error = Beneath.OpenFile(root, path, out var file);
        using var opened = file;
        if (error is not null)
        {
            return ""; // Whoever is looked for is not in it.
        }

        using var stream = File.GetAttributes(file).HasFlag(FileAttributes.Directory) ? null : new FileStream(file, FileAccess.Read, 0);
        if (stream is not { CanSeek: true })
        {
            throw Invalid($"/{path} in the root is no file");
        }

        var bytes = new byte[FileSizeMax + 1];
        var size = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return size <= FileSizeMax ? Encoding.UTF8.GetString(bytes, 0, size) : throw Invalid($"/{path} in the root is larger than 1 MiB");
    }

    // What is no number of a container is no number at all.
    private static int? ToNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < IdRanges.Size ? number : null;

    private static FaultException Invalid(string what) =>
        new(FaultCode.Invalid, what, $"Name a user of the image, or a number from 0 to {IdRanges.Size - 1}.");
}
