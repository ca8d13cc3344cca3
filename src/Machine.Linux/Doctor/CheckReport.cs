namespace Provision.Machine.Linux.Doctor;

/// <summary>A check and what it found.</summary>
public sealed record CheckReport(Check Check, Finding Finding);
