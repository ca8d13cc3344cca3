using System.Text;
using Provision.Agent.Configuration;
using Provision.Reservations.Faults;
using Provision.Reservations.Files;

namespace Provision.Agent.Systemd;

/// <summary>What an installed daemon has in <c>/etc</c>: its unit, and its configuration.</summary>
/// <param name="root">Where <c>/</c> is: another folder to make a package or an image of a machine.</param>
internal sealed class InstalledFiles(string root)
{
    private const UnixFileMode ForEverybody =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode ForRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Whatever the root: the link is for the machine that this is, or becomes. How it is written depends on systemd's version.
    private static readonly string[] OursInLinks = [$"/etc/systemd/system/{UnitFile.Name}", $"../{UnitFile.Name}"];

    // What 'systemctl enable' makes of the unit.
    private readonly string enabled = Path.Combine(root, "etc/systemd/system/multi-user.target.wants", UnitFile.Name);

    /// <summary>The unit.</summary>
    public string Unit { get; } = Path.Combine(root, "etc/systemd/system", UnitFile.Name);

    /// <summary>The configuration.</summary>
    public string Configuration { get; } = Path.Combine(root, ConfigurationFile.DefaultPath[1..]);

    /// <summary>
    /// Writes the unit for a program at this path, and a configuration where there is none; true for what was written.
    /// </summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.Invalid"/>: as <see cref="PathOnMachine"/>.
    /// <see cref="FaultCode.Conflict"/>: the unit is somebody else's. <see cref="FaultCode.Denied"/>: this user may not write there.
    /// </exception>
    public (bool Unit, bool Configuration) Install(string program) => Try(() =>
    {
        RequireOurs();
        var text = UnitFile.Write(PathOnMachine(program));
        var isNew = !File.Exists(Unit) || ReadUnit() != text;
        if (isNew)
        {
            Write(Unit, text, ForEverybody);
        }

        var isMissing = !Path.Exists(Configuration);
        if (isMissing)
        {
            Write(Configuration, ConfigurationTemplate.Write(), ForRoot);
        }

        return (isNew, isMissing);
    });

    /// <summary>Removes the unit and its link; false when there was none. The configuration stays.</summary>
    /// <exception cref="FaultException">As <see cref="Install"/>.</exception>
    public bool Uninstall() => Try(() =>
    {
        RequireOurs();
        var isThere = File.Exists(Unit);
        File.Delete(Unit);
        if (new FileInfo(enabled).LinkTarget is { } target && OursInLinks.Contains(target))
        {
            File.Delete(enabled); // Without the unit, 'systemctl disable' refuses.
        }

        return isThere;
    });

    /// <summary>The path of a program below the root, as the machine has it that this is, or becomes.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.Invalid"/>: it is not below the root, or nothing that systemd starts.
    /// </exception>
    public string PathOnMachine(string program)
    {
        var path = $"/{Path.GetRelativePath(root, program)}";
        if (path.StartsWith("/../", StringComparison.Ordinal))
        {
            throw new FaultException(
                FaultCode.Invalid,
                $"{program} is not below {root}, and a unit can start only what is on its machine",
                $"Copy the programs below {root}, such as to usr/local/bin, and run the provisiond there.");
        }

        return UnitFile.CanStart(path) ? path : throw new FaultException(
            FaultCode.Invalid,
            $"systemd starts no program with a quote, a backslash or a control character in its path, as {path} has",
            "Move the programs elsewhere.");
    }

    private void RequireOurs()
    {
        if (Path.Exists(Unit) && (!File.Exists(Unit) || !ReadUnit().StartsWith(UnitFile.Mark, StringComparison.Ordinal)))
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"{Unit} was not written by 'provisiond install'",
                "Move it elsewhere, or keep it and do without this verb.");
        }
    }

    private string ReadUnit() => string.Join('\n', File.ReadLines(Unit).Append(""));

    private static void Write(string path, string text, UnixFileMode mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        WholeFile.Write(path, Encoding.UTF8.GetBytes(text), mode, overwrite: true);
    }

    private T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Denied, $"This user may not write below {root}", "Run it as root, or name another folder with --root."), e);
        }
        catch (IOException e)
        {
            throw new FaultException(
                new Fault(FaultCode.Unavailable, $"The files below {root} cannot be written: {e.Message}", "Look at the folder."), e);
        }
    }
}
