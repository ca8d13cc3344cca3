namespace Provision.Machine.Linux.Tests;

/// <summary>A folder that is gone afterwards, with whatever a failed test left mounted or attached in it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("provision-test-").FullName;

    /// <summary>
    /// For a class whose tests all need root: skips before anything is made, because what a skipped constructor made is never disposed.
    /// </summary>
    public static TemporaryFolder OfRoot()
    {
        Tool.NeedsRoot();
        return new TemporaryFolder();
    }

    public string Of(string name) => Path.Combine(Root, name);

    public void Dispose()
    {
        foreach (var line in File.ReadLines("/proc/self/mountinfo").Reverse().Where(line => line.Contains(Root, StringComparison.Ordinal)))
        {
            Tool.Run("umount", line.Split(' ')[4]);
        }

        var attached = Tool.TracesOf(Root).Count > 0;
        foreach (var device in attached ? Tool.Run("losetup", "--list", "--noheadings", "--output", "NAME,BACK-FILE").Split('\n') : [])
        {
            if (device.Contains(Root, StringComparison.Ordinal))
            {
                Tool.Run("losetup", "--detach", device.Split(' ')[0]);
            }
        }

        Directory.Delete(Root, recursive: true);
    }
}
