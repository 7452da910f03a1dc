package opm.rpmmd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.fetch.Fetcher;
import opm.fetch.Progress;
import opm.host.Host;
import opm.host.Output;
import opm.pkgset.Bulk;
import opm.pkgset.BulkBuilder;
import opm.pkgset.ByteSink;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.pkgset.SetCopier;
import opm.store.Store;
import org.jspecify.annotations.Nullable;

/// Brings the metadata of repositories into the state directory and keeps it fresh.
///
/// | path                              | what                                                   |
/// |-----------------------------------|--------------------------------------------------------|
/// | `repos/ID-HASH/repomd.xml`        | the last one that led to a whole set                   |
/// | `repos/ID-HASH/mirrors`           | addresses of the repository, one a line, best first    |
/// | `repos/ID-HASH/names`             | names of its packages, sorted, for completion          |
/// | `sets/DIGEST.opmset`              | the packages of the repomd.xml of that SHA-256         |
/// | `sets/DIGEST-PATHS.opmset`        | the same with paths that were looked up in filelists   |
/// | `sets/DIGEST-all.opmset`          | the same with all files                                |
/// | `files/DIGEST`                    | file lists, advisories, groups, modules: verified      |
/// | `incoming/UUID`                   | what is being read or written; worth nothing after     |
///
/// A file that is being fetched is a partial file of the store: a killed download goes on there.
///
/// 1. A file has its last name only when all of it is there, verified and forced.
/// 2. repomd.xml is renamed into place after its set, so whatever it names is there.
/// 3. No byte of a metadata file is parsed before its checksum matched.
/// 4. A failure leaves the state as it was; `incoming` may keep a file only after a crash.
public final class Metadata {
    private static final int LIST_BYTES = 4 << 20;

    /// Of the bytes of file lists, what may be spent on steps that nobody asked for.
    private static final int UNASKED_SHARE = 8;

    private final Host host;
    private final Path state;
    private final SetFolder sets;
    private final Store store;
    private final Fetcher fetcher;
    private final Progress progress;
    private final BooleanSupplier cancelled;
    private final Vouching vouching;

    /// Makes one that asks for no signature of repomd.xml.
    public Metadata(
            Host host,
            Path state,
            Store store,
            Fetcher fetcher,
            Progress progress,
            BooleanSupplier cancelled) {
        this(host, state, store, fetcher, progress, cancelled, Vouching.NOT_ASKED);
    }

    /// @param store where a file is until it is whole; what comes of one that breaks off stays
    /// @param fetcher brings files into `store`
    /// @param cancelled asked often while something is fetched
    public Metadata(
            Host host,
            Path state,
            Store store,
            Fetcher fetcher,
            Progress progress,
            BooleanSupplier cancelled,
            Vouching vouching) {
        this.host = host;
        this.state = state;
        this.store = store;
        this.fetcher = fetcher;
        sets = new SetFolder(host.disk(), state);
        this.progress = progress;
        this.cancelled = cancelled;
        this.vouching = vouching;
    }

    /// Makes one whose store lies in the state directory, without a limit of speed.
    public static Metadata in(Host host, Path state) {
        var store = new Store(host.disk(), state.resolve("store"));
        var fetcher = new Fetcher(store, host.net(), host.clock());
        return new Metadata(host, state, store, fetcher, Progress.NONE, () -> false);
    }

    /// When to ask the network.
    public enum Freshness {
        /// Never: what is there is used.
        OFFLINE,
        /// When what is there has outlived the repository's `metadata_expire`, or nothing is.
        EXPIRED,
        /// Always.
        NOW
    }

    /// A repository that is ready for questions.
    ///
    /// @param repomdDigest SHA-256 of repomd.xml, which says of which state the set is
    /// @param baseUrls where its packages may be fetched, best first, each ending in `/`
    /// @param changed whether the set is another one than before
    /// @param unreadable dependencies that were not understood when the set was made; 0 for a set
    ///     that was there
    public record Loaded(
            RepositoryConfig repo,
            PackageSet set,
            Repomd repomd,
            Digest repomdDigest,
            List<String> baseUrls,
            boolean changed,
            int unreadable) {
        public Loaded {
            baseUrls = List.copyOf(baseUrls);
        }

        /// Returns the same with a set that knows more files.
        Loaded with(PackageSet more) {
            return new Loaded(repo, more, repomd, repomdDigest, baseUrls, true, unreadable);
        }
    }

    private Leftovers leftovers() {
        return new Leftovers(host, state, sets);
    }

    private record Known(Xml xml, Repomd repomd, Digest digest, List<String> baseUrls) {}

    /// The bytes of a repomd.xml; equal only to itself.
    private static final class Xml {
        private final byte[] bytes;

        Xml(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /// Returns the set of a repository, fetched anew when needed.
    ///
    /// @throws Unavailable when the network is needed and does not answer
    /// @throws Damaged when the repository's files do not match each other
    public Loaded load(RepositoryConfig repo, Freshness freshness) throws OpmException {
        if (SetRepository.is(repo)) {
            return SetRepository.open(repo);
        }
        Known known = known(repo);
        if (known != null && (freshness == Freshness.OFFLINE || !mustAsk(repo, freshness))) {
            PackageSet set = openSet(sets.of(known.digest()));
            if (set != null) {
                return new Loaded(
                        repo, set, known.repomd(), known.digest(), known.baseUrls(), false, 0);
            }
        }
        if (freshness == Freshness.OFFLINE) {
            throw new Unavailable(
                    repo.id() + ": its metadata was never fetched, and the network is not asked",
                    "Run `opm refresh` where there is a network.");
        }
        return refresh(repo, known);
    }

    private boolean mustAsk(RepositoryConfig repo, Freshness freshness) throws OpmException {
        if (freshness == Freshness.NOW) {
            return true;
        }
        if (repo.isLocal()) {
            return true;
        }
        if (repo.expireSeconds() < 0) {
            return false;
        }
        long age =
                host.clock().millis()
                        - host.disk().modifiedMillis(folder(repo).resolve("repomd.xml"));
        return age < 0 || age / 1000 >= repo.expireSeconds();
    }

    private Loaded refresh(RepositoryConfig repo, @Nullable Known known) throws OpmException {
        Download download = download(repo);
        Mirrors mirrors = Mirrors.of(repo, download);
        byte[] kept = known == null ? null : known.xml().bytes;
        var conditional = new Conditional(host.disk(), folder(repo), kept);
        Known fresh = fetchRepomd(repo, download, mirrors, conditional);
        Path setFile = sets.of(fresh.digest());
        PackageSet set = openSet(setFile);
        int unreadable = 0;
        if (set == null) {
            leftovers().sweep();
            PackageSet old = known == null ? null : openSet(sets.of(known.digest()));
            PackageSet stepped =
                    Increments.advance(
                            old,
                            fresh.repomd(),
                            fresh.baseUrls(),
                            download,
                            fresh.repomd().primary().sizeBytes());
            if (stepped == null) {
                unreadable = makeSet(download, known, fresh, setFile);
            } else {
                write(stepped::copyTo, setFile);
            }
            set = PackageSet.open(setFile);
        }
        boolean changed = known == null || !known.digest().equals(fresh.digest());
        if (changed || known == null || !known.baseUrls().equals(fresh.baseUrls())) {
            remember(repo, fresh, set);
        } else if (!repo.isLocal()) {
            // The time of the file says when the network was asked.
            replace(folder(repo).resolve("repomd.xml"), fresh.xml().bytes);
        }
        if (changed && known != null) {
            advanceFiles(known, fresh, download);
            leftovers().forget(known.digest());
        }
        return new Loaded(
                repo, set, fresh.repomd(), fresh.digest(), fresh.baseUrls(), changed, unreadable);
    }

    /// Brings the set that knows all files along, where there was one and steps are published that
    /// cost little: nobody asked for it just now. Otherwise it is made when it is needed again.
    private void advanceFiles(Known known, Known fresh, Download download) throws OpmException {
        Repomd.Item lists = fresh.repomd().item("filelists");
        Path target = sets.allFilesOf(fresh.digest());
        if (lists == null || lists.sizeBytes() < 0 || host.disk().exists(target)) {
            return;
        }
        PackageSet stepped =
                Increments.advance(
                        openSet(sets.allFilesOf(known.digest())),
                        fresh.repomd(),
                        fresh.baseUrls(),
                        download,
                        lists.sizeBytes() / UNASKED_SHARE);
        if (stepped != null) {
            write(stepped::copyTo, target);
        }
    }

    /// Returns the same repository with everything that filelists know of some paths. Asks the
    /// network when they are not there yet.
    ///
    /// @return the same when the repository has no filelists, or when all paths were asked before
    public Loaded withPaths(Loaded loaded, Collection<String> paths) throws OpmException {
        var wanted = new TreeSet<>(paths);
        List<String> before = loaded.set().askedPaths();
        Repomd.Item item = loaded.repomd().item("filelists");
        boolean known = loaded.set().knowsAllFiles() || new HashSet<>(before).containsAll(wanted);
        if (item == null || known) {
            return loaded;
        }
        wanted.addAll(before);
        List<String> all = List.copyOf(wanted);
        Path target = sets.of(loaded.repomdDigest(), all);
        PackageSet set = openSet(target);
        if (set == null) {
            Map<String, List<String>> found =
                    read(loaded, item, file -> importer().paths(file, item, wanted));
            Path base = sets.of(loaded.repomdDigest());
            var builder = new PackageSetBuilder().askedPaths(all);
            SetCopier.copyWith(found, PackageSet.open(base), builder);
            write(builder::writeTo, target);
            set = PackageSet.open(target);
            sets.keepFew(loaded.repomdDigest(), target);
        }
        return loaded.with(set);
    }

    /// Returns the same repository with a set that knows all files. Asks the network when the file
    /// lists are not there yet.
    ///
    /// @return the same when the repository has no file lists, or knows all files already
    public Loaded withAllFiles(Loaded loaded) throws OpmException {
        Loaded known = knowingAllFiles(loaded);
        if (known != null) {
            return known;
        }
        Repomd.Item item = Objects.requireNonNull(loaded.repomd().item("filelists"));
        Path target = sets.allFilesOf(loaded.repomdDigest());
        PackageSet base = PackageSet.open(sets.of(loaded.repomdDigest()));
        write(read(loaded, item, file -> importer().allFiles(file, item, base))::writeTo, target);
        return loaded.with(PackageSet.open(target));
    }

    /// The same, where that takes no reading of file lists: they were read before, or the
    /// repository has none. Else null.
    public @Nullable Loaded knowingAllFiles(Loaded loaded) throws OpmException {
        if (loaded.repomd().item("filelists") == null || loaded.set().knowsAllFiles()) {
            return loaded;
        }
        PackageSet set = openSet(sets.allFilesOf(loaded.repomdDigest()));
        return set == null ? null : loaded.with(set);
    }

    /// Returns every file of some packages of a repository, for people who look at them. Asks the
    /// network when the file lists are not there yet.
    ///
    /// @param ids checksums of the packages, in hexadecimal
    /// @return the files by checksum; empty when the repository has no file lists
    public Map<String, List<String>> filesOf(Loaded loaded, Set<String> ids) throws OpmException {
        Repomd.Item item = loaded.repomd().item("filelists");
        if (item == null || ids.isEmpty()) {
            return Map.of();
        }
        return read(loaded, item, file -> importer().files(file, item, ids));
    }

    /// Fetches what is otherwise fetched when it is first needed, and reads all of it once: file
    /// lists, advisories, groups. Nothing more is asked of the network then.
    ///
    /// @throws Damaged when one cannot be read; it is not kept then
    public void complete(Loaded loaded) throws OpmException {
        Repomd.Item filelists = loaded.repomd().item("filelists");
        if (filelists != null) {
            read(loaded, filelists, file -> importer().files(file, filelists, Set.of()));
        }
        advisories(loaded, _ -> false);
        groups(loaded);
    }

    /// Returns what the repository says about updates: nothing when it says nothing.
    ///
    /// @param also tells by its name whether a package matters that the repository does not have
    public List<Advisory> advisories(Loaded loaded, Predicate<String> also) throws OpmException {
        PackageSet set = loaded.set();
        if (set.bulk() != null) {
            return BulkImport.advisories(set.bulk(), Importer.known(set, also));
        }
        Repomd.Item item = loaded.repomd().item("updateinfo");
        return item == null
                ? List.of()
                : read(loaded, item, file -> importer().advisories(file, item, set, also));
    }

    /// Returns the deltas that the repository offers, of packages with certain names.
    public List<OfferedDelta> deltas(Loaded loaded, Predicate<String> name) throws OpmException {
        Repomd.Item item = loaded.repomd().item("prestodelta");
        return item == null ? List.of() : read(loaded, item, f -> importer().deltas(f, item, name));
    }

    /// Returns the repository's groups of packages: none when it has none.
    public List<Group> groups(Loaded loaded) throws OpmException {
        if (loaded.set().bulk() != null) {
            return BulkImport.groups(loaded.set().bulk());
        }
        Repomd.Item item = BulkImport.groups(loaded.repomd());
        return item == null ? List.of() : read(loaded, item, file -> importer().groups(file, item));
    }

    /// Returns the repository's module streams: none when it has none.
    public Modules modules(Loaded loaded) throws OpmException {
        if (loaded.set().bulk() != null) {
            return BulkImport.modules(loaded.set().bulk());
        }
        Repomd.Item item = loaded.repomd().item("modules");
        return item == null
                ? Modules.NONE
                : read(loaded, item, file -> importer().modules(file, item));
    }

    /// Returns what changed in some packages, by checksum; the newest first.
    ///
    /// @param packages of the repository's set, by their checksums
    public Map<String, List<Change>> changes(Loaded loaded, Map<String, Integer> packages)
            throws OpmException {
        Bulk bulk = loaded.set().bulk();
        Repomd.Item item = loaded.repomd().item("other");
        if (bulk != null) {
            var found = new HashMap<String, List<Change>>();
            for (Map.Entry<String, Integer> pkg : packages.entrySet()) {
                found.put(pkg.getKey(), BulkImport.changes(bulk, pkg.getValue()));
            }
            return found;
        }
        return item == null || packages.isEmpty()
                ? Map.of()
                : read(loaded, item, file -> importer().changes(file, item, packages.keySet()));
    }

    /// Reads all that the repository says beside its packages; what is not there yet is fetched.
    ///
    /// @return what writes its set with that
    public BulkBuilder bulk(Loaded loaded) throws OpmException {
        return BulkImport.read(
                importer(), loaded.set(), loaded.repomd(), item -> file(loaded, item));
    }

    Importer importer() {
        return new Importer(host.disk());
    }

    interface Reading<T> {
        T of(Path file) throws OpmException;
    }

    /// Reads a verified file; one whose bytes make no sense is not kept.
    <T> T read(Loaded loaded, Repomd.Item item, Reading<T> reading) throws OpmException {
        Path file = file(loaded, item);
        try {
            return reading.of(file);
        } catch (Damaged e) {
            host.disk().delete(file);
            throw e;
        }
    }

    /// Returns a verified file beside the packages, fetched when it is not there.
    private Path file(Loaded loaded, Repomd.Item item) throws OpmException {
        Path file = state.resolve("files").resolve(item.checksum().hex());
        var importer = new Importer(host.disk());
        if (host.disk().exists(file)) {
            try {
                importer.verify(file, item);
                return file;
            } catch (Damaged e) {
                host.disk().delete(file);
            }
        }
        Path aside = aside();
        download(loaded.repo()).fetch(loaded.baseUrls(), item, aside);
        host.disk().createDirectories(state.resolve("files"));
        host.disk().rename(aside, file);
        return file;
    }

    // ---- what is there

    private Path folder(RepositoryConfig repo) {
        return state.resolve("repos").resolve(repo.folderName());
    }

    private static Digest sha256(byte[] bytes) {
        return Digest.sha256Of(bytes);
    }

    /// Returns what an earlier refresh left; null when there is nothing, or nothing whole.
    private @Nullable Known known(RepositoryConfig repo) throws OpmException {
        Path file = folder(repo).resolve("repomd.xml");
        Path list = folder(repo).resolve("mirrors");
        if (!host.disk().exists(file) || !host.disk().exists(list)) {
            return null;
        }
        byte[] bytes = host.disk().readAll(file, Limits.REPOMD_BYTES);
        String urls = new String(host.disk().readAll(list, LIST_BYTES), StandardCharsets.UTF_8);
        try {
            return new Known(
                    new Xml(bytes), Repomd.parse(bytes), sha256(bytes), urls.lines().toList());
        } catch (Damaged e) {
            return null;
        }
    }

    /// Opens a set; null when it is absent, damaged, or of another version of the format.
    private @Nullable PackageSet openSet(Path file) throws OpmException {
        if (!host.disk().exists(file)) {
            return null;
        }
        try {
            return PackageSet.open(file);
        } catch (Damaged e) {
            host.disk().delete(file);
            return null;
        }
    }

    // ---- the network

    private Download download(RepositoryConfig repo) {
        repo.teach(host.net(), repo.baseUrls());
        return new Download(host.net(), store, fetcher, progress, repo, cancelled);
    }

    /// Fetches repomd.xml from the first mirror that has one which its publisher vouches for.
    private Known fetchRepomd(
            RepositoryConfig repo, Download download, Mirrors mirrors, Conditional conditional)
            throws OpmException {
        repo.teach(host.net(), mirrors.baseUrls());
        OpmException failure = null;
        for (int at = 0; at < mirrors.baseUrls().size(); at++) {
            String base = mirrors.baseUrls().get(at);
            try {
                byte[] bytes = conditional.fetch(download, base + "repodata/repomd.xml");
                if (bytes == null) {
                    throw new Unavailable(
                            repo.id() + ": there is no " + base + "repodata/repomd.xml",
                            "Check the repository's address, release and architecture.");
                }
                mirrors.mustVouchFor(repo, bytes);
                String asc = base + "repodata/repomd.xml.asc";
                vouching.check(repo, bytes, () -> download.small(asc, Limits.REPOMD_BYTES));
                Repomd repomd = Repomd.parse(bytes);
                repomd.primary();
                return new Known(
                        new Xml(bytes), repomd, sha256(bytes), mirrors.from(at));
            } catch (Unavailable | Damaged e) {
                if (failure == null || e instanceof Damaged) {
                    failure = e;
                }
            }
        }
        throw failure == null
                ? new Unavailable(repo.id() + ": no mirror is known", "Check its configuration.")
                : failure;
    }

    private int makeSet(Download download, @Nullable Known old, Known fresh, Path target)
            throws OpmException {
        var primaries = new PrimaryFile(host.disk(), download, state.resolve("files"));
        Repomd before = old == null ? null : old.repomd();
        return primaries.read(
                before, fresh.repomd(), fresh.baseUrls(), this::aside, (aside, item) -> {
                    var builder = new PackageSetBuilder();
                    Importer.Imported imported =
                            importer().verifiedPrimary(aside, item, builder, false);
                    write(builder::writeTo, target);
                    return imported.unreadable();
                });
    }

    // ---- the disk

    private Path aside() throws OpmException {
        host.disk().createDirectories(state.resolve("incoming"));
        return state.resolve("incoming").resolve(UUID.randomUUID().toString());
    }

    private interface Content {
        void to(ByteSink sink) throws OpmException;
    }

    private void write(Content content, Path target) throws OpmException {
        Path aside = aside();
        boolean done = false;
        try {
            try (Output out = host.disk().create(aside)) {
                content.to(out::write);
                out.force();
            }
            host.disk().createDirectories(state.resolve("sets"));
            host.disk().rename(aside, target);
            done = true;
        } finally {
            if (!done) {
                host.disk().delete(aside);
            }
        }
    }

    private void remember(RepositoryConfig repo, Known fresh, PackageSet set)
            throws OpmException {
        Path folder = folder(repo);
        host.disk().createDirectories(folder);
        String urls = String.join("\n", fresh.baseUrls()) + "\n";
        replace(folder.resolve("names"), set.nameLines());
        replace(folder.resolve("mirrors"), urls.getBytes(StandardCharsets.UTF_8));
        replace(folder.resolve("repomd.xml"), fresh.xml().bytes);
    }

    private void replace(Path target, byte[] bytes) throws OpmException {
        Path aside = aside();
        try (Output out = host.disk().create(aside)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        host.disk().rename(aside, target);
    }
}
