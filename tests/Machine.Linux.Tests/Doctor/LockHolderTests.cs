using Provision.Machine.Linux.Doctor;
using Xunit;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>Who holds a lock is found, and nobody who holds another.</summary>
public sealed class LockHolderTests : IDisposable
{
    private readonly TemporaryFolder temporary = TemporaryFolder.OfRoot();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void Whoever_locks_a_file_of_the_same_number_on_another_disk_does_not_hold_it()
    {
        var (one, other) = (FileOn("one"), FileOn("other"));
        Assert.Equal(Tool.Run("stat", "-c", "%i", one), Tool.Run("stat", "-c", "%i", other));
        using var hold = new FileStream(one, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(Environment.ProcessId, LockHolder.Find(one));
        Assert.Null(LockHolder.Find(other));
    }

    [Fact]
    public void A_file_that_nobody_locks_has_no_holder_and_neither_has_one_that_is_not_there()
    {
        Assert.Null(LockHolder.Find(FileOn("one")));
        Assert.Null(LockHolder.Find(temporary.Of("none")));
    }

    private string FileOn(string disk)
    {
        var folder = Directory.CreateDirectory(temporary.Of(disk)).FullName;
        Tool.Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder);
        var file = Path.Combine(folder, "lock");
        File.WriteAllText(file, "");
        return file;
    }
}
