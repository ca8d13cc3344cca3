using System.Runtime.CompilerServices;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance.Images;

/// <summary>
/// What every <see cref="IImages"/> does. Images come from the farmer's folder (scheme <c>local</c>). Tests may share a pool one after the
/// other: each has images and holders named after itself, and lets them go at its end.
/// </summary>
public abstract class ImagesConformance
{
    /// <summary>The images under test.</summary>
    protected abstract IImages Images { get; }

    /// <summary>A pool with room for 128 MiB.</summary>
    protected abstract string PoolName { get; }

    /// <summary>Another one.</summary>
    protected abstract string OtherPoolName { get; }

    /// <summary>The same images through a new instance, as a restarted daemon has them.</summary>
    protected abstract ValueTask<IImages> ReopenAsync();

    /// <summary>Puts the image where the scheme <c>local</c> finds it by its name; returns how it is ordered. Unpacks nothing.</summary>
    protected abstract ValueTask<ImageReference> PutImageAsync(TestImage image);

    /// <summary>Changes what was put there: it is not what its digest says any more, but still named by it.</summary>
    protected abstract ValueTask DamageAsync(ImageReference reference);

    /// <summary>Takes away what was put there.</summary>
    protected abstract ValueTask LoseAsync(ImageReference reference);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_is_unpacked_and_says_what_it_needs_to_run()
    {
        var config = new ImageConfig
        {
            Entrypoint = ["/bin/program", "--flag"],
            Command = ["argument", ""],
            Environment = ["PATH=/bin", "EMPTY="],
            WorkingFolder = "/srv",
            User = "1000:1000",
        };
        var reference = await PutImageAsync(TestImage.Of(Name(), "file", MiB(4).Bytes) with { Config = config });

        var image = await Images.EnsureAsync(PoolName, reference, Holder(), Ct);

        Assert.Equal(new ImageName(PoolName, reference.Digest), image.Name);
        Assert.Equal(config.Entrypoint, image.Config.Entrypoint);
        Assert.Equal(config.Command, image.Config.Command);
        Assert.Equal(config.Environment, image.Config.Environment);
        Assert.Equal((config.WorkingFolder, config.User), (image.Config.WorkingFolder, image.Config.User));
        Assert.InRange(image.Size.Bytes, MiB(4).Bytes, MiB(6).Bytes);
        Assert.Equal([Holder()], image.Holders);
        Assert.Equal([Holder()], (await FindAsync(Images, reference))?.Holders);
    }

    [Fact]
    public async Task An_image_is_unpacked_once_and_held_by_all_who_need_it()
    {
        var reference = await PutImageAsync(TestImage.Of(Name(), "file", 1));
        await Images.EnsureAsync(PoolName, reference, Holder("b"), Ct);
        await LoseAsync(reference);

        var shared = await Images.EnsureAsync(PoolName, reference, Holder("a"), Ct);
        await Images.EnsureAsync(PoolName, reference, Holder("a"), Ct);

        Digest[] holders = [.. new[] { Holder("a"), Holder("b") }.OrderBy(holder => holder.ToString(), StringComparer.Ordinal)];
        Assert.Equal(holders, shared.Holders);
        Assert.Equal(holders, (await FindAsync(Images, reference))?.Holders);
    }

    [Fact]
    public async Task Released_twice_is_released_once_and_the_others_go_on_holding()
    {
        var reference = await PutImageAsync(TestImage.Of(Name(), "file", 1));
        var image = await Images.EnsureAsync(PoolName, reference, Holder("a"), Ct);
        await Images.EnsureAsync(PoolName, reference, Holder("b"), Ct);

        await Images.ReleaseAsync(image.Name, Holder("a"), Ct);
        await Images.ReleaseAsync(image.Name, Holder("a"), Ct);
        await Images.CollectAsync(TimeSpan.Zero, Ct);

        Assert.Equal([Holder("b")], (await FindAsync(Images, reference))?.Holders);
    }

    [Fact]
    public async Task Releasing_what_was_never_held_is_nothing()
    {
        var reference = await PutImageAsync(TestImage.Of(Name(), "file", 1));
        var image = await Images.EnsureAsync(PoolName, reference, Holder(), Ct);

        await Images.ReleaseAsync(image.Name, Holder("somebody else"), Ct);
        await Images.ReleaseAsync(image.Name with { Digest = Digest.Of("no such image"u8) }, Holder(), Ct);
        await Images.ReleaseAsync(image.Name with { Pool = "no-such-pool" }, Holder(), Ct);

        Assert.Equal([Holder()], (await FindAsync(Images, reference))?.Holders);
    }

    [Fact]
    public async Task An_image_goes_when_nobody_has_held_it_for_long_enough_and_not_before()
    {
        var held = await PutImageAsync(TestImage.Of(Name("held"), "file", 1));
        var free = await PutImageAsync(TestImage.Of(Name("free"), "file", 1));
        await Images.EnsureAsync(PoolName, held, Holder(), Ct);
        var image = await Images.EnsureAsync(PoolName, free, Holder(), Ct);
        await Images.ReleaseAsync(image.Name, Holder(), Ct);

        await Images.CollectAsync(TimeSpan.FromDays(1), Ct);
        Assert.Empty(Assert.IsType<Image>(await FindAsync(Images, free)).Holders);

        await Images.CollectAsync(TimeSpan.Zero, Ct);
        Assert.Null(await FindAsync(Images, free));
        Assert.NotNull(await FindAsync(Images, held));
    }

    [Fact]
    public async Task An_image_that_is_needed_again_is_held_again_collected_or_not()
    {
        var reference = await PutImageAsync(TestImage.Of(Name(), "file", 1));
        var image = await Images.EnsureAsync(PoolName, reference, Holder("first"), Ct);
        await Images.ReleaseAsync(image.Name, Holder("first"), Ct);

        await Images.EnsureAsync(PoolName, reference, Holder("second"), Ct);
        await Images.CollectAsync(TimeSpan.Zero, Ct);
        Assert.Equal([Holder("second")], (await FindAsync(Images, reference))?.Holders);

        await Images.ReleaseAsync(image.Name, Holder("second"), Ct);
        await Images.CollectAsync(TimeSpan.Zero, Ct);
        var again = await Images.EnsureAsync(PoolName, reference, Holder("third"), Ct);
        Assert.Equal(image.Name, again.Name);
        Assert.Equal([Holder("third")], again.Holders);
    }

    [Fact]
    public async Task A_pool_has_an_image_of_its_own()
    {
        var reference = await PutImageAsync(TestImage.Of(Name(), "file", 1));
        var here = await Images.EnsureAsync(PoolName, reference, Holder(), Ct);
        var there = await Images.EnsureAsync(OtherPoolName, reference, Holder(), Ct);

        await Images.ReleaseAsync(here.Name, Holder(), Ct);
        await Images.CollectAsync(TimeSpan.Zero, Ct);

        Assert.Equal(
            [there.Name],
            (await Images.ListAsync(Ct)).Select(image => image.Name).Where(name => name.Digest == reference.Digest));
    }

    [Fact]
    public async Task Images_are_listed_by_pool_and_digest()
    {
        var references = new List<ImageReference>();
        foreach (var which in new[] { "a", "b", "c" })
        {
            references.Add(await PutImageAsync(TestImage.Of(Name(which), "file", 1)));
            await Images.EnsureAsync(OtherPoolName, references[^1], Holder(), Ct);
            await Images.EnsureAsync(PoolName, references[^1], Holder(), Ct);
        }

        var listed = (await Images.ListAsync(Ct)).Select(image => image.Name).ToList();

        Assert.Subset(
            listed.ToHashSet(),
            references.SelectMany(one => new ImageName[] { new(PoolName, one.Digest), new(OtherPoolName, one.Digest) }).ToHashSet());
        Assert.Equal(
            listed.OrderBy(name => name.Pool, StringComparer.Ordinal).ThenBy(name => name.Digest.ToString(), StringComparer.Ordinal),
            listed);
    }

    [Fact]
    public async Task A_restarted_daemon_finds_its_images_and_who_holds_them()
    {
        var reference = await PutImageAsync(TestImage.Of(Name(), "file", 1));
        var image = await Images.EnsureAsync(PoolName, reference, Holder("a"), Ct);
        await Images.EnsureAsync(PoolName, reference, Holder("b"), Ct);
        await LoseAsync(reference);

        var reopened = await ReopenAsync();
        await reopened.ReleaseAsync(image.Name, Holder("a"), Ct);
        await reopened.CollectAsync(TimeSpan.Zero, Ct);

        Assert.Equal([Holder("b")], (await FindAsync(reopened, reference))?.Holders);
        await reopened.EnsureAsync(PoolName, reference, Holder("b"), Ct);
        await reopened.ReleaseAsync(image.Name, Holder("b"), Ct);
        await reopened.CollectAsync(TimeSpan.Zero, Ct);
        Assert.Null(await FindAsync(reopened, reference));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var there = await PutImageAsync(TestImage.Of(Name(), "file", 1));

        await IsRefusedAsync(FaultCode.NotFound, there with { Location = "no-such-image" });
        await IsRefusedAsync(FaultCode.NotFound, there with { Digest = Digest.Of("another image"u8) });
    }

    [Fact]
    public async Task A_pool_that_is_not_there_is_not_found()
    {
        var there = await PutImageAsync(TestImage.Of(Name(), "file", 1));

        var fault = await Throws.FaultAsync(
            FaultCode.NotFound, async () => await Images.EnsureAsync("no-such-pool", there, Holder(), Ct));

        Assert.Contains("no-such-pool", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_what_its_digest_says_is_invalid_and_leaves_nothing()
    {
        var damaged = await PutImageAsync(TestImage.Of(Name(), "file", MiB(1).Bytes));
        await DamageAsync(damaged);

        await IsRefusedAsync(FaultCode.Invalid, damaged);
    }

    [Fact]
    public async Task A_scheme_that_this_machine_does_not_serve_is_denied()
    {
        var there = await PutImageAsync(TestImage.Of(Name(), "file", 1));

        await IsRefusedAsync(FaultCode.Denied, there with { Scheme = "nosuchscheme" });
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("/")]
    [InlineData("/etc")]
    [InlineData("a/b")]
    [InlineData("../a")]
    [InlineData(".hidden")]
    [InlineData("a:b")]
    [InlineData("ä")]
    public async Task A_name_never_leads_out_of_the_farmers_folder(string location)
    {
        var there = await PutImageAsync(TestImage.Of(Name(), "file", 1));

        await IsRefusedAsync(FaultCode.Invalid, there with { Location = location });
        await IsRefusedAsync(FaultCode.Invalid, there with { Location = $"../{there.Location}" });
    }

    [Fact]
    public async Task What_could_not_be_had_can_be_had_later()
    {
        var image = TestImage.Of(Name(), "file", 1);
        var reference = await PutImageAsync(image);
        await LoseAsync(reference);
        await IsRefusedAsync(FaultCode.NotFound, reference);

        Assert.Equal(reference, await PutImageAsync(image));
        await Images.EnsureAsync(PoolName, reference, Holder(), Ct);

        Assert.Equal([Holder()], (await FindAsync(Images, reference))?.Holders);
    }

    [Fact]
    public async Task Many_who_need_an_image_at_once_get_one()
    {
        var reference = await PutImageAsync(TestImage.Of(Name(), "file", MiB(1).Bytes));
        var holders = Enumerable.Range(0, 8).Select(i => Holder($"{i}"))
            .OrderBy(holder => holder.ToString(), StringComparer.Ordinal)
            .ToList();

        await Task.WhenAll(holders.Select(holder => Images.EnsureAsync(PoolName, reference, holder, Ct).AsTask()));

        Assert.Equal(holders, (await FindAsync(Images, reference))?.Holders);
    }

    /// <summary>Lets go of everything; call it when a test is over.</summary>
    protected async ValueTask RemoveImagesAsync()
    {
        foreach (var image in await Images.ListAsync(CancellationToken.None))
        {
            foreach (var holder in image.Holders)
            {
                await Images.ReleaseAsync(image.Name, holder, CancellationToken.None);
            }
        }

        await Images.CollectAsync(TimeSpan.Zero, CancellationToken.None);
    }

    /// <summary>So many MiB.</summary>
    protected static ByteSize MiB(long count) => new(count << 20);

    private async Task IsRefusedAsync(FaultCode code, ImageReference reference)
    {
        var fault = await Throws.FaultAsync(code, async () => await Images.EnsureAsync(PoolName, reference, Holder(), Ct));

        Assert.NotEmpty(fault.Remedy ?? "");
        Assert.Null(await FindAsync(Images, reference));
    }

    private static string Name(string which = "", [CallerMemberName] string test = "") =>
        $"{test}{(which.Length > 0 ? "-" : "")}{which}".Replace('_', '-');

    private static Digest Holder(string which = "", [CallerMemberName] string test = "") =>
        Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{test} {which}"));

    private static async Task<Image?> FindAsync(IImages images, ImageReference reference) =>
        (await images.ListAsync(Ct)).SingleOrDefault(image => image.Name.Digest == reference.Digest);
}
