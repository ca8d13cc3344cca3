namespace Provision.Machine.Simulated.Disk;

/// <summary>What a file holds, and how much of it a power failure would spare.</summary>
internal sealed class SimulatedFile
{
    private byte[] buffer = [];

    public int Length { get; private set; }

    /// <summary>So many bytes from the start are durable.</summary>
    public int Flushed { get; private set; }

    /// <summary>True once a flush made the name durable.</summary>
    public bool Named { get; set; }

    public byte[] ToArray() => ToArray(0, Length);

    /// <summary>The bytes between; none when there are none.</summary>
    public byte[] ToArray(int from, int end) => from < end ? buffer.AsSpan(from, end - from).ToArray() : [];

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(Length + bytes.Length, buffer.Length * 2));
        }

        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Flush()
    {
        Flushed = Length;
        Named = true;
    }

    public void Cut(int length)
    {
        Length = length;
        Flushed = Math.Min(Flushed, length);
    }
}
