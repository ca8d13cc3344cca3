namespace Provision.Machine.Simulated.Faults;

/// <summary>One call of a verb of a machine.</summary>
/// <param name="Port"><c>disk</c>, <c>storage</c>, <c>images</c>, <c>networks</c>, <c>containers</c> or <c>processes</c>.</param>
/// <param name="Verb">What is done, such as <c>flush</c>.</param>
/// <param name="Subject">The file, volume, image, network, container or program it is done to; "" when it is about all of them.</param>
/// <param name="Effect">True when it changes the machine; false when it only looks.</param>
public sealed record MachineCall(string Port, string Verb, string Subject, bool Effect)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Port} {Verb} {Subject}".TrimEnd();
}
