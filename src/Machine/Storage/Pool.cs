using Provision.Reservations;

namespace Provision.Machine.Storage;

/// <summary>A pool of space.</summary>
/// <param name="Name">Its name on this machine.</param>
/// <param name="Type">What it is made of.</param>
/// <param name="Size">What volumes can hold together when it is empty: the whole less what the file system itself needs.</param>
/// <param name="Used">What is in use now.</param>
public sealed record Pool(string Name, DiskType Type, ByteSize Size, ByteSize Used);
