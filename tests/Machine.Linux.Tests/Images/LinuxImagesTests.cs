using System.Formats.Tar;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Images;
using Provision.Machine.Linux.Images;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Images;

public sealed class LinuxImagesTests : ImagesConformance, IClassFixture<ImagesFixture>, IAsyncLifetime
{
    private readonly ImagesFixture fixture;
    private LinuxImages? images;

    public LinuxImagesTests(ImagesFixture fixture)
    {
        Tool.NeedsRoot();
        this.fixture = fixture;
    }

    protected override IImages Images => images!;

    protected override string PoolName => "ssd";

    protected override string OtherPoolName => "other";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => images = await fixture.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (images is not null)
        {
            await RemoveImagesAsync();
        }
    }

    protected override async ValueTask<IImages> ReopenAsync() => await fixture.OpenAsync();

    protected override ValueTask<ImageReference> PutImageAsync(TestImage image) =>
        ValueTask.FromResult(TestArchive.Put(fixture.Options.ImagesFolder!, image));

    protected override ValueTask DamageAsync(ImageReference reference)
    {
        using var file = new FileStream(PathOf(reference), FileMode.Open, FileAccess.ReadWrite);
        using var reader = new TarReader(file);
        var (offset, length) = (0L, 0L);
        while (reader.GetNextEntry() is { } entry)
        {
            (offset, length) = entry.Length > length ? (entry.DataOffset, entry.Length) : (offset, length);
        }

        file.Position = offset + (length / 2);
        var there = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)~there);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask LoseAsync(ImageReference reference)
    {
        File.Delete(PathOf(reference));
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_whole_image_can_be_written_by_nobody_and_its_config_is_beside_it()
    {
        var reference = TestArchive.Put(fixture.Options.ImagesFolder!, "kept", 1000);
        await Images.EnsureAsync(PoolName, reference, Holder, Ct);
        var path = fixture.PoolFolderOf(PoolName, $"images/{reference.Digest}");

        var failure = Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(path, "file"), "changed"));
        Assert.Contains("Read-only", failure.Message, StringComparison.Ordinal);
        Assert.Equal("600", Tool.Run("stat", "--format", "%a", path + ".json"));
        Assert.Equal("700", Tool.Run("stat", "--format", "%a", Path.GetDirectoryName(path)!));
        Assert.Equal("755", Tool.Run("stat", "--format", "%a", path));
        Assert.False(Path.Exists(path + ".new"));
    }

    [Fact]
    public async Task What_a_killed_daemon_left_half_unpacked_is_taken_away_and_who_held_it_is_known()
    {
        var reference = TestArchive.Put(fixture.Options.ImagesFolder!, "half", 1000);
        var image = fixture.PoolFolderOf(PoolName, $"images/{reference.Digest}");
        var holders = fixture.PoolFolderOf(PoolName, $"holders/{reference.Digest}");
        Tool.Run("btrfs", "subvolume", "create", image + ".new");
        await File.WriteAllTextAsync(Path.Combine(image + ".new", "file"), "half of it", Ct);
        await File.WriteAllTextAsync(image + ".json", "{", Ct);
        Directory.CreateDirectory(holders);
        await File.WriteAllBytesAsync(Path.Combine(holders, Holder.ToString()), [], Ct);

        var reopened = await fixture.OpenAsync();

        Assert.False(Path.Exists(image + ".new"));
        Assert.False(Path.Exists(image + ".json"));
        var held = Assert.Single(await reopened.ListAsync(Ct), one => one.Name.Digest == reference.Digest);
        Assert.Equal([Holder], held.Holders);
        Assert.Equal(ByteSize.Zero, held.Size);

        await reopened.EnsureAsync(PoolName, reference, Holder, Ct);
        Assert.Equal(1000, new FileInfo(Path.Combine(image, "file")).Length);
    }

    [Fact]
    public async Task Who_held_what_was_never_unpacked_lets_go_of_it()
    {
        var name = new ImageName(PoolName, Digest.Of("never unpacked"u8));
        var holders = fixture.PoolFolderOf(PoolName, $"holders/{name.Digest}");
        Directory.CreateDirectory(holders);
        await File.WriteAllBytesAsync(Path.Combine(holders, Holder.ToString()), [], Ct);
        Assert.Contains(await Images.ListAsync(Ct), image => image.Name == name);

        await Images.ReleaseAsync(name, Holder, Ct);

        Assert.DoesNotContain(await Images.ListAsync(Ct), image => image.Name == name);
        Assert.False(Directory.Exists(holders));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{\"entrypoint\":")]
    public async Task An_image_without_its_config_is_unpacked_again(string? config)
    {
        var reference = TestArchive.Put(fixture.Options.ImagesFolder!, "without-config", 1000);
        await Images.EnsureAsync(PoolName, reference, Holder, Ct);
        var path = fixture.PoolFolderOf(PoolName, $"images/{reference.Digest}.json");
        File.Delete(path);
        if (config is not null)
        {
            await File.WriteAllTextAsync(path, config, Ct);
        }

        Assert.Equal([reference.Digest], (await Images.ListAsync(Ct)).Select(image => image.Name.Digest));
        await Images.EnsureAsync(PoolName, reference, Holder, Ct);

        Assert.StartsWith("{\"entrypoint\":[]", await File.ReadAllTextAsync(path, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_may_be_a_folder_and_one_without_the_farmers_folder_is_denied()
    {
        var reference = TestArchive.Put(fixture.Options.ImagesFolder!, "folder", [TestArchive.Content("file", "content")]);
        await Images.EnsureAsync(PoolName, reference, Holder, Ct);
        Assert.Equal("content", await File.ReadAllTextAsync(fixture.PoolFolderOf(PoolName, $"images/{reference.Digest}/file"), Ct));

        var without = await fixture.OpenAsync(fixture.Options with { ImagesFolder = null });
        await Conformance.Throws.FaultAsync(
            Provision.Reservations.Faults.FaultCode.Denied,
            async () => await without.EnsureAsync(OtherPoolName, reference, Holder, Ct));
    }

    private static Digest Holder => Digest.Of("holder"u8);

    private string PathOf(ImageReference reference) => Path.Combine(fixture.Options.ImagesFolder!, reference.Location + ".tar");
}
