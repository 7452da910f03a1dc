package opm.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.apply.Outcome;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.history.Change;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.store.Collector;
import opm.store.Ref;
import opm.store.Refs;
import org.jspecify.annotations.Nullable;

/// Which packages stay in the store: those of plans that are not applied yet, those installed now,
/// of each the version before, and whatever left in the last ten changes, so that an undo of any of
/// them needs no network.
///
/// What is installed, and what was before, follows from the history alone: it is worked out anew
/// after every change, so a change that another opm made, or the sh program, counts as well.
final class Keeping {
    /// A plan that nobody came back to is kept for a month.
    private static final long PLAN_SECONDS = 30L * 86_400;

    /// Back across so many changes leads without a network.
    private static final int CHANGES = 10;

    private final Engine engine;

    Keeping(Engine engine) {
        this.engine = engine;
    }

    /// Keeps a plan's packages until it is applied.
    ///
    /// @param forLater whether the user prepared it on purpose: then it stays however long it takes
    void planned(Plan plan, boolean forLater) throws OpmException {
        if (!plan.artifacts().isEmpty()) {
            keep(plan, forLater, plan.artifacts().stream().map(Artifact::digest).toList());
        }
    }

    /// Keeps of a plan what is not applied yet, and no more.
    void left(Plan plan, List<Digest> digests) throws OpmException {
        keep(plan, false, digests);
    }

    private void keep(Plan plan, boolean forLater, List<Digest> digests) throws OpmException {
        long now = engine.host().clock().instant().getEpochSecond();
        refs().put(
                        ref(
                                Ref.Type.PLAN,
                                name(plan),
                                String.join(", ", plan.asked()),
                                forLater ? 0 : now + PLAN_SECONDS,
                                digests));
    }

    /// Makes sure, before a change, that it can be taken back without a network: what it removes is
    /// in the store, or is made again. A change that was interrupted had its turn already.
    void ahead(Plan plan) throws OpmException {
        Map<String, Digest> there = there();
        if (there != null) {
            new OldPackages(engine).keep(plan.batches(), there);
        }
    }

    /// Takes note of what others did, and returns what is installed and in the store, by full name.
    ///
    /// @return null where nothing is to be kept for an undo
    @Nullable Map<String, Digest> there() throws OpmException {
        engine.notice();
        List<Change> changes = engine.history();
        boolean fresh = changes.isEmpty() || !changes.getLast().isOpen();
        if (!fresh || !engine.keepsOld) {
            return null;
        }
        var now = new LinkedHashMap<String, Digest>();
        follow(now, new HashMap<>());
        return now;
    }

    /// Takes note of what became of a change. It is done, whatever becomes of the store: `opm cache
    /// gc` says what is wrong with that.
    ///
    /// @param bundle that it came from, null where its packages are in the store
    Outcome after(Outcome outcome, Plan plan, @Nullable BundleReader bundle) {
        if (outcome instanceof Outcome.Done) {
            try {
                if (bundle != null) {
                    new OldPackages(engine).take(bundle);
                }
                applied(plan);
                new ReasonNotes(engine).applied(plan);
            } catch (OpmException e) {
                return outcome;
            }
        }
        return outcome;
    }

    /// Takes note of an applied plan, and removes what nobody needs any more.
    private void applied(Plan plan) throws OpmException {
        var now = new LinkedHashMap<String, Digest>();
        var before = new HashMap<String, Digest>();
        var old = new OldPackages(engine);
        Map<String, Digest> again = old.madeAgain();
        now.putAll(again);
        follow(now, before);
        now.values().removeAll(again.values());
        var needed = new ArrayList<>(again.values());
        needed.retainAll(before.values());
        old.keepOnly(needed);
        String root = engine.options().root().toString();
        refs().put(ref(Ref.Type.INSTALLED, root, "installed in " + root, 0, now.values()));
        var kept = Set.copyOf(before.values());
        refs().put(ref(Ref.Type.ROLLBACK, root, "one version before", 0, kept));
        refs().remove(Ref.Type.PLAN, name(plan));
        long seconds = engine.host().clock().instant().getEpochSecond();
        new Collector(engine.store(), seconds).sweepReleased();
    }

    /// Follows the history from its beginning.
    ///
    /// @param before gets the version before of each package, and whatever left in the last changes
    private void follow(Map<String, Digest> now, Map<String, Digest> before) throws OpmException {
        var done = new ArrayList<Plan>();
        for (Change change : engine.history()) {
            boolean ended =
                    change.stage() instanceof Change.Stage.Ended end && end.result().equals("done");
            Plan past = ended ? engine.planOf(change) : null;
            if (past != null) {
                done.add(past);
            }
        }
        for (int at = 0; at < done.size(); at++) {
            String recent = at >= done.size() - CHANGES ? " " + at : "";
            for (Batch batch : done.get(at).batches()) {
                batch.steps().forEach(step -> follow(step, now, before, recent));
            }
        }
    }

    /// @param now by full name, because some packages are installed in several versions
    /// @param before by name and architecture, and for what left recently by that and the change
    /// @param recent distinguishes the change, empty for one that is long ago
    private static void follow(
            Step step, Map<String, Digest> now, Map<String, Digest> before, String recent) {
        switch (step) {
            case Step.Install(var pkg, var rpm, _) -> now.put(pkg.full(), rpm);
            case Step.Upgrade(var from, var to, var rpm) -> {
                leave(from, now, before, recent);
                now.put(to.full(), rpm);
            }
            case Step.Downgrade(var from, var to, var rpm) -> {
                leave(from, now, before, recent);
                now.put(to.full(), rpm);
            }
            case Step.Reinstall(var pkg, var rpm) -> now.put(pkg.full(), rpm);
            case Step.Replaced(var pkg, _) -> leave(pkg, now, before, recent);
            case Step.Erase(var pkg) -> leave(pkg, now, before, recent);
        }
    }

    private static void leave(
            Nevra pkg, Map<String, Digest> now, Map<String, Digest> before, String recent) {
        Digest digest = now.remove(pkg.full());
        if (digest != null) {
            before.put(pkg.nameArch(), digest);
            before.put(pkg.nameArch() + recent, digest);
        }
    }

    private static Ref ref(
            Ref.Type type, String name, String reason, long expires, Collection<Digest> keeps) {
        String line = reason.replaceAll("\\p{Cntrl}", " ");
        return new Ref(
                type,
                name,
                System.getProperty("user.name", ""),
                line.substring(0, Math.min(line.length(), 900)),
                expires,
                new ArrayList<>(keeps));
    }

    private static String name(Plan plan) {
        List<String> digests =
                plan.artifacts().stream().map(a -> a.digest().toString()).sorted().toList();
        byte[] text = String.join("\n", digests).getBytes(StandardCharsets.UTF_8);
        return Digest.sha256Of(text).hex();
    }

    private Refs refs() {
        return engine.store().refs();
    }
}
