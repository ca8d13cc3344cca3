using System.Formats.Tar;
using Provision.Machine.Conformance;
using Provision.Machine.Images;
using Provision.Machine.Linux.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Images;

/// <summary>Images whose makers meant harm, through all of it: archive, tree, pool.</summary>
public sealed class HostileImageTests : IClassFixture<SmallImagesFixture>, IAsyncLifetime
{
    private readonly SmallImagesFixture fixture;
    private LinuxImages? images;

    public HostileImageTests(SmallImagesFixture fixture)
    {
        Tool.NeedsRoot();
        this.fixture = fixture;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Digest Holder => Digest.Of("holder"u8);

    private string Outside => fixture.FolderOf("outside");

    public async ValueTask InitializeAsync()
    {
        images = await fixture.OpenAsync();
        Directory.CreateDirectory(Outside);
        await File.WriteAllTextAsync(Path.Combine(Outside, "secret"), "secret", Ct);
    }

    public ValueTask DisposeAsync() => ImagePools.RemoveAllAsync(images);

    [Fact]
    public async Task A_file_through_a_link_that_leads_out_is_refused() => await IsRefusedAsync(
        [TestArchive.Link("out", Outside), TestArchive.Content("out/secret", "planted")]);

    [Fact]
    public async Task A_file_through_a_link_of_an_earlier_layer_is_refused() => await IsRefusedAsync(
        [TestArchive.Link("out", "../../../../../../.." + Outside)],
        [TestArchive.Content("out/planted", "planted")]);

    [Fact]
    public async Task A_second_name_for_a_file_outside_is_refused() => await IsRefusedAsync(
        [TestArchive.Link("out", Outside), TestArchive.HardLink("mine", "out/secret")]);

    [Fact]
    public async Task A_second_name_for_a_file_outside_by_its_path_is_refused() => await IsRefusedAsync(
        [TestArchive.HardLink("mine", Path.Combine(Outside, "secret"))]);

    [Fact]
    public async Task A_name_that_leads_up_is_refused() => await IsRefusedAsync([TestArchive.Content("../planted", "planted")]);

    [Fact]
    public async Task A_device_is_refused() => await IsRefusedAsync(
        [new PaxTarEntry(TarEntryType.CharacterDevice, "null") { DeviceMajor = 1, DeviceMinor = 3 }]);

    [Fact]
    public async Task Hiding_a_file_outside_hides_nothing()
    {
        var reference = TestArchive.Put(
            fixture.Options.ImagesFolder!,
            "hiding",
            [TestArchive.Link("out", Outside)],
            [TestArchive.Content("out/.wh.secret", "")]);

        await images!.EnsureAsync("ssd", reference, Holder, Ct);

        OutsideIsUntouched();
        await IsRefusedAsync(
            [TestArchive.Link("out", Outside)],
            [TestArchive.Content("out/.wh..wh..opq", ""), TestArchive.Content("out/x", "")]);
    }

    [Fact]
    public async Task An_image_of_a_link_and_a_file_of_one_name_is_the_file()
    {
        var reference = TestArchive.Put(
            fixture.Options.ImagesFolder!,
            "both",
            [TestArchive.Link("file", Path.Combine(Outside, "secret")), TestArchive.Content("file", "mine")]);

        await images!.EnsureAsync("ssd", reference, Holder, Ct);

        Assert.Equal("mine", await File.ReadAllTextAsync(fixture.PoolFolderOf("ssd", $"images/{reference.Digest}/file"), Ct));
        OutsideIsUntouched();
    }

    [Fact]
    public async Task What_is_larger_than_all_images_may_be_is_refused_and_its_room_is_free_again()
    {
        var folder = fixture.Options.ImagesFolder!;
        var bomb = TestArchive.Put(folder, Conformance.Images.TestImage.Of("bomb", "zeros", fixture.ImagesMax.Bytes + (1 << 20)));
        Assert.InRange(new FileInfo(Path.Combine(folder, "bomb.tar")).Length, 1, 1 << 20);

        await IsRefusedAsync(FaultCode.OutOfCapacity, bomb);

        await images!.EnsureAsync("ssd", TestArchive.Put(folder, "large", 12 << 20), Holder, Ct);
    }

    [Fact]
    public async Task What_ends_in_the_middle_is_refused()
    {
        var folder = fixture.Options.ImagesFolder!;
        var reference = TestArchive.Put(folder, "cut", 1 << 20);
        using (var file = File.OpenHandle(Path.Combine(folder, "cut.tar"), FileMode.Open, FileAccess.Write))
        {
            RandomAccess.SetLength(file, RandomAccess.GetLength(file) / 2);
        }

        await IsRefusedAsync(FaultCode.Invalid, reference);
    }

    [Fact]
    public async Task What_is_no_archive_is_refused_without_a_word_of_where_it_lies()
    {
        await File.WriteAllTextAsync(Path.Combine(fixture.Options.ImagesFolder!, "garbage.tar"), new string('x', 5000), Ct);

        var fault = await IsRefusedAsync(FaultCode.Invalid, new ImageReference("local", "garbage", Digest.Of("x"u8)));

        Assert.DoesNotContain(fixture.Options.ImagesFolder!, fault.ToString(), StringComparison.Ordinal);
        Assert.Contains("garbage", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_takes_too_long_to_unpack_is_refused()
    {
        images = await fixture.OpenAsync(fixture.Options with { FetchLimits = new FetchLimits { UnpackTimeMax = TimeSpan.Zero } });

        await IsRefusedAsync([TestArchive.Content("file", "content")]);
    }

    private Task<Fault> IsRefusedAsync(params IReadOnlyList<TarEntry>[] layers) =>
        IsRefusedAsync(FaultCode.Invalid, TestArchive.Put(fixture.Options.ImagesFolder!, "hostile", layers));

    private async Task<Fault> IsRefusedAsync(FaultCode code, ImageReference reference)
    {
        var fault = await Throws.FaultAsync(code, async () => await images!.EnsureAsync("ssd", reference, Holder, Ct));

        Assert.NotEmpty(fault.Remedy ?? "");
        Assert.DoesNotContain(await images!.ListAsync(Ct), image => image.Name.Digest == reference.Digest);
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(fixture.PoolFolderOf("ssd", "images")),
            path => path.Contains(reference.Digest.ToString(), StringComparison.Ordinal));
        OutsideIsUntouched();
        return fault;
    }

    private void OutsideIsUntouched()
    {
        Assert.Equal([Path.Combine(Outside, "secret")], Directory.EnumerateFileSystemEntries(Outside));
        Assert.Equal("secret", File.ReadAllText(Path.Combine(Outside, "secret")));
        Assert.Equal("1", Tool.Run("stat", "--format", "%h", Path.Combine(Outside, "secret")));
        Assert.False(Path.Exists(fixture.PoolFolderOf("ssd", "images/planted")));
    }
}
