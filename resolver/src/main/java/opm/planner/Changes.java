package opm.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Nevra;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.plan.Reason;
import opm.planner.Coming.How;
import opm.planner.Planned.Note;
import opm.solve.Change;
import opm.solve.Universe;
import opm.solve.Verdict;
import org.jspecify.annotations.Nullable;

/// A verdict, sorted by what rpm has to be told.
///
/// A verdict says what shall be installed in the end; rpm erases more than it is told, and refuses
/// what would not fit in between. So each package that leaves stands here in exactly one place:
/// with the package whose coming makes rpm erase it, or among those to erase before anything comes
/// in, or among those to erase at the end.
final class Changes {
    private final @Nullable PackageSet installed;
    private final Map<PackageRef, opm.solve.Reason> reasons = new HashMap<>();

    /// What comes in, with the package that the verdict says it replaces.
    private final Map<PackageRef, Entry> entries = new LinkedHashMap<>();

    private final Map<String, List<PackageRef>> incomingByName = new HashMap<>();

    /// What else leaves, with the package that the verdict says obsoletes it.
    private final Map<PackageRef, @Nullable PackageRef> leavers = new LinkedHashMap<>();

    /// All installed packages that leave in whatever way.
    private final Set<PackageRef> leaving = new HashSet<>();

    /// Which package takes which along.
    private final Map<PackageRef, PackageRef> takers = new HashMap<>();

    /// Packages that come in, sorted.
    final List<Coming> comings = new ArrayList<>();

    /// Packages to erase before anything comes in, sorted.
    final List<Going> early = new ArrayList<>();

    /// Packages to erase at the end, sorted.
    final List<Going> late = new ArrayList<>();

    final List<Note> notes = new ArrayList<>();

    /// Returns for each installed package that something which comes takes along, the place of that
    /// one in [#comings].
    Map<PackageRef, Integer> takers() {
        var places = new HashMap<PackageRef, Integer>();
        for (int at = 0; at < comings.size(); at++) {
            places.put(comings.get(at).pkg(), at);
        }
        var found = new HashMap<PackageRef, Integer>();
        takers.forEach((old, by) -> found.put(old, Objects.requireNonNull(places.get(by))));
        entries.forEach(
                (pkg, entry) -> {
                    PackageRef from = entry.from();
                    if (from != null) {
                        found.put(from, Objects.requireNonNull(places.get(pkg)));
                    }
                });
        return found;
    }

    /// Returns the installed packages that are erased by themselves.
    Set<PackageRef> alone() {
        var alone = new HashSet<PackageRef>();
        early.forEach(going -> alone.add(going.pkg()));
        late.forEach(going -> alone.add(going.pkg()));
        return alone;
    }

    private record Entry(How how, @Nullable PackageRef from, List<PackageRef> obsoletes) {}

    Changes(Verdict.Solved verdict, Universe universe) {
        installed = universe.installed();
        for (opm.solve.Reason reason : verdict.reasons()) {
            reasons.putIfAbsent(reason.pkg(), reason);
        }
        for (Change change : verdict.changes()) {
            enter(change);
        }
        for (PackageRef pkg : entries.keySet()) {
            incomingByName.computeIfAbsent(pkg.nevra().name(), _ -> new ArrayList<>()).add(pkg);
        }
        var alone = new ArrayList<PackageRef>();
        leavers.forEach(
                (pkg, by) -> {
                    PackageRef taker = taker(pkg, by);
                    if (taker == null) {
                        alone.add(pkg);
                    } else {
                        takers.put(pkg, taker);
                    }
                });
        sortErasures(alone);
        entries.forEach(this::come);
        comings.sort((a, b) -> a.nevra().compareTo(b.nevra()));
        early.sort((a, b) -> a.nevra().compareTo(b.nevra()));
        late.sort((a, b) -> a.nevra().compareTo(b.nevra()));
    }

    private void enter(Change change) {
        // No switch over the kinds, for the reason given in opm.plan.Step.
        if (change instanceof Change.Install(var pkg, var obsoletes)) {
            entries.put(pkg, new Entry(How.INSTALL, null, obsoletes));
        } else if (change instanceof Change.Upgrade(var from, var pkg)) {
            replace(How.UPGRADE, from, pkg);
        } else if (change instanceof Change.Downgrade(var from, var pkg)) {
            replace(How.DOWNGRADE, from, pkg);
        } else if (change instanceof Change.Reinstall(var from, var pkg)) {
            replace(How.REINSTALL, from, pkg);
        } else if (change instanceof Change.Obsoleted(var pkg, var by)) {
            leave(pkg, by);
        } else {
            leave(change.pkg(), null);
        }
    }

    private void replace(How how, PackageRef from, PackageRef pkg) {
        leaving.add(from);
        // Another architecture, or the same version written otherwise, is an upgrade to rpm; and
        // where rpm would keep the old one, it is an installation and an erasure.
        boolean again = how == How.REINSTALL && !from.nevra().equals(pkg.nevra());
        if (Colors.coexist(from, pkg)) {
            entries.putIfAbsent(pkg, new Entry(How.INSTALL, null, List.of(from)));
            leave(from, pkg);
        } else if (entries.putIfAbsent(pkg, new Entry(again ? How.UPGRADE : how, from, List.of()))
                != null) {
            leave(from, pkg);
        }
    }

    private void leave(PackageRef pkg, @Nullable PackageRef by) {
        leaving.add(pkg);
        leavers.put(pkg, by);
    }

    /// Returns the package whose coming makes rpm erase `pkg`; null when none does.
    private @Nullable PackageRef taker(PackageRef pkg, @Nullable PackageRef by) {
        if (by != null && takes(by, pkg)) {
            return by;
        }
        Nevra nevra = pkg.nevra();
        for (PackageRef other : incomingByName.getOrDefault(nevra.name(), List.of())) {
            if (takes(other, pkg)) {
                return other;
            }
        }
        for (PackageRef other : entries.keySet()) {
            for (Dep dep : other.deps(DepKind.OBSOLETES)) {
                if (Match.obsoletes(dep, nevra) && takes(other, pkg)) {
                    return other;
                }
            }
        }
        return null;
    }

    /// Tells whether rpm, which installs `coming`, minds `pkg` at all.
    private boolean takes(PackageRef coming, PackageRef pkg) {
        return !isBeside(coming) && !Colors.coexist(pkg, coming);
    }

    /// Decides which erasures cannot wait for the end.
    private void sortErasures(List<PackageRef> alone) {
        if (alone.isEmpty()) {
            return;
        }
        var gone = new HashSet<>(leaving);
        alone.forEach(gone::remove);
        var standing = new Standing(installed, gone, List.copyOf(entries.keySet()));
        var first = new HashSet<PackageRef>();
        for (PackageRef pkg : alone) {
            Note note = entries.isEmpty() ? null : cannotWait(pkg, standing);
            if (note != null) {
                first.add(pkg);
                notes.add(note);
            }
        }
        withDependents(alone, first);
        for (PackageRef pkg : alone) {
            (first.contains(pkg) ? early : late).add(new Going(pkg, pkg.nevra()));
        }
    }

    private @Nullable Note cannotWait(PackageRef pkg, Standing standing) {
        Nevra nevra = pkg.nevra();
        PackageRef by = leavers.get(pkg);
        if (by != null) {
            return new Note.ErasedFirst(nevra, by.nevra(), nevra.name());
        }
        for (PackageRef other : incomingByName.getOrDefault(nevra.name(), List.of())) {
            if (!isBeside(other)) {
                return new Note.ErasedFirst(nevra, other.nevra(), nevra.name());
            }
        }
        for (PackageRef other : entries.keySet()) {
            String dep = conflict(other, pkg);
            if (dep.isEmpty()) {
                dep = conflict(pkg, other);
            }
            if (!dep.isEmpty()) {
                return new Note.ErasedFirst(nevra, other.nevra(), dep);
            }
        }
        for (String path : pkg.files()) {
            // Programs are never shared; of other paths it is not known whether they are folders.
            if (path.contains("bin/")) {
                PackageRef other = incomingOwner(path);
                if (other != null) {
                    return new Note.ErasedFirst(nevra, other.nevra(), path);
                }
            }
        }
        Dep broken = standing.brokenBy(pkg);
        if (broken != null) {
            for (PackageRef provider : standing.goneProviders(broken)) {
                return new Note.ErasedFirst(nevra, successor(provider), broken.toString());
            }
            return new Note.ErasedFirst(nevra, nevra, broken.toString());
        }
        return null;
    }

    private @Nullable PackageRef incomingOwner(String path) {
        var sets = new HashSet<PackageSet>();
        for (PackageRef coming : entries.keySet()) {
            if (sets.add(coming.set())) {
                for (int owner : coming.set().owners(path)) {
                    PackageRef other = coming.set().ref(owner);
                    if (entries.containsKey(other)) {
                        return other;
                    }
                }
            }
        }
        return null;
    }

    /// Returns the package that comes in where `pkg` leaves.
    private Nevra successor(PackageRef pkg) {
        PackageRef taker = takers.get(pkg);
        if (taker != null) {
            return taker.nevra();
        }
        for (var entry : entries.entrySet()) {
            if (pkg.equals(entry.getValue().from())) {
                return entry.getKey().nevra();
            }
        }
        return pkg.nevra();
    }

    /// Who needs a package that is erased first goes with it.
    private static void withDependents(List<PackageRef> alone, Set<PackageRef> first) {
        if (first.isEmpty() || first.size() == alone.size()) {
            return;
        }
        Needs ties = Needs.among(alone);
        for (boolean grew = true; grew; ) {
            grew = false;
            for (int at = 0; at < alone.size(); at++) {
                for (int needed : ties.needs().get(at)) {
                    grew |= first.contains(alone.get(needed)) && first.add(alone.get(at));
                }
            }
        }
    }

    /// Returns what `one` conflicts with and `other` provides; empty when they get along.
    private static String conflict(PackageRef one, PackageRef other) {
        for (Dep dep : one.deps(DepKind.CONFLICTS)) {
            if (dep instanceof Dep.Simple conflict) {
                for (Dep provide : other.deps(DepKind.PROVIDES)) {
                    if (provide instanceof Dep.Simple simple && Match.meet(conflict, simple)) {
                        return conflict.toString();
                    }
                }
            }
        }
        return "";
    }

    private void come(PackageRef pkg, Entry entry) {
        PackageRef from = entry.from();
        var replaced = new ArrayList<Nevra>();
        takers.forEach(
                (old, taker) -> {
                    if (taker.equals(pkg)) {
                        replaced.add(old.nevra());
                    }
                });
        replaced.sort(null);
        boolean beside = isBeside(pkg);
        if (!beside) {
            for (PackageRef other : staying(pkg)) {
                if (!Colors.coexist(other, pkg)) {
                    notes.add(new Note.MayGo(other.nevra(), pkg.nevra()));
                }
            }
        }
        comings.add(
                new Coming(
                        pkg,
                        pkg.nevra(),
                        entry.how(),
                        from == null ? null : from.nevra(),
                        replaced,
                        reason(pkg, entry.obsoletes()),
                        beside));
    }

    /// Tells whether a package has to be installed rather than upgraded to: another one of its name
    /// stays, and no other version of it leaves for it.
    private boolean isBeside(PackageRef pkg) {
        Entry entry = entries.get(pkg);
        return entry != null
                && (entry.how() == How.INSTALL || entry.how() == How.REINSTALL)
                && !staying(pkg).isEmpty();
    }

    /// Returns the installed packages of the name that stay.
    private List<PackageRef> staying(PackageRef pkg) {
        int name = installed == null ? -1 : installed.nameId(pkg.nevra().name());
        if (installed == null || name < 0) {
            return List.of();
        }
        var staying = new ArrayList<PackageRef>();
        for (int at = installed.packagesStart(name); at < installed.packagesEnd(name); at++) {
            PackageRef other = installed.ref(at);
            if (!leaving.contains(other)) {
                staying.add(other);
            }
        }
        return staying;
    }

    /// Returns why a package comes in, as dnf would write it down.
    private Reason reason(PackageRef pkg, List<PackageRef> obsoletes) {
        opm.solve.Reason reason = reasons.get(pkg);
        if (reason == null) {
            return Reason.USER;
        }
        return switch (reason.kind()) {
            case REQUESTED -> Reason.USER;
            case REQUIRED -> inherited(pkg, obsoletes, Reason.DEPENDENCY);
            case RECOMMENDED, SUPPLEMENTS -> inherited(pkg, obsoletes, Reason.WEAK);
            // Nobody asked for it and nothing needs it: it takes over from what was there.
            case UPDATE, REPLACED, CONFLICT, BROKEN, UNNEEDED -> inherited(pkg, obsoletes, null);
        };
    }

    /// Returns the strongest reason of the packages that it takes the place of, and `own`.
    private Reason inherited(PackageRef pkg, List<PackageRef> obsoletes, @Nullable Reason own) {
        Reason best = own;
        var before = new ArrayList<>(obsoletes);
        before.addAll(staying(pkg));
        for (PackageRef other : before) {
            for (Reason reason : Reason.values()) {
                boolean stronger = best == null || reason.compareTo(best) < 0;
                if (reason.word().equals(other.reason()) && stronger) {
                    best = reason;
                }
            }
        }
        return best == null ? Reason.USER : best;
    }
}
