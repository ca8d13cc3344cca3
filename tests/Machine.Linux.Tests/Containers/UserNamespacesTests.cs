using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Kernel;
using Xunit;

namespace Provision.Machine.Linux.Tests.Containers;

public sealed partial class UserNamespacesTests
{
    private const uint First = 0x7fee0000;
    private const int GetDumpable = 3; // PR_GET_DUMPABLE, prctl(2)
    private const nuint AskOwner = 0xb704; // NS_GET_OWNER_UID, ioctl_ns(2)

    public UserNamespacesTests() => Tool.NeedsRoot();

    [Fact]
    public void It_belongs_to_its_own_first_id_and_not_to_root()
    {
        using var made = UserNamespaces.Make(First, IdRanges.Size);

        Assert.Equal(First, OwnerOf(made));
    }

    [Fact]
    public void It_maps_the_ids_of_its_range_and_no_others()
    {
        using var made = UserNamespaces.Make(First, 16);

        foreach (var map in new[] { "uid_map", "gid_map" })
        {
            var text = Tool.Run("nsenter", $"--user={UserNamespaces.PathOf(made)}", "cat", $"/proc/self/{map}");
            Assert.Equal(
                ["0", First.ToString(CultureInfo.InvariantCulture), "16"],
                text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
    }

    [Fact]
    public void Who_made_it_stays_who_it_is_and_nothing_of_the_other_is_left()
    {
        var before = Rights();

        UserNamespaces.Make(First, IdRanges.Size).Dispose();

        Assert.Equal(before, Rights());
        Assert.Equal("", ProcessesOfOther());
    }

    [Fact]
    public void The_process_can_be_debugged_as_before()
    {
        UserNamespaces.Make(First, IdRanges.Size).Dispose();

        Assert.Equal(1, Control(GetDumpable, 0, 0, 0, 0));
    }

    [Fact]
    public async Task Many_are_made_at_once_and_each_is_its_own()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 32)
            .Select(i => Task.Run(() => UserNamespaces.Make(First + ((uint)i * 16), 16))));

        Assert.Equal(32, made.Select(Name).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 32).Select(i => First + ((uint)i * 16)), made.Select(OwnerOf));
        Array.ForEach(made, one => one.Dispose());
    }

    [Fact]
    public void What_the_kernel_does_not_map_is_a_fault_and_leaves_nothing()
    {
        Assert.ThrowsAny<IOException>(() => UserNamespaces.Make(First, -1));
        Assert.Equal("", ProcessesOfOther());
    }

    private static string? Name(SafeFileHandle made) => File.ResolveLinkTarget(UserNamespaces.PathOf(made), returnFinalTarget: false)?.Name;

    private static unsafe uint OwnerOf(SafeFileHandle made)
    {
        uint owner;
        Assert.Equal(0, Libc.Control(made, AskOwner, &owner));
        return owner;
    }

    private static List<string> Rights() =>
    [
        .. new[] { "/proc/self/status", "/proc/thread-self/status" }.SelectMany(File.ReadLines)
            .Where(line => line.StartsWith("Uid:", StringComparison.Ordinal) || line.StartsWith("CapEff:", StringComparison.Ordinal)),
    ];

    private static string ProcessesOfOther() => Tool.Try("ps", "-o", "pid=", "-u", First.ToString(CultureInfo.InvariantCulture)).Output;

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nint first, nint second, nint third, nint fourth);
}
