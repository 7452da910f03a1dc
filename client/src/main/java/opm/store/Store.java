package opm.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// Files named by the digest of their bytes. Format: docs/formats/store.md
///
/// One object goes through these states; a crash may happen between any two lines.
///
/// | state   | on disk                                | left by                               |
/// |---------|----------------------------------------|---------------------------------------|
/// | absent  | nothing                                | [#partial] → partial, [#put] → aside  |
/// | partial | `opm/partial/…`, one writer            | [Partial#finish] → present, absent    |
/// | aside   | `opm/aside/UUID`, one writer           | [#put] → present; crash → [#clear]    |
/// | present | the object, whole, its folder forced   | [#get] → trusted, absent; [#remove]   |
/// | trusted | the same; this process has hashed it   | its end, a change of size or time     |
///
/// 1. What has an object's name was hashed, and forced, before it got that name.
/// 2. An object is never changed, only removed; a new one is renamed over it.
/// 3. Nothing leaves by [#get] that this process has not hashed itself, at ingest or at first use.
/// 4. A partial file has one writer in all processes ([Claims]).
/// 5. Recovery needs no work: partial files are hashed when opened, asides are worth nothing.
///
/// 6. A store below is only read, and what comes out of it is hashed like our own. Invariant 3.
///
/// Safe for many threads and many processes.
public final class Store {
    /// The size of an object of which only the digest is known.
    public static final long ANY_SIZE = -1;

    private final Disk disk;
    private final Layout layout;
    private final Notes notes;
    private final Claims claims;
    private final List<Store> below;
    private final boolean readOnly;
    private final Map<Digest, Trusted> trusted = new ConcurrentHashMap<>();

    private record Trusted(Stored stored, long modifiedMillis) {}

    /// How a file leaves the store.
    public enum Way {
        /// A second name where the file system can, else a copy. Who writes to it damages the
        /// store's object, which the store will notice and remove.
        LINK,
        /// A copy of its own, which shares blocks where the kernel can.
        COPY
    }

    /// Opens a store; its folders are made when something comes in.
    public Store(Disk disk, Path root) {
        this(disk, root, List.of());
    }

    /// Opens a store over others: those are read where this one has nothing, and never written to.
    ///
    /// @param below asked in this order; one that others than this user and root may write to is
    ///     left out, because between our look at a file and its use they could change it
    public Store(Disk disk, Path root, List<Path> below) {
        this(
                disk,
                root,
                below.stream()
                        .filter(disk::isOnlyOurs)
                        .map(folder -> new Store(disk, folder, List.of(), true))
                        .toList(),
                false);
    }

    private Store(Disk disk, Path root, List<Store> below, boolean readOnly) {
        this.below = below;
        this.readOnly = readOnly;
        this.disk = disk;
        this.layout = new Layout(root.toAbsolutePath().normalize());
        this.notes = new Notes(disk, layout);
        this.claims = new Claims(disk, layout);
    }

    /// To be called early by who will hash much; see [Checksums#warmUp].
    public static void warmUp() {
        Checksums.warmUp();
    }

    Layout layout() {
        return layout;
    }

    Disk disk() {
        return disk;
    }

    Notes notes() {
        return notes;
    }

    /// Returns the folder of the store.
    public Path root() {
        return layout.root();
    }

    /// Returns the references, which decide what stays.
    public Refs refs() {
        return new Refs(disk, layout);
    }

    /// Tells whether an object is there or in a store below, without looking at its bytes.
    public boolean has(Digest digest) {
        return hasItself(digest) || below.stream().anyMatch(store -> store.has(digest));
    }

    /// The same without the stores below.
    boolean hasItself(Digest digest) {
        return disk.exists(layout.object(digest));
    }

    /// Returns an object whose bytes this process has hashed, null when it is absent.
    ///
    /// @throws Damaged when the bytes are not what the name says; the object is removed, so that
    ///     the next fetch gets it anew
    public @Nullable Stored get(Digest digest) throws OpmException {
        Path path = layout.object(digest);
        if (!disk.exists(path)) {
            return getBelow(digest);
        }
        long modifiedMillis = disk.modifiedMillis(path);
        Trusted known = trusted.get(digest);
        if (known != null
                && known.modifiedMillis() == modifiedMillis
                && known.stored().sizeBytes() == disk.size(path)) {
            return known.stored();
        }
        trusted.remove(digest);
        Stored found = hash(digest.algorithm(), path);
        if (!found.digest().equals(digest)) {
            throw damaged(found, !readOnly && removeDamaged(digest));
        }
        trusted.put(digest, new Trusted(found, modifiedMillis));
        return found;
    }

    /// A damaged copy below counts as absent: it is not ours to remove.
    private @Nullable Stored getBelow(Digest digest) throws OpmException {
        for (Store store : below) {
            try {
                Stored found = store.get(digest);
                if (found != null) {
                    return found;
                }
            } catch (Damaged _) {
                // The next one may have it whole.
            }
        }
        return null;
    }

    /// Hashes an object, whatever this process knows of it.
    ///
    /// @throws Damaged when the bytes are not what the name says; the object stays
    void verify(Digest digest) throws OpmException {
        Path path = layout.object(digest);
        MessageDigest engine = digest.algorithm().engine();
        long count = 0;
        try (InputStream in = disk.read(path)) {
            var buffer = new byte[4 * Checksums.BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                engine.update(buffer, 0, read);
                count += read;
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, path.toString());
        }
        Digest found = Digest.of(digest.algorithm(), engine.digest());
        if (!found.equals(digest)) {
            throw damaged(new Stored(found, path, count, 0, found), false);
        }
    }

    private static Damaged damaged(Stored found, boolean removed) {
        return new Damaged(
                "store: "
                        + found.path()
                        + " has "
                        + found.sizeBytes()
                        + " bytes of the digest "
                        + found.digest().hex(),
                removed
                        ? "The damaged copy has been removed; fetch it again."
                        : "Remove it, then fetch it again.");
    }

    /// Says that this process uses objects, there already or not, so that no collection takes them.
    ///
    /// Waits while a collection removes objects, which takes moments.
    ///
    /// @throws Refused where this process may not write to the store: who reads one
    ///     of somebody else copies out what it needs
    public Lease lease(Collection<Digest> digests) throws OpmException {
        disk.createDirectories(layout.locks());
        while (true) {
            try (Disk.Lock lock = disk.tryLock(layout.collectionLock())) {
                if (lock != null) {
                    Lease lease = leases().take();
                    lease.keep(digests);
                    return lease;
                }
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    Leases leases() {
        return new Leases(disk, layout);
    }

    private Stored hash(Digest.Algorithm algorithm, Path path) throws OpmException {
        var checksums = new Checksums(algorithm);
        try (InputStream in = disk.read(path)) {
            checksums.addAll(in, path.toString());
        } catch (IOException e) {
            throw StreamFailure.of(e, path.toString());
        }
        return checksums.at(path);
    }

    private boolean removeDamaged(Digest digest) {
        try {
            remove(digest);
            return true;
        } catch (OpmException e) {
            // A store on a read-only medium: the caller goes on without this object.
            return false;
        }
    }

    /// Returns what was noted when an object came in, null when nothing was.
    ///
    /// Saves the pass that [#get] makes. Whoever copies the bytes must check them on the way.
    public @Nullable Stored noted(Digest digest) throws OpmException {
        return hasItself(digest) ? notes.find(digest) : null;
    }

    /// Takes in an object; leaves the stream unread when the store has it already.
    ///
    /// @param in is read to its end and not closed
    /// @param sizeBytes exact, or [#ANY_SIZE]
    /// @throws Damaged when the bytes are not what was expected; nothing stays then
    public Stored put(InputStream in, Digest expected, long sizeBytes) throws OpmException {
        Stored there = has(expected) ? getOrNull(expected) : null;
        return there != null ? there : take(in, expected.algorithm(), expected, sizeBytes);
    }

    /// Takes in an object under the digest that its bytes turn out to have.
    ///
    /// @param in is read to its end and not closed
    public Stored add(InputStream in, Digest.Algorithm algorithm) throws OpmException {
        return take(in, algorithm, null, ANY_SIZE);
    }

    private Stored take(
            InputStream in, Digest.Algorithm algorithm, @Nullable Digest expected, long sizeBytes)
            throws OpmException {
        requireOurs();
        disk.createDirectories(layout.asides());
        Path aside = layout.asides().resolve(UUID.randomUUID().toString());
        long limit = sizeBytes == ANY_SIZE ? Limits.PACKAGE_BYTES : sizeBytes;
        var checksums = new Checksums(algorithm);
        boolean entered = false;
        try {
            try (Output out = disk.create(aside)) {
                var buffer = new byte[Checksums.BUFFER_BYTES];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (checksums.count() + read > limit) {
                        throw unexpected(
                                expected, checksums.count() + read + " bytes or more", limit);
                    }
                    out.write(buffer, 0, read);
                    checksums.add(buffer, 0, read);
                }
                out.force();
            } catch (IOException e) {
                throw StreamFailure.of(e, "store: what comes in");
            }
            if (sizeBytes != ANY_SIZE && checksums.count() != sizeBytes) {
                throw unexpected(expected, checksums.count() + " bytes", sizeBytes);
            }
            Stored found = checksums.at(aside);
            if (expected != null && !found.digest().equals(expected)) {
                throw new Damaged(
                        expected + ": the bytes that came have " + found.digest().hex(),
                        "Get the file again, or from another source.");
            }
            // One that is there and right stays: other names may share its inode.
            Stored there = hasItself(found.digest()) ? getOrNull(found.digest()) : null;
            if (there != null) {
                return there;
            }
            Stored stored = found.at(layout.object(found.digest()));
            enter(aside, stored);
            entered = true;
            return stored;
        } finally {
            if (!entered) {
                disk.delete(aside);
            }
        }
    }

    /// Root does not write where an ordinary user may lay symbolic links under its hands.
    private void requireOurs() throws Refused {
        if (disk.exists(layout.root()) && disk.isAnotherUsers(layout.root())) {
            throw new Refused(
                    "store: " + layout.root() + " belongs to another user",
                    "Use a folder of your own: --state DIR.");
        }
    }

    /// Takes in an object of another store, when this one does not have it.
    ///
    /// @return whether it was taken
    /// @throws Damaged when its bytes are not what its name says; the other store keeps it
    public boolean takeFrom(Store other, Digest digest) throws OpmException {
        Path path = other.layout.object(digest);
        if (hasItself(digest)) {
            return false;
        }
        try (InputStream in = disk.read(path)) {
            put(in, digest, ANY_SIZE);
            return true;
        } catch (IOException e) {
            throw StreamFailure.of(e, path.toString());
        }
    }

    private static Damaged unexpected(@Nullable Digest expected, String found, long sizeBytes) {
        return new Damaged(
                (expected == null ? "object" : expected) + ": " + found + ", expected " + sizeBytes,
                "Get the file again, or from another source.");
    }

    private @Nullable Stored getOrNull(Digest digest) throws OpmException {
        try {
            return get(digest);
        } catch (Damaged e) {
            return null;
        }
    }

    /// Gives a file that this process has hashed on its way to the disk, and that is on the medium
    /// since, a second name as an object. Invariants 1 and 3.
    ///
    /// @param facts what was computed over its bytes
    /// @return whether the object is there now; a file system may have no second names
    public boolean adopt(Path file, Stored facts) throws OpmException {
        if (hasItself(facts.digest())) {
            return true;
        }
        requireOurs();
        disk.createDirectories(layout.asides());
        Path aside = layout.asides().resolve(UUID.randomUUID().toString());
        if (!disk.tryLink(file, aside)) {
            return false;
        }
        enter(aside, facts.at(layout.object(facts.digest())));
        return true;
    }

    /// Gives a whole, forced file the name of its object. Invariant 1.
    void enter(Path file, Stored stored) throws OpmException {
        Path object = stored.path();
        expect(List.of(stored.digest()));
        disk.letAllRead(file);
        disk.rename(file, object);
        trusted.put(stored.digest(), new Trusted(stored, disk.modifiedMillis(object)));
        notes.add(stored);
    }

    /// Makes the folders of objects that will come in: for many at once it forces a folder once.
    public void expect(Collection<Digest> digests) throws OpmException {
        requireOurs();
        var changed = EnumSet.noneOf(Digest.Algorithm.class);
        for (Digest digest : digests) {
            Path folder = layout.algorithm(digest.algorithm());
            Path leaf = folder.resolve(digest.hex().substring(0, 4));
            if (!disk.isDirectory(leaf)) {
                disk.createDirectories(leaf);
                disk.letAllRead(folder);
                disk.letAllRead(leaf);
                changed.add(digest.algorithm());
            }
        }
        for (Digest.Algorithm algorithm : changed) {
            disk.forceDirectory(layout.algorithm(algorithm));
        }
    }

    /// Opens the partial file of an object for writing; what an earlier run left is in it.
    ///
    /// @param sizeBytes exact, or [#ANY_SIZE]
    /// @return null while somebody else writes it
    public @Nullable Partial partial(Digest expected, long sizeBytes) throws OpmException {
        requireOurs();
        disk.createDirectories(layout.partials());
        if (!claims.claim(expected)) {
            return null;
        }
        boolean opened = false;
        try {
            var partial =
                    new Partial(
                            this,
                            disk,
                            layout.partial(expected),
                            expected,
                            sizeBytes,
                            () -> claims.release(expected));
            opened = true;
            return partial;
        } finally {
            if (!opened) {
                claims.release(expected);
            }
        }
    }

    /// Lays an object down under another name, over whatever has it.
    ///
    /// @throws Damaged when the object's bytes are not what its name says
    /// @throws OpmException.BadRequest when the store has no such object
    public void copyTo(Digest digest, Path target, Way way) throws OpmException {
        Stored stored = get(digest);
        if (stored == null) {
            throw new OpmException.BadRequest(
                    "store: " + digest + " is not in " + layout.root(), "Fetch it first.");
        }
        String name = String.valueOf(target.getFileName());
        Path aside = target.resolveSibling("." + name + "." + UUID.randomUUID() + ".part");
        if (way == Way.COPY || !disk.tryLink(stored.path(), aside)) {
            disk.copy(stored.path(), aside);
        }
        disk.rename(aside, target);
        // Where both are already names of one file, rename(2) does nothing and leaves the first.
        disk.delete(aside);
    }

    /// Removes an object, whoever refers to it; does nothing when it is absent.
    public void remove(Digest digest) throws OpmException {
        remove(digest, layout.object(digest));
    }

    void remove(Digest digest, Path object) throws OpmException {
        trusted.remove(digest);
        disk.delete(object);
    }

    /// Returns the digests of all objects, by algorithm, then by hexadecimal digits.
    public List<Digest> objects() throws OpmException {
        var found = new ArrayList<Digest>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            for (Path leaf : disk.list(layout.algorithm(algorithm))) {
                for (Path file : disk.list(leaf)) {
                    Digest digest = Layout.digest(algorithm, file);
                    if (digest != null) {
                        found.add(digest);
                    }
                }
            }
        }
        return found;
    }

    /// Returns the objects whose digits begin with some, here and in the stores below.
    ///
    /// @param hex at least four digits, so that one folder of each algorithm is looked at
    public List<Digest> find(String hex) throws OpmException {
        var found = new TreeSet<>(Comparator.comparing(Digest::toString));
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            for (Path file : disk.list(layout.algorithm(algorithm).resolve(hex.substring(0, 4)))) {
                Digest digest = Layout.digest(algorithm, file);
                if (digest != null && digest.hex().startsWith(hex)) {
                    found.add(digest);
                }
            }
        }
        for (Store store : below) {
            found.addAll(store.find(hex));
        }
        return List.copyOf(found);
    }

    /// Removes what writers that died have left aside: everything older than a time.
    ///
    /// @param beforeMillis since 1970; a file that is being written now is younger
    public void clear(long beforeMillis) throws OpmException {
        for (Path file : disk.list(layout.asides())) {
            if (disk.modifiedMillis(file) < beforeMillis) {
                disk.delete(file);
            }
        }
    }
}
