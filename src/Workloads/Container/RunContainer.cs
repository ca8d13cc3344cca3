using System.Text.Json.Serialization;
using Provision.Machine;
using Provision.Machine.Containers;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Secrets;

namespace Provision.Workloads.Container;

/// <summary>
/// The container runs. Secrets stay sealed in here, and so in the journal; they are opened when the container is started, and only in
/// memory.
/// </summary>
public sealed record RunContainer(string Pool, string Owner, string Image) : RootStep(Pool, Owner, Image)
{
    private const string Path = "PATH";
    private const int PathSizeMax = 2048;
    private const int PathFoldersMax = 32;
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>The program and its arguments; empty: what the image says.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Variables that anybody may read.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Sealed variables.</summary>
    public required IReadOnlyDictionary<string, string> Secrets { get; init; }

    /// <summary>Who ordered: part of what secrets are bound to.</summary>
    public required string User { get; init; }

    /// <summary>The nonce of the order: part of what secrets are bound to.</summary>
    public required string Nonce { get; init; }

    /// <summary>The volumes it sees.</summary>
    public required IReadOnlyList<MountStep> Mounts { get; init; }

    /// <summary>The network whose member it is; null: it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Network { get; init; }

    /// <summary>How many cores it may use.</summary>
    public required int Cores { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int CoresClaimed => Cores;

    /// <summary>How much memory it may use, bytes.</summary>
    public required long Memory { get; init; }

    /// <inheritdoc/>
    public override async ValueTask DoAsync(IMachine machine, CancellationToken ct)
    {
        // The step before has it held: this only asks what the image says about running it.
        var config = (await machine.Images.EnsureAsync(Pool, Reference, Order, ct)).Config;
        await machine.Containers.EnsureAsync(
            new ContainerOrder
            {
                Owner = Order,
                Root = Root,
                Arguments = ChooseArguments(config),
                Environment = Merge(config, machine),
                WorkingFolder = config.WorkingFolder is "" ? "/" : config.WorkingFolder,
                User = config.User,
                Mounts = [.. Mounts.Select(mount => mount.ToMount())],
                Network = Network is null ? null : NetworkId.TryParse(Network, out var network) ? network : throw Damaged(Network),
                Cores = Cores,
                Memory = new ByteSize(Memory),
            },
            ct);
    }

    /// <inheritdoc/>
    public override ValueTask UndoAsync(IMachine machine, CancellationToken ct) => machine.Containers.RemoveAsync(Order, Grace, ct);

    private IReadOnlyList<string> ChooseArguments(ImageConfig config)
    {
        if (Arguments.Count > 0)
        {
            return Arguments;
        }

        IReadOnlyList<string> said = [.. config.Entrypoint, .. config.Command];
        return said is [{ Length: > 0 }, ..] ? said : throw new FaultException(
            FaultCode.Invalid, "Neither the order nor the image names a program to run", "Order it with an entrypoint.");
    }

    // What the user wrote goes before what the image says.
    private SortedDictionary<string, string> Merge(ImageConfig config, IMachine machine)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal) { [Path] = UsualPath };
        foreach (var variable in config.Environment)
        {
            if (variable.IndexOf('=', StringComparison.Ordinal) is var mark and > 0)
            {
                merged[variable[..mark]] = variable[(mark + 1)..];
            }
        }

        foreach (var (name, value) in Environment)
        {
            merged[name] = value;
        }

        foreach (var (name, sealedText) in Secrets)
        {
            merged[name] = machine.Keys.Open(sealedText, BindingOf(name));
        }

        // Every folder of it is looked through when the program is started, by the machine, and each may be a maze of links.
        var path = merged[Path];
        return path.Length <= PathSizeMax && path.Count(c => c == ':') < PathFoldersMax
            ? merged
            : throw new FaultException(
                FaultCode.Invalid,
                $"{Path} is too long: {path.Length} characters, {path.Count(c => c == ':') + 1} folders",
                $"Shorten it in the order or in the image: {PathSizeMax} characters, {PathFoldersMax} folders.");
    }

    private SecretBinding BindingOf(string variable) => UserId.TryParse(User, out var user)
        ? new SecretBinding(user, ContainerModule.KindText, $"/secret_env/{variable}", Nonce)
        : throw new InvalidOperationException($"\"{User}\" is not a user.");
}
