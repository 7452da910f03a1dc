package opm.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.history.Change;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.store.Collector;
import opm.store.Ref;
import opm.store.Refs;

/// Which packages stay in the store: those of plans that are not applied yet, those installed now,
/// and of each the version before, so that an undo needs no network.
///
/// What is installed, and what was before, follows from the history alone: it is worked out anew
/// after every change, so a change that another opm made, or the sh program, counts as well.
final class Keeping {
    /// A plan that nobody came back to is kept for a month.
    private static final long PLAN_SECONDS = 30L * 86_400;

    private final Engine engine;

    Keeping(Engine engine) {
        this.engine = engine;
    }

    /// Keeps a plan's packages until it is applied.
    ///
    /// @param forLater whether the user prepared it on purpose: then it stays however long it takes
    void planned(Plan plan, boolean forLater) throws OpmException {
        if (plan.artifacts().isEmpty()) {
            return;
        }
        long now = engine.host().clock().instant().getEpochSecond();
        refs().put(
                        ref(
                                Ref.Type.PLAN,
                                name(plan),
                                String.join(", ", plan.asked()),
                                forLater ? 0 : now + PLAN_SECONDS,
                                plan.artifacts().stream().map(Artifact::digest).toList()));
    }

    /// Takes note of an applied plan, and removes what nobody needs any more.
    void applied(Plan plan) throws OpmException {
        var now = new LinkedHashMap<String, Digest>();
        var before = new HashMap<String, Digest>();
        for (Change change : engine.history()) {
            boolean done =
                    change.stage() instanceof Change.Stage.Ended ended
                            && ended.result().equals("done");
            Plan past = done ? engine.planOf(change) : null;
            if (past != null) {
                for (Batch batch : past.batches()) {
                    batch.steps().forEach(step -> follow(step, now, before));
                }
            }
        }
        String root = engine.options().root().toString();
        refs().put(ref(Ref.Type.INSTALLED, root, "installed in " + root, 0, now.values()));
        refs().put(ref(Ref.Type.ROLLBACK, root, "one version before", 0, before.values()));
        refs().remove(Ref.Type.PLAN, name(plan));
        long seconds = engine.host().clock().instant().getEpochSecond();
        new Collector(engine.store(), seconds).sweepReleased();
    }

    /// @param now by full name, because some packages are installed in several versions
    /// @param before by name and architecture
    private static void follow(Step step, Map<String, Digest> now, Map<String, Digest> before) {
        switch (step) {
            case Step.Install(var pkg, var rpm, _) -> now.put(pkg.full(), rpm);
            case Step.Upgrade(var from, var to, var rpm) -> {
                leave(from, now, before);
                now.put(to.full(), rpm);
            }
            case Step.Downgrade(var from, var to, var rpm) -> {
                leave(from, now, before);
                now.put(to.full(), rpm);
            }
            case Step.Reinstall(var pkg, var rpm) -> now.put(pkg.full(), rpm);
            case Step.Replaced(var pkg, _) -> leave(pkg, now, before);
            case Step.Erase(var pkg) -> leave(pkg, now, before);
        }
    }

    private static void leave(Nevra pkg, Map<String, Digest> now, Map<String, Digest> before) {
        Digest digest = now.remove(pkg.full());
        if (digest != null) {
            before.put(pkg.nameArch(), digest);
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
