using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Cli.Tests.Output;

public sealed class ExitCodesTests
{
    [Fact]
    public void Scripts_can_rely_on_the_numbers() => Assert.Equal(
        [
            (FaultCode.Invalid, 2),
            (FaultCode.BadSignature, 3),
            (FaultCode.Denied, 4),
            (FaultCode.NotFound, 5),
            (FaultCode.Conflict, 6),
            (FaultCode.OutOfCapacity, 7),
            (FaultCode.Unavailable, 8),
            (FaultCode.DataLoss, 9),
            (FaultCode.Internal, 10),
        ],
        ExitCodes.Table.Select(row => (row.Key, row.Value)).OrderBy(row => row.Value));

    [Fact]
    public async Task The_readme_lists_them_all()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Provision.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        var readme = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "README.md"), TestContext.Current.CancellationToken);
        var rows = ExitCodes.Table.Select(row => $"\n| {row.Value} | `{FaultJson.CodeText(row.Key)}` |");
        Assert.All(rows, row => Assert.Contains(row, readme, StringComparison.Ordinal));
        Assert.Contains($"\n| {ExitCodes.CheckFailed} | |", readme, StringComparison.Ordinal);
        Assert.Contains($"\n| {ExitCodes.Interrupted} | |", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_code_of_fault_has_a_number_of_its_own()
    {
        var numbers = Enum.GetValues<FaultCode>().Select(ExitCodes.Of).ToList();
        Assert.Distinct(numbers);
        Assert.DoesNotContain(numbers, number => number is ExitCodes.Success or ExitCodes.CheckFailed or >= 126);
    }
}
