namespace Provision.Images;

/// <summary>What an image says of a file beside its content.</summary>
/// <param name="Mode">Permission bits, set-user-id and its like included (the low twelve of st_mode, inode(7)).</param>
/// <param name="Uid">Owner, 0 to 65535.</param>
/// <param name="Gid">Group, 0 to 65535.</param>
/// <param name="Modified">When its content changed last.</param>
public sealed record FileAttributes(int Mode, int Uid, int Gid, DateTimeOffset Modified);
