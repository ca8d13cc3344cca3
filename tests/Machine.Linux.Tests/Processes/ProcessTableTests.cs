using System.Diagnostics;
using Provision.Machine.Linux.Processes;
using Xunit;

namespace Provision.Machine.Linux.Tests.Processes;

/// <summary>Who a process is said to be.</summary>
public sealed class ProcessTableTests
{
    private const string Mark = "PROVISION_PROCESS=mine";

    [Theory]
    [InlineData(0, "", true)]
    [InlineData(65534, "", false)]
    [InlineData(0, "-", false)]
    public void A_mark_is_believed_of_roots_processes_alone_and_as_it_is(int user, string more, bool believed)
    {
        using var process = Start(user, [Mark + more]);
        Assert.Equal(believed, ProcessTable.HasMark(process.Id, Mark));
        process.Kill();
    }

    [Fact]
    public void Of_a_large_environment_the_beginning_is_read()
    {
        var filler = Enumerable.Range(0, 100).Select(i => $"A{i}={new string('x', 1000)}").ToList();
        using var first = Start(0, [Mark, .. filler]);
        using var last = Start(0, [.. filler, Mark]);

        Assert.True(ProcessTable.HasMark(first.Id, Mark));
        Assert.False(ProcessTable.HasMark(last.Id, Mark));
        first.Kill();
        last.Kill();
    }

    // Ready once it echoes: only then it is the program that was asked for.
    private static Process Start(int user, IReadOnlyList<string> environment)
    {
        var start = new ProcessStartInfo(
            "setpriv", [$"--reuid={user}", $"--regid={user}", "--clear-groups", "env", "--ignore-environment", .. environment, "/bin/cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        process.StandardInput.WriteLine("here");
        process.StandardInput.Flush();
        Assert.Equal("here", process.StandardOutput.ReadLine());
        return process;
    }
}
