using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Files;

namespace Provision.Explorer.Hosting;

/// <summary>
/// The folder of one explorer: <c>explorer.db</c> and what SQLite puts beside it, <c>address</c> while it runs, and <c>lock</c>, held
/// as long as the process lives. Mode 0700: orders are not for every user of the machine.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string path;
    private readonly FileStream hold;

    private DataFolder(string path, FileStream hold)
    {
        this.path = path;
        this.hold = hold;
    }

    /// <summary>Where the database is.</summary>
    public string Database => DatabaseIn(path);

    private string Address => Path.Combine(path, "address");

    /// <summary>Makes the folder where there is none, and takes it.</summary>
    /// <exception cref="FaultException">It belongs to something else, is in use, or cannot be made.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            MakePrivate(path);
            var folder = new DataFolder(path, Hold(path));
            File.Delete(folder.Address);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Unavailable,
                    $"The data folder {path} cannot be used: {e.Message}",
                    "Choose a folder that this user can write to."), e);
        }
    }

    /// <summary>Says where the explorer listens; the file appears whole.</summary>
    public void WriteAddress(string address) =>
        WholeFile.Write(Address, Encoding.ASCII.GetBytes(address), PrivateFile, overwrite: true);

    /// <summary>Lets go of the folder; the address is true no more.</summary>
    public void Dispose()
    {
        File.Delete(Address);
        hold.Dispose();
    }

    private static string DatabaseIn(string path) => Path.Combine(path, "explorer.db");

    private static void MakePrivate(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, Private);
        }
        else if (File.GetUnixFileMode(path) != Private)
        {
            if (!File.Exists(DatabaseIn(path)) && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new FaultException(
                    FaultCode.Denied,
                    $"The folder {path} is open to other users and holds other things",
                    $"Choose an empty folder, or run: chmod 0700 {path}");
            }

            File.SetUnixFileMode(path, Private);
        }
    }

    private static FileStream Hold(string path)
    {
        try
        {
            return new FileStream(Path.Combine(path, "lock"), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = PrivateFile,
            });
        }
        catch (IOException e)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Conflict,
                    $"Another explorer uses the data folder {path}",
                    "Stop it, or choose another folder with --data."), e);
        }
    }
}
