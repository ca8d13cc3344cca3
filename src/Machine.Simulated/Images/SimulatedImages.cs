using Provision.Machine.Clock;
using Provision.Machine.Images;
using Provision.Machine.Simulated.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Images;

/// <summary>Unpacked images in memory. They and their holders are durable at once, and take room in their pool.</summary>
public sealed class SimulatedImages : IImages
{
    private readonly Dictionary<string, Func<ImageReference, SimulatedImage?>> schemes = new(StringComparer.Ordinal);
    private readonly SimulatedStorage storage;
    private readonly IMachineClock clock;

    internal SimulatedImages(SimulatedStorage storage, IMachineClock clock)
    {
        this.storage = storage;
        this.clock = clock;
        Serve(LocalImages.Scheme, Local.Find);
    }

    /// <summary>Raised after each change.</summary>
    public event Action? Changed;

    /// <summary>What the scheme <c>local</c> finds.</summary>
    public LocalImages Local { get; } = new();

    /// <summary>The largest image that is taken.</summary>
    public ByteSize Room { get; set; } = new(long.MaxValue);

    /// <summary>
    /// From now on <paramref name="find"/> says which image a reference of this scheme is; null: none. What it throws as
    /// <see cref="FaultException"/> is what the caller of <see cref="EnsureAsync"/> gets.
    /// </summary>
    public void Serve(string scheme, Func<ImageReference, SimulatedImage?> find) => schemes[scheme] = find;

    /// <inheritdoc/>
    public async ValueTask<Image> EnsureAsync(string pool, ImageReference reference, Digest holder, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        storage.CheckPool(pool);
        var name = new ImageName(pool, reference.Digest);
        if (!storage.Images.TryGetValue(name, out var held))
        {
            held = new HeldImage(Fetch(pool, reference));
            storage.Images.Add(name, held);
        }

        if (held.Holders.Add(holder))
        {
            Changed?.Invoke();
        }

        return Show(name, held);
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(ImageName name, Digest holder, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (storage.Images.TryGetValue(name, out var held) && held.Holders.Remove(holder))
        {
            held.UnusedSince = clock.Time.GetUtcNow();
            Changed?.Invoke();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Image>> ListAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return
        [
            .. storage.Images
                .OrderBy(image => image.Key.Pool, StringComparer.Ordinal)
                .ThenBy(image => image.Key.Digest.ToString(), StringComparer.Ordinal)
                .Select(image => Show(image.Key, image.Value)),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask CollectAsync(TimeSpan unusedFor, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var now = clock.Time.GetUtcNow();
        foreach (var (name, held) in storage.Images.ToArray())
        {
            if (held.Holders.Count == 0 && now - held.UnusedSince >= unusedFor)
            {
                storage.Images.Remove(name);
                Changed?.Invoke();
            }
        }
    }

    private SimulatedImage Fetch(string pool, ImageReference reference)
    {
        if (!schemes.TryGetValue(reference.Scheme, out var find))
        {
            throw new FaultException(
                FaultCode.Denied,
                $"Images are not fetched by {reference.Scheme}",
                $"Name one by {string.Join(", ", schemes.Keys.Order(StringComparer.Ordinal))}.");
        }

        var image = find(reference)
            ?? throw new FaultException(FaultCode.NotFound, $"There is no image {reference}", "Put it there, or name one that is.");
        if (image.TotalSize > Room)
        {
            throw new FaultException(
                FaultCode.OutOfCapacity, $"{reference} takes {image.TotalSize}, and {Room} is the most", "Take a smaller image.");
        }

        return storage.HasRoom(pool, image.TotalSize)
            ? image
            : throw new FaultException(FaultCode.Unavailable, $"Pool {pool} is full", "Free some space in it.");
    }

    private static Image Show(ImageName name, HeldImage held) => new(name, held.Image.Config, held.Image.TotalSize, held.ListHolders());
}
