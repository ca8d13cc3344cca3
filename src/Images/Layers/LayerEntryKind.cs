namespace Provision.Images.Layers;

/// <summary>What an entry of a layer does (OCI image-spec, layer.md).</summary>
internal enum LayerEntryKind
{
    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A file.</summary>
    File,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>Another name of a file.</summary>
    HardLink,

    /// <summary>Takes away what lower layers have under this name.</summary>
    Whiteout,

    /// <summary>Takes away all that lower layers have in this folder.</summary>
    OpaqueWhiteout,

    /// <summary>Nothing: bookkeeping of an old union file system that means nothing elsewhere.</summary>
    Nothing,
}
