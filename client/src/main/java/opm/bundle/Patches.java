package opm.bundle;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// Bytes that are to replace others of a file, beside it in `FILE.repair` until they have.
///
/// | on disk                  | the file                         | after a crash                |
/// |--------------------------|----------------------------------|------------------------------|
/// | nothing                  | as it was, or repaired           | nothing to do                |
/// | patches without an end   | as it was                        | they are thrown away         |
/// | patches with their end   | partly written, all of it known  | they are written once more   |
///
/// The end is a list of the places, 20 bytes each (at u64, length u32, where in `FILE.repair` u64),
/// their number u32, the file's length u64, and the SHA-256 of all before it. Numbers are
/// big-endian.
final class Patches implements AutoCloseable {
    private static final int TAIL_BYTES = 4 + 8 + 32;
    private static final int ROW_BYTES = 8 + 4 + 8;
    private static final int MOST_ROWS = 1 << 26;
    private static final int PIECE_BYTES = 1 << 20;

    private final Disk disk;
    private final Path file;
    private final Path aside;
    private final TreeMap<Long, Piece> pieces = new TreeMap<>();
    private final Output out;

    private record Piece(int length, long in) {}

    private Patches(Disk disk, Path file) throws OpmException {
        this.disk = disk;
        this.file = file;
        this.aside = aside(file);
        out = disk.create(aside);
    }

    private static Path aside(Path file) {
        return file.resolveSibling(file.getFileName() + ".repair");
    }

    /// Begins; ends first what an earlier repair had decided.
    static Patches begin(Disk disk, Path file) throws OpmException {
        resume(disk, file);
        return new Patches(disk, file);
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /// Returns how many places are to be written anew.
    int count() {
        return pieces.size();
    }

    /// Notes bytes for a place.
    void put(long at, byte[] bytes, int offset, int length) throws OpmException {
        long in = out.position();
        out.write(bytes, offset, length);
        pieces.put(at, new Piece(length, in));
    }

    void put(long at, byte[] bytes) throws OpmException {
        put(at, bytes, 0, bytes.length);
    }

    /// Forgets what was noted for some bytes.
    void drop(long from, long until) {
        pieces.subMap(from, until).clear();
    }

    /// Returns what was noted for a place where one begins; null for nothing.
    byte @Nullable [] find(long at) throws OpmException {
        Piece piece = pieces.get(at);
        return piece == null ? null : read(disk, aside, piece.in(), piece.length());
    }

    /// Writes them all, and cuts or leaves the file at its length.
    void apply(long sizeBytes) throws OpmException {
        var end = ByteBuffer.allocate(pieces.size() * ROW_BYTES + TAIL_BYTES - 32);
        for (Map.Entry<Long, Piece> piece : pieces.entrySet()) {
            end.putLong(piece.getKey()).putInt(piece.getValue().length());
            end.putLong(piece.getValue().in());
        }
        end.putInt(pieces.size()).putLong(sizeBytes);
        out.write(end.array(), 0, end.capacity());
        byte[] sum = sum(disk, aside, out.position());
        out.write(sum, 0, sum.length);
        out.force();
        Path folder = aside.toAbsolutePath().getParent();
        if (folder != null) {
            disk.forceDirectory(folder);
        }
        out.close();
        resume(disk, file);
    }

    /// Writes what `FILE.repair` says, if it has an end, and removes it.
    static void resume(Disk disk, Path file) throws OpmException {
        Path aside = aside(file);
        if (!disk.exists(aside)) {
            return;
        }
        long size = disk.size(aside);
        if (size >= TAIL_BYTES && isWhole(disk, aside, size)) {
            ByteBuffer tail =
                    ByteBuffer.wrap(read(disk, aside, size - TAIL_BYTES, TAIL_BYTES));
            int count = tail.getInt();
            long fileBytes = tail.getLong();
            long rowsAt = size - TAIL_BYTES - (long) count * ROW_BYTES;
            if (count >= 0 && count <= MOST_ROWS && rowsAt >= 0) {
                write(disk, file, aside, rowsAt, count);
                if (disk.size(file) > fileBytes) {
                    disk.truncate(file, fileBytes);
                }
            }
        }
        disk.delete(aside);
    }

    private static void write(Disk disk, Path file, Path aside, long rowsAt, int count)
            throws OpmException {
        try (InputStream in = disk.read(aside, rowsAt);
                var rows = new DataInputStream(in)) {
            for (int row = 0; row < count; row++) {
                long at = rows.readLong();
                int length = rows.readInt();
                byte[] bytes = read(disk, aside, rows.readLong(), length);
                try (Output out = disk.update(file, at)) {
                    out.write(bytes, 0, bytes.length);
                    if (row == count - 1) {
                        out.force();
                    }
                }
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, aside.toString());
        }
    }

    private static boolean isWhole(Disk disk, Path aside, long size) throws OpmException {
        return Arrays.equals(sum(disk, aside, size - 32), read(disk, aside, size - 32, 32));
    }

    private static byte[] sum(Disk disk, Path aside, long length) throws OpmException {
        MessageDigest sha = Digest.Algorithm.SHA256.engine();
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream in = disk.read(aside)) {
            for (long left = length; left > 0; ) {
                int got = in.read(piece, 0, (int) Math.min(left, piece.length));
                if (got < 0) {
                    break;
                }
                sha.update(piece, 0, got);
                left -= got;
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, aside.toString());
        }
        return sha.digest();
    }

    private static byte[] read(Disk disk, Path path, long at, int length) throws OpmException {
        byte[] bytes = new ByteSource.OnDisk(disk, path).read(at, length);
        if (bytes == null) {
            throw new OpmException.Damaged(
                    path + ": found its end before byte " + (at + length),
                    "Remove it and repair the bundle again.");
        }
        return bytes;
    }

    /// Removes what was noted and not written.
    @Override
    public void close() throws OpmException {
        out.close();
        disk.delete(aside);
    }
}
