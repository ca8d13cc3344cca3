using System.CommandLine;
using System.CommandLine.Invocation;
using Provision.Cli.Completions;
using Provision.Cli.Farms;
using Provision.Cli.Identities;
using Provision.Cli.Images;
using Provision.Cli.Nodes;
using Provision.Cli.Output;
using Provision.Cli.Receipts;
using Provision.Cli.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Cli;

/// <summary>The whole command line: nouns, and under each its verbs.</summary>
internal sealed class ProvisionCommand
{
    private readonly RootCommand root;
    private readonly GlobalOptions options = new();

    public ProvisionCommand(TimeProvider time, Func<Stream> input)
    {
        var verbs = new VerbMaker(options, time, input);
        root = new RootCommand("Reserve pieces of other people's machines, with signed orders and signed receipts.")
        {
            options.Explorer,
            options.Identity,
            options.Json,
            options.Wait,
            Noun("identity", "The key that signs for you.", CreateIdentity.Build(verbs), ShowIdentity.Build(verbs)),
            Noun("farm", "An owner of nodes.", RegisterFarm.Build(verbs)),
            Noun("node", "The machines that can be reserved.", ListNodes.Build(verbs), ShowNode.Build(verbs)),
            Noun(
                "reservation",
                "Leases of workloads on nodes.",
                CreateReservation.Build(verbs),
                ListReservations.Build(verbs),
                ShowReservation.Build(verbs),
                WaitForReservation.Build(verbs),
                CancelReservation.Build(verbs),
                ExtendReservation.Build(verbs)),
            Noun("receipt", "What nodes signed about their work.", ShowReceipts.Build(verbs), VerifyReceipts.Build(verbs)),
            Noun("image", "Files that containers begin with.", BuildImage.Build(verbs), ShowImage.Build(verbs)),
            CompletionScript.Build("provision"),
        };
    }

    /// <summary>Parses, runs, and returns the exit code.</summary>
    public Task<int> RunAsync(IReadOnlyList<string> args, InvocationConfiguration configuration)
    {
        var parsed = root.Parse(args);
        if (parsed.Action is not ParseErrorAction)
        {
            return parsed.InvokeAsync(configuration);
        }

        var fault = UsageFault.Of(parsed, "provision");
        new Screen(configuration.Output, configuration.Error, args.Contains(options.Json.Name)).ShowFault(fault);
        return Task.FromResult(ExitCodes.Of(fault.Code));
    }

    private static Command Noun(string name, string description, params ReadOnlySpan<Command> verbs)
    {
        var noun = new Command(name, description);
        foreach (var verb in verbs)
        {
            noun.Add(verb);
        }

        return noun;
    }
}
