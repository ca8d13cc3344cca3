using Provision.Machine.Disk;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance.Disk;

/// <summary>What every <see cref="IDisk"/> does. Each test gets an empty folder.</summary>
public abstract class DiskConformance
{
    /// <summary>The disk under test.</summary>
    protected abstract IDisk Disk { get; }

    /// <summary>The same folder through a new instance, as a restarted daemon has it.</summary>
    protected abstract IDisk Reopen();

    /// <summary>Leaves room for so many bytes more, or skips the test where that cannot be arranged.</summary>
    protected abstract IDisk WithRoomFor(int bytes);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Appended_bytes_are_read_in_order()
    {
        await Disk.AppendAsync("a", "one"u8.ToArray(), Ct);
        await Disk.AppendAsync("a", "two"u8.ToArray(), Ct);

        Assert.Equal("onetwo"u8.ToArray(), await Disk.ReadAsync("a", Ct));
    }

    [Fact]
    public async Task Flushed_bytes_are_there_after_a_restart_and_more_can_be_added()
    {
        await Disk.AppendAsync("a", "one"u8.ToArray(), Ct);
        await Disk.FlushAsync("a", Ct);
        var reopened = Reopen();

        await reopened.AppendAsync("a", "two"u8.ToArray(), Ct);
        await reopened.FlushAsync("a", Ct);

        Assert.Equal("onetwo"u8.ToArray(), await reopened.ReadAsync("a", Ct));
    }

    [Fact]
    public async Task Flushing_twice_is_the_same_as_once()
    {
        await Disk.AppendAsync("a", "one"u8.ToArray(), Ct);
        await Disk.FlushAsync("a", Ct);
        await Disk.FlushAsync("a", Ct);

        Assert.Equal("one"u8.ToArray(), await Disk.ReadAsync("a", Ct));
    }

    [Fact]
    public async Task An_empty_append_makes_an_empty_file()
    {
        await Disk.AppendAsync("a", ReadOnlyMemory<byte>.Empty, Ct);

        Assert.Equal(["a"], await Disk.ListAsync(Ct));
        Assert.Empty(await Disk.ReadAsync("a", Ct));
    }

    [Fact]
    public async Task Files_are_listed_in_ordinal_order()
    {
        foreach (var file in new[] { "b", "a-10", "B", "a-9", ".hidden" })
        {
            await Disk.AppendAsync(file, new byte[1], Ct);
        }

        Assert.Equal([".hidden", "B", "a-10", "a-9", "b"], await Disk.ListAsync(Ct));
    }

    [Fact]
    public async Task A_file_is_cut_and_grows_from_there()
    {
        await Disk.AppendAsync("a", "onetwo"u8.ToArray(), Ct);
        await Disk.TruncateAsync("a", 3, Ct);
        await Disk.AppendAsync("a", "three"u8.ToArray(), Ct);

        Assert.Equal("onethree"u8.ToArray(), await Disk.ReadAsync("a", Ct));
    }

    [Fact]
    public async Task A_file_is_never_cut_to_more_than_it_has()
    {
        await Disk.AppendAsync("a", "one"u8.ToArray(), Ct);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Disk.TruncateAsync("a", 4, Ct));
        Assert.Equal("one"u8.ToArray(), await Disk.ReadAsync("a", Ct));
    }

    [Fact]
    public async Task A_renamed_file_keeps_its_content_and_grows_under_its_new_name()
    {
        await Disk.AppendAsync("a", "one"u8.ToArray(), Ct);
        await Disk.RenameAsync("a", "b", Ct);
        await Disk.AppendAsync("b", "two"u8.ToArray(), Ct);

        Assert.Equal(["b"], await Disk.ListAsync(Ct));
        Assert.Equal("onetwo"u8.ToArray(), await Disk.ReadAsync("b", Ct));
    }

    [Fact]
    public async Task A_rename_replaces_what_had_that_name()
    {
        await Disk.AppendAsync("old", "old"u8.ToArray(), Ct);
        await Disk.AppendAsync("new", "new"u8.ToArray(), Ct);
        await Disk.RenameAsync("new", "old", Ct);
        await Disk.AppendAsync("old", "er"u8.ToArray(), Ct);

        Assert.Equal(["old"], await Disk.ListAsync(Ct));
        Assert.Equal("newer"u8.ToArray(), await Disk.ReadAsync("old", Ct));
    }

    [Fact]
    public async Task A_name_can_be_used_again_after_a_rename()
    {
        await Disk.AppendAsync("a", "one"u8.ToArray(), Ct);
        await Disk.RenameAsync("a", "b", Ct);
        await Disk.AppendAsync("a", "two"u8.ToArray(), Ct);

        Assert.Equal("one"u8.ToArray(), await Disk.ReadAsync("b", Ct));
        Assert.Equal("two"u8.ToArray(), await Disk.ReadAsync("a", Ct));
    }

    [Fact]
    public async Task A_missing_file_is_not_found()
    {
        await Throws.FaultAsync(FaultCode.NotFound, async () => await Disk.ReadAsync("a", Ct));
        await Throws.FaultAsync(FaultCode.NotFound, async () => await Disk.FlushAsync("a", Ct));
        await Throws.FaultAsync(FaultCode.NotFound, async () => await Disk.TruncateAsync("a", 0, Ct));
        await Throws.FaultAsync(FaultCode.NotFound, async () => await Disk.RenameAsync("a", "b", Ct));
        Assert.Empty(await Disk.ListAsync(Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../a")]
    public async Task A_name_never_leads_out_of_the_folder(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Disk.AppendAsync(name, new byte[1], Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Disk.ReadAsync(name, Ct));
    }

    [Fact]
    public async Task Free_space_is_known() => Assert.True((await Disk.FreeAsync(Ct)).Bytes > 0);

    [Fact]
    public async Task An_append_that_does_not_fit_is_unavailable_and_leaves_the_file_as_it_was()
    {
        var disk = WithRoomFor(64 * 1024);
        await disk.AppendAsync("a", new byte[1000], Ct);

        var fault = await Throws.FaultAsync(FaultCode.Unavailable, async () => await disk.AppendAsync("a", new byte[1024 * 1024], Ct));
        await disk.AppendAsync("a", "after"u8.ToArray(), Ct);
        await disk.FlushAsync("a", Ct);

        Assert.NotNull(fault.Remedy);
        var content = await disk.ReadAsync("a", Ct);
        Assert.Equal([.. new byte[1000], .. "after"u8], content);
    }
}
