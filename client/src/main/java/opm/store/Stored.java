package opm.store;

import java.nio.file.Path;
import opm.base.Digest;

/// A file of the store whose bytes were checked.
///
/// @param digest what it is named by
/// @param path where it lies; read it, never write to it
/// @param crc32 of all its bytes, as ZIP wants it
/// @param sha256 of all its bytes, whatever `digest` is
public record Stored(Digest digest, Path path, long sizeBytes, int crc32, Digest sha256) {}
