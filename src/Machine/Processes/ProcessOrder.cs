namespace Provision.Machine.Processes;

/// <summary>A program to start.</summary>
/// <param name="Name">Unique on this instance; letters, digits, dots and dashes, 1 to 100.</param>
/// <param name="Program">Path or name of the executable.</param>
/// <param name="Arguments">Its arguments. Never a secret: others can read them.</param>
public sealed record ProcessOrder(string Name, string Program, IReadOnlyList<string> Arguments);
