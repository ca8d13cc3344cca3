using Provision.Agent.Doctor;
using Provision.Agent.Hosting;
using Provision.Machine.Linux.Doctor;
using Xunit;

namespace Provision.Agent.Tests.Doctor;

public sealed class DataChecksTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_journal_is_read_and_its_folder_left_as_it_is()
    {
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        var data = new DataFolder(folder.Path);
        Directory.CreateDirectory(data.Journal);
        File.SetUnixFileMode(data.Journal, open);

        var check = new DataChecks(data).All.Single(check => check.Name == "journal");
        Assert.Equal(Finding.Ok("0 orders"), await check.LookAsync(TestContext.Current.CancellationToken));

        Assert.Equal(open, File.GetUnixFileMode(data.Journal));
    }
}
