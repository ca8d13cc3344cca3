using System.CommandLine;
using System.Globalization;
using Provision.Images;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Cli.Images;

/// <summary><c>image build</c>: a folder becomes an image in one file.</summary>
internal sealed class BuildImage
{
    private readonly Argument<string> folder = new("DIR") { Description = "The folder with all files of the image." };

    private readonly Option<string> output = new("--output")
    {
        Description = "The file to make; its name without .tar is the name of the image.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string[]> entrypoint = Repeated("--entrypoint", "The program, then its first arguments; once for each.", "ARG");
    private readonly Option<string[]> command = Repeated("--command", "An argument after the entrypoint; once for each.", "ARG");
    private readonly Option<string[]> environment = Repeated("--env", "A variable of its environment; once for each.", "NAME=VALUE");
    private readonly Option<string> user = new("--user") { Description = "Who it runs as, a name or number, and :GROUP.", HelpName = "U" };
    private readonly Option<string> workingFolder = new("--workdir") { Description = "Where the program starts.", HelpName = "DIR" };

    private readonly Option<string?> created = new("--created")
    {
        Description = "The moment that all files bear, such as 2026-01-31T12:00:00Z; 1970 when not given.",
        HelpName = "MOMENT",
    };

    private readonly Option<bool> force = new("--force") { Description = "Replace FILE if it is there." };

    public static Command Build(VerbMaker verbs)
    {
        var verb = new BuildImage();
        var command = new Command("build", "Make an image of a folder. The same folder always makes the same image.")
        {
            verb.folder,
            verb.output,
            verb.entrypoint,
            verb.command,
            verb.environment,
            verb.user,
            verb.workingFolder,
            verb.created,
            verb.force,
        };
        return verbs.Bind(command, async (session, ct) =>
        {
            await Task.Run(() => verb.Run(session, ct), ct);
            return ExitCodes.Success;
        });
    }

    private static Option<string[]> Repeated(string name, string description, string value) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore };

    private void Run(Session session, CancellationToken ct)
    {
        var path = session.Value(output)!;
        if (LocalReference.Of(path, Digest.Of([])) is null)
        {
            throw new FaultException(
                FaultCode.Invalid,
                $"No order can name an image \"{Path.GetFileName(path)}\"",
                "Use ASCII without spaces in the name of FILE.");
        }

        var config = new ImageConfig
        {
            Entrypoint = session.Value(entrypoint) ?? [],
            Command = session.Value(command) ?? [],
            Environment = [.. (session.Value(environment) ?? []).Select(Variable)],
            User = session.Value(user) ?? "",
            WorkingFolder = session.Value(workingFolder) ?? "",
        };
        var options = new ImageWriteOptions { Created = Moment(session.Value(created)), Overwrite = session.Value(force) };
        Digest digest;
        using (var line = session.Screen.Progress(session.Time))
        {
            options = options with { Progress = bytes => line.Show(() => $"{new ByteSize(bytes)} of files packed") };
            digest = ImageWriter.Write(session.Value(folder)!, config, path, options, ct);
        }

        Show(session, path, digest);
    }

    private static void Show(Session session, string path, Digest digest)
    {
        var size = new ByteSize(new FileInfo(path).Length);
        var reference = LocalReference.Of(path, digest)!.ToString();
        session.Screen.Show(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("digest", digest.ToString());
                writer.WriteNumber("size", size.Bytes);
                writer.WriteString("reference", reference);
                writer.WriteString("path", Path.GetFullPath(path));
                writer.WriteEndObject();
            },
            () => session.Screen.Facts(
                ("digest", digest.ToString()),
                ("size", size.ToString()),
                ("reference", reference),
                ("path", Path.GetFullPath(path))));
        session.Screen.Note("The farmer puts the file into the images/ folder of the node; then it can be ordered by its reference.");
    }

    private static string Variable(string text) => text.IndexOf('=', StringComparison.Ordinal) > 0
        ? text
        : throw new FaultException(FaultCode.Invalid, $"--env \"{text}\" is no variable", "Give NAME=VALUE.");

    private static DateTimeOffset Moment(string? text)
    {
        var moment = DateTimeOffset.UnixEpoch;
        return text is null || (Rfc3339.TryParse(text, out moment) && moment >= DateTimeOffset.UnixEpoch)
            ? moment
            : throw new FaultException(
                FaultCode.Invalid,
                $"--created \"{text}\" is no moment since 1970",
                string.Create(CultureInfo.InvariantCulture, $"Give one such as {DateTimeOffset.UnixEpoch:yyyy-MM-dd'T'HH:mm:ss'Z'}."));
    }
}
