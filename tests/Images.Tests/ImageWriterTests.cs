using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Images.Tests;

public sealed class ImageWriterTests : IDisposable
{
    private static readonly ImageConfig Config = new()
    {
        Entrypoint = ["/bin/sh", "-c"],
        Command = ["echo \"ü\""],
        Environment = ["PATH=/bin", "A=b=c"],
        WorkingFolder = "/srv",
        User = "1000:1000",
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_written_is_read_again()
    {
        var digest = Write(
            ImageEntry.File("bin/sh", "shell", 0x9ed),
            ImageEntry.Folder("etc", 0x1c0),
            ImageEntry.SymbolicLink("etc/out", "../../../etc/passwd"),
            ImageEntry.File("a b/ü", new byte[100_000]));
        using var archive = ImageArchive.Open(folder.File("image.tar"));
        Assert.Equal([digest], archive.List());
        Assert.Equivalent(Config, archive.ReadConfig(digest), strict: true);
        var tree = Unpack(archive, digest);
        Assert.Equal(
            [
                "a b d 755 0:0 ",
                $"a b/ü f 644 0:0 {new string('\0', 100_000)}",
                "bin d 755 0:0 ",
                "bin/sh f 4755 0:0 shell",
                "etc d 700 0:0 ",
                "etc/out l 777 0:0 ../../../etc/passwd",
            ],
            tree.Lines);
        Assert.Equal(DateTimeOffset.UnixEpoch, tree.Attributes("bin/sh").Modified);
    }

    private Digest Write(params ImageEntry[] entries) => ImageWriter.Write(entries, Config, folder.File("image.tar"));

    private static MemoryTree Unpack(ImageArchive archive, Digest digest)
    {
        var tree = new MemoryTree();
        archive.Unpack(digest, tree, new UnpackLimits(), TestContext.Current.CancellationToken);
        return tree;
    }
}
