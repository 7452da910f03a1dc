package opm.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// Makes the whole bundle of its parts again, byte for byte; with the parity part, of all but one.
public final class BundleJoin {
    private final Disk disk;
    private final Map<Integer, BundleReader> parts = new TreeMap<>();
    private final Map<Integer, Path> files = new TreeMap<>();
    private @Nullable Damaged damage;
    private final PartNote note;

    private BundleJoin(Disk disk, List<Path> files) throws OpmException {
        this.disk = disk;
        PartNote first = null;
        for (Path file : files) {
            BundleReader reader = whole(file);
            if (reader == null) {
                continue;
            }
            PartNote own =
                    reader.part()
                            .orElseThrow(
                                    () ->
                                            new BadRequest(
                                                    file + ": found a bundle, expected a part",
                                                    "Name the parts of one bundle."));
            if (first != null && !first.whole().equals(own.whole())) {
                throw new BadRequest(
                        file + ": found a part of another bundle than " + files.getFirst(),
                        "Name the parts of one bundle.");
            }
            first = first == null || own.isParity() ? own : first;
            parts.put(own.number(), reader);
            this.files.put(own.number(), file);
        }
        if (first == null && damage != null) {
            throw damage;
        }
        if (first == null) {
            throw new BadRequest("bundle join: found no parts", "Name the parts of one bundle.");
        }
        note = first;
    }

    /// Returns a part; null where it is damaged, for then it is as good as lost.
    private @Nullable BundleReader whole(Path file) throws OpmException {
        try {
            BundleReader reader = BundleReader.open(disk, file);
            reader.verify();
            return reader;
        } catch (Damaged e) {
            damage = e;
            return null;
        }
    }

    /// What was made.
    ///
    /// @param recovered the number of the part that was lost; 0 for none
    public record Joined(BundleWriter.Written whole, int recovered) {}

    /// Joins parts.
    ///
    /// @throws Damaged when a part is, or more than one is missing
    public static Joined join(Disk disk, List<Path> parts, Path out) throws OpmException {
        return new BundleJoin(disk, parts).join(out);
    }

    private Joined join(Path out) throws OpmException {
        var missing = new ArrayList<Integer>();
        for (int number = 1; number <= note.count(); number++) {
            if (!parts.containsKey(number)) {
                missing.add(number);
            }
        }
        BundleReader parity = parts.remove(note.count() + 1);
        if (missing.size() > 1 || !missing.isEmpty() && parity == null) {
            if (damage != null) {
                throw damage;
            }
            throw new Damaged(
                    "bundle join: of " + note.count() + " parts these are missing: " + missing,
                    parity == null
                            ? "Name them too. Where one was lost, its parity part would recover it."
                            : "The parity part recovers one part, not more.");
        }
        Path aside = out.resolveSibling(out.getFileName() + ".part");
        Path lost = out.resolveSibling(out.getFileName() + ".lost");
        try {
            if (parity != null && !missing.isEmpty()) {
                parts.put(missing.getFirst(), recover(parity, missing.getFirst(), lost));
            }
            BundleWriter.Written written = write(aside);
            disk.rename(aside, out);
            return new Joined(written, missing.isEmpty() ? 0 : missing.getFirst());
        } finally {
            disk.delete(aside);
            disk.delete(lost);
        }
    }

    private BundleWriter.Written write(Path aside) throws OpmException {
        BundleReader any = parts.values().iterator().next();
        BundleWriter.Contents contents = any.contents();
        var packages = PackageSource.of(List.copyOf(parts.values()));
        var sketch = BundleWriter.sketch(contents, packages, any.body());
        if (!Digest.sha256Of(sketch.manifest()).equals(note.whole())) {
            throw new Damaged(
                    "bundle join: these parts do not make the bundle that was split",
                    "Use the opm that made them, or one that is newer.");
        }
        try (Output out = disk.create(aside)) {
            var written =
                    BundleWriter.write(contents, packages, out, any.body(), ZipLayout.ZIP64_FROM);
            out.force();
            return written;
        }
    }

    /// Computes a lost part from all others and the parity part.
    private BundleReader recover(BundleReader parity, int number, Path to) throws OpmException {
        PartNote.Sealed sealed = note.sealed().get(number);
        Entry entry = parity.find(BundleSplit.PARITY).orElse(null);
        if (sealed == null || entry == null || sealed.sizeBytes() > entry.sizeBytes()) {
            throw new Damaged(
                    "bundle join: the parity part says nothing of part " + number,
                    "Copy the parity part again.");
        }
        var streams = new ArrayList<InputStream>();
        try (Output out = disk.create(to)) {
            streams.add(parity.read(entry));
            for (Path file : files.values()) {
                if (!file.equals(files.get(note.count() + 1))) {
                    streams.add(disk.read(file));
                }
            }
            BundleSplit.sum(streams, sealed.sizeBytes(), new ToOutput(out));
        } catch (IOException e) {
            throw StreamFailure.of(e, to.toString());
        } finally {
            for (InputStream stream : streams) {
                close(stream);
            }
        }
        @Nullable BundleReader reader = null;
        try {
            reader = BundleReader.open(disk, to);
            reader.verify();
        } catch (Damaged e) {
            throw (Damaged) broken(number).because(e);
        }
        if (!reader.seal().equals(sealed.seal())) {
            throw broken(number);
        }
        return reader;
    }

    private static Damaged broken(int number) {
        return new Damaged(
                "bundle join: part " + number + " could not be recovered, another one is damaged",
                "`opm bundle verify` on each part says which; copy or repair that one.");
    }

    private static void close(InputStream stream) {
        try {
            stream.close();
        } catch (IOException _) {
            // It was read.
        }
    }
}
