using System.CommandLine;
using Provision.Cli.Output;
using Provision.Explorer.Client;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Cli;

/// <summary>What one run of a verb works with.</summary>
internal sealed class Session(ParseResult parsed, GlobalOptions options, TimeProvider time, Func<Stream> input) : IDisposable
{
    private ExplorerClient? client;

    /// <summary>Where results and faults go.</summary>
    public Screen Screen { get; } =
        new(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, parsed.GetValue(options.Json));

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Opens standard input.</summary>
    public Stream OpenInput() => input();

    /// <summary>Where the identity is, or will be.</summary>
    public string IdentityPath => parsed.GetRequiredValue(options.Identity);

    /// <summary>The value of an option of the verb.</summary>
    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>The value of an argument of the verb.</summary>
    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);

    /// <summary>The user's key.</summary>
    /// <exception cref="FaultException">There is none, or it is not safe.</exception>
    public KeyPair LoadIdentity() => SeedFile.Load(IdentityPath);

    /// <summary>Asks the explorer, again and again for a while when it cannot be reached. What is asked must bear repeating.</summary>
    public Task<T> AskAsync<T>(Func<ExplorerClient, CancellationToken, Task<T>> ask, CancellationToken ct) =>
        AskAsync(ask, TimeSpan.MaxValue, ct);

    /// <summary>The same, for at most <paramref name="limit"/> if that is shorter than what the user allows.</summary>
    public Task<T> AskAsync<T>(Func<ExplorerClient, CancellationToken, Task<T>> ask, TimeSpan limit, CancellationToken ct)
    {
        // Nodes and farms may be looked at by anybody.
        client ??= ExplorerClient.Create(ExplorerAddress(), File.Exists(IdentityPath) ? LoadIdentity() : null);
        var allowed = TimeSpan.FromSeconds(parsed.GetValue(options.Wait));
        return new Patience(limit < allowed ? limit : allowed, time, Screen.Note).AskAsync(token => ask(client, token), ct);
    }

    /// <summary>The same for what has no answer but its success.</summary>
    public Task AskAsync(Func<ExplorerClient, CancellationToken, Task> ask, CancellationToken ct) => AskAsync(
        async (explorer, token) =>
        {
            await ask(explorer, token);
            return true;
        },
        ct);

    /// <inheritdoc/>
    public void Dispose() => client?.Dispose();

    private Uri ExplorerAddress()
    {
        var text = parsed.GetValue(options.Explorer) ?? throw new FaultException(
            FaultCode.Invalid,
            "No explorer was named",
            "Give --explorer URL, or set PROVISION_EXPLORER.");
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new FaultException(
                FaultCode.Invalid, $"\"{text}\" is not an explorer's address", "Give a URL such as http://127.0.0.1:8420.");
    }
}
