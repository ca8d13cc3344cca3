using System.CommandLine;
using Provision.Reservations;

namespace Provision.Cli.Identities;

/// <summary><c>identity show</c>: who you are, without the secret.</summary>
internal static class ShowIdentity
{
    public static Command Build(VerbMaker verbs) =>
        verbs.Bind(
            new Command("show", "Print the id of your key, and where it is kept."),
            session => Show(session, new UserId(session.LoadIdentity().PublicKey)));

    /// <summary>Shows the public half and the place of an identity.</summary>
    public static void Show(Session session, UserId id) => session.Screen.Show(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id", id.ToString());
            writer.WriteString("path", Path.GetFullPath(session.IdentityPath));
            writer.WriteEndObject();
        },
        () => session.Screen.Facts(("id", id.ToString()), ("path", Path.GetFullPath(session.IdentityPath))));
}
