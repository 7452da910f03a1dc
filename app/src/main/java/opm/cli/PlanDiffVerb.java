package opm.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import org.jspecify.annotations.Nullable;

/// `opm plan diff A B`: what two plans do differently; each is a plan or a bundle.
final class PlanDiffVerb implements Verb {
    /// What a plan does with one package name and architecture.
    private record Deed(@Nullable String comes, @Nullable String goes) {
        String words() {
            return goes == null
                    ? "+ " + comes
                    : comes == null ? "- " + goes : "^ " + goes + " -> " + comes;
        }
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("FILE", 2, 2);
    }

    @Override
    public int run(Session session) throws OpmException {
        Plan one = CheckVerb.plan(session, session.arguments().get(0));
        Plan other = CheckVerb.plan(session, session.arguments().get(1));
        Map<String, Deed> first = deeds(one);
        Map<String, Deed> second = deeds(other);
        var keys = new TreeSet<>(first.keySet());
        keys.addAll(second.keySet());
        keys.removeIf(key -> java.util.Objects.equals(first.get(key), second.get(key)));
        if (session.settings().json()) {
            document(session, keys, first, second, one, other);
            return 0;
        }
        Screen screen = session.screen();
        for (String key : keys) {
            side(screen, "A", first.get(key));
            side(screen, "B", second.get(key));
        }
        if (keys.isEmpty()) {
            screen.say("plan-diff.same");
        }
        screen.line("");
        totals(screen, "A", one, first.size());
        totals(screen, "B", other, second.size());
        return 0;
    }

    private static void side(Screen screen, String side, @Nullable Deed deed) {
        if (deed != null) {
            screen.line(side + " " + deed.words());
        }
    }

    private static void totals(Screen screen, String side, Plan plan, int deeds) {
        screen.line(
                side
                        + ": "
                        + screen.messages()
                                .count("plan-diff.totals", deeds, Screen.size(plan.fetchBytes())));
    }

    private static Map<String, Deed> deeds(Plan plan) {
        var deeds = new TreeMap<String, Deed>();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                switch (step) {
                    case Step.Install(var pkg, _, _) -> put(deeds, pkg, null);
                    case Step.Upgrade(var from, var to, _) -> put(deeds, to, from);
                    case Step.Downgrade(var from, var to, _) -> put(deeds, to, from);
                    case Step.Reinstall(var pkg, _) -> put(deeds, pkg, pkg);
                    case Step.Replaced(var pkg, _) -> put(deeds, null, pkg);
                    case Step.Erase(var pkg) -> put(deeds, null, pkg);
                }
            }
        }
        return deeds;
    }

    /// Several versions side by side, as kernels are, are told apart by their full names.
    private static void put(Map<String, Deed> deeds, @Nullable Nevra comes, @Nullable Nevra goes) {
        Nevra pkg = comes != null ? comes : java.util.Objects.requireNonNull(goes);
        var deed =
                new Deed(
                        comes == null ? null : comes.toString(),
                        goes == null ? null : goes.toString());
        if (deeds.putIfAbsent(pkg.nameArch(), deed) != null) {
            deeds.put(pkg.nameArch() + " " + pkg.full(), deed);
        }
    }

    private static void document(
            Session session,
            TreeSet<String> keys,
            Map<String, Deed> first,
            Map<String, Deed> second,
            Plan one,
            Plan other) {
        try (Json json = session.json()) {
            json.beginList("differences");
            for (String key : keys) {
                json.beginItem().text("package", key.split(" ", 2)[0]);
                side(json, "a", first.get(key));
                side(json, "b", second.get(key));
                json.end();
            }
            json.endList()
                    .number("downloadBytesA", one.fetchBytes())
                    .number("downloadBytesB", other.fetchBytes());
        }
    }

    private static void side(Json json, String name, @Nullable Deed deed) {
        if (deed != null) {
            json.begin(name).text("comes", deed.comes()).text("goes", deed.goes()).end();
        }
    }
}
