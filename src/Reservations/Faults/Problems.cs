using System.Collections;
using System.Collections.Immutable;

namespace Provision.Reservations.Faults;

/// <summary>A list of problems that compares by value, so that the records holding it do.</summary>
public sealed class Problems(IEnumerable<Problem> problems) : IReadOnlyList<Problem>, IEquatable<Problems>
{
    private readonly ImmutableArray<Problem> items = [.. problems];

    /// <summary>No problem at all.</summary>
    public static Problems None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => items.Length;

    /// <inheritdoc/>
    public Problem this[int index] => items[index];

    /// <inheritdoc/>
    public bool Equals(Problems? other) => other is not null && items.SequenceEqual(other.items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Problems);

    /// <inheritdoc/>
    public override int GetHashCode() => items.Length;

    /// <inheritdoc/>
    public IEnumerator<Problem> GetEnumerator() => ((IEnumerable<Problem>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
