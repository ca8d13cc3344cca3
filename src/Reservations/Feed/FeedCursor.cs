namespace Provision.Reservations.Feed;

/// <summary>A place in a node's change sequence.</summary>
/// <param name="Epoch">Names one life of the explorer's database; another epoch: read everything anew. "" at the start.</param>
/// <param name="Sequence">The last change that was taken; 0 at the start.</param>
public sealed record FeedCursor(string Epoch, long Sequence)
{
    /// <summary>Before the first change of any epoch.</summary>
    public static FeedCursor Start { get; } = new("", 0);
}
