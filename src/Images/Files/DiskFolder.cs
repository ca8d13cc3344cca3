using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Provision.Reservations.Faults;

namespace Provision.Images.Files;

/// <summary>
/// An open folder of the disk whose files are reached from its handle, one name at a time and never through a link: what others may have
/// put into it cannot lead anywhere else.
/// </summary>
internal sealed class DiskFolder : IDisposable
{
    private const int LinkSizeMax = 4096;

    private readonly SafeFileHandle handle;
    private readonly string path;

    private DiskFolder(int descriptor, string path)
    {
        handle = new SafeFileHandle(descriptor, ownsHandle: true);
        this.path = path;
    }

    /// <summary>A folder by its path; whoever names it may name a link to it.</summary>
    public static DiskFolder Open(string path)
    {
        var descriptor = Libc.OpenAt(Libc.WorkingFolder, path, Libc.Directory | Libc.CloseOnExec);
        return descriptor >= 0 ? new DiskFolder(descriptor, path) : throw Failed(path);
    }

    /// <summary>A regular file by its path; whoever names it may name a link to it.</summary>
    public static FileSlice OpenFile(string path)
    {
        Check(StatusOf(path), path);
        return Slice(Libc.OpenAt(Libc.WorkingFolder, path, Libc.NonBlocking | Libc.CloseOnExec), path);
    }

    /// <summary>What is at a path, links followed. <c>NotFound</c>: nothing.</summary>
    public static FileStatus StatusOf(string path)
    {
        Span<byte> status = stackalloc byte[Libc.StatSize];
        return Libc.Stat(Libc.WorkingFolder, path, 0, Libc.StatBasic, status) == 0 ? FileStatus.Read(status) : throw Failed(path);
    }

    /// <summary>What this folder is.</summary>
    public FileStatus Status => StatusAt(handle, "", path);

    /// <summary>What bears the name in it, itself if it is a link.</summary>
    public FileStatus StatusOfName(string name) => StatusAt(handle, name, Inner(name));

    /// <summary>The folder of that name.</summary>
    public DiskFolder OpenFolder(string name)
    {
        var descriptor = Libc.OpenAt(handle, name, Libc.Directory | Libc.NoFollow | Libc.CloseOnExec);
        return descriptor >= 0 ? new DiskFolder(descriptor, Inner(name)) : throw Failed(Inner(name));
    }

    /// <summary>The regular file of that name. It is looked at before it is opened: opening a device can do things.</summary>
    public FileSlice OpenFileOfName(string name)
    {
        Check(StatusOfName(name), Inner(name));
        return Slice(Libc.OpenAt(handle, name, Libc.NoFollow | Libc.NonBlocking | Libc.CloseOnExec), Inner(name));
    }

    /// <summary>What the symbolic link of that name says.</summary>
    public string ReadLink(string name)
    {
        Span<byte> target = stackalloc byte[LinkSizeMax];
        var size = (int)Libc.ReadLinkAt(handle, name, target, LinkSizeMax);
        return size >= 0 ? Encoding.UTF8.GetString(target[..size]) : throw Failed(Inner(name));
    }

    /// <summary>The names in it, in no order.</summary>
    public IReadOnlyList<string> Names()
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/self/fd/{handle.DangerousGetHandle()}").Select(Path.GetFileName)!];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(new Fault(FaultCode.Unavailable, $"{Printable.Of(path)} cannot be listed: {e.Message}"), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private static FileSlice Slice(int descriptor, string path)
    {
        if (descriptor < 0)
        {
            throw Failed(path);
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            var status = StatusAt(file, "", path);
            Check(status, path);
            return new FileSlice(file, path, status.Size);
        }
        catch (FaultException)
        {
            file.Dispose();
            throw;
        }
    }

    private static void Check(FileStatus status, string path)
    {
        if (!status.IsFile)
        {
            throw new FaultException(
                FaultCode.Invalid, $"{Printable.Of(path)} is {status.Kind}, not a file", "Put a copy of the file there.");
        }
    }

    private static FileStatus StatusAt(SafeFileHandle folder, string name, string path)
    {
        Span<byte> status = stackalloc byte[Libc.StatSize];
        var flags = Libc.StatNoFollow | (name.Length == 0 ? Libc.StatEmptyPath : 0);
        return Libc.Stat(folder, name, flags, Libc.StatBasic, status) == 0 ? FileStatus.Read(status) : throw Failed(path);
    }

    private string Inner(string name) => path.EndsWith('/') ? path + name : $"{path}/{name}";

    private static FaultException Failed(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return error switch
        {
            Libc.NoSuchFile => new FaultException(FaultCode.NotFound, $"There is no {Printable.Of(path)}", "Check the path."),
            Libc.NotAFolder => new FaultException(FaultCode.Invalid, $"{Printable.Of(path)} is not a folder", "Check the path."),
            Libc.TooManyLinks => new FaultException(
                FaultCode.Invalid, $"{Printable.Of(path)} is a symbolic link", "Put a copy of the file there."),
            Libc.NameTooLong => new FaultException(FaultCode.Invalid, $"The name {Printable.Of(path)} is too long", "Check the path."),
            Libc.AccessDenied or Libc.NotPermitted => new FaultException(
                FaultCode.Denied, $"{Printable.Of(path)} may not be read", "Ask its owner for permission."),
            _ => new FaultException(
                FaultCode.Unavailable, $"{Printable.Of(path)} cannot be read: {Marshal.GetPInvokeErrorMessage(error)}", "Check the disk."),
        };
    }
}
