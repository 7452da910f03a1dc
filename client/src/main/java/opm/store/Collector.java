package opm.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Disk;

/// Lists a store, checks it, and sweeps what nobody needs.
///
/// A collection first decides, which can be shown; then it looks at the roots again, and sweeps.
/// Roots are the references that have not expired and the leases of living processes.
public final class Collector {
    /// Written out: put together at run time it costs a start some milliseconds.
    private static final Comparator<Item> OLDEST_FIRST =
            (a, b) -> {
                int byTime = Long.compare(a.modifiedMillis(), b.modifiedMillis());
                return byTime != 0 ? byTime : a.digest().hex().compareTo(b.digest().hex());
            };

    private final Store store;
    private final Disk disk;
    private final Layout layout;
    private final long nowSeconds;

    /// @param nowSeconds what time it is, since 1970; decides about expiry and age
    public Collector(Store store, long nowSeconds) {
        this.store = store;
        this.disk = store.disk();
        this.layout = store.layout();
        this.nowSeconds = nowSeconds;
    }

    /// What a collection would do.
    ///
    /// @param goes objects to remove, oldest first
    /// @param staysBytes of all that was looked at and stays
    public record Decision(List<Item> goes, long staysBytes) {
        public Decision {
            goes = List.copyOf(goes);
        }

        /// Returns how many bytes would be free.
        public long bytes() {
            return goes.stream().mapToLong(Item::sizeBytes).sum();
        }
    }

    /// Returns all objects, by algorithm, then by digits.
    public List<Item> list() throws OpmException {
        Map<Digest, List<Ref>> keepers = keepers();
        var items = new ArrayList<Item>();
        for (Digest digest : store.objects()) {
            items.add(item(digest, keepers));
        }
        return items;
    }

    /// Returns the references that keep an object; expired ones not.
    public List<Ref> why(Digest digest) throws OpmException {
        return List.copyOf(keepers().getOrDefault(digest, List.of()));
    }

    /// Tells whether a running process uses an object.
    public boolean isUsed(Digest digest) throws OpmException {
        return store.leases().living().contains(digest);
    }

    private Item item(Digest digest, Map<Digest, List<Ref>> keepers) throws OpmException {
        Path path = layout.object(digest);
        return new Item(
                digest,
                disk.size(path),
                disk.modifiedMillis(path),
                keepers.getOrDefault(digest, List.of()));
    }

    private Map<Digest, List<Ref>> keepers() throws OpmException {
        var keepers = new HashMap<Digest, List<Ref>>();
        for (Ref ref : store.refs().all()) {
            if (!ref.isExpired(nowSeconds)) {
                for (Digest digest : new LinkedHashSet<>(ref.keeps())) {
                    keepers.computeIfAbsent(digest, _ -> new ArrayList<>()).add(ref);
                }
            }
        }
        return keepers;
    }

    /// Returns the settings of the store's `config`, or CAShe's own where there is none.
    public Retention retention() throws OpmException {
        return disk.exists(layout.config())
                ? Retention.parse(
                        new String(
                                disk.readAll(layout.config(), Limits.LINE_BYTES),
                                StandardCharsets.UTF_8))
                : Retention.USUAL;
    }

    /// Decides about every object of the store.
    public Decision decide(Retention retention) throws OpmException {
        return decide(list(), retention);
    }

    /// Decides about those objects only that lost a reference since the last collection: as fast as
    /// they are few, however large the store is.
    public Decision decideReleased() throws OpmException {
        Set<Digest> released = store.refs().released();
        Set<Digest> kept = store.refs().kept(released, nowSeconds);
        kept.addAll(store.leases().living());
        var items = new ArrayList<Item>();
        long stays = 0;
        for (Digest digest : released) {
            if (store.hasItself(digest)) {
                Item item = item(digest, Map.of());
                if (kept.contains(digest)) {
                    stays += item.sizeBytes();
                } else {
                    items.add(item);
                }
            }
        }
        items.sort(OLDEST_FIRST);
        return new Decision(items, stays);
    }

    private Decision decide(List<Item> items, Retention retention) throws OpmException {
        Set<Digest> used = store.leases().living();
        var old = new ArrayList<Item>();
        var young = new ArrayList<Item>();
        long stays = 0;
        for (Item item : items) {
            if (!item.keptBy().isEmpty() || used.contains(item.digest())) {
                stays += item.sizeBytes();
            } else if (item.modifiedMillis() / 1000 < nowSeconds - retention.ageSeconds()) {
                old.add(item);
            } else {
                young.add(item);
            }
        }
        long oldBytes = bytes(old);
        long youngBytes = bytes(young);
        var goes = new ArrayList<Item>();
        if (oldBytes + youngBytes > retention.olderBytes()) {
            long room = Math.max(0, retention.olderBytes() - youngBytes);
            oldBytes = take(old, oldBytes, room, goes);
            youngBytes = take(young, youngBytes, retention.newerBytes(), goes);
        }
        return new Decision(goes, stays + oldBytes + youngBytes);
    }

    /// Moves the oldest from one list to the other until at most `limit` bytes are left.
    private static long take(List<Item> from, long bytes, long limit, List<Item> to) {
        from.sort(OLDEST_FIRST);
        long left = bytes;
        for (Item item : from) {
            if (left <= limit) {
                break;
            }
            left -= item.sizeBytes();
            to.add(item);
        }
        return left;
    }

    private static long bytes(List<Item> items) {
        return items.stream().mapToLong(Item::sizeBytes).sum();
    }

    /// Removes what a decision says, unless somebody wants it by now.
    ///
    /// @return what was removed
    /// @throws Refused when another collection is under way
    public List<Item> sweep(Decision decision) throws OpmException {
        try (Disk.Lock lock = lock()) {
            assert lock != null;
            var released = new HashSet<>(store.refs().released());
            var asked = new HashSet<>(released);
            decision.goes().forEach(item -> asked.add(item.digest()));
            Set<Digest> kept = store.refs().kept(asked, nowSeconds);
            Set<Digest> used = store.leases().living();
            var removed = new ArrayList<Item>();
            for (Item item : decision.goes()) {
                if (!kept.contains(item.digest()) && !used.contains(item.digest())) {
                    store.remove(item.digest());
                    removed.add(item);
                }
                released.remove(item.digest());
            }
            released.removeIf(digest -> kept.contains(digest) || !store.hasItself(digest));
            store.refs().setReleased(released);
            return removed;
        }
    }

    /// What a collection took away, and how much of what it looked at stays.
    public record Swept(int count, long bytes, long staysBytes) {}

    /// Removes what lost its last reference since the last collection: [#decideReleased] and
    /// [#sweep] in one pass over the references.
    ///
    /// @throws Refused when another collection is under way
    public Swept sweepReleased() throws OpmException {
        try (Disk.Lock lock = lock()) {
            assert lock != null;
            Set<Digest> released = store.refs().released();
            Set<Digest> kept = store.refs().kept(released, nowSeconds);
            Set<Digest> used = store.leases().living();
            var waiting = ConcurrentHashMap.<Digest>newKeySet();
            var count = new AtomicInteger();
            var bytes = new AtomicLong();
            var stays = new AtomicLong();
            Lanes.each(
                    List.copyOf(released),
                    digest -> {
                        // Asked and named once: a thousand of them have 50 ms, in a cold process.
                        Path object = layout.object(digest);
                        long size;
                        try {
                            size = disk.size(object);
                        } catch (BadRequest _) {
                            return;
                        }
                        if (kept.contains(digest)) {
                            stays.addAndGet(size);
                        } else if (used.contains(digest)) {
                            stays.addAndGet(size);
                            waiting.add(digest);
                        } else {
                            store.remove(digest, object);
                            count.incrementAndGet();
                            bytes.addAndGet(size);
                        }
                    });
            store.refs().setReleased(waiting);
            return new Swept(count.get(), bytes.get(), stays.get());
        }
    }

    private Disk.Lock lock() throws OpmException {
        disk.createDirectories(layout.locks());
        Disk.Lock lock = disk.tryLock(layout.collectionLock());
        if (lock == null) {
            throw new Refused(
                    "store: " + layout.root() + " is being collected by another program",
                    "Wait until it is done.");
        }
        return lock;
    }

    /// Hashes every object, as many at a time as there are processors.
    ///
    /// @param remove whether to remove those that are damaged, and notes about what is not there
    /// @return the digests of damaged objects, in the order of [#list]
    /// @throws OpmException when something cannot be read; the rest has been looked at
    public List<Digest> check(boolean remove) throws OpmException {
        List<Digest> all = store.objects();
        var damaged = ConcurrentHashMap.<Digest>newKeySet();
        var failures = new ConcurrentLinkedQueue<OpmException>();
        Lanes.each(
                all,
                digest -> {
                    try {
                        store.verify(digest);
                    } catch (Damaged e) {
                        damaged.add(digest);
                    } catch (OpmException e) {
                        failures.add(e);
                    }
                });
        List<Digest> found = all.stream().filter(damaged::contains).toList();
        if (remove) {
            for (Digest digest : found) {
                store.remove(digest);
            }
            var whole = new HashSet<>(all);
            whole.removeAll(damaged);
            store.notes().keepOnly(whole);
        }
        OpmException failure = failures.peek();
        if (failure != null) {
            throw failure;
        }
        return found;
    }
}
