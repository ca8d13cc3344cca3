using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Provision.Reservations;

namespace Provision.Agent.Configuration;

/// <summary>The types of values that keys have.</summary>
internal static class ValueFormats
{
    private const int FolderSizeMax = 90;

    /// <summary>True or false.</summary>
    public static ValueFormat<bool> Switch { get; } = new(
        ValueForm.Switch, "true or false", "give true or false", static (string? text, out bool value) =>
        {
            value = text == "true";
            return text is "true" or "false";
        }) { Choices = ["true", "false"] };

    /// <summary>A folder, as a full path, in which a socket may lie (unix(7): a name of 108 bytes).</summary>
    public static ValueFormat<string> Folder { get; } = new(
        ValueForm.Path,
        "folder",
        "give the path of a folder, which in full has 90 bytes at the most",
        static (string? text, out string value) =>
        {
            value = text!;
            return !string.IsNullOrWhiteSpace(text)
                && !text.Contains('\0', StringComparison.Ordinal)
                && Encoding.UTF8.GetByteCount(Path.GetFullPath(text)) <= FolderSizeMax;
        });

    /// <summary>A block device, by its full path.</summary>
    public static ValueFormat<string> Device { get; } = new(
        ValueForm.Text, "path", "give a full path such as /dev/sdb", static (string? text, out string value) =>
        {
            value = text!;
            return text is ['/', _, ..] && !text.Contains('\0', StringComparison.Ordinal);
        });

    /// <summary>
    /// The address of a web server. A name or password in it is refused: it would stand in the list of processes and in every log.
    /// </summary>
    public static ValueFormat<Uri> Address { get; } = new(
        ValueForm.Text, "http or https address", "give one such as http://127.0.0.1:8420", TryReadAddress)
    {
        Reason = static text => text.Contains('@', StringComparison.Ordinal)
            ? "holds the name or the password of a user"
            : $"is \"{text}\", which is no address",
    };

    /// <summary>A farmer's id.</summary>
    public static ValueFormat<FarmId> Farm { get; } = new(
        ValueForm.Text, "id", "give the farmer's id, as 'provision identity show' prints it", FarmId.TryParse)
    {
        Reason = static text => $"is \"{text}\", which is no id",
    };

    /// <summary>A user's id.</summary>
    public static ValueFormat<UserId> User { get; } = new(
        ValueForm.Text, "id", "give the user's id, as 'provision identity show' prints it", UserId.TryParse)
    {
        Reason = static text => $"is \"{text}\", which is no id",
    };

    /// <summary>A server and its port.</summary>
    public static ValueFormat<string> Host { get; } = new(
        ValueForm.Text, "host and port", "give a name or an address with its port, such as 192.168.1.9:5000",
        static (string? text, out string value) =>
        {
            value = text!;
            var colon = text?.LastIndexOf(':') ?? -1;
            return colon > 0 && Uri.CheckHostName(text![..colon]) != UriHostNameType.Unknown
                && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
        });

    /// <summary>An IPv4 network.</summary>
    public static ValueFormat<IPNetwork> Network { get; } = new(
        ValueForm.Text, "IPv4 network", "give IPv4 networks such as 192.168.1.0/24", static (string? text, out IPNetwork value) =>
            IPNetwork.TryParse(text, out value) && value.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            && value.ToString() == text);

    /// <summary>An IPv4 address.</summary>
    public static ValueFormat<IPAddress> IPv4 { get; } = new(
        ValueForm.Text, "IPv4 address", "give IPv4 addresses such as 9.9.9.9", static (string? text, out IPAddress value) =>
            IPAddress.TryParse(text, out value!) && value.AddressFamily == AddressFamily.InterNetwork && value.ToString() == text);

    /// <summary>An address of this machine and a port.</summary>
    public static ValueFormat<IPEndPoint> EndPoint { get; } = new(
        ValueForm.Text, "address and port", "give an address with its port, such as 127.0.0.1:9430",
        static (string? text, out IPEndPoint value) =>
            IPEndPoint.TryParse(text ?? "", out value!) && value.Port > 0 && value.ToString() == text);

    /// <summary>A whole number.</summary>
    public static ValueFormat<int> Whole(int min, int max) => new(
        ValueForm.Whole, $"whole number, {min} to {max}", $"give {min} to {max}", (string? text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min && value <= max);

    /// <summary>A number of hours.</summary>
    public static ValueFormat<TimeSpan> Hours(int min, int max) => new(
        ValueForm.Number, $"number, {min} to {max}", $"give {min} to {max} hours", (string? text, out TimeSpan value) =>
        {
            var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var hours);
            var isValid = isNumber && hours >= min && hours <= max;
            value = isValid ? TimeSpan.FromHours(hours) : default;
            return isValid;
        });

    /// <summary>One of a few words.</summary>
    public static ValueFormat<T> OneOf<T>(params (string Text, T Value)[] choices)
    {
        var words = string.Join(" or ", choices.Select(choice => choice.Text));
        return new ValueFormat<T>(ValueForm.Text, words, $"give {words}", (string? text, out T value) =>
        {
            var found = Array.FindIndex(choices, choice => choice.Text == text);
            value = choices[Math.Max(found, 0)].Value;
            return found >= 0;
        }) { Choices = [.. choices.Select(choice => choice.Text)] };
    }

    private static bool TryReadAddress(string? text, out Uri value) =>
        Uri.TryCreate(text, UriKind.Absolute, out value!) && value.Scheme is ("http" or "https")
        && !text!.Contains('@', StringComparison.Ordinal);
}
