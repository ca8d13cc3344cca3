using Provision.Machine.Linux.Networks;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>The sizes of the tables of neighbours, which belong to the machine and not to networks.</summary>
public sealed class NeighbourTablesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("provision-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void They_are_made_larger_and_never_smaller()
    {
        const string larger = "2000000";
        Write("ipv4", "gc_thresh1", "128");
        Write("ipv4", "gc_thresh2", "512");
        Write("ipv4", "gc_thresh3", "1024\n");
        Write("ipv6", "gc_thresh2", larger);
        Write("ipv6", "gc_thresh3", larger);

        Assert.Equal(2, NeighbourTables.Raise(folder).Count);

        Assert.Equal("128", Read("ipv4", "gc_thresh1"));
        Assert.Equal($"{NeighbourTables.Most / 2}", Read("ipv4", "gc_thresh2"));
        Assert.Equal($"{NeighbourTables.Most}", Read("ipv4", "gc_thresh3"));
        Assert.Equal(larger, Read("ipv6", "gc_thresh2"));
        Assert.Equal(larger, Read("ipv6", "gc_thresh3"));
        Assert.Empty(NeighbourTables.Raise(folder));
    }

    [Fact]
    public void Where_there_are_none_nothing_is_changed() => Assert.Empty(NeighbourTables.Raise(folder));

    private void Write(string family, string name, string value) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, family, "neigh/default")).FullName, name), value);

    private string Read(string family, string name) => File.ReadAllText(Path.Combine(folder, family, "neigh/default", name));
}
