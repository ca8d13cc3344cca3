using System.CommandLine;
using Provision.Reservations;
using Provision.Reservations.Signing;

namespace Provision.Cli.Identities;

/// <summary><c>identity create</c>: a new key, never over an old one.</summary>
internal static class CreateIdentity
{
    public static Command Build(VerbMaker verbs) =>
        verbs.Bind(new Command("create", "Make a new key and write it to the identity file, never over an old one."), session =>
        {
            var pair = KeyPair.Create();
            SeedFile.Save(session.IdentityPath, pair);
            ShowIdentity.Show(session, new UserId(pair.PublicKey));
        });
}
