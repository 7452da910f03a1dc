package opm.repack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import opm.base.Digest.Algorithm;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;
import opm.repack.Regenerated.Impossible;
import opm.repack.Regenerated.Why;
import opm.rpm.Header;
import opm.rpm.RpmFileEntry;
import opm.rpm.Tag;

/// The archive of a package's files, as rpm writes it (4.14 and later, lib/rpmfi.c): cpio `newc`
/// with what the header says of each file, nothing of what the disk says but content.
///
/// Names of one file (hard links) stand together behind all others, the content with the last; a
/// payload whose files can have 4 GiB has numbers in place of names (`07070X`).
final class Payload {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Disk disk;
    private final Path root;
    private final StoredHeader stored;
    private final List<RpmFileEntry> files;
    private final long[] inodes;
    private final long[] mtimes;
    private final long[] devices;
    private final boolean large;
    private final Map<Long, Integer> links = new HashMap<>();
    private long written;

    Payload(Disk disk, Path root, StoredHeader stored) throws Damaged {
        this.disk = disk;
        this.root = root;
        this.stored = stored;
        Header header = stored.words().header();
        files = stored.words().files();
        inodes = header.numbers(Tag.FILEINODES);
        mtimes = header.numbers(Tag.FILEMTIMES);
        devices = header.numbers(Tag.FILERDEVS);
        large = header.has(Tag.LONGFILESIZES);
        for (int file = 0; file < files.size(); file++) {
            if (isPlain(file)) {
                links.merge(inode(file), 1, Integer::sum);
            }
        }
    }

    private boolean isPlain(int file) {
        return (files.get(file).mode() & 0170000) == 0100000 && !files.get(file).isGhost();
    }

    private long inode(int file) {
        return file < inodes.length ? inodes[file] : -1 - file;
    }

    /// Writes the archive.
    ///
    /// @return why there can be none, and then what was written is worth nothing
    Optional<Impossible> write(Output out) throws OpmException {
        for (int file : order()) {
            if (file < stored.states().length && stored.states()[file] != 0) {
                return impossible(Why.LEFT_OUT, file);
            }
            Optional<Impossible> obstacle = add(out, file);
            if (obstacle.isPresent()) {
                return obstacle;
            }
        }
        head(out, new Head(0, 0, 1, 0, 0, 0), "TRAILER!!!");
        return Optional.empty();
    }

    private List<Integer> order() {
        var alone = new ArrayList<Integer>();
        var together = new ArrayList<Integer>();
        var seen = new java.util.HashSet<Long>();
        for (int file = 0; file < files.size(); file++) {
            if (files.get(file).isGhost()) {
                continue;
            }
            if (linkCount(file) == 1) {
                alone.add(file);
            } else if (seen.add(inode(file))) {
                for (int other = file; other < files.size(); other++) {
                    if (isPlain(other) && inode(other) == inode(file)) {
                        together.add(other);
                    }
                }
            }
        }
        alone.addAll(together);
        return alone;
    }

    private int linkCount(int file) {
        return isPlain(file) ? links.getOrDefault(inode(file), 1) : 1;
    }

    private boolean isLastName(int file) {
        for (int other = file + 1; other < files.size(); other++) {
            if (isPlain(other) && inode(other) == inode(file)) {
                return false;
            }
        }
        return true;
    }

    private Optional<Impossible> add(Output out, int file) throws OpmException {
        RpmFileEntry entry = files.get(file);
        byte[] target = {};
        long size = 0;
        if (entry.isSymbolicLink()) {
            target = opm.base.ByteText.encode(entry.linkTo());
            size = target.length;
        } else if (isPlain(file) && isLastName(file)) {
            size = entry.sizeBytes();
        }
        if (large) {
            bytes(out, String.format("07070X%08x", file).getBytes(US_ASCII));
            pad(out);
        } else {
            long time = file < mtimes.length ? mtimes[file] : 0;
            long device = isDevice(entry) && file < devices.length ? devices[file] : 0;
            var head = new Head(inode(file), entry.mode(), linkCount(file), time, size, device);
            head(out, head, "." + entry.path());
        }
        if (size == 0) {
            return Optional.empty();
        }
        if (target.length > 0) {
            bytes(out, target);
        } else {
            Optional<Impossible> obstacle = content(out, file, entry);
            if (obstacle.isPresent()) {
                return obstacle;
            }
        }
        pad(out);
        return Optional.empty();
    }

    private Optional<Impossible> content(Output out, int file, RpmFileEntry entry)
            throws OpmException {
        Path path = root.resolve(entry.path().substring(1));
        if (disk.kind(path) != Disk.Kind.FILE) {
            return impossible(
                    disk.kind(path) == Disk.Kind.ABSENT ? Why.MISSING : Why.CHANGED, file);
        }
        if (disk.size(path) != entry.sizeBytes()) {
            return impossible(Why.CHANGED, file);
        }
        MessageDigest hash = Algorithm.ofHexLength(entry.digest().length()).engine();
        long left = entry.sizeBytes();
        try (InputStream in = disk.read(path)) {
            var buffer = new byte[BUFFER_BYTES];
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    return impossible(Why.CHANGED, file);
                }
                hash.update(buffer, 0, count);
                out.write(buffer, 0, count);
                written += count;
                left -= count;
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, path.toString());
        }
        String found = HexFormat.of().formatHex(hash.digest());
        return found.equals(entry.digest()) ? Optional.empty() : impossible(Why.CHANGED, file);
    }

    private Optional<Impossible> impossible(Why why, int file) {
        return Optional.of(new Impossible(stored.nevra(), why, files.get(file).path()));
    }

    private static boolean isDevice(RpmFileEntry entry) {
        int type = entry.mode() & 0170000;
        return type == 0020000 || type == 0060000;
    }

    private record Head(long inode, int mode, int links, long time, long size, long device) {}

    /// One head of `newc`: thirteen numbers of eight hexadecimal digits, then the name.
    private void head(Output out, Head head, String name) throws OpmException {
        byte[] text = opm.base.ByteText.encode(name);
        String numbers =
                String.format(
                        "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
                        head.inode & 0xffffffffL,
                        head.mode,
                        0,
                        0,
                        head.links,
                        head.time & 0xffffffffL,
                        head.size,
                        0,
                        0,
                        head.device >> 8,
                        head.device & 0xff,
                        text.length + 1,
                        0);
        int bytes = numbers.length() + text.length + 1;
        var whole = new byte[bytes + (int) (-(written + bytes) & 3)];
        System.arraycopy(numbers.getBytes(US_ASCII), 0, whole, 0, numbers.length());
        System.arraycopy(text, 0, whole, numbers.length(), text.length);
        bytes(out, whole);
    }

    private void bytes(Output out, byte[] bytes) throws OpmException {
        out.write(bytes, 0, bytes.length);
        written += bytes.length;
    }

    private void pad(Output out) throws OpmException {
        if ((written & 3) != 0) {
            bytes(out, new byte[(int) (-written & 3)]);
        }
    }

    /// Returns how many bytes were written.
    long sizeBytes() {
        return written;
    }
}
