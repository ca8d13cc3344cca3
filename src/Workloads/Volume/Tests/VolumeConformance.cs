using Provision.Workloads.Conformance;

namespace Provision.Workloads.Volume.Tests;

/// <summary>A volume passes what every kind passes.</summary>
public sealed class VolumeConformance : WorkloadConformance<VolumeModule>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Samples => ["""{"size":1,"type":"SSD"}""", """{"size":10,"type":"HDD"}"""];

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Data, string Pointer)> BadSamples =>
    [
        ("""{"size":0,"type":"SSD"}""", "/size"),
        ("""{"size":-1,"type":"SSD"}""", "/size"),
        ("""{"size":18446744073709551615,"type":"SSD"}""", "/size"),
        ("""{"size":1.5,"type":"SSD"}""", "/size"),
        ("""{"size":"1","type":"SSD"}""", "/size"),
        ("""{"size":null,"type":"SSD"}""", "/size"),
        ("""{"type":"SSD"}""", "/size"),
        ("""{"size":1}""", "/type"),
        ("""{"size":1,"type":"ssd"}""", "/type"),
        ("""{"size":1,"type":7}""", "/type"),
        ("[]", ""),
        ("null", ""),
    ];
}
