package opm.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.ChunkSums;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.bundle.BundleWriter.Contents;
import opm.bundle.BundleWriter.Slice;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.PlanText;

/// Writes a bundle as several files, none longer than asked for, each a bundle of its own: with the
/// whole plan, and packages of as many batches as fit. A batch lies in several parts only where no
/// part holds it.
///
/// With parity there is one file more, from which and all others but one that one follows.
public final class BundleSplit {
    /// FAT32 takes no longer file.
    public static final long FAT32_BYTES = (4L << 30) - 1;

    private static final String WHOLE = "whole";
    static final String PARITY = "parity";
    private static final int PIECE_BYTES = 1 << 20;

    private final Disk disk;
    private final Contents contents;
    private final PackageSource packages;
    private final byte[] body;
    private final long partBytes;
    private final boolean parity;

    private BundleSplit(
            Disk disk,
            Contents contents,
            PackageSource packages,
            byte[] body,
            long partBytes,
            boolean parity) {
        this.disk = disk;
        this.contents = contents;
        this.packages = packages;
        this.body = body;
        this.partBytes = Math.min(partBytes, FAT32_BYTES);
        this.parity = parity;
    }

    /// One file that was written.
    ///
    /// @param batches whose packages are all in it
    public record Written(Path file, long sizeBytes, Digest seal, List<Integer> batches) {}

    /// Writes the parts of a bundle that is not written itself.
    ///
    /// @param file what the whole bundle would be called: `box.opm` gives `box.1-of-3.opm`
    /// @throws BadRequest when one package is longer than a part
    public static List<Written> write(
            Disk disk,
            Contents contents,
            PackageSource packages,
            Path file,
            long partBytes,
            boolean parity)
            throws OpmException {
        byte[] body = Front.standardBody();
        return new BundleSplit(disk, contents, packages, body, partBytes, parity).write(file);
    }

    /// Writes the parts of a bundle that is there.
    public static List<Written> split(
            Disk disk, BundleReader bundle, Path file, long partBytes, boolean parity)
            throws OpmException {
        if (!bundle.machines().isEmpty() || bundle.part().isPresent()) {
            throw new BadRequest(
                    "bundle split: found a part, or a bundle for many machines, expected another",
                    "Split a bundle that is whole and for one machine.");
        }
        return new BundleSplit(
                        disk,
                        bundle.contents(),
                        PackageSource.of(List.of(bundle)),
                        bundle.body(),
                        partBytes,
                        parity)
                .write(file);
    }

    private List<Written> write(Path file) throws OpmException {
        BundleWriter.Sketch whole = BundleWriter.sketch(contents, packages, body);
        List<Set<String>> slices = slices(whole);
        List<Set<Integer>> batches = batches(slices);
        Digest digest = Digest.sha256Of(whole.manifest());
        var written = new ArrayList<Written>();
        var asides = new ArrayList<Path>();
        boolean done = false;
        try {
            var sealed = new TreeMap<Integer, PartNote.Sealed>();
            int count = slices.size();
            for (int number = 1; number <= (parity ? count + 1 : count); number++) {
                boolean isParity = number > count;
                var note =
                        new PartNote(
                                digest,
                                whole.sizeBytes(),
                                number,
                                count,
                                batches,
                                isParity ? sealed : Map.of());
                Path name = name(file, isParity ? PARITY : number + "-of-" + count);
                Path aside = name.resolveSibling(name.getFileName() + ".part");
                asides.add(aside);
                List<Part> first =
                        List.of(
                                Part.of(PartNote.PATH, note.text()),
                                Part.of(WHOLE, whole.manifest()));
                List<Part> last =
                        isParity
                                ? List.of(parity(asides.subList(0, count), sealed))
                                : List.of();
                Set<String> own = isParity ? Set.of() : slices.get(number - 1);
                BundleWriter.Written one = write(aside, new Slice(own, first, last));
                sealed.put(number, new PartNote.Sealed(one.sizeBytes(), one.seal()));
                written.add(new Written(name, one.sizeBytes(), one.seal(), in(batches, number)));
            }
            for (int at = 0; at < asides.size(); at++) {
                disk.rename(asides.get(at), written.get(at).file());
            }
            done = true;
            return written;
        } finally {
            if (!done) {
                for (Path aside : asides) {
                    disk.delete(aside);
                }
            }
        }
    }

    private BundleWriter.Written write(Path file, Slice slice) throws OpmException {
        try (Output out = disk.create(file)) {
            var written = BundleWriter.writeSlice(contents, packages, out, body, slice);
            out.force();
            if (written.sizeBytes() > partBytes) {
                throw new IllegalStateException(
                        file + ": " + written.sizeBytes() + " bytes, at most " + partBytes);
            }
            return written;
        }
    }

    private static Path name(Path file, String part) {
        String name = String.valueOf(file.getFileName());
        String stem = name.endsWith(".opm") ? name.substring(0, name.length() - 4) : name;
        return file.resolveSibling(stem + "." + part + ".opm");
    }

    private static List<Integer> in(List<Set<Integer>> batches, int number) {
        var in = new ArrayList<Integer>();
        for (int at = 0; at < batches.size(); at++) {
            if (batches.get(at).equals(Set.of(number))) {
                in.add(at + 1);
            }
        }
        return in;
    }

    /// Chooses the packages of each part: batch by batch, a new part where one does not fit.
    private List<Set<String>> slices(BundleWriter.Sketch whole) throws OpmException {
        long fixed = fixedBytes(whole);
        long room = partBytes - fixed - (parity ? fixed : 0);
        Map<Digest, Artifact> artifacts = contents.plan().artifactsByDigest();
        var slices = new ArrayList<Set<String>>();
        slices.add(new TreeSet<>());
        long used = 0;
        for (Batch batch : contents.plan().batches()) {
            var costs = new HashMap<Artifact, Long>();
            var own = new ArrayList<Artifact>();
            long all = 0;
            for (Digest rpm : batch.rpms()) {
                Artifact artifact = artifacts.get(rpm);
                if (artifact == null) {
                    throw new IllegalStateException("a plan names its files");
                }
                long cost = costBytes(artifact);
                if (cost > room) {
                    throw tooLong(artifact, fixed + (parity ? fixed : 0) + cost);
                }
                own.add(artifact);
                costs.put(artifact, cost);
                all += cost;
            }
            if (used > 0 && used + all > room && all <= room) {
                slices.add(new TreeSet<>());
                used = 0;
            }
            for (Artifact artifact : own) {
                long cost = costs.getOrDefault(artifact, 0L);
                if (used > 0 && used + cost > room) {
                    slices.add(new TreeSet<>());
                    used = 0;
                }
                slices.getLast().add(artifact.path());
                used += cost;
            }
        }
        if (slices.size() > PartNote.MOST) {
            throw new BadRequest(
                    "--split: found " + slices.size() + " parts, at most " + PartNote.MOST,
                    "Choose larger parts.");
        }
        return slices;
    }

    private BadRequest tooLong(Artifact artifact, long needed) {
        return new BadRequest(
                "--split: "
                        + artifact.path()
                        + " alone needs a part of "
                        + needed
                        + " bytes, found "
                        + partBytes,
                "Choose larger parts; a package is never cut.");
    }

    /// Returns how long a part without packages would be at most.
    private long fixedBytes(BundleWriter.Sketch whole) throws OpmException {
        Plan plan = contents.plan();
        long parts = Math.min(PartNote.MOST, 10 + 2 * whole.sizeBytes() / partBytes);
        long note = 400 + 100 * parts + 100L * plan.batches().size();
        long texts =
                (long) PlanText.write(plan).length
                        + InstalledList.text(contents.installed()).length
                        + contents.proof().length
                        + contents.order().text().length;
        long keys = contents.keys().values().stream().mapToLong(key -> key.length).sum();
        long slack = (14L + contents.keys().size()) * ZipLayout.ALIGNMENT;
        long program = (long) Front.HEAD_BYTES + body.length;
        return program + whole.manifest().length + note + texts + keys + slack;
    }

    /// Returns by how much a package makes a part longer at most: with its lines in manifest,
    /// directory and repodata, and the sums of its pieces.
    private long costBytes(Artifact artifact) throws OpmException {
        long repodata = 0;
        for (Part part : Repodata.parts(List.of(artifact), 0, List.of(part(artifact)), packages)) {
            repodata += part.sizeBytes();
        }
        long path = artifact.path().length();
        long sums = artifact.sizeBytes() / 8_192 + path + 16;
        return artifact.sizeBytes() + 2L * ZipLayout.ALIGNMENT + repodata + sums + 4 * path + 400;
    }

    /// A part as repodata needs it: its path, size and some digest.
    private static Part part(Artifact artifact) {
        return new Part(
                artifact.path(),
                artifact.sizeBytes(),
                Digest.sha256Of(new byte[0]),
                0,
                ChunkSums.NONE,
                _ -> {});
    }

    private List<Set<Integer>> batches(List<Set<String>> slices) {
        Map<Digest, Artifact> artifacts = contents.plan().artifactsByDigest();
        var batches = new ArrayList<Set<Integer>>();
        for (Batch batch : contents.plan().batches()) {
            var parts = new TreeSet<Integer>();
            for (Digest rpm : batch.rpms()) {
                Artifact artifact = artifacts.get(rpm);
                for (int at = 0; at < slices.size(); at++) {
                    if (artifact != null && slices.get(at).contains(artifact.path())) {
                        parts.add(at + 1);
                    }
                }
            }
            batches.add(parts);
        }
        return batches;
    }

    /// Returns the entry that is the sum of all parts, each followed by zeros: as long as the
    /// longest.
    private Part parity(List<Path> files, Map<Integer, PartNote.Sealed> sealed)
            throws OpmException {
        long longest = 0;
        for (PartNote.Sealed one : sealed.values()) {
            longest = Math.max(longest, one.sizeBytes());
        }
        long length = longest;
        List<Path> parts = List.copyOf(files);
        return Part.measured(PARITY, out -> sum(disk, parts, length, out));
    }

    private static void sum(Disk disk, List<Path> files, long length, OutputStream out)
            throws OpmException, IOException {
        var streams = new ArrayList<InputStream>();
        try {
            for (Path file : files) {
                streams.add(disk.read(file));
            }
            sum(streams, length, out);
        } finally {
            for (InputStream stream : streams) {
                stream.close();
            }
        }
    }

    /// Writes the sum (exclusive or) of some streams, those that end early followed by zeros.
    static void sum(List<InputStream> streams, long length, OutputStream out)
            throws OpmException, IOException {
        byte[] sum = new byte[PIECE_BYTES];
        try {
            for (long at = 0; at < length; at += PIECE_BYTES) {
                int piece = (int) Math.min(PIECE_BYTES, length - at);
                java.util.Arrays.fill(sum, (byte) 0);
                for (InputStream stream : streams) {
                    byte[] more = stream.readNBytes(piece);
                    for (int i = 0; i < more.length; i++) {
                        sum[i] ^= more[i];
                    }
                }
                out.write(sum, 0, piece);
            }
        } catch (StreamFailure e) {
            throw e.failure();
        }
    }
}
