package opm.bundle;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import org.jspecify.annotations.Nullable;

/// Which batches of a split bundle can be done here and now: those whose packages are in the parts
/// that lie in one folder, and which need none that is neither done nor among these.
///
/// They become a plan of their own, made for what is installed now, so that everything that
/// applies, resumes and undoes plans needs to know nothing of parts.
public final class PartsAtHand {
    private final PartNote note;
    private final Plan plan;
    private final BatchOrder order;
    private final Set<String> paths = new HashSet<>();
    private final Set<Integer> here = new HashSet<>();
    private final List<Nevra> base;
    private final List<Nevra> installed;
    private final Set<Nevra> present;
    private final Set<Digest> again;
    private final boolean[] done;
    private final boolean[] able;
    private final boolean[] will;

    private PartsAtHand(
            BundleReader part,
            PartNote note,
            List<BundleReader> others,
            List<Nevra> installed,
            Set<Digest> again)
            throws OpmException {
        this.note = note;
        plan = part.plan();
        order = part.order();
        base = part.installed();
        this.installed = List.copyOf(installed);
        present = new HashSet<>(installed);
        this.again = again;
        var all = new ArrayList<>(others);
        all.add(part);
        for (BundleReader one : all) {
            one.entries().forEach(entry -> paths.add(entry.path()));
            one.part().ifPresent(its -> here.add(its.number()));
        }
        int count = plan.batches().size();
        done = new boolean[count + 1];
        able = new boolean[count + 1];
        will = new boolean[count + 1];
    }

    /// What can be done.
    ///
    /// @param bundle the part with those beside it; its plan has the batches that can be done, none
    ///     where there are none
    /// @param count how many parts there are
    /// @param waits the batches that cannot be done yet
    /// @param away the parts for which they wait
    /// @param expected what should be installed now, by what the batches that are done say
    /// @param begun whether this is the rest of an interrupted change
    public record Choice(
            BundleReader bundle,
            int count,
            List<Integer> waits,
            List<Integer> away,
            List<Nevra> expected,
            boolean begun) {}

    /// The change that was begun with such a plan and is still open.
    public record Begun(Plan plan, List<Nevra> installed) {}

    /// Chooses for a machine.
    ///
    /// @param again files that were laid down once more by earlier changes
    /// @param begun null where no change is open
    public static Choice choose(
            Disk disk,
            BundleReader part,
            List<Nevra> installed,
            Set<Digest> again,
            @Nullable Begun begun)
            throws OpmException {
        PartNote note = part.part().orElseThrow();
        List<BundleReader> others = beside(disk, part, note);
        var hand = new PartsAtHand(part, note, others, installed, again);
        if (begun != null && hand.isOurs(begun.plan())) {
            hand.requireAll(begun.plan());
            BundleReader bundle = part.with(others, begun.plan(), begun.installed());
            return new Choice(bundle, note.count(), List.of(), List.of(), installed, true);
        }
        hand.choose();
        BundleReader bundle = part.with(others, hand.chosen(), installed);
        return new Choice(
                bundle, note.count(), hand.waits(), hand.away(), hand.expected(), false);
    }

    private static List<BundleReader> beside(Disk disk, BundleReader part, PartNote note)
            throws OpmException {
        var others = new ArrayList<BundleReader>();
        Path folder = part.file().toAbsolutePath().getParent();
        if (folder == null) {
            return others;
        }
        for (Path file : disk.list(folder)) {
            if (!file.toString().endsWith(".opm")
                    || file.equals(part.file().toAbsolutePath())
                    || disk.isDirectory(file)) {
                continue;
            }
            try {
                BundleReader other = BundleReader.open(disk, file);
                var its = other.part();
                if (its.isPresent() && its.get().whole().equals(note.whole())) {
                    others.add(other);
                }
            } catch (Damaged _) {
                // It is as good as missing, and named as that where its packages are needed.
            }
        }
        return others;
    }

    private boolean isOurs(Plan other) {
        var ours = new HashSet<Digest>();
        plan.artifacts().forEach(artifact -> ours.add(artifact.digest()));
        return other.artifacts().stream().allMatch(one -> ours.contains(one.digest()));
    }

    private void requireAll(Plan other) throws OpmException {
        for (Artifact artifact : other.artifacts()) {
            if (!paths.contains(artifact.path())) {
                throw new OpmException.Refused(
                        artifact.fileName()
                                + ": found it in no part here, expected it for a change that was"
                                + " interrupted",
                        "Put the parts with which it was begun into one folder.");
            }
        }
    }

    private void choose() {
        Map<Digest, Artifact> artifacts = plan.artifactsByDigest();
        int count = plan.batches().size();
        for (int batch = 1; batch <= count; batch++) {
            able[batch] = true;
            done[batch] = true;
            for (Step step : plan.batches().get(batch - 1).steps()) {
                Nevra comes = step.comes();
                Nevra goes = step.goes();
                Digest rpm = step.rpm();
                Artifact artifact = rpm == null ? null : artifacts.get(rpm);
                able[batch] &= artifact == null || paths.contains(artifact.path());
                boolean reinstalls = step instanceof Step.Reinstall;
                done[batch] &= comes == null || present.contains(comes);
                done[batch] &= !reinstalls || rpm != null && again.contains(rpm);
                done[batch] &= goes == null || reinstalls || !present.contains(goes);
            }
        }
        boolean changed = true;
        while (changed) { // until no erasure is left whose room nobody takes
            changed = false;
            for (int batch = 1; batch <= count; batch++) {
                will[batch] = !done[batch] && able[batch];
                for (int other : order.of(batch)) {
                    will[batch] &= done[other] || will[other];
                }
            }
            for (int batch = 2; batch <= count; batch++) {
                for (int other : order.of(batch)) {
                    boolean erases = plan.batches().get(other - 1).erases();
                    if (erases && will[other] && !will[batch] && !done[batch]) {
                        able[other] = false;
                        changed = true;
                    }
                }
            }
        }
    }

    private Plan chosen() {
        var batches = new ArrayList<Batch>();
        var used = new HashSet<Digest>();
        for (int batch = 1; batch < will.length; batch++) {
            if (will[batch]) {
                batches.add(plan.batches().get(batch - 1));
                used.addAll(plan.batches().get(batch - 1).rpms());
            }
        }
        Plan.Target target = plan.target();
        return new Plan(
                new Plan.Target(
                        target.distro(),
                        target.release(),
                        target.arch(),
                        Digest.sha256Of(InstalledList.text(installed))),
                plan.asked(),
                plan.sources(),
                plan.artifacts().stream().filter(one -> used.contains(one.digest())).toList(),
                batches,
                plan.unsigned());
    }

    private List<Integer> waits() {
        var waits = new ArrayList<Integer>();
        for (int batch = 1; batch < will.length; batch++) {
            if (!will[batch] && !done[batch]) {
                waits.add(batch);
            }
        }
        return waits;
    }

    private List<Integer> away() {
        var away = new TreeSet<Integer>();
        for (int batch : waits()) {
            away.addAll(note.batches().get(batch - 1));
        }
        away.removeAll(here);
        return List.copyOf(away);
    }

    /// Returns what is installed where just the batches that seem done are.
    private List<Nevra> expected() {
        var counts = new HashMap<Nevra, Integer>();
        base.forEach(pkg -> counts.merge(pkg, 1, Integer::sum));
        for (int batch = 1; batch < done.length; batch++) {
            if (done[batch]) {
                Batch one = plan.batches().get(batch - 1);
                one.goes().forEach(pkg -> counts.merge(pkg, -1, Integer::sum));
                one.comes().forEach(pkg -> counts.merge(pkg, 1, Integer::sum));
            }
        }
        var expected = new ArrayList<Nevra>();
        counts.forEach(
                (pkg, count) -> {
                    for (int at = 0; at < count; at++) {
                        expected.add(pkg);
                    }
                });
        expected.sort(null);
        return expected;
    }
}
