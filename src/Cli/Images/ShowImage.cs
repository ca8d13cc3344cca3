using System.CommandLine;
using System.Text.Json;
using Provision.Images;
using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Cli.Images;

/// <summary><c>image show</c>: which images a file or folder holds, and how they are run.</summary>
internal static class ShowImage
{
    public static Command Build(VerbMaker verbs)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "An OCI layout, a folder or a tar, or an archive of docker save or podman save.",
        };
        return verbs.Bind(new Command("show", "Print the images that a file or folder holds.") { file }, session =>
        {
            var path = session.Value(file)!;
            using var archive = ImageArchive.Open(path);
            var images = archive.List().Select(digest => (Digest: digest, Config: archive.ReadConfig(digest))).ToList();
            session.Screen.Show(
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("images");
                    foreach (var (digest, config) in images)
                    {
                        Write(writer, path, digest, config);
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                },
                () =>
                {
                    foreach (var (digest, config) in images)
                    {
                        session.Screen.Facts([.. Facts(path, digest, config)]);
                    }
                });
        });
    }

    private static void Write(Utf8JsonWriter writer, string path, Digest digest, ImageConfig config)
    {
        writer.WriteStartObject();
        writer.WriteString("digest", digest.ToString());
        writer.WriteString("reference", LocalReference.Of(path, digest)?.ToString());
        WriteTexts(writer, "entrypoint", config.Entrypoint);
        WriteTexts(writer, "command", config.Command);
        WriteTexts(writer, "env", config.Environment);
        writer.WriteString("user", config.User);
        writer.WriteString("workdir", config.WorkingFolder);
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string key, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(key);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static IEnumerable<(string, string)> Facts(string path, Digest digest, ImageConfig config)
    {
        yield return ("digest", digest.ToString());
        if (LocalReference.Of(path, digest) is { } reference)
        {
            yield return ("reference", reference.ToString());
        }

        (string, IReadOnlyList<string>)[] lists =
        [
            ("entrypoint", config.Entrypoint),
            ("command", config.Command),
            ("env", config.Environment),
        ];
        foreach (var (name, values) in lists)
        {
            foreach (var value in values)
            {
                yield return (name, value);
            }
        }

        yield return ("user", config.User.Length > 0 ? config.User : "root");
        yield return ("workdir", config.WorkingFolder.Length > 0 ? config.WorkingFolder : "/");
    }
}
