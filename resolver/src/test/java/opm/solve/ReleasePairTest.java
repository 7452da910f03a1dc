package opm.solve;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.solve.Request.Verb;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The upgrade to the next release, beside libsolv's distupgrade (python3-solv).
///
/// Two releases are generated from a seed. From one to the next packages are renamed, split,
/// merged and dropped, change vendor, architecture and the names of their libraries, go back to an
/// older version, or get an epoch.
class ReleasePairTest {
    /// `-Dopm.pairs=2000 -Dopm.seed=7` for more and others.
    private static final int PAIRS = Integer.getInteger("opm.pairs", 40);

    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);

    @TempDir Path folder;

    @Test
    void equalsDistupgrade() throws Exception {
        // What is installed afterwards is the same, package for package, by both policies.
        String python = pythonWithSolv();
        assumeTrue(python != null, "python3-solv is not installed: skipped");
        var ours = new ArrayList<String>();
        var asked = new StringBuilder();
        var happened = new int[Fate.values().length];
        for (int pair = 0; pair < PAIRS; pair++) {
            var releases = new Releases(new Random(SEED + pair), happened);
            for (Policy policy : List.of(Policy.dnf(), Policy.zypp())) {
                boolean zypp = policy.style() == Policy.Style.ZYPP;
                asked.append("world ").append(zypp ? "zypp" : "dnf").append('\n');
                releases.write(asked);
                ours.add(releases.upgraded(policy));
            }
        }
        List<String> theirs = libsolv(python, asked.toString());
        assertThat(theirs).hasSameSizeAs(ours);
        int unsolvable = 0;
        for (int at = 0; at < ours.size(); at++) {
            String which = "-Dopm.pairs=1 -Dopm.seed=" + (SEED + at / 2) + ", policy " + at % 2;
            assertThat(ours.get(at)).as(which).isEqualTo(theirs.get(at));
            unsolvable += ours.get(at).equals("unsolvable") ? 1 : 0;
        }
        System.out.println(
                PAIRS + " pairs from seed " + SEED + ", each by two policies: equal; " + unsolvable
                        + " unsolvable");
        assertThat(unsolvable).isLessThan(ours.size() / 2);
        assertThat(happened).doesNotContain(0);
    }

    private @Nullable String pythonWithSolv() throws Exception {
        for (String python : List.of("python3", "/usr/bin/python3")) {
            try {
                Process process =
                        new ProcessBuilder(python, "-c", "import solv")
                                .redirectErrorStream(true)
                                .redirectOutput(folder.resolve("probe").toFile())
                                .start();
                if (process.waitFor() == 0) {
                    return python;
                }
            } catch (IOException e) {
                // Not there.
            }
        }
        return null;
    }

    private List<String> libsolv(String python, String asked) throws Exception {
        Path script = folder.resolve("libsolv_distupgrade.py");
        try (var in = ReleasePairTest.class.getResourceAsStream("libsolv_distupgrade.py")) {
            assert in != null;
            Files.copy(in, script);
        }
        Path file = folder.resolve("asked");
        Files.writeString(file, asked);
        Path said = folder.resolve("said");
        Process process =
                new ProcessBuilder(python, script.toString())
                        .redirectInput(file.toFile())
                        .redirectOutput(said.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(process.waitFor()).isZero();
        return Files.readAllLines(said, StandardCharsets.UTF_8);
    }

    /// What becomes of a package in the next release.
    private enum Fate {
        NEWER,
        SAME,
        OLDER,
        EPOCH,
        RENAMED,
        SPLIT,
        MERGED,
        DROPPED,
        OTHER_VENDOR,
        OTHER_ARCH,
        SONAME
    }

    /// One package as text: its full name, vendor, and facts as `PackageSetBuilder` reads them.
    private record Pkg(String name, String evr, String arch, String vendor, List<String> facts) {
        String nevra() {
            return name + "-" + evr + "." + arch;
        }
    }

    private static final class Releases {
        private final Random random;
        private final int[] happened;
        private final Map<String, Pkg> old = new LinkedHashMap<>();
        private final List<Pkg> next = new ArrayList<>();
        private final List<Pkg> system = new ArrayList<>();

        /// Which name of the next release stands for an old one; absent when it is gone.
        private final Map<String, String> successor = new LinkedHashMap<>();

        private final Map<String, Integer> soname = new LinkedHashMap<>();

        Releases(Random random, int[] happened) {
            this.random = random;
            this.happened = happened;
            int count = 20 + random.nextInt(60);
            for (int at = 0; at < count; at++) {
                String name = "p" + at;
                old.put(name, pkg(name, "2-" + (1 + random.nextInt(3)), at));
            }
            for (String name : old.keySet()) {
                successor.put(name, name);
            }
            install();
            for (Pkg pkg : List.copyOf(old.values())) {
                fate(pkg);
            }
            depend();
        }

        private boolean chance(int percent) {
            return random.nextInt(100) < percent;
        }

        private Pkg pkg(String name, String evr, int at) {
            var facts = new ArrayList<String>();
            if (chance(30)) {
                soname.put(name, 1);
                facts.add("provides: lib" + name + ".so.1");
            }
            var needs = new TreeSet<String>();
            for (int needed = random.nextInt(4); needed > 0 && at > 0; needed--) {
                String other = "p" + random.nextInt(at);
                boolean lib = soname.containsKey(other) && chance(60);
                needs.add(lib ? "lib" + other + ".so.1" : other + (chance(30) ? " >= 2" : ""));
            }
            needs.forEach(need -> facts.add("requires: " + need));
            String arch = chance(20) ? "noarch" : "x86_64";
            return new Pkg(name, evr, arch, chance(80) ? "home" : "other", facts);
        }

        /// Chooses some packages and all that they need.
        private void install() {
            var chosen = new TreeSet<String>();
            var pending = new ArrayList<String>();
            for (String name : old.keySet()) {
                if (chance(35)) {
                    pending.add(name);
                }
            }
            while (!pending.isEmpty()) {
                String name = pending.removeLast();
                if (chosen.add(name)) {
                    for (String fact : requireNonNull(old.get(name)).facts()) {
                        if (fact.startsWith("requires: ")) {
                            pending.add(fact.substring(10).replaceAll("^lib|\\.so.*| .*", ""));
                        }
                    }
                }
            }
            chosen.forEach(name -> system.add(requireNonNull(old.get(name))));
        }

        private void fate(Pkg pkg) {
            Fate fate = Fate.NEWER;
            if (chance(25)) {
                Fate[] all = Fate.values();
                fate = all[random.nextInt(all.length)];
            }
            happened[fate.ordinal()]++;
            String evr = "3-" + (1 + random.nextInt(2));
            String name = pkg.name();
            var own = new ArrayList<String>();
            for (String fact : pkg.facts()) {
                if (fact.startsWith("provides: ")) {
                    own.add(fact);
                }
            }
            String vendor = pkg.vendor();
            String arch = pkg.arch();
            switch (fate) {
                case NEWER -> {}
                case SAME -> evr = pkg.evr();
                case OLDER -> evr = "1-1";
                case EPOCH -> evr = "1:1-1";
                case DROPPED -> {
                    successor.remove(name);
                    return;
                }
                case RENAMED -> {
                    String to = name + "-new";
                    successor.put(name, to);
                    own.add("obsoletes: " + name + " < 3");
                    own.add("provides: " + name + " = " + evr);
                    name = to;
                }
                case SPLIT -> {
                    var part = new ArrayList<String>();
                    if (chance(60)) {
                        part.add("obsoletes: " + name + " < 3");
                    }
                    next.add(new Pkg(name + "-data", evr, "noarch", vendor, part));
                    own.add("requires: " + name + "-data = " + evr);
                }
                case MERGED -> {
                    String into = "p" + random.nextInt(old.size());
                    if (into.equals(name)) {
                        break;
                    }
                    successor.put(name, into);
                    merged.computeIfAbsent(into, _ -> new ArrayList<>())
                            .addAll(
                                    List.of(
                                            "obsoletes: " + name + " < 3",
                                            "provides: " + name + " = " + evr));
                    return;
                }
                case OTHER_VENDOR -> vendor = vendor.equals("home") ? "other" : "home";
                case OTHER_ARCH -> arch = arch.equals("noarch") ? "x86_64" : "noarch";
                case SONAME -> {
                    own.removeIf(fact -> fact.contains(".so."));
                    if (soname.containsKey(name)) {
                        soname.put(name, 2);
                        own.add("provides: lib" + name + ".so.2");
                    }
                }
            }
            next.add(new Pkg(name, evr, arch, vendor, own));
        }

        private final Map<String, List<String>> merged = new LinkedHashMap<>();

        /// Gives the next release its requirements: most are rebuilt, some are forgotten.
        private void depend() {
            for (Pkg pkg : next) {
                pkg.facts().addAll(merged.getOrDefault(pkg.name(), List.of()));
                Pkg before = old.get(pkg.name().replaceFirst("-new$", ""));
                for (String fact : before == null ? List.<String>of() : before.facts()) {
                    if (!fact.startsWith("requires: ")) {
                        continue;
                    }
                    String need = fact.substring(10);
                    String on = need.replaceAll("^lib|\\.so.*| .*", "");
                    if (chance(1)) {
                        pkg.facts().add("requires: " + need);
                    } else if (need.startsWith("lib") && soname.containsKey(on)) {
                        if (successor.containsKey(on)) {
                            pkg.facts().add("requires: lib" + on + ".so." + soname.get(on));
                        }
                    } else if (successor.containsKey(on)) {
                        pkg.facts().add("requires: " + on);
                    }
                }
                if (chance(1)) {
                    pkg.facts().add("conflicts: p" + random.nextInt(old.size()) + " < 2-3");
                }
            }
        }

        void write(StringBuilder to) {
            write(to, "system", system);
            write(to, "next", next);
            to.append("end\n");
        }

        private static void write(StringBuilder to, String repo, List<Pkg> packages) {
            to.append("repo ").append(repo).append('\n');
            for (Pkg pkg : packages) {
                to.append(
                        String.join(" ", "pkg", pkg.name(), pkg.evr(), pkg.arch(), pkg.vendor()));
                to.append("\nprovides ").append(pkg.name()).append(" = ").append(pkg.evr());
                to.append('\n');
                for (String fact : pkg.facts()) {
                    to.append(fact.replaceFirst(":", "")).append('\n');
                }
            }
        }

        private static PackageSet set(PackageSetBuilder builder, List<Pkg> packages) {
            for (Pkg pkg : packages) {
                var facts = new ArrayList<>(pkg.facts());
                facts.add("vendor: " + pkg.vendor());
                builder.add(pkg.nevra(), facts.toArray(new String[0]));
            }
            return builder.build();
        }

        /// Returns what is installed afterwards, sorted; or `unsolvable`.
        String upgraded(Policy policy) {
            var installed = set(new PackageSetBuilder().installedSystem(), system);
            var source =
                    new Universe.Source("next", set(new PackageSetBuilder(), next));
            Verdict verdict =
                    new Solver(new Universe("x86_64", installed, List.of(source)))
                            .solve(Request.all(Verb.DISTRO_SYNC), policy);
            if (!(verdict instanceof Verdict.Solved solved)) {
                return "unsolvable";
            }
            var after = new TreeSet<String>();
            for (Pkg pkg : system) {
                after.add(pkg.nevra());
            }
            for (Change change : solved.changes()) {
                switch (change) {
                    case Change.Install(var pkg, _) -> after.add(pkg.nevra().toString());
                    case Change.Upgrade(var from, var pkg) -> replace(after, from, pkg);
                    case Change.Downgrade(var from, var pkg) -> replace(after, from, pkg);
                    case Change.Reinstall(var from, var pkg) -> replace(after, from, pkg);
                    case Change.Obsoleted(var pkg, _) -> after.remove(pkg.nevra().toString());
                    case Change.Erase(var pkg) -> after.remove(pkg.nevra().toString());
                }
            }
            return String.join(" ", after);
        }

        private static void replace(TreeSet<String> after, PackageRef from, PackageRef to) {
            after.remove(from.nevra().toString());
            after.add(to.nevra().toString());
        }
    }
}
