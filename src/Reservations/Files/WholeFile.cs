namespace Provision.Reservations.Files;

/// <summary>Writes a file beside its place, flushes it, and renames it: whenever a machine dies, there is a whole file or none.</summary>
public static class WholeFile
{
    /// <summary>Writes these bytes.</summary>
    /// <param name="path">Its place; what was left beside it by one who died is overwritten.</param>
    /// <param name="content">All of it.</param>
    /// <param name="mode">Its mode from the first moment on.</param>
    /// <param name="overwrite">False: a file that is there is kept.</param>
    /// <exception cref="IOException">It cannot be written, or is there already: then nothing is left beside it.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool overwrite)
    {
        var beside = path + ".new";
        File.Delete(beside);
        using (var file = new FileStream(beside, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(beside, path, overwrite);
        }
        catch (IOException)
        {
            File.Delete(beside);
            throw;
        }
    }
}
