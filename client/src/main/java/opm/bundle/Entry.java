package opm.bundle;

import opm.base.Digest;

/// One file inside a bundle.
///
/// @param path relative, `/` between parts, see [EntryPath]
/// @param at byte offset of its first byte from the start of the bundle, a multiple of 4096
/// @param sizeBytes exact
/// @param sha256 of its bytes
/// @param crc32 of its bytes, as ZIP wants it
public record Entry(String path, long at, long sizeBytes, Digest sha256, int crc32) {
    public Entry {
        if (at < 0 || sizeBytes < 0 || sha256.algorithm() != Digest.Algorithm.SHA256) {
            throw new IllegalArgumentException("entry '" + path + "' cannot exist");
        }
    }

    /// Returns the offset of the byte after its last one.
    public long end() {
        return at + sizeBytes;
    }
}
