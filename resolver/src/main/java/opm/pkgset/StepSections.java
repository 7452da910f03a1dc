package opm.pkgset;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.ByteText;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// What a step tells of the optional sections: all files, and what stands beside the packages.
/// Layout: docs/formats/increments.md
final class StepSections {
    static final int FILES = 1;
    static final int BULK = 2;

    /// Bytes of what is told of one thing: more than any list of files, or any document.
    private static final int MOST_PIECE = 256 << 20;

    private static final byte[] NONE = {};

    private StepSections() {}

    /// Returns which of them a set has.
    static int of(PackageSet set) {
        return (set.knowsAllFiles() ? FILES : 0) | (set.bulk() == null ? 0 : BULK);
    }

    // ---- told

    /// @param added packages of `next`
    /// @param likes for each of them a similar one of `old`, or -1
    static void write(PackageSet old, PackageSet next, Ints added, Ints likes, VarOutput out) {
        out.number(of(next));
        FileList files = next.fileList();
        FileList oldFiles = old.fileList();
        if (files != null && oldFiles != null) {
            Map<Integer, VarOutput> now = streams(files, next, added);
            Map<Integer, VarOutput> before = streams(oldFiles, old, likes);
            for (int at = 0; at < added.size(); at++) {
                ByteDelta.write(stream(before, likes.get(at)), stream(now, added.get(at)), out);
            }
        }
        Bulk bulk = next.bulk();
        Bulk oldBulk = old.bulk();
        if (bulk != null && oldBulk != null) {
            for (Bulk.Kind kind : Bulk.Kind.values()) {
                ByteDelta.write(records(oldBulk, kind), records(bulk, kind), out);
            }
            for (int at = 0; at < added.size(); at++) {
                int like = likes.get(at);
                byte[] similar = like < 0 ? NONE : oldBulk.changelog(like);
                ByteDelta.write(similar, bulk.changelog(added.get(at)), out);
            }
        }
    }

    private static byte[] records(Bulk bulk, Bulk.Kind kind) {
        var out = new VarOutput();
        for (byte[] record : bulk.records(kind)) {
            out.number(record.length);
            out.bytes(record);
        }
        return out.toBytes();
    }

    /// Returns the files of some packages as bytes: for each directory its length and bytes, how
    /// many names, and of each its length and bytes.
    private static Map<Integer, VarOutput> streams(FileList list, PackageSet set, Ints packages) {
        var wanted = new BitSet();
        for (int at = 0; at < packages.size(); at++) {
            if (packages.get(at) >= 0) {
                wanted.set(packages.get(at));
            }
        }
        var streams = new HashMap<Integer, VarOutput>();
        try (var groups = new KeptFiles(list, KeptFiles.only(wanted, set.packageCount()))) {
            for (; !groups.ended(); groups.advance()) {
                VarOutput out = streams.computeIfAbsent(groups.pkg(), _ -> new VarOutput());
                out.number(groups.directory().length);
                out.bytes(groups.directory());
                out.number(groups.left());
                while (groups.left() > 0) {
                    byte[] name = groups.name();
                    out.number(name.length);
                    out.bytes(name);
                }
            }
        }
        return streams;
    }

    private static byte[] stream(Map<Integer, VarOutput> streams, int pkg) {
        VarOutput stream = streams.get(pkg);
        return stream == null ? NONE : stream.toBytes();
    }

    // ---- taken

    /// Takes what a step tells of the sections.
    static final class Taking {
        /// Bytes that all pieces of a step may come to: a few told bytes can mean many.
        private static final long MOST_BYTES = 1L << 30;

        private final PackageSet old;
        private final boolean[] gone;
        private final List<@Nullable Digest> checksums;
        private final Ints likes;
        private final VarInput in;
        private long room = MOST_BYTES;

        /// @param gone packages of `old` that the new set has not
        /// @param checksums of the packages that came, in the order of the step; null of one
        ///     without
        /// @param likes for each of them a similar one of `old`, or -1
        Taking(
                PackageSet old,
                boolean[] gone,
                List<@Nullable Digest> checksums,
                Ints likes,
                VarInput in) {
            this.old = old;
            this.gone = gone;
            this.checksums = checksums;
            this.likes = likes;
            this.in = in;
        }

        /// Adds them to a set of the packages alone.
        PackageSet of(PackageSet core) throws Damaged {
            int sections = PackageSet.reading(() -> in.number(FILES | BULK));
            if (sections != StepSections.of(old)) {
                throw in.broken("tells of the sections " + sections).asDamaged();
            }
            PackageSet made = core;
            FileList files = old.fileList();
            if (files != null) {
                var builder = new FileListBuilder(core);
                PackageSet.reading(
                        () -> {
                            readFiles(files, builder);
                            return true;
                        });
                made = inMemory(builder::writeTo);
            }
            Bulk bulk = old.bulk();
            if (bulk != null) {
                var builder = new BulkBuilder(made);
                PackageSet.reading(
                        () -> {
                            readBulk(bulk, builder);
                            return true;
                        });
                made = inMemory(builder::writeTo);
            }
            return made;
        }

        private byte[] piece(byte[] like) {
            byte[] piece = ByteDelta.read(in, like, (int) Math.min(room, MOST_PIECE));
            room -= piece.length;
            return piece;
        }

        private void readFiles(FileList files, FileListBuilder builder) {
            var numbers = new int[old.packageCount()];
            for (int pkg = 0; pkg < numbers.length; pkg++) {
                Digest checksum = gone[pkg] ? null : old.facts().checksum(pkg);
                numbers[pkg] = checksum == null ? -1 : builder.packageOf(checksum.hex());
            }
            builder.keep(files, numbers);
            Map<Integer, VarOutput> before = streams(files, old, likes);
            for (int at = 0; at < checksums.size(); at++) {
                addFiles(piece(stream(before, likes.get(at))), checksums.get(at), builder);
            }
        }

        private void readBulk(Bulk bulk, BulkBuilder builder) {
            for (Bulk.Kind kind : Bulk.Kind.values()) {
                byte[] stream = piece(records(bulk, kind));
                var records = new VarInput(stream, 0, stream.length, "increment: records");
                while (!records.atEnd()) {
                    builder.add(kind, records.raw(records.count()));
                }
            }
            for (int pkg = 0; pkg < gone.length; pkg++) {
                if (!gone[pkg]) {
                    changelog(builder, old.facts().checksum(pkg), bulk.changelog(pkg));
                }
            }
            for (int at = 0; at < checksums.size(); at++) {
                int like = likes.get(at);
                byte[] record = piece(like < 0 ? NONE : bulk.changelog(like));
                changelog(builder, checksums.get(at), record);
            }
        }
    }

    private static void addFiles(
            byte[] stream, @Nullable Digest checksum, FileListBuilder builder) {
        byte[] id = checksum == null ? NONE : ByteText.encode(checksum.hex());
        var in = new VarInput(stream, 0, stream.length, "increment: files");
        if (in.atEnd() || !builder.begin(id, 0, id.length)) {
            return;
        }
        var path = new VarOutput();
        while (!in.atEnd()) {
            byte[] directory = in.raw(in.count());
            for (int left = in.count(); left > 0; left--) {
                path.clear();
                path.bytes(directory);
                path.bytes(in.raw(in.count()));
                if (path.hasZero()) {
                    throw in.broken("a path with a zero byte");
                }
                builder.file(path.buffer(), 0, path.size());
            }
        }
        builder.end();
    }

    private static void changelog(BulkBuilder builder, @Nullable Digest checksum, byte[] record) {
        if (checksum != null) {
            byte[] id = ByteText.encode(checksum.hex());
            builder.changelog(id, 0, id.length, record);
        }
    }

    private interface Content {
        void to(ByteSink sink) throws OpmException;
    }

    private static PackageSet inMemory(Content content) throws Damaged {
        var out = new VarOutput();
        try {
            content.to(out::bytes);
        } catch (BrokenSet e) {
            throw e.asDamaged();
        } catch (Damaged e) {
            throw e;
        } catch (OpmException e) {
            throw new IllegalStateException(e);
        }
        return PackageSet.of(Bytes.of(ByteBuffer.wrap(out.buffer(), 0, out.size()).slice()));
    }
}
