using System.Text;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Images;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Tests.Storage;
using Provision.Reservations.Faults;
using Xunit;
using FileAttributes = Provision.Images.FileAttributes;

namespace Provision.Machine.Linux.Tests.Images;

/// <summary>The tree on a real pool, beside a folder that no path and no link may reach.</summary>
public sealed class SubvolumeTreeTests : IClassFixture<PoolFixture>, IDisposable
{
    private static readonly FileAttributes Plain = new(0x1a4, 0, 0, DateTimeOffset.UnixEpoch);
    private readonly PoolFixture fixture;
    private readonly SafeFileHandle folder;
    private readonly SubvolumeTree tree;

    public SubvolumeTreeTests(PoolFixture fixture)
    {
        Tool.NeedsRoot();
        this.fixture = fixture;
        Directory.CreateDirectory(Root);
        Directory.CreateDirectory(Outside);
        File.WriteAllText(Path.Combine(Outside, "secret"), "secret");
        folder = Libc.OpenFolder(Root);
        tree = new SubvolumeTree(folder, TestContext.Current.CancellationToken);
    }

    private string Root => Path.Combine(fixture.Root, "pools", LoopPool.PoolName, "tree");

    private string Outside => Path.Combine(fixture.Root, "pools", LoopPool.PoolName, "outside");

    public void Dispose()
    {
        folder.Dispose();
        Directory.Delete(Root, recursive: true);
        Directory.Delete(Outside, recursive: true);
    }

    [Fact]
    public void Files_folders_and_links_get_what_the_image_says_of_them()
    {
        var time = new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero).AddTicks(1234567);
        tree.AddFolder("", new FileAttributes(0x1c9, 7, 8, time));
        tree.AddFolder("folder", new FileAttributes(0x3ff, 1, 65535, time));
        Add("folder/file", "content", new FileAttributes(0x9ed, 1000, 1001, time));
        tree.AddSymbolicLink("folder/link", "anything at all", new FileAttributes(0x1ff, 2, 3, time));
        tree.AddHardLink("folder/other", "folder/file");
        Add("made/above/it", "");

        Assert.Equal("711 7:8", Status(""));
        Assert.Equal("1777 1:65535", Status("folder"));
        Assert.Equal("4755 1000:1001", Status("folder/file"));
        Assert.Equal("777 2:3", Status("folder/link"));
        Assert.Equal("755 0:0", Status("made/above"));
        Assert.Equal("anything at all", new FileInfo(PathOf("folder/link")).LinkTarget);
        Assert.Equal("content", File.ReadAllText(PathOf("folder/other")));
        Assert.Equal("2", Tool.Run("stat", "--format", "%h", PathOf("folder/file")));
        Assert.Equal("2001-02-03 04:05:06.123456700 +0000", Tool.Run("env", "TZ=UTC", "stat", "--format", "%y", PathOf("folder/file")));
        Assert.Equal("2001-02-03 04:05:06.123456700 +0000", Tool.Run("env", "TZ=UTC", "stat", "--format", "%y", PathOf("folder/link")));
    }

    [Fact]
    public void What_is_there_is_replaced_except_a_folder_by_a_folder()
    {
        Add("a", "first");
        tree.AddHardLink("b", "a");
        Add("a", "second");
        Assert.Equal(("second", "first"), (File.ReadAllText(PathOf("a")), File.ReadAllText(PathOf("b"))));

        Add("folder/kept", "");
        tree.AddFolder("folder", new FileAttributes(0x1c0, 0, 0, DateTimeOffset.UnixEpoch));
        Assert.Equal(["kept"], tree.List("folder"));
        Assert.Equal("700 0:0", Status("folder"));

        Add("folder", "a file");
        Assert.Equal("a file", File.ReadAllText(PathOf("folder")));
        tree.AddFolder("folder", Plain);
        Assert.Empty(tree.List("folder"));
        tree.AddSymbolicLink("folder", "b", Plain);
        tree.AddFolder("folder", Plain);
        Assert.Null(new DirectoryInfo(PathOf("folder")).LinkTarget);
        tree.AddHardLink("folder", "b");
        Assert.Equal("first", File.ReadAllText(PathOf("folder")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("../../../../../../../../../../..")]
    [InlineData(".")]
    public void A_link_that_leads_out_leads_to_the_top_of_the_tree(string target)
    {
        tree.AddSymbolicLink("link", target, Plain);
        var relative = Outside.TrimStart('/');
        Add($"link/{relative}/secret", "planted");
        tree.AddFolder($"link/{relative}/folder", Plain);
        tree.AddSymbolicLink($"link/{relative}/inner", "/", Plain);
        tree.AddHardLink($"link/{relative}/second", $"link/{relative}/secret");

        Assert.Equal("planted", File.ReadAllText(PathOf($"{relative}/second")));
        OutsideIsUntouched();
        tree.Remove($"link/{relative}/secret");
        Assert.Equal(["folder", "inner", "second"], tree.List($"link/{relative}").Order());
        OutsideIsUntouched();
    }

    [Fact]
    public void A_link_to_what_is_only_outside_leads_nowhere()
    {
        tree.AddSymbolicLink("link", Outside, Plain);
        tree.AddSymbolicLink("shadow", "/etc/shadow", Plain);

        Refused(FaultCode.Invalid, () => Add("link/planted", "planted"));
        Refused(FaultCode.Invalid, () => tree.AddFolder("link/planted", Plain));
        Refused(FaultCode.Invalid, () => tree.AddSymbolicLink("link/planted", "x", Plain));
        Refused(FaultCode.Invalid, () => tree.AddHardLink("link/planted", "link"));
        Refused(FaultCode.Invalid, () => tree.AddHardLink("second", "link/secret"));
        tree.Remove("link/secret");
        Assert.Empty(tree.List("link"));
        OutsideIsUntouched();

        // The link itself gets the other name, and not what it says.
        tree.AddHardLink("shadow-too", "shadow");
        Assert.Equal("/etc/shadow", new FileInfo(PathOf("shadow-too")).LinkTarget);
        Add("shadow", "mine");
        Assert.Equal("mine", File.ReadAllText(PathOf("shadow")));
    }

    [Fact]
    public void What_is_last_in_a_path_is_never_followed()
    {
        tree.AddFolder("real", Plain);
        Add("real/kept", "kept");
        tree.AddSymbolicLink("link", "real", Plain);

        Assert.Empty(tree.List("link"));
        tree.Remove("link");

        Assert.Equal(["kept"], tree.List("real"));
        Assert.Equal(["real"], tree.List(""));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../outside/planted")]
    [InlineData("a/../../outside/planted")]
    [InlineData("/etc/planted")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a/")]
    [InlineData("..\0/a")]
    [InlineData("a/..\0")]
    public void A_path_that_is_none_is_refused_by_every_verb(string path)
    {
        Refused(FaultCode.Invalid, () => Add(path, ""));
        Refused(FaultCode.Invalid, () => tree.AddFolder(path, Plain));
        Refused(FaultCode.Invalid, () => tree.AddSymbolicLink(path, "x", Plain));
        Refused(FaultCode.Invalid, () => tree.AddHardLink(path, "a"));
        Refused(FaultCode.Invalid, () => tree.AddHardLink("x", path));
        Refused(FaultCode.Invalid, () => tree.Remove(path));
        Refused(FaultCode.Invalid, () => tree.List(path));
        Assert.Empty(tree.List(""));
        OutsideIsUntouched();
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Add("file", "");
        tree.AddFolder("folder", Plain);
        tree.AddSymbolicLink("loop", "loop", Plain);

        Refused(FaultCode.Invalid, () => Add("file/inner", ""));
        Refused(FaultCode.Invalid, () => Add("loop/inner", ""));
        Refused(FaultCode.Invalid, () => Add(new string('x', 256), ""));
        Refused(FaultCode.Invalid, () => Add("", ""));
        Refused(FaultCode.Invalid, () => tree.AddSymbolicLink("link", "", Plain));
        Refused(FaultCode.Invalid, () => tree.AddSymbolicLink("link", "a\0b", Plain));
        Refused(FaultCode.Invalid, () => tree.AddHardLink("link", "folder"));
        Refused(FaultCode.Invalid, () => tree.AddHardLink("link", "nothing"));
        Refused(FaultCode.Invalid, () => tree.AddHardLink("link", ""));
        Refused(FaultCode.Invalid, () => tree.AddFile("short", new MemoryStream(new byte[3]), 4, Plain));
        tree.Remove("nothing");
        tree.Remove("nothing/at/all");
        tree.Remove("file/inner");
        Assert.Empty(tree.List("nothing"));
        Assert.Empty(tree.List("file"));
    }

    [Fact]
    public void A_tree_that_is_deeper_than_files_can_be_open_and_calls_can_be_nested_is_taken_away()
    {
        // A path has at most 4095 characters; links make of some thousand folders as many times more.
        var deep = string.Join('/', Enumerable.Repeat("d", 1000));
        var place = deep;
        tree.AddFolder(place, Plain);
        for (var i = 0; i < 20; i++)
        {
            tree.AddSymbolicLink($"link-{i}", i == 0 ? deep : $"link-{i - 1}/{deep}", Plain);
            tree.AddFolder($"link-{i}/{deep}", Plain);
            Add($"link-{i}/{deep}/file", "");
        }

        Add("d", "a file in its place");

        Assert.Equal("a file in its place", File.ReadAllText(PathOf("d")));
    }

    [Fact]
    public void Taking_away_follows_no_link()
    {
        tree.AddFolder("folder/inner", Plain);
        tree.AddSymbolicLink("folder/out", Outside, Plain);
        tree.AddSymbolicLink("folder/inner/out", "../../../outside", Plain);

        tree.Remove("folder");

        Assert.Empty(tree.List(""));
        OutsideIsUntouched();
    }

    [Fact]
    public void Whoever_gave_up_waits_for_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        var given = new SubvolumeTree(folder, cancelled.Token);
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => given.AddFolder("folder", Plain));
        Assert.Throws<OperationCanceledException>(() => given.Remove("folder"));
        Assert.Empty(tree.List(""));
    }

    private void OutsideIsUntouched()
    {
        Assert.Equal([Path.Combine(Outside, "secret")], Directory.EnumerateFileSystemEntries(Outside));
        Assert.Equal("secret", File.ReadAllText(Path.Combine(Outside, "secret")));
        Assert.Equal("1", Tool.Run("stat", "--format", "%h", Path.Combine(Outside, "secret")));
    }

    private static void Refused(FaultCode code, Action action)
    {
        var fault = Assert.Throws<FaultException>(action).Fault;
        Assert.Equal(code, fault.Code);
        Assert.NotEmpty(fault.Remedy ?? "");
    }

    private void Add(string path, string content, FileAttributes? attributes = null) =>
        tree.AddFile(path, new MemoryStream(Encoding.UTF8.GetBytes(content)), Encoding.UTF8.GetByteCount(content), attributes ?? Plain);

    private string PathOf(string path) => Path.Combine(Root, path);

    private string Status(string path) => Tool.Run("stat", "--format", "%a %u:%g", PathOf(path));
}
