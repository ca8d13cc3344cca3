using System.Text.Json;
using Xunit;

namespace Provision.Reservations.Tests.Wire.ZeroOs;

/// <summary>
/// What the original programs of Zero-OS v0.2.1 answered. Each file says how many vectors it has, and <see cref="Counts"/> says so once
/// more: a vector that is lost, or a file that no test reads to its end, is seen.
/// </summary>
internal static class Vectors
{
    /// <summary>How many vectors each file has.</summary>
    public static readonly IReadOnlyDictionary<string, int> Counts = new Dictionary<string, int>
    {
        ["base58"] = 24,
        ["encrypt"] = 16,
        ["fsstore_file"] = 9,
        ["fsstore_read"] = 16,
        ["identity"] = 7,
        ["json_decode"] = 151,
        ["json_encode"] = 59,
        ["network_derive"] = 81,
        ["network_id"] = 18,
        ["provision_rules"] = 36,
        ["reservation_sign"] = 18,
        ["reservation_verify"] = 19,
        ["resource_units"] = 23,
        ["result_sign"] = 13,
        ["versioned"] = 32,
    };

    /// <summary>The vectors of a file.</summary>
    public static IReadOnlyList<Vector> Read(string file)
    {
        using var stream = typeof(Vectors).Assembly.GetManifestResourceStream($"Vectors/{file}.json")!;
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.GetProperty("vectors").EnumerateArray().Select((json, index) => new Vector(json.Clone(), index))];
    }

    /// <summary>Puts every vector of a file to a test, and tells all that fail.</summary>
    public static void Check(string file, Action<Vector> check)
    {
        var failed = new List<string>();
        var vectors = Read(file);
        Assert.Equal(Counts[file], vectors.Count);
        foreach (var vector in vectors)
        {
            try
            {
                check(vector);
            }
            catch (Exception e)
            {
                failed.Add($"{file} {vector.Index} {vector}: {e.Message}");
            }
        }

        Assert.True(failed.Count == 0, string.Join("\n\n", failed));
    }

    /// <summary>The same where a field of each vector says which test is meant for it.</summary>
    public static void Check(string file, string field, IReadOnlyDictionary<string, Action<Vector>> checks)
    {
        Check(file, vector => checks[vector.Text(field)](vector));
        Assert.Equal(checks.Keys.Order(), Read(file).Select(vector => vector.Text(field)).Distinct().Order());
    }
}
