package opm.store;

import java.nio.file.Path;
import opm.base.ChunkSums;
import opm.base.Digest;

/// A file of the store whose bytes were checked.
///
/// @param digest what it is named by
/// @param path where it lies; read it, never write to it
/// @param crc32 of all its bytes, as ZIP wants it
/// @param sha256 of all its bytes, whatever `digest` is
/// @param chunks of its pieces; none where nobody counted them
public record Stored(
        Digest digest, Path path, long sizeBytes, int crc32, Digest sha256, ChunkSums chunks) {

    /// Makes one whose pieces nobody counted.
    public Stored(Digest digest, Path path, long sizeBytes, int crc32, Digest sha256) {
        this(digest, path, sizeBytes, crc32, sha256, ChunkSums.NONE);
    }

    /// Returns the same with another path.
    Stored at(Path other) {
        return new Stored(digest, other, sizeBytes, crc32, sha256, chunks);
    }
}
