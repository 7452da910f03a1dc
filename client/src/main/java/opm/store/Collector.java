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
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Disk;

/// Lists a store, checks it, and sweeps what nobody needs.
///
/// A collection first decides, which can be shown; then it looks at the roots again, and sweeps.
/// Roots are the references that have not expired and the leases of living processes.
public final class Collector {
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
    /// the references are few, however large the store is.
    public Decision decideReleased() throws OpmException {
        Map<Digest, List<Ref>> keepers = keepers();
        var items = new ArrayList<Item>();
        for (Digest digest : store.refs().released()) {
            if (store.has(digest)) {
                items.add(item(digest, keepers));
            }
        }
        return decide(items, Retention.NOTHING);
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
        from.sort(
                Comparator.comparingLong(Item::modifiedMillis)
                        .thenComparing(item -> item.digest().hex()));
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
        disk.createDirectories(layout.locks());
        try (Disk.Lock lock = disk.tryLock(layout.collectionLock())) {
            if (lock == null) {
                throw new Refused(
                        "store: " + layout.root() + " is being collected by another program",
                        "Wait until it is done.");
            }
            Map<Digest, List<Ref>> keepers = keepers();
            Set<Digest> used = store.leases().living();
            var removed = new ArrayList<Item>();
            var released = new HashSet<>(store.refs().released());
            for (Item item : decision.goes()) {
                if (!keepers.containsKey(item.digest()) && !used.contains(item.digest())) {
                    store.remove(item.digest());
                    removed.add(item);
                }
                released.remove(item.digest());
            }
            released.removeIf(digest -> keepers.containsKey(digest) || !store.has(digest));
            store.refs().setReleased(released);
            return removed;
        }
    }

    /// Hashes every object.
    ///
    /// @param remove whether to remove those that are damaged, and notes about what is not there
    /// @return the digests of damaged objects, in the order of [#list]
    public List<Digest> check(boolean remove) throws OpmException {
        var damaged = new ArrayList<Digest>();
        List<Digest> all = store.objects();
        for (Digest digest : all) {
            try {
                store.verify(digest);
            } catch (Damaged e) {
                damaged.add(digest);
                if (remove) {
                    store.remove(digest);
                }
            }
        }
        if (remove) {
            var whole = new HashSet<>(all);
            damaged.forEach(whole::remove);
            store.notes().keepOnly(whole);
        }
        return damaged;
    }
}
