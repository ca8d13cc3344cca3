using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Cli.Tests.Identities;

public sealed class IdentityTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_new_identity_is_shown_without_its_secret()
    {
        var path = folder.File("new/identity.seed");
        var created = await CommandRun.OfAsync("--identity", path, "identity", "create");
        Assert.Equal((0, ""), (created.Code, created.Error));
        var id = new UserId(SeedFile.Load(path).PublicKey);
        Assert.Equal($"id    {id}\npath  {path}\n", created.Output);
        Assert.Equal(created.Output, (await CommandRun.OfAsync("--identity", path, "identity", "show")).Output);
    }

    [Fact]
    public async Task An_identity_is_never_overwritten()
    {
        var path = folder.File("identity.seed");
        await CommandRun.OfAsync("--identity", path, "identity", "create");
        var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);

        var again = await CommandRun.OfAsync("--identity", path, "identity", "create");

        Assert.Equal(ExitCodes.Of(FaultCode.Conflict), again.Code);
        Assert.StartsWith($"error: An identity already exists at {path}", again.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_identity_that_others_can_read_is_refused()
    {
        var path = folder.File("identity.seed");
        await CommandRun.OfAsync("--identity", path, "identity", "create");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal(ExitCodes.Of(FaultCode.Denied), (await CommandRun.OfAsync("--identity", path, "identity", "show")).Code);
    }

    [Fact]
    public async Task No_identity_is_an_error_that_says_how_to_make_one()
    {
        var run = await CommandRun.OfAsync("--identity", folder.File("none"), "identity", "show");
        Assert.Equal(ExitCodes.Of(FaultCode.NotFound), run.Code);
        Assert.Contains("remedy: Make one with 'provision identity create'.", run.Error, StringComparison.Ordinal);
    }
}
