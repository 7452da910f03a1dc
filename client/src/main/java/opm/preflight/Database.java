package opm.preflight;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.RpmCommand;
import opm.host.StreamFailure;

/// How rpm's database and its write-ahead log grow. The database never shrinks, but what old
/// packages leave free in it is used again; the log is there while a transaction runs.
///
/// Measured (rpm 4.18, sqlite; 1 to 40 packages of 5 to 2,000 files in a transaction, new and
/// upgraded): a package takes the pages of its header and about 40 bytes for each name. Each
/// package that comes and each that goes is a commit of its own, which writes about 26 pages of
/// indexes, its header, and the pages of the index of names that it touches, to the log. rpm lets
/// the log have 10,000 pages before it is put into the database (lib/backend/sqlite.c).
final class Database {
    private static final int PAGE = 4096;
    private static final int LOG_PAGE = PAGE + 24;
    private static final long LOG_PAGES = 10_000;
    private static final int COMMIT_PAGES = 26;
    private static final int NAME_BYTES = 40;
    private static final long USUAL_BYTES = 20L << 20;

    private final Space space;
    private final Mount mount;
    private long bytes;
    private long freeBytes;
    private long logBytes;
    private long growth;
    private long freed;

    private Database(
            Space space, Mount mount, long bytes, long freeBytes) {
        this.space = space;
        this.mount = mount;
        this.bytes = bytes;
        this.freeBytes = freeBytes;
    }

    static Database of(Disk disk, RpmCommand rpm, Space space)
            throws OpmException {
        Path file = rpm.databaseFolder().resolve("rpmdb.sqlite");
        Mount mount = space.mountOf(rpm.dbpath());
        return disk.exists(file)
                ? new Database(space, mount, disk.size(file), free(disk, file))
                : new Database(space, mount, 0, 0);
    }

    static Database unknown(Space space) {
        Mount mount = space.mountOf("/usr/lib/sysimage/rpm");
        return new Database(space, mount, USUAL_BYTES, 0);
    }

    /// Reads what is free inside the file: page size at byte 16, free pages at byte 36 (SQLite's
    /// file format, section 1.3).
    private static long free(Disk disk, Path file) throws OpmException {
        try (InputStream in = disk.read(file)) {
            byte[] head = in.readNBytes(100);
            String magic = new String(head, 0, Math.min(6, head.length), StandardCharsets.US_ASCII);
            if (head.length < 100 || !magic.equals("SQLite")) {
                return 0;
            }
            var view = ByteBuffer.wrap(head);
            int page = view.getShort(16) & 0xffff;
            return (long) (page == 1 ? 65536 : page) * Math.max(0, view.getInt(36));
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
    }

    /// The files of a package lie; its header goes into the database.
    void comes(Parcel parcel) {
        int files = parcel.items().size();
        growth += inDatabase(parcel.headerBytes(), files);
        log(pages(parcel.headerBytes(), files));
    }

    /// A package has left.
    void goes(int files) {
        long header = 1500 + 125L * files;
        freed += inDatabase(header, files);
        log(pages(header, files));
    }

    private void log(long pages) {
        long most = Math.max(logBytes, LOG_PAGES * LOG_PAGE);
        long next = Math.min(logBytes + pages * LOG_PAGE, Math.max(most, pages * LOG_PAGE));
        if (logBytes == 0) {
            space.add(mount, mount.blocks(32 << 10), 2); // the log's own index
        }
        space.add(mount, mount.blocks(next) - mount.blocks(logBytes), 0);
        logBytes = next;
    }

    private static long inDatabase(long headerBytes, int files) {
        return (headerBytes + PAGE - 1) / PAGE * PAGE + (long) files * NAME_BYTES;
    }

    private long pages(long headerBytes, int files) {
        // Names of one package often stand side by side in the index.
        double index = Math.max(1, bytes * 0.3 / PAGE);
        double touched = index * (1 - Math.pow(1 - 1 / index, files)) * 0.6;
        return COMMIT_PAGES + headerBytes / PAGE + 1 + (long) touched;
    }

    /// rpm puts the log into the database, then removes it.
    void endBatch() {
        long used = Math.min(freeBytes, growth);
        freeBytes += freed - used;
        bytes += growth - used;
        space.add(mount, mount.blocks(growth - used), 0);
        if (logBytes > 0) {
            space.add(mount, -mount.blocks(logBytes) - mount.blocks(32 << 10), -2);
        }
        growth = 0;
        freed = 0;
        logBytes = 0;
    }
}
