using System.Collections.Frozen;
using Provision.Images;
using Provision.Machine.Images;
using Provision.Machine.Linux.Images.Sources;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Storage;
using Provision.Reservations;
using Provision.Reservations.Concurrency;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Images;

/// <summary>
/// Images on the pools of this machine. Two callers who want the same thing from the same place fetch it once; two who want it from
/// different places do not wait for each other, so that a slow server delays nobody but those who named it. A pool unpacks one image at
/// a time. All that lasts is on the pools.
/// </summary>
public sealed class LinuxImages : IImages
{
    private const string Remedy = "Look at the pool and its disk.";

    private readonly LinuxStorage storage;
    private readonly TimeProvider time;
    private readonly FetchLimits limits;
    private readonly FrozenDictionary<string, IImageSource> sources;
    private readonly SortedDictionary<string, PoolImages> pools = new(StringComparer.Ordinal);
    private readonly Turns<(string Pool, ImageReference Reference)> fetches = new();
    private readonly Turns<string> unpackings = new();

    private LinuxImages(LinuxStorage storage, LinuxMachineOptions options, TimeProvider time)
    {
        (this.storage, this.time, limits) = (storage, time, options.FetchLimits);
        var downloads = DownloadsOf(options);
        IImageSource[] all =
        [
            new LocalImages(options.ImagesFolder),
            new WebImages("http", downloads, options.AllowedImageHosts, limits, time),
            new WebImages("https", downloads, options.AllowedImageHosts, limits, time),
        ];
        sources = all.ToFrozenDictionary(source => source.Scheme);
    }

    /// <summary>Takes away what a killed daemon left half done. For one daemon of a root at a time.</summary>
    public static async ValueTask<LinuxImages> OpenAsync(
        LinuxStorage storage, LinuxMachineOptions options, TimeProvider time, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var images = new LinuxImages(storage, options, time);
        await Blocking.RunAsync("Images cannot be opened", Remedy, () =>
        {
            Remove(options);
            Folders.Ensure(DownloadsOf(options));
            foreach (var pool in storage.Pools)
            {
                images.pools.Add(pool.Name, new PoolImages(pool, time));
                images.pools[pool.Name].Sweep();
            }
        });
        return images;
    }

    /// <summary>Takes away what is of images outside the pools.</summary>
    public static void Remove(LinuxMachineOptions options)
    {
        if (Directory.Exists(DownloadsOf(options)))
        {
            Directory.Delete(DownloadsOf(options), recursive: true);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Image> EnsureAsync(string pool, ImageReference reference, Digest holder, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var images = pools[storage.Find(pool).Name];
        var image = reference.Digest;
        var source = sources.GetValueOrDefault(reference.Scheme) ?? throw new FaultException(
            FaultCode.Denied,
            $"This node does not fetch images from \"{reference.Scheme}:\"",
            $"Use one of {string.Join(", ", sources.Keys.Order(StringComparer.Ordinal))}.");
        var isNew = await RunAsync($"Image {image.Short} cannot be held", () => images.TryHold(image, holder));
        var done = false;
        try
        {
            var ready = await RunAsync($"Image {image.Short} cannot be looked up", () => images.Find(image))
                ?? await FetchAsync(images, reference, source, ct);
            done = true;
            return ready;
        }
        finally
        {
            if (isNew && !done)
            {
                await Blocking.RunAsync($"Image {image.Short} cannot be released", Remedy, () => images.Release(image, holder));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(ImageName name, Digest holder, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        storage.RequireOpen(name.Pool);
        if (pools.TryGetValue(name.Pool, out var images))
        {
            await Blocking.RunAsync($"Image {name} cannot be released", Remedy, () => images.Release(name.Digest, holder));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Image>> ListAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return await RunAsync<IReadOnlyList<Image>>("Images cannot be listed", () => [.. pools.Values.SelectMany(pool => pool.List())]);
    }

    /// <inheritdoc/>
    public async ValueTask CollectAsync(TimeSpan unusedFor, CancellationToken ct)
    {
        foreach (var images in pools.Values)
        {
            ct.ThrowIfCancellationRequested();
            await Blocking.RunAsync("Images cannot be removed", Remedy, () => images.Collect(unusedFor));
        }
    }

    private async ValueTask<Image> FetchAsync(PoolImages images, ImageReference reference, IImageSource source, CancellationToken ct)
    {
        var image = reference.Digest;
        using var fetch = await fetches.TakeAsync((images.Pool, reference), ct);
        if (await RunAsync($"Image {image.Short} cannot be looked up", () => images.Find(image)) is { } fetched)
        {
            return fetched;
        }

        using var archive = await source.OpenAsync(reference, ct);
        using var unpacking = await unpackings.TakeAsync(images.Pool, ct);
        return await RunAsync(
            $"Image {image.Short} cannot be unpacked", () => images.Find(image) ?? Unpack(images, image, archive, ct));
    }

    private Image Unpack(PoolImages images, Digest image, ImageArchive archive, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(limits.UnpackTimeMax, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            return images.Unpack(image, archive, new UnpackLimits(), any.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new FaultException(
                FaultCode.Invalid,
                $"Image {image.Short} was not unpacked after {limits.UnpackTimeMax.TotalMinutes:0.#} minutes",
                "Use an image with fewer files and links.");
        }
    }

    private static string DownloadsOf(LinuxMachineOptions options) => Path.Combine(options.Root, "downloads");

    private static ValueTask<T> RunAsync<T>(string what, Func<T> action) => Blocking.RunAsync(what, Remedy, action);
}
