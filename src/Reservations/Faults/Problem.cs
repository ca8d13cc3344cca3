namespace Provision.Reservations.Faults;

/// <summary>One thing wrong with a document.</summary>
/// <param name="Pointer">Where, as a JSON pointer (RFC 6901); "" is the document itself.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Remedy">What would be right.</param>
public sealed record Problem(string Pointer, string Reason, string Remedy)
{
    /// <summary>Pointer, reason and remedy in one line.</summary>
    public override string ToString() => $"{(Pointer.Length == 0 ? "document" : Pointer)} {Reason} ({Remedy})";
}
