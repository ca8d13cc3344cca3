using Provision.Machine.Conformance.Disk;
using Provision.Machine.Disk;
using Provision.Machine.Linux.Disk;
using Xunit;

namespace Provision.Machine.Linux.Tests.Disk;

public sealed class LinuxDiskTests : DiskConformance, IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly List<LinuxDisk> opened = [];

    public LinuxDiskTests() => Disk = Open(temporary.Of("disk"));

    protected override IDisk Disk { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override IDisk Reopen() => Open(temporary.Of("disk"));

    protected override IDisk WithRoomFor(int bytes)
    {
        Tool.NeedsRoot();
        Directory.CreateDirectory(temporary.Of("small"));
        Tool.Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", temporary.Of("small"));
        return Open(temporary.Of("small"));
    }

    public void Dispose()
    {
        opened.ForEach(disk => disk.Dispose());
        temporary.Dispose();
    }

    [Fact]
    public async Task The_folder_and_its_files_are_for_the_owner_alone()
    {
        await Disk.AppendAsync("a", new byte[1], Ct);

        Assert.Equal("700", Tool.Run("stat", "--format", "%a", temporary.Of("disk")));
        Assert.Equal("600", Tool.Run("stat", "--format", "%a", temporary.Of("disk/a")));
    }

    [Fact]
    public async Task An_append_that_failed_leaves_nothing_for_a_new_daemon_to_read()
    {
        var disk = WithRoomFor(64 * 1024);
        await disk.AppendAsync("a", "before"u8.ToArray(), Ct);
        await Assert.ThrowsAnyAsync<Exception>(async () => await disk.AppendAsync("a", new byte[1024 * 1024], Ct));
        await disk.FlushAsync("a", Ct);

        Assert.Equal("before"u8.ToArray(), await Open(temporary.Of("small")).ReadAsync("a", Ct));
    }

    [Fact]
    public async Task More_files_than_it_keeps_open_can_be_written_in_turn()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var file = 0; file < 20; file++)
            {
                await Disk.AppendAsync($"file-{file:00}", new byte[] { (byte)round }, Ct);
                await Disk.FlushAsync($"file-{file:00}", Ct);
            }
        }

        foreach (var file in await Disk.ListAsync(Ct))
        {
            Assert.Equal([0, 1, 2], await Disk.ReadAsync(file, Ct));
        }
    }

    private LinuxDisk Open(string folder)
    {
        var disk = new LinuxDisk(folder);
        opened.Add(disk);
        return disk;
    }
}
