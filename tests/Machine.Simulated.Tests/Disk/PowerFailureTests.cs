using Xunit;

namespace Provision.Machine.Simulated.Tests.Disk;

public sealed class PowerFailureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flushed_bytes_stay_and_the_rest_is_lost_or_torn()
    {
        var lengths = new HashSet<int>();
        for (var seed = 0; seed < 200; seed++)
        {
            var machine = Machines.New();
            await machine.Disk.AppendAsync("a", "flushed"u8.ToArray(), Ct);
            await machine.Disk.FlushAsync("a", Ct);
            await machine.Disk.AppendAsync("a", "not"u8.ToArray(), Ct);

            machine.PowerFailure(new Random(seed));

            var left = await machine.Disk.ReadAsync("a", Ct);
            Assert.Equal("flushednot"u8[..left.Length].ToArray(), left);
            lengths.Add(left.Length);
        }

        Assert.Equal([7, 8, 9, 10], lengths.Order());
    }

    [Fact]
    public async Task A_file_never_flushed_may_be_gone()
    {
        var outcomes = new HashSet<bool>();
        for (var seed = 0; seed < 50; seed++)
        {
            var machine = Machines.New();
            await machine.Disk.AppendAsync("a", "not"u8.ToArray(), Ct);
            machine.PowerFailure(new Random(seed));
            outcomes.Add((await machine.Disk.ListAsync(Ct)).Count == 1);
        }

        Assert.Equal([false, true], outcomes.Order());
    }

    [Fact]
    public async Task A_rename_and_a_cut_are_durable_at_once()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var machine = Machines.New();
            await machine.Disk.AppendAsync("a", "onetwo"u8.ToArray(), Ct);
            await machine.Disk.TruncateAsync("a", 3, Ct);
            await machine.Disk.RenameAsync("a", "b", Ct);

            machine.PowerFailure(new Random(seed));

            Assert.Equal(["b"], await machine.Disk.ListAsync(Ct));
            Assert.Equal("one"u8.ToArray(), await machine.Disk.ReadAsync("b", Ct));
        }
    }

    [Fact]
    public async Task The_content_of_a_renamed_file_that_was_not_flushed_may_be_lost()
    {
        var lengths = new HashSet<int>();
        for (var seed = 0; seed < 100; seed++)
        {
            var machine = Machines.New();
            await machine.Disk.AppendAsync("a", "one"u8.ToArray(), Ct);
            await machine.Disk.RenameAsync("a", "b", Ct);
            machine.PowerFailure(new Random(seed));
            lengths.Add((await machine.Disk.ReadAsync("b", Ct)).Length);
        }

        Assert.Equal([0, 1, 2, 3], lengths.Order());
    }

    [Fact]
    public async Task A_second_failure_loses_nothing_more()
    {
        var machine = Machines.New();
        await machine.Disk.AppendAsync("a", new byte[100], Ct);
        await machine.Disk.FlushAsync("a", Ct);
        await machine.Disk.AppendAsync("a", new byte[100], Ct);
        machine.PowerFailure(new Random(1));
        var once = await machine.Disk.ReadAsync("a", Ct);

        machine.PowerFailure(new Random(2));

        Assert.Equal(once, await machine.Disk.ReadAsync("a", Ct));
    }
}
