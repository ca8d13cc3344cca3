namespace Provision.Simulation.Faults;

/// <summary>One sort of thing that goes wrong.</summary>
/// <param name="Name">What it is called in every count.</param>
/// <param name="Rate">
/// How often it happens, of one, where it can: at each call or exchange. Of a disaster: its weight against the others.
/// </param>
public sealed record FaultKind(string Name, double Rate);
