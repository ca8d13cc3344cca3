using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Provision.Cli.Output;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Cli.Reservations;

/// <summary><c>reservation create KIND</c>: checks the order here, signs it once, and sends those bytes until an answer comes.</summary>
internal sealed class CreateKind(IWorkloadModule module)
{
    private readonly KindFlags flags = new(module);

    private readonly Option<string?> node = new("--node")
    {
        Description = "The node that shall provide it; may be left out when only one can.",
        HelpName = "ID",
    };

    private readonly Option<string> duration = new("--duration")
    {
        Description = "How long the lease runs: 90s, 15m, 1h, 7d.",
        HelpName = "TIME",
        DefaultValueFactory = _ => "1h",
    };

    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Print the signed order, and send nothing." };
    private readonly FollowOptions follow = new("live");

    public Command Build(VerbMaker verbs)
    {
        var command = new Command(module.Kind, module.Summary);
        foreach (var option in flags.Options)
        {
            command.Add(option);
        }

        command.Add(node);
        command.Add(duration);
        command.Add(dryRun);
        follow.AddTo(command);
        return verbs.Bind(command, RunAsync);
    }

    private async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var data = flags.Read(session);
        var draft = Draft(session, data);
        var owner = session.LoadIdentity();
        var user = new UserId(owner.PublicKey);
        NodeId? named = session.Value(node) is null ? null : draft.Node;
        draft = draft with
        {
            User = user,
            Node = await VolumeChoice.ResolveAsync(session, data.Volumes, user, named, ct) ?? await OnlyNodeAsync(session, draft, ct),
        };
        data.Seal(draft);
        var order = owner.Sign(draft with { Data = data.Json });


        // Too large, for instance, it is only now: sealed secrets take more room than what they hold.
        OrderJson.Read(Encoding.UTF8.GetBytes(OrderJson.Write(order).Text));
        if (session.Value(dryRun))
        {
            session.Screen.Document(OrderJson.Write(order));
            return ExitCodes.Success;
        }

        // The same bytes every time: an answer that was lost on the way costs nothing.
        var submitted = await session.AskAsync((explorer, token) => explorer.SubmitAsync(order, token), ct);
        session.Screen.Show(
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("id", submitted.Id.ToString());
                writer.WriteString("digest", submitted.Digest.ToString());
                writer.WriteString("node_id", order.Node.ToString());
                writer.WriteString("ends", Rfc3339.Format(order.Expires));
                writer.WriteEndObject();
            },
            () => session.Screen.Facts(
                ("id", submitted.Id.ToString()),
                ("digest", submitted.Digest.ToString()),
                ("node", order.Node.ToString()),
                ("ends", Screen.Moment(order.Expires))));
        if (!follow.IsWanted(session))
        {
            session.Screen.Note($"sent; the node has not answered yet: provision reservation wait {submitted.Id}");
        }

        return await follow.RunAsync(session, submitted.Digest, Goal.Live, ct);
    }

    private async Task<NodeId> OnlyNodeAsync(Session session, Reservation draft, CancellationToken ct) => NodeChoice.Only(
        await session.AskAsync((explorer, token) => explorer.ListNodesAsync(token), ct), module.Kind, module.Units(draft.Data));

    /// <summary>The order without signer, and without node where the user named none.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with everything that is wrong with it.</exception>
    private Reservation Draft(Session session, DataDraft flagged)
    {
        var data = flagged.Json;
        var problems = new List<Problem>(flagged.Explain(module.Validate(data)));
        var nodeId = default(NodeId);
        if (session.Value(node) is { } nodeText && !NodeId.TryParse(nodeText, out nodeId))
        {
            problems.Add(new Problem("/reservation/node_id", $"is \"{nodeText}\"", "give an id as 'provision node list' shows it"));
        }

        var draft = new Reservation
        {
            Node = nodeId,
            User = default,
            Kind = module.Kind,
            Data = data,
            Created = session.Time.GetUtcNow(),
            Duration = LeaseRules.DurationMin,
            Nonce = RandomNumberGenerator.GetHexString(32, lowercase: true),
        };
        if (LeaseLength.Read(session.Value(duration)!, "/reservation/duration", out var span) is { } problem)
        {
            problems.Add(problem);
        }
        else
        {
            draft = draft with { Duration = span };
            problems.AddRange(LeaseRules.Check(draft, draft.Created));
        }

        if (problems.Count == 0)
        {
            return draft;
        }

        var pointers = problems.Select(problem => problem.Pointer).Distinct();
        session.Screen.Flags = pointers.ToDictionary(pointer => pointer, pointer => pointer switch
        {
            "/reservation/node_id" => node.Name,
            "/reservation/duration" => duration.Name,
            _ => flagged.LabelOf(pointer),
        });
        throw new FaultException(Fault.Invalid("The order is not valid", problems, "Correct this; nothing was sent."));
    }
}
