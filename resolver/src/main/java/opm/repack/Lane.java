package opm.repack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import opm.base.Awaited;
import opm.base.Digest.Algorithm;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Host;
import opm.host.Output;
import opm.host.RpmCommand;
import opm.host.StreamFailure;
import opm.repack.Regenerated.Impossible;
import opm.repack.Regenerated.Made;
import opm.repack.Regenerated.Why;
import opm.rpm.Header;
import opm.rpm.Tag;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// Makes packages again, one thread's part of them, in a folder of its own.
final class Lane {
    /// Where an archive of an old package lies, and what is packed of it.
    private static final String ARCHIVE = "archive";

    private static final String PACKED = "packed";

    /// A larger archive is packed once and not searched.
    private static final int OLD_BYTES = 32 << 20;

    /// What one run of the packer gets, or a little more: starting it takes as long as 1 MB.
    private static final long ARCHIVES_BYTES = 16L << 20;

    private final Disk disk;
    private final RpmCommand rpm;
    private final Packer packer;
    private final Path folder;
    private final Consumer<Regenerated> taken;
    private int[] lucky = {};

    /// Packages that were packed and are written; meanwhile the next ones are packed.
    private @Nullable FutureTask<Void> writing;

    /// Archives so far: while one is written, the next has another name.
    private int archives;

    /// @param folder is made and removed by the caller; it is empty between two calls of [#make]
    Lane(Host host, RpmCommand rpm, Path folder, Consumer<Regenerated> taken) {
        this.disk = host.disk();
        this.rpm = rpm;
        this.packer = new Packer(host.commands(), host.disk());
        this.folder = folder;
        this.taken = taken;
    }

    Path folder() {
        return folder;
    }

    /// A package whose archive waits for the packer.
    private record Waiting(StoredHeader stored, Packer.Task task, long archiveBytes) {}

    /// Makes packages, and tells of each.
    void make(List<Nevra> pkgs) throws OpmException {
        Map<String, StoredHeader> headers = StoredHeader.of(rpm, pkgs);
        var waiting = new ArrayList<Waiting>();
        long bytes = 0;
        try {
            for (Nevra pkg : pkgs) {
                StoredHeader stored = headers.remove(pkg.full());
                if (stored == null) {
                    taken.accept(new Impossible(pkg, Why.HEADER, ""));
                } else if (stored.words().payloadDigest() == null) {
                    hand(old(stored), stored);
                    disk.delete(folder.resolve(ARCHIVE));
                    disk.delete(folder.resolve(PACKED));
                } else {
                    Packer.Task task = task(stored, String.valueOf(archives++));
                    var payload = new Payload(disk, rpm.root(), stored);
                    Optional<Impossible> obstacle = archive(payload, task);
                    if (obstacle.isPresent()) {
                        hand(obstacle.get(), stored);
                    } else {
                        waiting.add(new Waiting(stored, task, payload.sizeBytes()));
                        bytes += payload.sizeBytes();
                    }
                }
                if (bytes >= ARCHIVES_BYTES) {
                    pack(waiting);
                    waiting.clear();
                    bytes = 0;
                }
            }
            pack(waiting);
            awaitWritten();
        } finally {
            abandonWriting();
            for (Path left : disk.list(folder)) {
                disk.delete(left);
            }
        }
    }

    private static Packer.Task task(StoredHeader stored, String suffix) throws OpmException {
        Header header = stored.words().header();
        String format = header.string(Tag.PAYLOADCOMPRESSOR, "");
        String flags = header.string(Tag.PAYLOADFLAGS, "");
        return new Packer.Task(ARCHIVE + suffix, PACKED + suffix, format, flags);
    }

    private Optional<Impossible> archive(Payload payload, Packer.Task task) throws OpmException {
        try (Output out = disk.create(folder.resolve(task.from()))) {
            return payload.write(out);
        }
    }

    private void hand(Regenerated one, StoredHeader stored) throws OpmException {
        taken.accept(one);
        disk.delete(file(stored.nevra()));
    }

    private Path file(Nevra pkg) {
        String name = pkg.name() + "-" + pkg.evr().versionRelease() + "." + pkg.arch() + ".rpm";
        return folder.resolve(name.replace('/', '_'));
    }

    /// Packs what waits, all at once, and lets package files be made of it.
    private void pack(List<Waiting> waiting) throws OpmException {
        List<Waiting> all = List.copyOf(waiting);
        Set<Packer.Task> packed = packer.pack(folder, all.stream().map(Waiting::task).toList());
        for (Waiting one : all) {
            disk.delete(folder.resolve(one.task().from()));
        }
        awaitWritten(); // two packs lie here at most
        var task = new FutureTask<>(() -> make(all, packed));
        writing = task;
        Thread.ofPlatform().daemon().start(task);
    }

    private void awaitWritten() throws OpmException {
        FutureTask<Void> task = writing;
        writing = null;
        if (task != null) {
            Awaited.of(task);
        }
    }

    /// Waits for the writer, whose failure counts no more: another one is on its way.
    private void abandonWriting() {
        try {
            awaitWritten();
        } catch (OpmException | IllegalStateException alreadyFailed) {
            assert writing == null : "nobody waits twice";
        }
    }

    private Void make(List<Waiting> all, Set<Packer.Task> packed) throws OpmException {
        for (Waiting one : all) {
            StoredHeader stored = one.stored();
            Path payload = folder.resolve(one.task().to());
            Regenerated made = new Impossible(stored.nevra(), Why.PACKER, "");
            if (packed.contains(one.task())) {
                // Where they are the original's, so is the MD5 of header and payload.
                boolean noted = stored.md5().length() == 32;
                String md5 = noted ? stored.md5() : md5(stored.bytes(), payload);
                Written written = write(stored, one.archiveBytes(), md5, payload);
                if (written.payload().equals(stored.words().payloadDigest())) {
                    made = new Made(stored.nevra(), written.facts(), true);
                }
            }
            hand(made, stored);
            disk.delete(payload);
        }
        return null;
    }

    /// Makes a package that was built before rpm 4.14.
    private Regenerated old(StoredHeader stored) throws OpmException {
        Packer.Task task = task(stored, "");
        var payload = new Payload(disk, rpm.root(), stored);
        Optional<Impossible> obstacle = archive(payload, task);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        Path packed = folder.resolve(PACKED);
        disk.delete(packed);
        if (!packOld(stored, task)) {
            return new Impossible(stored.nevra(), Why.PACKER, "");
        }
        String md5 = md5(stored.bytes(), packed);
        boolean exact = md5.equals(stored.md5());
        if (!exact && !stored.signatures().isEmpty()) {
            return new Impossible(stored.nevra(), Why.BUILDER, "");
        }
        Written written = write(stored, payload.sizeBytes(), md5, packed);
        return new Made(stored.nevra(), written.facts(), exact);
    }

    private boolean pack(Packer.Task task) throws OpmException {
        return !packer.pack(folder, List.of(task)).isEmpty();
    }

    /// Packs so that the original's MD5 of header and payload comes out, where that can be.
    private boolean packOld(StoredHeader stored, Packer.Task task) throws OpmException {
        Path archive = folder.resolve(ARCHIVE);
        if (disk.size(archive) <= OLD_BYTES && stored.md5().length() == 32) {
            var old = new OldPayload(disk.readAll(archive, OLD_BYTES));
            int[] device =
                    old.find(
                            lucky,
                            bytes -> {
                                try (Output out = disk.create(archive)) {
                                    out.write(bytes, 0, bytes.length);
                                }
                                return pack(task)
                                        && md5(stored.bytes(), folder.resolve(PACKED))
                                                .equals(stored.md5());
                            });
            lucky = device.length > 0 ? device : lucky;
            return disk.exists(folder.resolve(PACKED));
        }
        return pack(task);
    }

    private String md5(byte[] header, Path payload) throws OpmException {
        return HexFormat.of().formatHex(hashed(Algorithm.MD5, header, payload));
    }

    private byte[] hashed(Algorithm algorithm, byte[] front, Path file) throws OpmException {
        try (InputStream in = disk.read(file)) {
            MessageDigest hash = algorithm.engine();
            hash.update(front);
            var buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                hash.update(buffer, 0, count);
            }
            return hash.digest();
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
    }

    /// A package file that was written and forced.
    ///
    /// @param payload digest of what was packed
    private record Written(Stored facts, Digest payload) {}

    /// Writes a package file, and hashes it and its payload on the way: they are large.
    private Written write(StoredHeader stored, long archiveBytes, String md5, Path packed)
            throws OpmException {
        Path file = file(stored.nevra());
        boolean same = md5.equals(stored.md5());
        var front = new SignatureHeader();
        stored.signatures()
                .forEach(
                        (tag, value) -> {
                            if (tag == Tag.SIG_OPENPGP) {
                                front.texts(tag, value);
                            } else if (tag < 1000 || same) {
                                front.binary(tag, value);
                            }
                        });
        front.text(Tag.SIG_SHA1, StoredHeader.hash(Algorithm.SHA1, stored.bytes()));
        if (stored.words().payloadDigest() != null) {
            // With it rpm also wants the payload's digest in the header, which older ones lack.
            front.text(Tag.SIG_SHA256, StoredHeader.hash(Algorithm.SHA256, stored.bytes()));
        }
        long size = stored.bytes().length + disk.size(packed);
        if (size < 1L << 32 && archiveBytes < 1L << 32) {
            front.number(Tag.SIG_SIZE, size);
            front.number(Tag.SIG_PAYLOADSIZE, archiveBytes);
        }
        front.binary(Tag.SIG_MD5, HexFormat.of().parseHex(md5));
        Nevra pkg = stored.nevra();
        MessageDigest payload = Algorithm.SHA256.engine();
        MessageDigest whole = Algorithm.SHA256.engine();
        var crc = new CRC32();
        long bytes = 0;
        try (Output out = disk.create(file);
                InputStream in = disk.read(packed)) {
            byte[] head = front.bytes(pkg.name() + "-" + pkg.evr().versionRelease());
            for (byte[] part : List.of(head, stored.bytes())) {
                out.write(part, 0, part.length);
                whole.update(part);
                crc.update(part);
                bytes += part.length;
            }
            var buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                payload.update(buffer, 0, count);
                whole.update(buffer, 0, count);
                crc.update(buffer, 0, count);
                bytes += count;
            }
            out.force();
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
        Digest digest = Digest.of(Digest.Algorithm.SHA256, whole.digest());
        return new Written(
                new Stored(digest, file, bytes, (int) crc.getValue(), digest),
                Digest.of(Digest.Algorithm.SHA256, payload.digest()));
    }
}
