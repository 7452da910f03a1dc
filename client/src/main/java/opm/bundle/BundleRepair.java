package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import opm.base.ChunkSums;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// Mends a damaged bundle in its place, taking no more than what is damaged from elsewhere.
///
/// | what is damaged                   | comes from                                              |
/// |-----------------------------------|---------------------------------------------------------|
/// | ZIP headers, padding, directory   | the manifest                                            |
/// | script                            | this opm, when it writes the same; else another copy    |
/// | head, manifest                    | another copy                                            |
/// | an entry                          | of its pieces those that are damaged: copies, the store, |
/// |                                   | mirrors                                                 |
/// | seal                              | all the rest, once it is whole                          |
///
/// Nothing is written before it was compared with a digest of the head or the manifest, and then by
/// way of [Patches]: a crash or a bad source leaves the bundle no worse than it was.
public final class BundleRepair {
    /// Asked for at once.
    private static final int REQUEST_BYTES = 1 << 20;

    private static final int CHUNK = ChunkSums.CHUNK_BYTES;

    private final Disk disk;
    private final Path file;
    private final List<Spare> spares;
    private final long zip64From;
    private final OwnBytes own;
    private final Map<String, Long> taken = new LinkedHashMap<>();
    private final Set<String> damaged = new TreeSet<>();
    private final Set<String> lost = new TreeSet<>();
    private long damagedBytes;
    private long bundleBytes;

    /// @param spares are asked in this order
    public BundleRepair(Disk disk, Path file, List<Spare> spares) {
        this(disk, file, spares, ZipLayout.ZIP64_FROM);
    }

    BundleRepair(Disk disk, Path file, List<Spare> spares, long zip64From) {
        this.disk = disk;
        this.file = file;
        this.spares = List.copyOf(spares);
        this.zip64From = zip64From;
        own = new OwnBytes(disk, file);
    }

    /// What was done.
    ///
    /// @param damaged what was not whole: `script`, `manifest`, paths, `ZIP headers`, `directory`,
    ///     `seal`
    /// @param lost which of these nobody had
    /// @param damagedBytes of how many bytes that was known
    /// @param taken how many bytes came from where
    public record Result(
            Set<String> damaged, Set<String> lost, long damagedBytes, Map<String, Long> taken) {
        public Result {
            damaged = Set.copyOf(damaged);
            lost = Set.copyOf(lost);
        }
    }

    /// Mends what can be; what cannot is in the result, and stays as it was.
    ///
    /// @throws Damaged when not even its beginning can be had
    public Result run() throws OpmException {
        try (Patches patches = Patches.begin(disk, file)) {
            long foundBytes = disk.size(file);
            Front front = head(patches);
            bundleBytes = front.fileBytes();
            body(front, patches);
            byte[] manifest = manifest(front, patches);
            List<Entry> entries = BundleReader.entries(front, manifest);
            ZipLayout layout = BundleReader.layout(front, entries, zip64From);
            ChunkList chunks = chunks(entries, patches);
            for (int at = 0; at < entries.size(); at++) {
                Entry entry = entries.get(at);
                byte[] header = layout.header(at, entry.crc32());
                compare(layout.headerAt(at), header, "ZIP headers", patches);
                if (at > 0 && !entry.path().equals(ChunkList.PATH)) {
                    entry(entry, chunks.of(entry), patches);
                }
            }
            int[] crcs = entries.stream().mapToInt(Entry::crc32).toArray();
            byte[] directory = layout.directory(crcs, Front.SEAL_BYTES);
            compare(front.directoryAt(), directory, "directory", patches);
            if (foundBytes > front.fileBytes()) {
                damaged.add("seal");
            }
            own.close();
            if (!patches.isEmpty() || foundBytes > front.fileBytes()) {
                patches.apply(front.fileBytes());
            }
            if (lost.isEmpty()) {
                seal(front);
            }
            return new Result(damaged, lost, damagedBytes, new LinkedHashMap<>(taken));
        } finally {
            own.close();
        }
    }

    private Front head(Patches patches) throws OpmException {
        byte[] head = own.read(0, Front.HEAD_BYTES);
        try {
            if (head != null) {
                return Front.parse(head);
            }
        } catch (Damaged e) {
            if (spares.isEmpty()) {
                throw e;
            }
        }
        damaged.add("script");
        damagedBytes += Front.HEAD_BYTES;
        long size = disk.size(file);
        for (Spare spare : spares) {
            byte[] other = spare.raw(size, 0, Front.HEAD_BYTES);
            if (other == null) {
                continue;
            }
            try {
                Front front = Front.parse(other);
                if (isOurs(front, spare)) {
                    took(spare, other.length);
                    patches.put(0, other);
                    return front;
                }
            } catch (Damaged _) {
                // It is damaged there too; the next one may be whole.
            }
        }
        throw new Damaged(
                file + ": its first 2048 bytes are damaged, and no copy of it was given",
                "Name another copy of the same bundle: --from FILE|FOLDER|ADDRESS.");
    }

    /// Tells whether a head is of this bundle: from one of another, everything would come anew.
    private boolean isOurs(Front front, Spare spare) throws OpmException {
        int length = (int) Math.min(front.manifestBytes(), Limits.MANIFEST_BYTES);
        byte[] manifest = own.read(front.manifestAt(), length);
        if (manifest != null && Digest.sha256Of(manifest).equals(front.manifest())) {
            return true;
        }
        long at = front.fileBytes() - Front.SEAL_BYTES;
        byte[] seal = own.read(at, Front.SEAL_BYTES);
        return seal != null
                && Arrays.equals(seal, spare.raw(front.fileBytes(), at, Front.SEAL_BYTES));
    }

    private void body(Front front, Patches patches) throws OpmException {
        int length = (int) Math.min(front.bodyBytes(), Integer.MAX_VALUE);
        byte[] found = own.read(Front.HEAD_BYTES, length);
        if (found != null && Digest.sha256Of(found).equals(front.body())) {
            return;
        }
        byte[] mine = Front.standardBody();
        if (!Digest.sha256Of(mine).equals(front.body())) {
            mine = raw(front, Front.HEAD_BYTES, length, front.body());
        }
        noted("script", Front.HEAD_BYTES, mine, length, patches);
    }

    private byte[] manifest(Front front, Patches patches) throws OpmException {
        if (front.manifestBytes() > Limits.MANIFEST_BYTES) {
            throw new Damaged(
                    "manifest: " + front.manifestBytes() + " bytes are more than allowed",
                    "This is no bundle that opm wrote.");
        }
        int length = (int) front.manifestBytes();
        byte[] found = own.read(front.manifestAt(), length);
        if (found != null && Digest.sha256Of(found).equals(front.manifest())) {
            return found;
        }
        byte[] other = raw(front, front.manifestAt(), length, front.manifest());
        if (other == null) {
            throw new Damaged(
                    file + ": its manifest is damaged, and no copy of it was given",
                    "Name another copy of the same bundle: --from FILE|FOLDER|ADDRESS.");
        }
        noted("manifest", front.manifestAt(), other, length, patches);
        return other;
    }

    private void noted(String what, long at, byte @Nullable [] bytes, int length, Patches patches)
            throws OpmException {
        damaged.add(what);
        damagedBytes += length;
        if (bytes == null) {
            lost.add(what);
        } else {
            patches.put(at, bytes);
        }
    }

    private byte @Nullable [] raw(Front front, long at, int length, Digest digest)
            throws OpmException {
        for (Spare spare : spares) {
            byte[] bytes = spare.raw(front.fileBytes(), at, length);
            if (bytes != null) {
                took(spare, length);
                if (Digest.sha256Of(bytes).equals(digest)) {
                    return bytes;
                }
            }
        }
        return null;
    }

    private void compare(long at, byte[] expected, String what, Patches patches)
            throws OpmException {
        byte[] found = own.read(at, expected.length);
        if (found == null || !Arrays.equals(found, expected)) {
            noted(what, at, expected, expected.length, patches);
        }
    }

    /// Reads the sums of pieces, which all else needs; empty when there are none to be had.
    private ChunkList chunks(List<Entry> entries, Patches patches) throws OpmException {
        for (Entry entry : entries) {
            if (entry.path().equals(ChunkList.PATH) && entry.sizeBytes() < Limits.MANIFEST_BYTES) {
                entry(entry, ChunkSums.NONE, patches);
                byte[] bytes = new byte[(int) entry.sizeBytes()];
                for (int at = 0; at < bytes.length; at += CHUNK) {
                    int length = Math.min(CHUNK, bytes.length - at);
                    byte[] piece = mended(entry.at() + at, length, patches);
                    if (piece != null) {
                        System.arraycopy(piece, 0, bytes, at, length);
                    }
                }
                if (Digest.sha256Of(bytes).equals(entry.sha256())) {
                    return ChunkList.parse(bytes, entries);
                }
            }
        }
        return new ChunkList(Map.of());
    }

    /// Finds what of an entry is damaged, and better bytes for it.
    private void entry(Entry entry, ChunkSums sums, Patches patches) throws OpmException {
        MessageDigest sha = Digest.Algorithm.SHA256.engine();
        var bad = new ArrayList<Integer>();
        int chunk = 0;
        for (long at = 0; at < entry.sizeBytes(); at += CHUNK, chunk++) {
            int length = (int) Math.min(CHUNK, entry.sizeBytes() - at);
            byte[] bytes = own.read(entry.at() + at, length);
            if (bytes == null || sums.count() > 0 && crc32(bytes, 0, length) != sums.crc32(chunk)) {
                bad.add(chunk);
            }
            if (bytes != null) {
                sha.update(bytes);
            }
        }
        boolean whole = Digest.of(Digest.Algorithm.SHA256, sha.digest()).equals(entry.sha256());
        if (whole && bad.isEmpty()) {
            return;
        }
        damaged.add(entry.path());
        if (sums.count() > 0 && !bad.isEmpty()) {
            damagedBytes += bytesOf(entry, bad);
            if (!pieces(entry, sums, bad, patches)) {
                lost.add(entry.path()); // what was found is better than what is there
                return;
            }
            if (isMended(entry, patches)) {
                return;
            }
            patches.drop(entry.at(), entry.end());
        } else {
            damagedBytes += entry.sizeBytes();
        }
        if (!whole(entry, patches)) {
            lost.add(entry.path());
        }
    }

    private static long bytesOf(Entry entry, List<Integer> chunks) {
        long bytes = 0;
        for (int chunk : chunks) {
            bytes += Math.min(CHUNK, entry.sizeBytes() - (long) chunk * CHUNK);
        }
        return bytes;
    }

    /// Gets pieces, neighbours together.
    ///
    /// @return whether each was had from somewhere
    private boolean pieces(Entry entry, ChunkSums sums, List<Integer> bad, Patches patches)
            throws OpmException {
        var missing = new ArrayList<>(bad);
        for (Spare spare : spares) {
            var left = new ArrayList<Integer>();
            for (int at = 0; at < missing.size(); ) {
                int until = at + 1;
                while (until < missing.size()
                        && missing.get(until) == missing.get(until - 1) + 1
                        && (until - at) * CHUNK < REQUEST_BYTES) {
                    until++;
                }
                run(entry, sums, missing.subList(at, until), spare, patches, left);
                at = until;
            }
            missing = left;
            if (missing.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void run(
            Entry entry,
            ChunkSums sums,
            List<Integer> run,
            Spare spare,
            Patches patches,
            List<Integer> left)
            throws OpmException {
        long from = (long) run.getFirst() * CHUNK;
        int length = (int) Math.min((long) run.size() * CHUNK, entry.sizeBytes() - from);
        byte[] bytes = fromSpare(spare, entry, from, length);
        for (int chunk : run) {
            int at = (chunk - run.getFirst()) * CHUNK;
            int own = Math.min(CHUNK, length - at);
            if (bytes == null || crc32(bytes, at, own) != sums.crc32(chunk)) {
                left.add(chunk);
            } else {
                patches.put(entry.at() + from + at, bytes, at, own);
            }
        }
    }

    /// Asks a spare: as a copy of this bundle first, which costs nothing but the bytes.
    private byte @Nullable [] fromSpare(Spare spare, Entry entry, long from, int length) {
        try {
            byte[] bytes = spare.raw(bundleBytes, entry.at() + from, length);
            if (bytes == null) {
                bytes = spare.entry(entry, from, length);
            }
            if (bytes != null) {
                took(spare, length);
            }
            return bytes;
        } catch (OpmException e) {
            return null; // the next one may have it
        }
    }

    /// Compares an entry with its digest, pieces that were found put in their places.
    private boolean isMended(Entry entry, Patches patches) throws OpmException {
        MessageDigest sha = Digest.Algorithm.SHA256.engine();
        for (long at = 0; at < entry.sizeBytes(); at += CHUNK) {
            int length = (int) Math.min(CHUNK, entry.sizeBytes() - at);
            byte[] bytes = mended(entry.at() + at, length, patches);
            if (bytes == null) {
                return false;
            }
            sha.update(bytes);
        }
        return Digest.of(Digest.Algorithm.SHA256, sha.digest()).equals(entry.sha256());
    }

    private byte @Nullable [] mended(long at, int length, Patches patches) throws OpmException {
        byte[] bytes = patches.find(at);
        return bytes != null ? bytes : own.read(at, length);
    }

    /// Gets all of an entry from one that has it right.
    private boolean whole(Entry entry, Patches patches) throws OpmException {
        for (Spare spare : spares) {
            long at = 0;
            while (at < entry.sizeBytes()) {
                int length = (int) Math.min(REQUEST_BYTES, entry.sizeBytes() - at);
                byte[] bytes = fromSpare(spare, entry, at, length);
                if (bytes == null) {
                    break;
                }
                for (int piece = 0; piece < length; piece += CHUNK) {
                    int own = Math.min(CHUNK, length - piece);
                    patches.put(entry.at() + at + piece, bytes, piece, own);
                }
                at += length;
            }
            if (at >= entry.sizeBytes() && isMended(entry, patches)) {
                return true;
            }
            patches.drop(entry.at(), entry.end());
        }
        return false;
    }

    /// Everything but the seal is whole: it is computed where it is not the one that stands there.
    private void seal(Front front) throws OpmException {
        try {
            BundleReader.open(disk, file, zip64From).verify();
        } catch (Damaged _) {
            closeAnew(front);
            BundleReader.open(disk, file, zip64From).verify();
        }
    }

    private void closeAnew(Front front) throws OpmException {
        long at = front.fileBytes() - Front.SEAL_BYTES;
        MessageDigest sha = Digest.Algorithm.SHA256.engine();
        try (InputStream in = disk.read(file)) {
            byte[] piece = new byte[REQUEST_BYTES];
            for (long left = at; left > 0; ) {
                int got = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (got < 0) {
                    break;
                }
                sha.update(piece, 0, got);
                left -= got;
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
        byte[] seal = (Front.SEAL + Digest.of(Digest.Algorithm.SHA256, sha.digest()).hex())
                .getBytes(US_ASCII);
        byte[] found = own.read(at, Front.SEAL_BYTES);
        if (!Arrays.equals(found, seal)) {
            damaged.add("seal");
            damagedBytes += Front.SEAL_BYTES;
            try (Patches patches = Patches.begin(disk, file)) {
                patches.put(at, seal);
                patches.apply(front.fileBytes());
            }
        }
    }

    private void took(Spare spare, int bytes) {
        taken.merge(spare.name(), (long) bytes, Long::sum);
    }

    private static int crc32(byte[] bytes, int offset, int length) {
        var crc = new CRC32();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
