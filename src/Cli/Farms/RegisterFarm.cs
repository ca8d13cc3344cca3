using Provision.Reservations.Faults;
using System.CommandLine;
using Provision.Reservations;
using Provision.Reservations.Registration;
using Provision.Reservations.Wire;

namespace Provision.Cli.Farms;

/// <summary><c>farm register</c>: tells the explorer a farm's name, signed by the farmer.</summary>
internal static class RegisterFarm
{
    public static Command Build(VerbMaker verbs)
    {
        var name = new Argument<string>("NAME") { Description = "What people shall call the farm; 1 to 64 characters." };
        var command = new Command("register", "Register your key as a farm, or give your farm another name.") { name };
        return verbs.Bind(command, async (session, ct) =>
        {
            var farmer = session.LoadIdentity();
            var unsigned = new FarmRegistration
            {
                Farm = new FarmId(farmer.PublicKey),
                Name = session.Value(name)!,
                Created = session.Time.GetUtcNow(),
            };

            // Read back, so that the rules of the wire speak before anything is sent.
            var registration = FarmRegistration.Read(CanonicalJson.Build(unsigned.Sign(farmer).Write).ToElement());
            await session.AskAsync((explorer, token) => explorer.RegisterFarmAsync(registration, token), ct);
            session.Screen.Show(
                registration.Write,
                () => session.Screen.Facts(("farm", registration.Farm.ToString()), ("name", registration.Name)));
            return ExitCodes.Success;
        });
    }
}
