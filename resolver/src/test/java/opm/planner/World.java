package opm.planner;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.Sense;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.solve.Change;
import opm.solve.Reason;
import opm.solve.Universe;
import opm.solve.Verdict;
import org.jspecify.annotations.Nullable;

/// A small machine, a small repository, and a verdict about them, in words.
final class World {
    private final PackageSetBuilder system = new PackageSetBuilder();
    private final PackageSetBuilder repo = new PackageSetBuilder();
    private final List<String> changes = new ArrayList<>();
    private @Nullable Universe built;
    private RunSize size = RunSize.USUAL;

    World runsOf(RunSize other) {
        size = other;
        return this;
    }

    World system(String nevra, String... facts) {
        return systemWithReason(nevra, "", facts);
    }

    World systemWithReason(String nevra, String reason, String... facts) {
        begin(system, nevra, facts);
        system.installed(1, reason).end();
        return this;
    }

    World repo(String nevra, String... facts) {
        Nevra pkg = Nevra.parse(nevra);
        return repoAt("Packages/" + pkg + ".rpm", nevra, facts);
    }

    World repoAt(String location, String nevra, String... facts) {
        begin(repo, nevra, facts);
        repo.location(location).checksum(digest(nevra)).sizes(nevra.length(), 1, 1).end();
        return this;
    }

    /// A package of a repository that says nothing but its name.
    World repoWithoutFacts(String nevra) {
        begin(repo, nevra);
        repo.end();
        return this;
    }

    static Digest digest(String nevra) {
        return Digest.sha256(
                (HexFormat.of().formatHex(nevra.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                                + "0".repeat(64))
                        .substring(0, 64));
    }

    private static void begin(PackageSetBuilder set, String nevra, String... facts) {
        Nevra pkg = Nevra.parse(nevra);
        set.begin(pkg).dep(DepKind.PROVIDES, new Dep.Simple(pkg.name(), Sense.EQ, pkg.evr()));
        for (String fact : facts) {
            String kind = fact.substring(0, fact.indexOf(": "));
            String value = fact.substring(kind.length() + 2);
            switch (kind) {
                case "source" -> set.text(opm.pkgset.TextKind.SOURCERPM, value);
                case "file" -> set.file(value);
                case "prerequires" -> set.prerequire(Dep.parse(value));
                default ->
                        set.dep(DepKind.valueOf(kind.toUpperCase(Locale.ROOT)), Dep.parse(value));
            }
        }
    }

    /// `+ NEW`, `+ NEW for REASON`, `^ OLD NEW`, `v OLD NEW`, `= OLD NEW`, `o OLD BY`, `- OLD`.
    World change(String change) {
        changes.add(change);
        return this;
    }

    Planned plan() throws OpmException {
        var all = new ArrayList<Change>();
        var reasons = new ArrayList<Reason>();
        for (String change : changes) {
            String[] words = change.split(" ");
            all.add(
                    switch (words[0]) {
                        case "+" -> new Change.Install(in(words[1]), obsoletedBy(words[1]));
                        case "^" -> new Change.Upgrade(out(words[1]), in(words[2]));
                        case "v" -> new Change.Downgrade(out(words[1]), in(words[2]));
                        case "=" -> new Change.Reinstall(out(words[1]), in(words[2]));
                        case "o" -> new Change.Obsoleted(out(words[1]), in(words[2]));
                        case "-" -> new Change.Erase(out(words[1]));
                        default -> throw new IllegalArgumentException(change);
                    });
            var kind =
                    words[0].equals("+") && words.length > 3
                            ? Reason.Kind.valueOf(words[3])
                            : Reason.Kind.REQUESTED;
            reasons.add(new Reason(all.getLast().pkg(), kind, null, ""));
        }
        var verdict = new Verdict.Solved(all, reasons, List.of(), List.of());
        return Planner.plan(
                verdict,
                universe(),
                new Plan.Target("d", "1", "x86_64", digest("base")),
                List.of(new Plan.Source("r", digest("md"), 7)),
                List.of("ask"),
                name -> name.startsWith("unsigned"),
                size);
    }

    private Universe universe() {
        if (built == null) {
            built =
                    new Universe(
                            "x86_64",
                            system.installedSystem().build(),
                            List.of(new Universe.Source("r", repo.build())));
        }
        return built;
    }

    private PackageSet installed() {
        return requireNonNull(universe().installed());
    }

    private List<PackageRef> obsoletedBy(String nevra) {
        return changes.stream()
                .filter(c -> c.startsWith("o ") && c.endsWith(" " + nevra))
                .map(c -> out(c.split(" ")[1]))
                .toList();
    }

    private PackageRef in(String nevra) {
        return find(universe().repositories().getFirst().set(), nevra);
    }

    private PackageRef out(String nevra) {
        return find(installed(), nevra);
    }

    private static PackageRef find(PackageSet set, String nevra) {
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            if (set.nevra(pkg).toString().equals(nevra)) {
                return set.ref(pkg);
            }
        }
        throw new IllegalArgumentException("no " + nevra);
    }

    /// Returns the batches as text: the steps' lines without digests and epochs of 0.
    List<List<String>> batches() throws Exception {
        Plan plan = plan().plan();
        // Whatever is planned can be written, and fits the machine that it was planned for.
        assert PlanText.read(PlanText.write(plan)).equals(plan);
        var before = new ArrayList<Nevra>();
        for (int pkg = 0; pkg < installed().packageCount(); pkg++) {
            before.add(installed().nevra(pkg));
        }
        plan.boundaries(before);
        var all = new ArrayList<List<String>>();
        for (String line :
                new String(PlanText.write(plan), java.nio.charset.StandardCharsets.US_ASCII)
                        .split("\n")) {
            if (line.startsWith("batch ")) {
                all.add(new ArrayList<>());
            } else if (!all.isEmpty() && !line.startsWith("end ")) {
                all.getLast().add(line.replaceAll(" [0-9a-f]{64}", "").replace("-0:", "-"));
            }
        }
        return all;
    }
}
