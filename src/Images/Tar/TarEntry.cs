namespace Provision.Images.Tar;

/// <summary>One entry of a tar, as it stands there: nothing of it is checked but that it can be read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kind: the typeflag of ustar, <see cref="TarKind"/>.</param>
/// <param name="Size">Bytes of content; 0 for kinds that have none.</param>
/// <param name="Link">What a link points at.</param>
/// <param name="Mode">Permissions.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Modified">Seconds since 1970.</param>
internal sealed record TarEntry(string Name, byte Kind, long Size, string Link, long Mode, long Uid, long Gid, long Modified);
