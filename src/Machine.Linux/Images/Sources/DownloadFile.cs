using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Images.Sources;

/// <summary>A file that a stranger fills, in bounds.</summary>
internal sealed class DownloadFile(string path, FetchLimits limits)
{
    /// <summary>Writes the whole body; says of each piece that it came.</summary>
    public async Task WriteAsync(Stream body, long? announced, Action came, CancellationToken ct)
    {
        CheckRoom(announced ?? 0);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        };
        try
        {
            await using var file = new FileStream(path, options);
            var buffer = new byte[1 << 17];
            for (var size = 0L; await body.ReadAsync(buffer, ct) is > 0 and var count; size += count)
            {
                came();
                CheckRoom(size + count, count);
                await file.WriteAsync(buffer.AsMemory(0, count), ct);
            }
        }
        catch (Exception e) when (e is (IOException and not HttpIOException) or UnauthorizedAccessException)
        {
            throw new FaultException(
                new Fault(FaultCode.Unavailable, $"The image cannot be kept: {e.Message}", "Look at the disk of this node."), e);
        }
    }

    private void CheckRoom(long size, long? more = null)
    {
        if (size > limits.SizeMax.Bytes)
        {
            throw new FaultException(
                FaultCode.OutOfCapacity,
                $"The image is larger than the {limits.SizeMax} that this node fetches",
                "Use a smaller image, or have the farmer put it on the node.");
        }

        if (new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace - (more ?? size) < limits.DiskReserve.Bytes)
        {
            throw new FaultException(
                FaultCode.Unavailable, "The disk of this node is too full to fetch the image", "Free some space on it.");
        }
    }
}
