using System.Diagnostics;
using System.Net.Sockets;
using Provision.Images.Tar;
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

    [Fact]
    public void The_same_folder_is_the_same_image()
    {
        Put("one");
        Put("two", backwards: true);
        foreach (var file in Directory.EnumerateFiles(folder.File("two"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(1));
        }

        var (one, two) = (WriteFolder("one", "one.tar"), WriteFolder("two", "two.tar"));
        Assert.Equal(one, two);
        Assert.Equal(File.ReadAllBytes(folder.File("one.tar")), File.ReadAllBytes(folder.File("two.tar")));

        folder.Put("two/a", "changed");
        Assert.NotEqual(one, WriteFolder("two", "three.tar"));
    }

    [Fact]
    public void All_files_bear_the_moment_that_was_chosen()
    {
        Put("root");
        var created = new DateTimeOffset(2026, 1, 31, 12, 0, 0, 500, TimeSpan.FromHours(2));
        var digest = WriteFolder("root", "image.tar", new ImageWriteOptions { Created = created });
        using var archive = ImageArchive.Open(folder.File("image.tar"));
        Assert.Equal(new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero), Unpack(archive, digest).Attributes("a").Modified);
    }

    [Fact]
    public void A_folder_is_kept_as_it_is_and_no_link_is_followed()
    {
        folder.Put("secret", "not to be packed");
        var name = new string('n', 200);
        folder.Put($"root/{name}/ü", "x");
        Directory.CreateSymbolicLink(folder.File("root/up"), "..");
        File.CreateSymbolicLink(folder.File("root/out"), folder.File("secret"));
        File.CreateSymbolicLink(folder.File("root/long"), name);
        Directory.CreateDirectory(folder.File("root/empty"));
        File.SetUnixFileMode(folder.File("root/empty"), (UnixFileMode)0x5c0);
        File.SetUnixFileMode(folder.File($"root/{name}"), (UnixFileMode)0x1ed);
        File.SetUnixFileMode(folder.File($"root/{name}/ü"), (UnixFileMode)0x900);
        Directory.CreateSymbolicLink(folder.File("link-to-root"), folder.File("root"));
        var digest = WriteFolder("link-to-root", "image.tar");
        using var archive = ImageArchive.Open(folder.File("image.tar"));
        Assert.Equal(
            [
                "empty d 2700 0:0 ",
                $"long l 777 0:0 {name}",
                $"{name} d 755 0:0 ",
                $"{name}/ü f 4400 0:0 x",
                $"out l 777 0:0 {folder.File("secret")}",
                "up l 777 0:0 ..",
            ],
            Unpack(archive, digest).Lines);
    }

    [Fact]
    public void What_no_image_can_hold_is_refused_by_name()
    {
        Directory.CreateDirectory(folder.File("root/a"));
        Process.Start("mkfifo", folder.File("root/a/pipe")).WaitForExit();
        Refused("The folder: a/pipe is a named pipe");
        File.Delete(folder.File("root/a/pipe"));

        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(folder.File("root/a/socket")));
            Refused("The folder: a/socket is a socket");
        }

        File.Delete(folder.File("root/a/socket"));
        folder.Put("root/a/.wh.b", "");
        Refused("The image: a/.wh.b has a name by which layers take files away");
        File.Delete(folder.File("root/a/.wh.b"));

        // A name in Latin-1, which .NET can neither write nor remove.
        Shell("touch \"$0/$(printf 'n\\344me')\"");
        Refused("The folder: a/n\ufffdme has a name that is not UTF-8");
        Shell("rm \"$0\"/n*");

        void Shell(string command) => Process.Start("sh", ["-c", command, folder.File("root/a")]).WaitForExit();
    }

    [Fact]
    public void The_output_is_not_part_of_itself()
    {
        Put("root");
        Directory.CreateDirectory(folder.File("root/d/e"));
        Directory.CreateSymbolicLink(folder.File("aside"), folder.File("root/d/e"));
        Refused("The output is inside the folder", output: "root/image.tar");
        Refused("The output is inside the folder", output: "root/d/e/image.tar");
        Refused("The output is inside the folder", output: "aside/image.tar");
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.File("root/d/e")));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_when_that_was_asked_for()
    {
        Put("root");
        folder.Put("image.tar", "precious");
        Refused("There is something at", FaultCode.Conflict);
        Assert.Equal("precious", File.ReadAllText(folder.File("image.tar")));

        var options = new ImageWriteOptions { Overwrite = true };
        var digest = WriteFolder("root", "image.tar", options);
        using var archive = ImageArchive.Open(folder.File("image.tar"));
        Assert.Equal([digest], archive.List());
        Assert.Throws<FaultException>(() =>
            ImageWriter.Write(folder.File("root"), Config, "/dev/full", options, TestContext.Current.CancellationToken));
        Assert.Throws<FaultException>(() =>
            ImageWriter.Write(folder.File("root"), Config, folder.Path, options, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Places_that_are_not_there_or_cannot_be_written_are_faults()
    {
        Put("root");
        Refused("There is no", FaultCode.NotFound, input: "none");
        Refused("is not a folder", input: "root/a");
        Refused("There is no", FaultCode.NotFound, output: "none/image.tar");
        var fault = Assert.Throws<FaultException>(() =>
            ImageWriter.Write(folder.File("root"), Config, "/proc/self/image.tar", ct: TestContext.Current.CancellationToken)).Fault;
        Assert.Contains("cannot be written", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_makes_no_image()
    {
        foreach (var size in (int[])[3, 5, 100_000])
        {
            var entry = ImageEntry.File("a", size, 0, () => new MemoryStream([1, 2, 3, 4]));
            var fault = Assert.Throws<FaultException>(() => Write(entry)).Fault;
            Assert.Equal((FaultCode.Unavailable, "a changed while it was read"), (fault.Code, fault.What));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void What_was_begun_is_gone_when_nobody_waits_any_more()
    {
        using var cancel = new CancellationTokenSource();
        var options = new ImageWriteOptions { Progress = _ => cancel.Cancel() };
        Assert.Throws<OperationCanceledException>(() =>
            ImageWriter.Write([ImageEntry.File("a", new byte[1 << 20])], Config, folder.File("image.tar"), options, cancel.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Entries_that_no_image_can_have_are_refused()
    {
        foreach (var path in (string[])["../a", "", "a/../b", "a\0b", new string('n', 256)])
        {
            Assert.Equal(FaultCode.Invalid, Assert.Throws<FaultException>(() => Write(ImageEntry.File(path, "x"))).Fault.Code);
        }

        var twice = Assert.Throws<FaultException>(() => Write(ImageEntry.Folder("a"), ImageEntry.File("b", ""), ImageEntry.File("a", "")));
        Assert.Equal("a is there twice", twice.Fault.What);
        var config = new ImageConfig { Environment = ["A"] };
        Assert.Throws<FaultException>(() =>
            ImageWriter.Write([], config, folder.File("image.tar"), ct: TestContext.Current.CancellationToken));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void The_size_of_a_file_of_many_gigabytes_is_in_its_header()
    {
        var header = TarWriter.Header(new TarEntry("a", TarKind.File, 1L << 40, "", 0, 0, 0, 0));
        Assert.Equal(1L << 40, new TarReader(new MemoryStream(header), "It").Next()!.Size);
    }

    private void Put(string root, bool backwards = false)
    {
        string[] names = ["a", "b/c", "b-d", "e/f/g", "ü"];
        foreach (var name in backwards ? names.Reverse() : names)
        {
            folder.Put($"{root}/{name}", $"content of {name}");
        }
    }

    private void Refused(string expected, FaultCode code = FaultCode.Invalid, string input = "root", string output = "image.tar")
    {
        var before = Directory.EnumerateFileSystemEntries(folder.Path).ToList();
        var fault = Assert.Throws<FaultException>(() => WriteFolder(input, output)).Fault;
        Assert.Equal(code, fault.Code);
        Assert.Contains(expected, fault.What, StringComparison.Ordinal);
        Assert.Equal(before, Directory.EnumerateFileSystemEntries(folder.Path));
    }

    private Digest WriteFolder(string input, string output, ImageWriteOptions? options = null) =>
        ImageWriter.Write(folder.File(input), Config, folder.File(output), options);

    private Digest Write(params ImageEntry[] entries) => ImageWriter.Write(entries, Config, folder.File("image.tar"));

    private static MemoryTree Unpack(ImageArchive archive, Digest digest)
    {
        var tree = new MemoryTree();
        archive.Unpack(digest, tree, new UnpackLimits(), TestContext.Current.CancellationToken);
        return tree;
    }
}
