namespace Provision.Reservations.Files;

/// <summary>Writes a file beside its place, flushes it, and renames it: whenever a machine dies, there is a whole file or none.</summary>
public static class WholeFile
{
    /// <summary>Writes these bytes.</summary>
    /// <param name="path">Its place; what was left beside it by one who died is overwritten.</param>
    /// <param name="content">All of it.</param>
    /// <param name="mode">Its mode from the first moment on.</param>
    /// <param name="overwrite">False: a file that is there is kept.</param>
    /// <param name="durable">True: a power failure after the return leaves it as it is now; false: it need not survive one.</param>
    /// <exception cref="IOException">It cannot be written, or is there already: then nothing is left beside it.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool overwrite, bool durable = true)
    {
        var beside = path + ".new";
        File.Delete(beside);
        try
        {
            using (var file = new FileStream(beside, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = mode,
                BufferSize = 0,
            }))
            {
                file.Write(content);
                file.Flush(flushToDisk: durable);
            }

            File.Move(beside, path, overwrite);
        }
        finally
        {
            File.Delete(beside);
        }

        if (durable)
        {
            FolderFlush.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }
}
