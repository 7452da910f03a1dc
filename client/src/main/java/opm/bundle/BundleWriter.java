package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Output;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.plan.PlanText;
import org.jspecify.annotations.Nullable;

/// Writes a bundle in one go from front to back. Format: docs/formats/bundle.md
///
/// Everything before the first package is computed first, so memory holds the manifest, the ZIP
/// headers and one package's header, never a package. Equal contents give equal bytes.
public final class BundleWriter {
    static final String PLAN = "plan";
    static final String INSTALLED = "installed";
    static final String PROOF = "proof";
    static final String KEYS = "keys/";
    static final String PACKAGES = "Packages/";

    private final PackageSource packages;
    private final byte[] body;
    private final long zip64From;
    private final @Nullable Slice slice;

    private BundleWriter(
            PackageSource packages, byte[] body, long zip64From, @Nullable Slice slice) {
        this.packages = packages;
        this.body = body;
        this.zip64From = zip64From;
        this.slice = slice;
    }

    /// What of a bundle goes into one of its parts.
    ///
    /// @param packages the paths of those that do
    /// @param first entries that a part has before all others
    /// @param last entries that it has after them
    record Slice(Set<String> packages, List<Part> first, List<Part> last) {}

    /// Writes a part of a bundle.
    static Written writeSlice(
            Contents contents, PackageSource packages, Output out, byte[] body, Slice slice)
            throws OpmException {
        return new BundleWriter(packages, body, ZipLayout.ZIP64_FROM, slice)
                .write(List.of(contents), out);
    }

    /// Returns the manifest that a bundle would have, and how long it would be.
    static Sketch sketch(Contents contents, PackageSource packages, byte[] body)
            throws OpmException {
        var writer = new BundleWriter(packages, body, ZipLayout.ZIP64_FROM, null);
        List<Part> parts = writer.parts(List.of(contents));
        List<String> paths = new ArrayList<>(List.of(Manifest.PATH));
        parts.forEach(part -> paths.add(part.path()));
        ZipLayout layout = writer.layout(parts, paths);
        byte[] manifest = manifest(parts, layout).text();
        int directoryBytes = layout.directory(new int[paths.size()], Front.SEAL_BYTES).length;
        return new Sketch(manifest, layout.directoryAt() + directoryBytes + Front.SEAL_BYTES);
    }

    /// A bundle that is not written.
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    record Sketch(byte[] manifest, long sizeBytes) {}

    /// What goes into a bundle beside packages.
    ///
    /// @param name of the machine, for people, in a bundle for many: printable ASCII, no spaces
    /// @param installed everything but keys that was installed where the plan will be applied
    /// @param proof what the check of the plan against profile and bundle said, text
    /// @param keys ASCII-armoured public keys by file name, usually none
    /// @param order which batches need which others
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    public record Contents(
            String name,
            Plan plan,
            List<Nevra> installed,
            byte[] proof,
            SortedMap<String, byte[]> keys,
            BatchOrder order) {
        public Contents {
            installed = List.copyOf(installed);
        }

        public Contents(
                Plan plan, List<Nevra> installed, byte[] proof, SortedMap<String, byte[]> keys) {
            this("-", plan, installed, proof, keys, BatchOrder.UNKNOWN);
        }

        /// Returns the same with what is known of its batches.
        public Contents with(BatchOrder known) {
            return new Contents(name, plan, installed, proof, keys, known);
        }
    }

    /// What was written.
    ///
    /// @param seal SHA-256 of every byte before the closing comment: the bundle's name
    public record Written(Digest seal, long sizeBytes) {}

    /// Writes a bundle; the caller forces and closes `out`, and throws it away when this fails.
    ///
    /// @throws Damaged when a package is not what the plan says
    /// @throws BadRequest when the installed list is not the one that the plan was made for
    public static Written write(Contents contents, PackageSource packages, Output out)
            throws OpmException {
        return write(contents, packages, out, Front.standardBody(), ZipLayout.ZIP64_FROM);
    }

    /// Writes a bundle for many machines: each package once, and of each machine its part.
    ///
    /// @param machines of different plans; a package has the same path in all of them
    public static Written writeAll(
            List<Contents> machines, PackageSource packages, Output out) throws OpmException {
        return new BundleWriter(packages, Front.standardBody(), ZipLayout.ZIP64_FROM, null)
                .write(machines, out);
    }

    /// Does the same with another program and another threshold of Zip64.
    static Written write(
            Contents contents, PackageSource packages, Output out, byte[] body, long zip64From)
            throws OpmException {
        return new BundleWriter(packages, body, zip64From, null).write(List.of(contents), out);
    }

    private Written write(List<Contents> machines, Output out) throws OpmException {
        List<Part> parts = parts(machines);
        List<String> paths = new ArrayList<>(List.of(Manifest.PATH));
        parts.forEach(part -> paths.add(part.path()));
        String objection = EntryPath.objection(paths);
        if (!objection.isEmpty()) {
            throw new BadRequest(objection, "A bundle cannot hold it; exclude that package.");
        }
        ZipLayout layout = layout(parts, paths);
        byte[] manifest = manifest(parts, layout).text();
        parts.addFirst(Part.of(Manifest.PATH, manifest));
        int[] crcs = parts.stream().mapToInt(Part::crc32).toArray();
        byte[] directory = layout.directory(crcs, Front.SEAL_BYTES);
        MessageDigest gaps = Digest.Algorithm.SHA256.engine();
        for (int entry = 0; entry < crcs.length; entry++) {
            gaps.update(layout.header(entry, crcs[entry]));
        }
        var front =
                new Front(
                        body.length,
                        Digest.sha256Of(body),
                        layout.dataAt(0),
                        manifest.length,
                        Digest.sha256Of(manifest),
                        Digest.of(Digest.Algorithm.SHA256, gaps.digest()),
                        layout.directoryAt(),
                        directory.length,
                        Digest.sha256Of(directory));
        try (var sealed = new SealedOutput(out)) {
            sealed.write(front.head());
            sealed.write(body);
            for (int entry = 0; entry < crcs.length; entry++) {
                sealed.write(layout.header(entry, crcs[entry]));
                assert sealed.position() == layout.dataAt(entry);
                writePart(parts.get(entry), sealed);
            }
            sealed.write(directory);
            Digest seal = sealed.seal();
            sealed.write((Front.SEAL + seal.hex()).getBytes(US_ASCII));
            sealed.flush();
            assert sealed.position() == front.fileBytes();
            return new Written(seal, sealed.position());
        } catch (IOException e) {
            throw StreamFailure.of(e, "the bundle");
        }
    }

    private ZipLayout layout(List<Part> parts, List<String> paths) throws OpmException {
        if (parts.size() > Limits.BUNDLE_ENTRIES) {
            throw new BadRequest(
                    "the bundle would have " + parts.size() + " entries",
                    "Make several bundles; one holds " + Limits.BUNDLE_ENTRIES + ".");
        }
        long[] sizes = new long[paths.size()];
        sizes[0] = Manifest.textBytes(paths.subList(1, paths.size()));
        for (int part = 0; part < parts.size(); part++) {
            sizes[part + 1] = parts.get(part).sizeBytes();
        }
        return new ZipLayout((long) Front.HEAD_BYTES + body.length, paths, sizes, zip64From);
    }

    private static Manifest manifest(List<Part> parts, ZipLayout layout) {
        List<Entry> entries = new ArrayList<>();
        for (int at = 0; at < parts.size(); at++) {
            Part part = parts.get(at);
            entries.add(
                    new Entry(
                            part.path(),
                            layout.dataAt(at + 1),
                            part.sizeBytes(),
                            part.sha256(),
                            part.crc32()));
        }
        return new Manifest(entries);
    }

    /// Returns every entry but the manifest, in the order in which they lie in the file.
    private List<Part> parts(List<Contents> machines) throws OpmException {
        List<Part> parts = new ArrayList<>();
        var keys = new TreeMap<String, byte[]>();
        var artifacts = new TreeMap<String, Artifact>();
        long revision = 0;
        if (slice != null) {
            parts.addAll(slice.first());
        }
        if (machines.size() > 1) {
            parts.add(Part.of(MachineList.PATH, machineList(machines).text()));
        }
        for (Contents contents : machines) {
            Plan plan = contents.plan();
            String folder = machines.size() > 1 ? MachineList.folder(PlanText.digest(plan)) : "";
            parts.add(Part.of(folder + PLAN, PlanText.write(plan)));
            parts.add(Part.of(folder + INSTALLED, installed(contents)));
            parts.add(Part.of(folder + PROOF, contents.proof()));
            if (contents.order().isKnown()) {
                parts.add(Part.of(folder + BatchOrder.PATH, contents.order().text()));
            }
            keys.putAll(contents.keys());
            for (Artifact artifact : plan.artifacts()) {
                if (slice != null && !slice.packages().contains(artifact.path())) {
                    continue;
                }
                Artifact other = artifacts.put(artifact.path(), artifact);
                if (other != null && !other.digest().equals(artifact.digest())) {
                    throw new IllegalArgumentException("two packages at " + artifact.path());
                }
            }
            for (Plan.Source looked : plan.sources()) {
                revision = Math.max(revision, looked.revisionSeconds());
            }
        }
        for (var key : keys.entrySet()) {
            parts.add(Part.of(KEYS + key.getKey(), key.getValue()));
        }
        List<Artifact> all = List.copyOf(artifacts.values());
        List<Part> packageParts = new ArrayList<>();
        for (Artifact artifact : all) {
            if (!artifact.path().startsWith(PACKAGES)) {
                throw new BadRequest(
                        "the plan puts '" + artifact.path() + "' outside " + PACKAGES,
                        "This is a fault of the program that made the plan.");
            }
            packageParts.add(packagePart(artifact));
        }
        List<Part> rest = new ArrayList<>(Repodata.parts(all, revision, packageParts, packages));
        rest.addAll(packageParts);
        if (slice != null) {
            rest.addAll(slice.last());
        }
        List<Part> whole = new ArrayList<>(parts);
        whole.addAll(rest);
        ChunkList.part(whole).ifPresent(parts::add);
        parts.addAll(rest);
        return parts;
    }

    private static MachineList machineList(List<Contents> machines) {
        var list = new ArrayList<MachineList.Machine>();
        for (Contents contents : machines) {
            Plan plan = contents.plan();
            Digest digest = PlanText.digest(plan);
            byte[] after = InstalledList.text(plan.boundaries(contents.installed()).getLast());
            list.add(
                    new MachineList.Machine(
                            MachineList.folder(digest),
                            plan.target().base(),
                            Digest.sha256Of(after),
                            digest,
                            contents.name()));
        }
        return new MachineList(list);
    }

    private static byte[] installed(Contents contents) throws BadRequest {
        byte[] installed = InstalledList.text(contents.installed());
        if (!Digest.sha256Of(installed).equals(contents.plan().target().base())) {
            throw new BadRequest(
                    "the plan was made for another set of installed packages than this profile has",
                    "Make the plan again from the same profile.");
        }
        return installed;
    }

    private Part packagePart(Artifact artifact) throws OpmException {
        Part.Content content = out -> copy(artifact, out);
        boolean strong = artifact.digest().algorithm() == Digest.Algorithm.SHA256;
        PackageSource.Noted noted = packages.noted(artifact);
        if (noted != null
                && (!strong || noted.sha256().equals(artifact.digest()))
                && noted.chunks().fit(artifact.sizeBytes())) {
            return new Part(
                    artifact.path(),
                    artifact.sizeBytes(),
                    noted.sha256(),
                    noted.crc32(),
                    noted.chunks(),
                    content);
        }
        Part part = Part.measured(artifact.path(), content);
        if (part.sizeBytes() != artifact.sizeBytes()
                || strong && !part.sha256().equals(artifact.digest())) {
            throw notWhatThePlanSays(artifact.path());
        }
        return part;
    }

    private void copy(Artifact artifact, OutputStream out) throws OpmException, IOException {
        try (InputStream in = packages.open(artifact)) {
            Part.copy(in, out);
        }
    }

    /// Writes one entry's data and checks that it is what the headers, already written, say.
    private static void writePart(Part part, SealedOutput out) throws OpmException {
        var measure = new Part.Measure(part.path(), out);
        measure.write(part.content());
        if (measure.sizeBytes() != part.sizeBytes()
                || measure.crc32() != part.crc32()
                || !measure.chunks().equals(part.chunks())
                || !measure.sha256().equals(part.sha256())) {
            throw notWhatThePlanSays(part.path());
        }
    }

    private static Damaged notWhatThePlanSays(String path) {
        return new Damaged(
                path + ": the file at hand is not the one that the plan names",
                "Fetch it again: `opm cache check` finds damaged files.");
    }
}
