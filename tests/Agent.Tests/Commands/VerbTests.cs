using System.CommandLine;
using Provision.Agent.Commands;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Agent.Tests.Commands;

public sealed class VerbTests
{
    [Fact]
    public async Task A_command_that_is_interrupted_ends_with_the_code_of_that_and_says_nothing()
    {
        using var stop = new CancellationTokenSource();
        using var error = new StringWriter();
        var command = new Command("wait");
        command.SetBody((_, ct) =>
        {
            stop.Cancel();
            return Task.FromCanceled(ct);
        });
        var configuration = new InvocationConfiguration { Error = error, EnableDefaultExceptionHandler = false };

        Assert.Equal(ExitCodes.Interrupted, await command.Parse("").InvokeAsync(configuration, stop.Token));

        Assert.Equal("", error.ToString());
    }
}
