using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Files;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Machine.Linux.Tests.Disk;

/// <summary>On a disk that is full, which only root can make.</summary>
public sealed class WholeFileTests : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TemporaryFolder temporary = TemporaryFolder.OfRoot();
    private readonly string small;

    public WholeFileTests()
    {
        small = temporary.Of("small");
        Directory.CreateDirectory(small);
        Tool.Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_does_not_fit_leaves_the_old_file_and_nothing_beside_it(bool durable)
    {
        var path = Path.Combine(small, "file");
        WholeFile.Write(path, "old"u8, Mode, overwrite: true, durable);
        Assert.Throws<IOException>(() => WholeFile.Write(path, new byte[1 << 20], Mode, overwrite: true, durable));
        Assert.Equal("old", File.ReadAllText(path, Encoding.ASCII));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(small));
    }

    [Fact]
    public void No_part_of_a_seed_is_left_and_the_remedy_is_said()
    {
        var filler = Path.Combine(small, "filler");
        Assert.Throws<IOException>(() => File.WriteAllBytes(filler, new byte[1 << 20]));
        var fault = Assert.Throws<FaultException>(() => SeedFile.Save(Path.Combine(small, "my.seed"), KeyPair.Create())).Fault;
        Assert.Equal(FaultCode.Unavailable, fault.Code);
        Assert.Contains("Free some space", fault.Remedy, StringComparison.Ordinal);
        Assert.Equal([filler], Directory.EnumerateFileSystemEntries(small));
    }

    public void Dispose() => temporary.Dispose();
}
