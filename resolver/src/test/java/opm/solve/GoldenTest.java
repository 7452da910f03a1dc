package opm.solve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import opm.host.LocalDisk;
import opm.pkgset.PackageSet;
import opm.rpmmd.Importer;
import opm.rpmmd.Shared;
import opm.solve.Request.Item;
import opm.solve.Request.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A release-sized universe: libsolv's answers, and an independent judge of ours.
///
/// `tools/verify-solution` of the shared data says the same of these answers; it takes a minute.
class GoldenTest {
    private static final int STRIDE = Boolean.getBoolean("opm.soak") ? 1 : 2;

    /// Requests of special.json that cannot be met, those of unknown names included.
    private static final int UNSOLVABLE = 83;

    private static Path root = Path.of("");
    private static Solver onEmpty = new Solver(new Universe("x86_64", null, List.of()));
    private static Solver onInstalled = onEmpty;
    private static @Nullable PackageSet system;
    private static final Judge.Facts FACTS = new Judge.Facts();

    /// What libsolv was told: see `flags` in the golden files.
    private static final Policy POLICY =
            Policy.dnf().withWeakDeps(false).withInstallOnly(List.of(), 0);

    @BeforeAll
    static void open() throws Exception {
        root = Shared.path("universe");
        PackageSet base = read("base");
        PackageSet updates = read("updates");
        PackageSet installed = read("installed");
        system = installed;
        var baseSource = new Universe.Source("base", base);
        var updatesSource = new Universe.Source("updates", updates);
        onEmpty = new Solver(new Universe("x86_64", null, List.of(baseSource)));
        onInstalled =
                new Solver(new Universe("x86_64", installed, List.of(baseSource, updatesSource)));
    }

    private static PackageSet read(String name) throws Exception {
        boolean installed = name.equals("installed");
        return new Importer(new LocalDisk()).folder(root.resolve(name), installed).build();
    }

    /// An answer in the words of the golden files.
    private record Answer(
            boolean solved, TreeSet<String> install, TreeSet<String> gone, List<Change> changes) {
        /// Returns what an independent judge has against the system afterwards.
        List<String> faults(boolean onSystem) {
            return new Judge(Judge.after(changes, onSystem ? system : null), FACTS)
                    .faults(List.of());
        }
    }

    private static Answer answer(Verdict verdict) {
        var install = new TreeSet<String>();
        var gone = new TreeSet<String>();
        if (!(verdict instanceof Verdict.Solved solved)) {
            return new Answer(false, install, gone, List.of());
        }
        for (Change change : solved.changes()) {
            String pkg = change.pkg().nevra().full();
            switch (change) {
                case Change.Install _ -> install.add(pkg);
                case Change.Upgrade(var from, _) -> {
                    install.add(pkg);
                    gone.add(from.nevra().full());
                }
                case Change.Downgrade(var from, _) -> {
                    install.add(pkg);
                    gone.add(from.nevra().full());
                }
                case Change.Reinstall(var from, _) -> {
                    install.add(pkg);
                    gone.add(from.nevra().full());
                }
                case Change.Obsoleted _, Change.Erase _ -> gone.add(pkg);
            }
        }
        return new Answer(true, install, gone, solved.changes());
    }

    private static Set<String> goldenGone(Map<String, Object> golden) {
        var gone = new TreeSet<>(Json.strings(golden.get("erase")));
        for (String moved : Json.strings(golden.get("replace"))) {
            gone.add(moved.split(" -> ")[0]);
        }
        return gone;
    }

    private static Map<String, Object> golden(String name) throws IOException {
        Path file = Shared.path("universe/golden/" + name + ".json");
        return Json.map(Json.object(Files.readString(file)).get("requests"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty", "installed"})
    void installs(String name) throws Exception {
        // Every golden install is sound, no larger than libsolv's, and equal where that is unique;
        // every second of them where nobody soaks.
        boolean installed = name.equals("installed");
        Solver solver = installed ? onInstalled : onEmpty;
        var worse = new ArrayList<String>();
        int count = 0;
        for (var entry : golden(name).entrySet()) {
            if (count++ % STRIDE != 0) {
                continue;
            }
            Map<String, Object> golden = Json.map(entry.getValue());
            Answer answer = answer(solver.solve(Request.of(Verb.INSTALL, entry.getKey()), POLICY));
            var install = new TreeSet<>(Json.strings(golden.get("install")));
            boolean equal =
                    answer.install().equals(install) && answer.gone().equals(goldenGone(golden));
            boolean unique = Boolean.TRUE.equals(golden.get("unique"));
            if (!answer.solved() || unique && !equal || answer.install().size() > install.size()) {
                worse.add(entry.getKey() + ": " + difference(answer, install));
            }
            for (String fault : answer.faults(installed)) {
                worse.add(entry.getKey() + ": " + fault);
            }
        }
        assertThat(worse).isEmpty();
        assertThat(count).isEqualTo(200);
    }

    private static String difference(Answer answer, Set<String> golden) {
        var more = new TreeSet<>(answer.install());
        more.removeAll(golden);
        var less = new TreeSet<>(golden);
        less.removeAll(answer.install());
        return (answer.solved() ? "" : "unsolvable ") + "+" + more + " -" + less;
    }

    @Test
    void specials() throws Exception {
        // Unusual requests are solvable exactly where libsolv says so, with unique answers equal.
        var wrong = new ArrayList<String>();
        int explained = 0;
        for (var entry : golden("special").entrySet()) {
            for (var where : Json.map(entry.getValue()).entrySet()) {
                boolean installed = where.getKey().equals("installed");
                Map<String, Object> golden = Json.map(where.getValue());
                Request request = request(entry.getKey());
                Verdict verdict = (installed ? onInstalled : onEmpty).solve(request, POLICY);
                String found = status(verdict);
                String wanted = (String) golden.get("status");
                String title = entry.getKey() + " on " + where.getKey();
                if (!found.equals(wanted)) {
                    wrong.add(title + ": " + found + " instead of " + wanted + " " + verdict);
                    continue;
                }
                Answer answer = answer(verdict);
                var install = new TreeSet<>(Json.strings(golden.get("install")));
                boolean unique = Boolean.TRUE.equals(golden.get("unique"));
                if (unique
                                && !(answer.install().equals(install)
                                        && answer.gone().equals(goldenGone(golden)))
                        || answer.install().size() > install.size()) {
                    wrong.add(title + ": " + difference(answer, install));
                }
                if (answer.solved()) {
                    for (String fault : answer.faults(installed)) {
                        wrong.add(title + ": " + fault);
                    }
                } else {
                    explained(request, installed, verdict, title, wrong);
                    explained++;
                }
            }
        }
        assertThat(wrong).isEmpty();
        // Every request of the file that cannot be met, on both machines.
        assertThat(explained).isEqualTo(UNSOLVABLE);
    }

    /// An explanation is short, and its first way out works when taken.
    private static void explained(
            Request request, boolean installed, Verdict verdict, String title, List<String> wrong) {
        for (Problem problem : ((Verdict.Unsolvable) verdict).problems()) {
            if (problem.causes().size() > 12 || problem.repairs().isEmpty()) {
                wrong.add(title + ": a poor explanation: " + problem);
                continue;
            }
            var items = new ArrayList<>(request.items());
            for (Repair.Act act : problem.repairs().getFirst().acts()) {
                switch (act) {
                    case Repair.Drop(var item) -> items.remove(item);
                    case Repair.Erase(var pkg) ->
                            items.add(new Item(Verb.REMOVE, pkg.nevra().toString()));
                    case Repair.Replace(_, var by) ->
                            items.add(new Item(Verb.INSTALL, by.nevra().toString()));
                    case Repair.Accept(var pkg) ->
                            items.add(new Item(Verb.INSTALL, pkg.nevra().toString()));
                }
            }
            Solver solver = installed ? onInstalled : onEmpty;
            if (!(solver.solve(new Request(items), POLICY) instanceof Verdict.Solved)) {
                wrong.add(title + ": a repair that does not solve: " + problem);
            }
        }
    }

    private static String status(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Solved _ -> "ok";
            case Verdict.Unsolvable(var problems, _) ->
                    problems.getFirst().causes().getFirst() instanceof Cause.NoMatch
                            ? "no-match"
                            : "unsolvable";
            case Verdict.GaveUp _ -> "gave up";
        };
    }

    private static Request request(String text) {
        String[] words = text.split(" ", 2);
        return switch (words[0]) {
            case "upgrade-all" -> Request.all(Verb.UPGRADE);
            case "distupgrade-all" -> Request.all(Verb.DISTRO_SYNC);
            case "verify-all" -> Request.all(Verb.VERIFY);
            case "erase" -> Request.of(Verb.REMOVE, words[1]);
            default ->
                    new Request(
                            Arrays.stream(words[1].split(" \\+ "))
                                    .map(spec -> new Item(Verb.INSTALL, spec))
                                    .toList());
        };
    }

    @Test
    void weakDependencies() throws Exception {
        // What recommends add is what they add for libsolv, where nothing was left to choose.
        Policy weak = POLICY.withWeakDeps(true).withDeclined(false);
        var wrong = new ArrayList<String>();
        for (var entry : golden("installed").entrySet()) {
            Map<String, Object> golden = Json.map(entry.getValue());
            var wanted = new TreeSet<>(Json.strings(golden.get("install")));
            wanted.addAll(Json.strings(golden.get("weak")));
            wanted.removeAll(new HashSet<>(Json.strings(golden.get("weak_replaces"))));
            Answer answer =
                    answer(onInstalled.solve(Request.of(Verb.INSTALL, entry.getKey()), weak));
            if (Boolean.TRUE.equals(golden.get("unique")) && !answer.install().equals(wanted)) {
                wrong.add(entry.getKey() + ": " + difference(answer, wanted));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void sameAnswerWhateverWasAskedBefore() {
        // A warm solver answers like a fresh one.
        Request request = Request.of(Verb.INSTALL, "nginx");
        Verdict fresh = onInstalled.solve(request, POLICY.withSteps(10_000_000));
        onInstalled.solve(Request.of(Verb.INSTALL, "kde-full"), POLICY);
        onInstalled.solve(Request.all(Verb.UPGRADE), POLICY);
        assertThat(onInstalled.solve(request, POLICY)).isEqualTo(fresh);
    }
}
