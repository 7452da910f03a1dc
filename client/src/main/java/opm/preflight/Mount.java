package opm.preflight;

/// One file system.
///
/// @param point as seen from inside the root
/// @param freeInodes -1 where it has no such bound
public record Mount(
        String point,
        String type,
        long freeBytes,
        long freeInodes,
        int blockBytes,
        boolean readOnly) {
    /// Tells whether it takes `A` and `a` for one name, as it is made usually.
    boolean ignoresCase() {
        return switch (type) {
            case "vfat", "msdos", "exfat", "hfsplus", "fuse.exfat-fuse", "cifs", "smb3" -> true;
            default -> isFuseBlock();
        };
    }

    /// Tells whether it knows no symbolic links.
    boolean hasNoLinks() {
        return switch (type) {
            case "vfat", "msdos", "exfat", "fuse.exfat-fuse" -> true;
            default -> isFuseBlock();
        };
    }

    /// exfat-fuse, fusefat and ntfs-3g show themselves as `fuseblk`.
    private boolean isFuseBlock() {
        return type.equals("fuseblk");
    }

    /// Returns a size in whole blocks.
    long blocks(long bytes) {
        return (bytes + blockBytes - 1) / blockBytes * blockBytes;
    }

    /// Returns what a folder or a symbolic link of so many characters takes.
    long nameBytes(boolean folder, long length) {
        boolean memory = type.equals("tmpfs") || type.equals("ramfs");
        if (folder) {
            return memory ? 0 : blockBytes;
        }
        return length < (memory ? 128 : 60) ? 0 : blockBytes;
    }
}
