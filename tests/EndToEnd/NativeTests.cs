using Provision.Grid;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>The programs of eng/publish are held to what those of an ordinary build are.</summary>
public sealed class NativeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan PublishTimeMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RunTimeMax = TimeSpan.FromMinutes(12);

    [Fact]
    [Trait("Tier", "long")]
    public async Task Native_programs_pass_the_tests_of_the_others()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var folder = Directory.CreateTempSubdirectory("provision-native-").FullName;
        try
        {
            var programs = Path.Combine(folder, "programs");
            Directory.CreateDirectory(programs);
            await File.WriteAllTextAsync(Path.Combine(programs, "mine"), "", TestContext.Current.CancellationToken);
            var published = await CommandRun.RunAsync(Path.Combine(Programs.Root, "eng", "publish"), [programs], limit: PublishTimeMax);
            Assert.True(published.ExitCode == 0, published.ToString());
            Assert.Equal(
                ["libsodium.so", "mine", "provision", "provisiond"], Directory.EnumerateFiles(programs).Select(Path.GetFileName).Order());

            var run = await CommandRun.RunAsync(
                Environment.ProcessPath!,
                [
                    "--filter-class", "*AdoptionTests", "*TelemetryTests", "*SecretTests", "*DaemonTests", "*DoctorTests",
                    "*PolicyTests", "*LackingTests",
                    "--filter-not-trait", "Tier=long", "--no-ansi", "--progress", "off",
                ],
                new Dictionary<string, string> { ["PROVISION_PROGRAMS"] = programs },
                RunTimeMax);
            output.WriteLine(run.ToString());
            Assert.True(run.ExitCode == 0, run.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
