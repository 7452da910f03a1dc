package opm.preflight;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import opm.base.OpmException;
import opm.host.Disk.Kind;
import opm.preflight.Finding.Why;
import opm.preflight.Standing.Held;
import org.jspecify.annotations.Nullable;

/// What one batch does to files: rpm's `checkInstalledFiles` and `handleOverlappedFiles`, then what
/// its fsm would stumble over, and what all that takes on the disks.
final class BatchFiles {
    private static final int NAME_BYTES = 255;
    private static final int TEMPORARY_BYTES = ";0123abcd".length();

    private final Ground ground;
    private final Standing standing;
    private final Switches switches;
    private final FileRules rules;
    private final Space space;
    private final Database database;
    private final List<Finding> findings;
    private final Set<String> leaving;

    /// Key → who brings it in this batch, the last one.
    private final Map<String, Comes> coming = new HashMap<>();

    /// Package and bond → names that a file still has.
    private final Map<String, Integer> names = new HashMap<>();

    private record Comes(String pkg, Item item, Fate fate) {
        boolean isWritten() {
            return fate.writes() && !item.entry().isGhost();
        }
    }

    BatchFiles(
            Ground ground,
            Standing standing,
            Switches switches,
            Space space,
            Database database,
            List<Finding> findings,
            Set<String> leaving) {
        this.ground = ground;
        this.standing = standing;
        this.switches = switches;
        this.rules = new FileRules(ground, switches);
        this.space = space;
        this.database = database;
        this.findings = findings;
        this.leaving = leaving;
    }

    void run(List<Parcel> parcels) throws OpmException {
        var all = new ArrayList<Item>();
        parcels.forEach(parcel -> all.addAll(parcel.items()));
        ground.expectLinks(all);
        for (String pkg : leaving) {
            for (Held held : standing.of(pkg)) {
                if (held.item().bond() >= 0) {
                    names.merge(pkg + " " + held.item().bond(), 1, Integer::sum);
                }
            }
        }
        space.beginBatch();
        var keys = new ArrayList<List<String>>();
        for (Parcel parcel : parcels) {
            keys.add(parcel.items().stream().map(item -> ground.key(item.path())).toList());
        }
        for (int at = 0; at < parcels.size(); at++) {
            come(parcels.get(at), keys.get(at));
            database.comes(parcels.get(at));
        }
        for (String pkg : leaving) {
            leave(pkg);
        }
        for (int at = 0; at < parcels.size(); at++) {
            Parcel parcel = parcels.get(at);
            standing.come(parcel.nevra().full(), parcel.items(), keys.get(at));
        }
        ground.settle();
    }

    private void come(Parcel parcel, List<String> keys) throws OpmException {
        String pkg = parcel.nevra().full();
        var folders = new HashSet<String>();
        var written = new LinkedHashMap<String, Comes>();
        var made = new HashSet<String>();
        var bonds = new HashSet<Integer>();
        for (int at = 0; at < keys.size(); at++) {
            Item item = parcel.items().get(at);
            String key = keys.get(at);
            if (switches.leavesOut(item)) {
                continue;
            }
            Fate fate = fate(parcel, item, key);
            var comes = new Comes(pkg, item, fate);
            coming.put(key, comes);
            boolean besides = !fate.suffix().isEmpty() && !item.entry().isGhost();
            if (besides && ground.kind(key) != Kind.ABSENT) {
                findings.add(new Finding.Config(item.path(), pkg, fate));
            }
            if (comes.isWritten()) {
                obstacles(parcel, item, key, folders);
                take(item, key, made, bonds);
                written.put(key, comes);
            }
        }
        // Renamed over what was there: that is free again.
        for (var entry : written.entrySet()) {
            Comes comes = entry.getValue();
            if (comes.fate() == Fate.CREATE) {
                release(entry.getKey(), comes.item());
            }
            if (comes.fate() != Fate.RPMNEW) {
                ground.lay(entry.getKey(), comes.item());
            }
        }
    }

    private Fate fate(Parcel parcel, Item item, String key) throws OpmException {
        String pkg = parcel.nevra().full();
        Fate fate = null;
        for (Held held : standing.at(key)) {
            if (!held.isThere()) {
                continue;
            }
            boolean goes = leaving.contains(held.pkg());
            boolean config = held.item().entry().isConfig() || item.entry().isConfig();
            if (FileRules.differ(held.item(), item)) {
                boolean clash = !goes || rules.cannotReplace(item, held.item(), key);
                int color = clash ? rules.byColor(item, held.item()) : 0;
                if (clash && color == 1) {
                    return Fate.SKIP;
                }
                if (clash && color == 0) {
                    findings.add(
                            goes && parcel.hasPretrans()
                                    ? new Finding.Blocked(item.path(), pkg, Why.MAYBE_PRETRANS)
                                    : new Finding.Clash(item.path(), pkg, held.pkg(), true));
                }
            }
            if (config) {
                fate = rules.decide(held.item(), item, key);
            }
        }
        Comes other = coming.get(key);
        if (other == null) {
            if (fate == null && rules.isEdited(item, key)) {
                fate = item.entry().isNoReplace() ? Fate.RPMNEW : Fate.RPMORIG;
            }
        } else {
            fate = overlapped(pkg, item, key, other, fate);
        }
        return fate == null ? Fate.CREATE : fate;
    }

    private @Nullable Fate overlapped(
            String pkg, Item item, String key, Comes other, @Nullable Fate before)
            throws OpmException {
        if (before == Fate.SKIP) {
            return before;
        }
        if (FileRules.differ(other.item(), item)) {
            int color = rules.byColor(item, other.item());
            if (color == 1) {
                return Fate.SKIP;
            }
            if (color == 0 && !other.pkg().equals(pkg)) {
                findings.add(new Finding.Clash(item.path(), pkg, other.pkg(), false));
            }
        } else if (other.isWritten()) {
            return Fate.SKIP;
        }
        if (rules.isEdited(item, key)) {
            return item.entry().isNoReplace() ? Fate.RPMNEW : Fate.SKIP;
        }
        return before;
    }

    /// What makes rpm break off when it comes to this name (lib/fsm.c).
    private void obstacles(Parcel parcel, Item item, String key, Set<String> folders)
            throws OpmException {
        String pkg = parcel.nevra().full();
        Mount mount = space.mountOf(key);
        if (item.type() == Item.Type.DIRECTORY) {
            folders.add(key);
        }
        boolean there = ground.kind(key) == Kind.DIRECTORY;
        if (item.type() != Item.Type.DIRECTORY && there && !hasClash(item.path(), pkg)) {
            block(item, pkg, Why.FOLDER);
        }
        if (isBelowNoFolder(item.path(), folders)) {
            block(item, pkg, Why.NO_FOLDER_ABOVE);
            return;
        }
        if (mount.readOnly() && !(item.type() == Item.Type.DIRECTORY && there)) {
            block(item, pkg, Why.READ_ONLY);
        }
        // Folders of two such names become one, which does no harm; of two files one is lost.
        if (item.type() != Item.Type.DIRECTORY && mount.ignoresCase()) {
            if (ground.twin(key) != null) {
                block(item, pkg, Why.SAME_NAME);
            }
            ground.fold(key);
        }
        boolean link = item.type() == Item.Type.LINK;
        if (link && mount.hasNoLinks()) {
            block(item, pkg, Why.NO_LINKS);
        }
        String name = Standing.baseName(key);
        int bytes = name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        int most = item.type() == Item.Type.DIRECTORY ? NAME_BYTES : NAME_BYTES - TEMPORARY_BYTES;
        if (bytes > most) {
            block(item, pkg, Why.TOO_LONG);
        }
    }

    /// rpm opens folder after folder of the path as it is written (`ensureDir`).
    private boolean isBelowNoFolder(String path, Set<String> folders) {
        int slash = path.lastIndexOf('/');
        while (slash > 0) {
            String above = ground.key(path.substring(0, slash));
            if (folders.contains(above) || ground.kind(above) == Kind.DIRECTORY) {
                return false;
            }
            if (ground.kind(above) != Kind.ABSENT && !ground.isFolder(above)) {
                return true;
            }
            slash = path.lastIndexOf('/', slash - 1);
        }
        return false;
    }

    private boolean hasClash(String path, String pkg) {
        return findings.stream()
                .anyMatch(
                        finding ->
                                switch (finding) {
                                    case Finding.Clash clash ->
                                            clash.path().equals(path) && clash.pkg().equals(pkg);
                                    case Finding.Blocked blocked ->
                                            blocked.path().equals(path)
                                                    && blocked.pkg().equals(pkg);
                                    default -> false;
                                });
    }

    private void block(Item item, String pkg, Why why) {
        findings.add(new Finding.Blocked(item.path(), pkg, why));
    }

    private void take(Item item, String key, Set<String> made, Set<Integer> bonds) {
        Mount mount = space.mountOf(key);
        String above = key.substring(0, Math.max(0, key.lastIndexOf('/')));
        while (!above.isEmpty() && ground.kind(above) == Kind.ABSENT && made.add(above)) {
            space.add(space.mountOf(above), mount.nameBytes(true, 0), 1);
            above = above.substring(0, above.lastIndexOf('/'));
        }
        switch (item.type()) {
            case DIRECTORY -> {
                if (ground.kind(key) == Kind.ABSENT && made.add(key)) {
                    space.add(mount, mount.nameBytes(true, 0), 1);
                }
            }
            case LINK -> {
                int length = item.entry().linkTo().length();
                space.add(mount, mount.nameBytes(false, length), 1);
            }
            case FILE -> {
                if (item.bond() < 0 || bonds.add(item.bond())) {
                    space.add(mount, mount.blocks(item.entry().sizeBytes()), 1);
                }
            }
            case OTHER -> space.add(mount, 0, 1);
        }
    }

    /// What a new file takes the place of is free again.
    private void release(String key, Item item) throws OpmException {
        Kind now = ground.kind(key);
        if (now == Kind.ABSENT || item.type() == Item.Type.DIRECTORY || now == Kind.DIRECTORY) {
            return;
        }
        for (Held held : standing.at(key)) {
            if (leaving.contains(held.pkg()) && !isLastName(held)) {
                return;
            }
        }
        Mount mount = space.mountOf(key);
        long bytes = now == Kind.FILE ? mount.blocks(ground.sizeBytes(key)) : 0;
        space.add(mount, -bytes, -1);
    }

    private boolean isLastName(Held held) {
        int bond = held.item().bond();
        return bond < 0 || names.merge(held.pkg() + " " + bond, -1, Integer::sum) == 0;
    }

    private void leave(String pkg) throws OpmException {
        List<Held> held = List.copyOf(standing.of(pkg));
        standing.leave(pkg);
        var gone = new TreeSet<String>();
        for (Held one : held) {
            boolean stays =
                    coming.containsKey(one.key())
                            || standing.at(one.key()).stream()
                                    .anyMatch(other -> !other.pkg().equals(pkg));
            if (stays || !one.isThere() || one.item().entry().isGhost() && !isGone(one)) {
                continue;
            }
            if (one.item().type() == Item.Type.DIRECTORY) {
                continue; // rpm removes it when it is empty; a folder more or less is no matter
            }
            Kind now = ground.kind(one.key());
            if (now == Kind.ABSENT) {
                continue;
            }
            if (rules.isEdited(one.item(), one.key())) {
                if (!one.item().entry().isGhost()) {
                    findings.add(new Finding.Config(one.item().path(), pkg, Fate.RPMSAVE));
                }
                continue;
            }
            if (isLastName(one)) {
                Mount mount = space.mountOf(one.key());
                long bytes = now == Kind.FILE ? mount.blocks(ground.sizeBytes(one.key())) : 0;
                space.add(mount, -bytes, -1);
            }
            gone.add(one.key());
        }
        gone.forEach(ground::remove);
        database.goes(held.size());
    }

    private static boolean isGone(Held held) {
        // rpm removes ghosts that are no %config, as if it had brought them.
        return !held.item().entry().isConfig();
    }
}
