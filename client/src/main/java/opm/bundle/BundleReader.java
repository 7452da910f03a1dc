package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.StreamFailure;
import opm.plan.Plan;
import opm.plan.PlanText;
import org.jspecify.annotations.Nullable;

/// A bundle opened for reading. Format: docs/formats/bundle.md
///
/// Opening checks head, manifest and layout, which is cheap; [#verify] reads every byte. Small
/// entries are checked against the manifest whenever they are read.
public final class BundleReader {
    private static final int SMALL_ENTRY_BYTES = Limits.MANIFEST_BYTES;

    private final Disk disk;
    private final Path file;
    private final Front front;
    private final List<Entry> entries;
    private final Map<String, Entry> byPath = new HashMap<>();
    private final ZipLayout layout;

    /// The first half of the names of the entries that are one machine's; empty where there is one.
    private final String folder;

    /// Read once: many ask.
    private volatile @Nullable Plan plan;

    /// What is to be done where this is one part of several; null where the plan is all of it.
    private final @Nullable View view;

    /// @param others parts that lie beside this one
    private record View(Plan plan, List<Nevra> installed, List<BundleReader> others) {}

    private BundleReader(
            Disk disk,
            Path file,
            Front front,
            List<Entry> entries,
            ZipLayout layout,
            String folder,
            @Nullable View view) {
        this.disk = disk;
        this.file = file;
        this.front = front;
        this.entries = entries;
        this.layout = layout;
        this.folder = folder;
        entries.forEach(entry -> byPath.put(entry.path(), entry));
        this.view = view;
    }

    /// Returns the names of the machines that the bundle is for; none where it is for one.
    public List<String> machines() throws OpmException {
        return find(MachineList.PATH).isEmpty()
                ? List.of()
                : list().machines().stream().map(MachineList.Machine::name).toList();
    }

    private MachineList list() throws OpmException {
        return MachineList.parse(small(MachineList.PATH, ""));
    }

    /// Returns the bundle as it is for one machine of several: the one where this is installed, or
    /// will be; else the one whose change was begun; else the one that differs in fewest packages,
    /// so that somebody can solve anew. The same where it is for one machine alone.
    ///
    /// @param installed what is installed here
    /// @param begun the digest of the plan of an interrupted change; null for none
    public BundleReader forMachine(List<Nevra> installed, @Nullable Digest begun)
            throws OpmException {
        if (find(MachineList.PATH).isEmpty()) {
            return this;
        }
        Digest here = Digest.sha256Of(InstalledList.text(installed));
        BundleReader nearest = null;
        long fewest = Long.MAX_VALUE;
        for (MachineList.Machine one : list().machines()) {
            var part = new BundleReader(disk, file, front, entries, layout, one.folder(), null);
            long differing = differing(part, one, installed, here, begun);
            if (differing < fewest) {
                fewest = differing;
                nearest = part;
            }
        }
        return Objects.requireNonNull(nearest, "at least one machine");
    }

    private static long differing(
            BundleReader part,
            MachineList.Machine one,
            List<Nevra> installed,
            Digest here,
            @Nullable Digest begun)
            throws OpmException {
        if (begun != null && one.plan().equals(begun)) {
            return -2;
        }
        if (one.base().equals(here) || one.after().equals(here)) {
            return -1;
        }
        var there = new HashSet<>(part.installed());
        int had = there.size();
        there.retainAll(installed);
        return had + installed.size() - 2L * there.size();
    }

    /// Opens a bundle.
    ///
    /// @throws Damaged when it is no bundle, is cut off, or when head and manifest do not agree
    public static BundleReader open(Disk disk, Path file) throws OpmException {
        return open(disk, file, ZipLayout.ZIP64_FROM);
    }

    static BundleReader open(Disk disk, Path file, long zip64From) throws OpmException {
        long sizeBytes = disk.size(file);
        if (sizeBytes < Front.HEAD_BYTES) {
            throw damaged(
                    "the file has " + sizeBytes + " bytes, the script of a bundle alone has more");
        }
        Front front = Front.parse(bytes(disk, file, 0, Front.HEAD_BYTES));
        if (front.manifestBytes() > Limits.MANIFEST_BYTES) {
            throw damaged("manifest: " + front.manifestBytes() + " bytes are more than allowed");
        }
        if (sizeBytes < front.manifestAt() + front.manifestBytes()) {
            throw cutOff(sizeBytes, front, "script or manifest");
        }
        byte[] text = bytes(disk, file, front.manifestAt(), (int) front.manifestBytes());
        if (!Digest.sha256Of(text).equals(front.manifest())) {
            throw damaged("manifest: its bytes are not those that the script was made with");
        }
        List<Entry> entries = entries(front, text);
        if (sizeBytes != front.fileBytes()) {
            throw cutOff(sizeBytes, front, place(entries, sizeBytes));
        }
        return new BundleReader(
                disk, file, front, entries, layout(front, entries, zip64From), "", null);
    }

    /// Returns all entries, the manifest first.
    static List<Entry> entries(Front front, byte[] manifest) throws OpmException {
        List<Entry> entries = new ArrayList<>(Manifest.parse(manifest).entries());
        entries.addFirst(
                new Entry(
                        Manifest.PATH,
                        front.manifestAt(),
                        front.manifestBytes(),
                        front.manifest(),
                        Part.of(Manifest.PATH, manifest).crc32()));
        return entries;
    }

    /// Lays out the entries anew: that leaves no room for gaps, overlaps or surprises.
    static ZipLayout layout(Front front, List<Entry> entries, long zip64From)
            throws OpmException {
        List<String> paths = entries.stream().map(Entry::path).toList();
        long[] sizes = entries.stream().mapToLong(Entry::sizeBytes).toArray();
        String objection = EntryPath.objection(paths);
        if (!objection.isEmpty()) {
            throw damaged("manifest: " + objection);
        }
        var layout = new ZipLayout(front.scriptBytes(), paths, sizes, zip64From);
        for (int at = 0; at < entries.size(); at++) {
            if (entries.get(at).at() != layout.dataAt(at)) {
                throw damaged(
                        "manifest: "
                                + paths.get(at)
                                + " is said to be at byte "
                                + entries.get(at).at()
                                + ", the entries before it end at "
                                + layout.dataAt(at));
            }
        }
        if (layout.directoryAt() != front.directoryAt()) {
            throw damaged("manifest: the directory is not where the entries end");
        }
        return layout;
    }

    /// Returns every entry, the manifest first, in the order in which they lie in the file.
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /// Returns the length of the file.
    public long sizeBytes() {
        return front.fileBytes();
    }

    /// Returns the seal as it stands at the end, which is not checked here.
    public Digest seal() throws OpmException {
        long at = front.fileBytes() - Front.SEAL_BYTES;
        return seal(new String(bytes(disk, file, at, Front.SEAL_BYTES), US_ASCII));
    }

    /// Returns this part together with others, as a bundle of another plan.
    BundleReader with(List<BundleReader> others, Plan plan, List<Nevra> installed) {
        var with = new View(plan, List.copyOf(installed), List.copyOf(others));
        return new BundleReader(disk, file, front, entries, layout, folder, with);
    }

    public Plan plan() throws OpmException {
        if (view != null) {
            return view.plan();
        }
        Plan known = plan;
        if (known == null) {
            known = PlanText.read(small(BundleWriter.PLAN, folder));
            plan = known;
        }
        return known;
    }

    /// Returns what the bundle is one part of; empty where it is whole.
    public Optional<PartNote> part() throws OpmException {
        return find(PartNote.PATH).isEmpty()
                ? Optional.empty()
                : Optional.of(PartNote.parse(small(PartNote.PATH, "")));
    }

    /// Returns which batches need which others.
    BatchOrder order() throws OpmException {
        return find(folder + BatchOrder.PATH).isEmpty()
                ? BatchOrder.UNKNOWN
                : BatchOrder.parse(small(BatchOrder.PATH, folder), plan().batches().size());
    }

    /// Returns the sums of the pieces of its entries.
    ChunkList chunks() throws OpmException {
        return find(ChunkList.PATH).isEmpty()
                ? new ChunkList(Map.of())
                : ChunkList.parse(small(ChunkList.PATH, ""), entries);
    }

    /// Returns what it was made of, beside packages.
    BundleWriter.Contents contents() throws OpmException {
        var keys = new TreeMap<String, byte[]>();
        for (Entry entry : entries) {
            if (entry.path().startsWith(BundleWriter.KEYS)) {
                String name = entry.path().substring(BundleWriter.KEYS.length());
                keys.put(name, small(entry.path(), ""));
            }
        }
        byte[] proof = small(BundleWriter.PROOF, folder);
        return new BundleWriter.Contents(plan(), installed(), proof, keys).with(order());
    }

    /// Returns the sh program, the head left out.
    byte[] body() throws OpmException {
        return bytes(disk, file, Front.HEAD_BYTES, (int) front.bodyBytes());
    }

    /// Returns where it lies.
    Path file() {
        return file;
    }

    /// Returns the plans of all machines that the bundle is for.
    public List<Plan> plans() throws OpmException {
        if (find(MachineList.PATH).isEmpty()) {
            return List.of(plan());
        }
        List<Plan> plans = new ArrayList<>();
        for (MachineList.Machine one : list().machines()) {
            plans.add(PlanText.read(small(BundleWriter.PLAN, one.folder())));
        }
        return plans;
    }

    /// Returns what receipts and journals call the plan: the SHA-256 of its text.
    public Digest planDigest() throws OpmException {
        if (view != null) {
            return PlanText.digest(view.plan());
        }
        return Digest.sha256Of(small(BundleWriter.PLAN, folder));
    }

    /// Returns what was installed where the plan is to be applied, in bytewise order.
    public List<Nevra> installed() throws OpmException {
        if (view != null) {
            return view.installed();
        }
        return InstalledList.parse(small(BundleWriter.INSTALLED, folder));
    }

    /// Returns what the check at the building side said.
    public String proof() throws OpmException {
        return new String(small(BundleWriter.PROOF, folder), UTF_8);
    }

    /// Finds an entry by its path.
    public Optional<Entry> find(String path) {
        Entry own = byPath.get(path);
        if (own == null && view != null) {
            return view.others().stream().flatMap(other -> other.find(path).stream()).findFirst();
        }
        return Optional.ofNullable(own);
    }

    /// Returns the one of the parts in which an entry lies.
    private BundleReader owner(Entry entry) {
        if (view != null && !entry.equals(byPath.get(entry.path()))) {
            for (BundleReader other : view.others()) {
                if (entry.equals(other.byPath.get(entry.path()))) {
                    return other;
                }
            }
        }
        return this;
    }

    /// Opens the data of an entry; the caller closes it, and checks its digest.
    public InputStream read(Entry entry) throws OpmException {
        return new Window(disk.read(owner(entry).file, entry.at()), entry.sizeBytes());
    }

    /// Copies the data of an entry into a file.
    ///
    /// @throws Damaged when the bytes are not those that the manifest names; the file is removed
    public void extract(Entry entry, Path to) throws OpmException {
        extract(entry, to, Digest.Algorithm.SHA256);
    }

    /// Copies the data of an entry into a file.
    ///
    /// @return the digest of the data by another algorithm than the manifest's, as plans have it
    /// @throws Damaged when the bytes are not those that the manifest names; the file is removed
    public Digest extract(Entry entry, Path to, Digest.Algorithm algorithm) throws OpmException {
        MessageDigest sha = Digest.Algorithm.SHA256.engine();
        MessageDigest other = algorithm == Digest.Algorithm.SHA256 ? null : algorithm.engine();
        var crc = new CRC32();
        try (InputStream in = read(entry);
                var out = disk.create(to)) {
            byte[] piece = new byte[64 << 10];
            for (int length; (length = in.read(piece)) >= 0; ) {
                sha.update(piece, 0, length);
                crc.update(piece, 0, length);
                if (other != null) {
                    other.update(piece, 0, length);
                }
                out.write(piece, 0, length);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
        if (!Digest.of(Digest.Algorithm.SHA256, sha.digest()).equals(entry.sha256())
                || (int) crc.getValue() != entry.crc32()) {
            disk.delete(to);
            throw damaged(entry.path() + ": its bytes are not those that the manifest names");
        }
        return other == null ? entry.sha256() : Digest.of(algorithm, other.digest());
    }

    private byte[] small(String name, String where) throws OpmException {
        String path = where + name;
        if (where.isEmpty() && !name.equals(MachineList.PATH) && find(path).isEmpty()
                && find(MachineList.PATH).isPresent()) {
            throw new BadRequest(
                    "the bundle: found one for " + machines().size() + " machines, expected one",
                    "Say which by --profile FILE, or run this on one of them.");
        }
        Entry entry = find(path).orElseThrow(() -> damaged("there is no entry '" + path + "'"));
        if (entry.sizeBytes() > SMALL_ENTRY_BYTES) {
            throw damaged(path + ": " + entry.sizeBytes() + " bytes are more than allowed");
        }
        byte[] bytes = bytes(disk, file, entry.at(), (int) entry.sizeBytes());
        if (!Digest.sha256Of(bytes).equals(entry.sha256())) {
            throw damaged(path + ": its bytes are not those that the manifest names");
        }
        return bytes;
    }

    /// Tells whether the sh program at the front is one that an opm wrote: this one, or one that
    /// was released before. A seal proves that bytes are whole, not who wrote them.
    public boolean hasKnownProgram() throws OpmException {
        byte[] head = bytes(disk, file, 0, Front.HEAD_BYTES);
        return java.util.Arrays.equals(head, front.head()) && Front.isKnown(front.body());
    }

    /// Returns the digest of the sh program, the head left out.
    public Digest program() {
        return front.body();
    }

    /// Compares the data of one entry with what the manifest says.
    public void verify(Entry entry) throws OpmException {
        MessageDigest sha = Digest.Algorithm.SHA256.engine();
        try (InputStream in = read(entry)) {
            pass(in, entry.sizeBytes(), List.of(sha));
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
        if (!Digest.of(Digest.Algorithm.SHA256, sha.digest()).equals(entry.sha256())) {
            throw damaged(entry.path() + ": its bytes are not those that the manifest names");
        }
    }

    /// Reads every byte once and compares it with what the manifest and the seal say.
    ///
    /// @throws Damaged names the first entry or region that is not what it was: `script`,
    ///     `ZIP header of X`, `padding before X`, the path of an entry, `directory`, `seal`
    public void verify() throws OpmException {
        verify(_ -> true);
    }

    /// Reads every byte once and compares all but the data of some entries with what the manifest
    /// says; the seal is over those too.
    ///
    /// @param checked whether the digest of an entry is looked at: not where somebody else does
    /// @throws Damaged when something is not what it was; [#verify] without an argument names it
    public void verify(Predicate<Entry> checked) throws OpmException {
        if (view != null) {
            for (BundleReader other : view.others()) {
                other.verify(checked);
            }
        }
        MessageDigest seal = Digest.Algorithm.SHA256.engine();
        MessageDigest gaps = Digest.Algorithm.SHA256.engine();
        try (InputStream in = disk.read(file)) {
            region(in, Front.HEAD_BYTES, seal);
            if (!region(in, front.bodyBytes(), seal).equals(front.body())) {
                throw damaged("script: its bytes are not those that the bundle was made with");
            }
            for (int at = 0; at < entries.size(); at++) {
                Entry entry = entries.get(at);
                byte[] header = in.readNBytes((int) (layout.dataAt(at) - layout.headerAt(at)));
                compareHeader(at, header);
                seal.update(header);
                gaps.update(header);
                if (!checked.test(entry)) {
                    pass(in, entry.sizeBytes(), List.of(seal));
                } else if (!region(in, entry.sizeBytes(), seal).equals(entry.sha256())) {
                    throw damaged(
                            entry.path() + ": its bytes are not those that the manifest names");
                }
            }
            int[] crcs = entries.stream().mapToInt(Entry::crc32).toArray();
            byte[] expected = layout.directory(crcs, Front.SEAL_BYTES);
            byte[] found = in.readNBytes(expected.length);
            if (!java.util.Arrays.equals(found, expected)) {
                throw damaged(
                        "directory: the ZIP directory is not the one that the manifest gives");
            }
            seal.update(found);
            String comment = new String(in.readNBytes(Front.SEAL_BYTES + 1), US_ASCII);
            if (!Digest.of(Digest.Algorithm.SHA256, seal.digest()).equals(seal(comment))
                    || !Digest.of(Digest.Algorithm.SHA256, gaps.digest()).equals(front.gaps())) {
                throw damaged("seal: it does not close this bundle");
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
    }

    private void compareHeader(int at, byte[] found) throws Damaged {
        byte[] expected = layout.header(at, entries.get(at).crc32());
        int differs = java.util.Arrays.mismatch(found, expected);
        if (differs >= 0) {
            throw damaged(
                    (differs < layout.headerBytesUsed(at) ? "ZIP header of " : "padding before ")
                            + entries.get(at).path()
                            + ": byte "
                            + (layout.headerAt(at) + differs)
                            + " of the file is not what the manifest gives");
        }
    }

    private static Digest region(InputStream in, long length, MessageDigest seal)
            throws IOException {
        MessageDigest own = Digest.Algorithm.SHA256.engine();
        pass(in, length, List.of(own, seal));
        return Digest.of(Digest.Algorithm.SHA256, own.digest());
    }

    private static void pass(InputStream in, long length, List<MessageDigest> hashes)
            throws IOException {
        byte[] piece = new byte[64 << 10];
        for (long left = length; left > 0; ) {
            int got = in.read(piece, 0, (int) Math.min(left, piece.length));
            if (got < 0) {
                break;
            }
            for (MessageDigest hash : hashes) {
                hash.update(piece, 0, got);
            }
            left -= got;
        }
    }

    private static Digest seal(String comment) throws Damaged {
        try {
            if (comment.startsWith(Front.SEAL)) {
                return Digest.sha256(comment.substring(Front.SEAL.length()));
            }
        } catch (IllegalArgumentException notADigest) {
            throw (Damaged) damaged("seal: it cannot be read").because(notADigest);
        }
        throw damaged("seal: the file does not end with 'opm-seal 1 sha256'");
    }

    private static byte[] bytes(Disk disk, Path file, long at, int length) throws OpmException {
        try (InputStream in = disk.read(file, at)) {
            return in.readNBytes(length);
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
    }

    private static String place(List<Entry> entries, long at) {
        for (Entry entry : entries) {
            if (at < entry.end()) {
                return entry.path();
            }
        }
        return "directory or seal";
    }

    private static Damaged cutOff(long foundBytes, Front front, String place) {
        if (foundBytes > front.fileBytes()) {
            return damaged(
                    "seal: " + (foundBytes - front.fileBytes()) + " bytes follow it, none should");
        }
        return damaged(
                place
                        + ": cut off, the file has "
                        + foundBytes
                        + " of "
                        + front.fileBytes()
                        + " bytes");
    }

    private static Damaged damaged(String what) {
        return new Damaged(what, "Copy the bundle again, or have it made again.");
    }
}
