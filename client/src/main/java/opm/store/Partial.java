package opm.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;

/// An object that comes in piece by piece, perhaps over several runs and from several sources.
///
/// Nothing about it is trusted before [#finish]: what lies on disk is hashed when it is opened.
/// For one thread.
public final class Partial implements AutoCloseable {
    private final Store store;
    private final Disk disk;
    private final Path file;
    private final Digest expected;
    private final long sizeBytes;
    private final Runnable release;
    private Checksums checksums;
    private Output out;
    private boolean finished;

    /// @param sizeBytes exact, or [Store#ANY_SIZE]
    Partial(Store store, Disk disk, Path file, Digest expected, long sizeBytes, Runnable release)
            throws OpmException {
        this.store = store;
        this.disk = disk;
        this.file = file;
        this.expected = expected;
        this.sizeBytes = sizeBytes;
        this.release = release;
        this.checksums = new Checksums(expected.algorithm());
        if (disk.exists(file)) {
            if (disk.size(file) > limit()) {
                disk.truncate(file, 0);
            }
            try (InputStream in = disk.read(file)) {
                checksums.addAll(in, file.toString());
            } catch (IOException e) {
                throw StreamFailure.of(e, file.toString());
            }
        }
        this.out = disk.append(file);
    }

    private long limit() {
        return sizeBytes == Store.ANY_SIZE ? Limits.PACKAGE_BYTES : sizeBytes;
    }

    /// Returns how many bytes are there: where the next ones belong.
    public long position() {
        return checksums.count();
    }

    /// Tells whether no more bytes are expected.
    public boolean isFull() {
        return position() == sizeBytes;
    }

    /// Adds bytes.
    ///
    /// @throws Damaged when there are more than expected; nothing is kept then
    public void write(byte[] bytes, int offset, int length) throws OpmException {
        if (length > limit() - position()) {
            long found = position() + length;
            restart();
            throw new Damaged(
                    expected + ": " + found + " bytes or more, expected " + limit(),
                    "The source has another file of this name; use another source.");
        }
        out.write(bytes, offset, length);
        checksums.add(bytes, offset, length);
    }

    /// Forgets all bytes; the next ones are the first.
    public void restart() throws OpmException {
        out.close();
        out = disk.create(file);
        checksums = new Checksums(expected.algorithm());
    }

    /// Checks what is there and makes it an object of the store.
    ///
    /// @throws Damaged when it is not what was expected; nothing is kept then
    public Stored finish() throws OpmException {
        long found = position();
        if (sizeBytes != Store.ANY_SIZE && found != sizeBytes) {
            restart();
            throw new Damaged(
                    expected + ": " + found + " bytes, expected " + sizeBytes,
                    "The source has another file of this name; use another source.");
        }
        Path object = store.layout().object(expected);
        Stored stored = checksums.at(object);
        if (!stored.digest().equals(expected)) {
            restart();
            throw new Damaged(
                    expected + ": the bytes that came have " + stored.digest().hex(),
                    "The source has another file of this name; use another source.");
        }
        out.force();
        out.close();
        store.enter(file, stored);
        finished = true;
        return stored;
    }

    /// Lets go. What came stays for the next time, unless it is nothing.
    @Override
    public void close() throws OpmException {
        try {
            out.close();
            if (!finished && position() == 0) {
                disk.delete(file);
            }
        } finally {
            release.run();
        }
    }
}
