package opm.solve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import opm.host.Host;
import opm.pkgset.PackageSet;
import opm.rpmmd.Metadata;
import opm.rpmmd.Modules;
import opm.rpmmd.RepositoryConfig;
import opm.rpmmd.Shared;
import opm.solve.Request.Verb;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

/// Real repositories: what dnf answered, file lists and modules included.
class GoldenDnfTest {
    private final Map<String, Metadata.Loaded> repositories = new HashMap<>();

    private Metadata.Loaded load(Metadata metadata, String name) throws Exception {
        Metadata.Loaded loaded = repositories.get(name);
        if (loaded == null) {
            Path folder = Shared.path("corpus/real/repos/" + name);
            loaded =
                    metadata.load(
                            RepositoryConfig.ofUrl(name, folder.toUri().toString()),
                            Metadata.Freshness.EXPIRED);
            repositories.put(name, loaded);
        }
        return loaded;
    }

    private static List<String> hidden(String name, List<PackageSet> sets) throws Exception {
        Path folder = Shared.path("corpus/real/repos/" + name + "/repodata");
        try (var files = Files.newDirectoryStream(folder, "*modules.yaml.xz")) {
            for (Path file : files) {
                try (InputStream in = new XZInputStream(Files.newInputStream(file))) {
                    return Modules.parse(in.readAllBytes()).hidden(Map.of(), sets);
                }
            }
        }
        return List.of();
    }

    @Test
    void modulesHideTheirPackages(@TempDir Path state) throws Exception {
        // After modular filtering the repository shows as many packages as dnf does.
        var metadata = Metadata.in(Host.ofThisMachine(), state);
        PackageSet set = load(metadata, "cs9-appstream").set();
        var hidden = new TreeSet<>(hidden("cs9-appstream", List.of(set)));
        int shown = 0;
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            shown += hidden.contains(set.nevra(pkg).full()) ? 0 : 1;
        }
        assertThat(shown).isEqualTo(17133);
    }

    @Test
    void answersLikeDnf(@TempDir Path state) throws Exception {
        // Installing into an empty root gives what dnf gives, or something valid and no larger.
        var metadata = Metadata.in(Host.ofThisMachine(), state);
        var wrong = new ArrayList<String>();
        int equal = 0;
        int smaller = 0;
        Path golden = Shared.path("corpus/real/golden-dnf");
        try (var files = Files.newDirectoryStream(golden, "*.json")) {
            for (Path file : files) {
                Map<String, Object> asked = Json.object(Files.readString(file));
                Verdict verdict = ask(metadata, asked);
                boolean ok = "ok".equals(asked.get("status"));
                if (ok != (verdict instanceof Verdict.Solved)) {
                    wrong.add(file.getFileName() + ": " + verdict);
                } else if (verdict instanceof Verdict.Solved solved) {
                    var install = new TreeSet<String>();
                    solved.changes().forEach(c -> install.add(c.pkg().nevra().toString()));
                    var wanted = new TreeSet<>(Json.strings(asked.get("result")));
                    if (install.equals(wanted)) {
                        equal++;
                    } else if (install.size() <= wanted.size()
                            && Judge.faultsOf(solved.changes()).isEmpty()) {
                        smaller++;
                    } else {
                        wrong.add(file.getFileName() + difference(install, wanted));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(equal + smaller).isEqualTo(30);
        System.out.println("dnf's answers: " + equal + " equal, " + smaller + " valid, no larger");
    }

    private static String difference(TreeSet<String> install, TreeSet<String> wanted) {
        var more = new TreeSet<>(install);
        more.removeAll(wanted);
        var less = new TreeSet<>(wanted);
        less.removeAll(install);
        return " +" + more + " -" + less;
    }

    @SuppressWarnings("ReferenceEquality") // a set that learnt nothing is the same object
    private Verdict ask(Metadata metadata, Map<String, Object> asked) throws Exception {
        var names = new ArrayList<String>();
        for (String repo : Json.strings(asked.get("repos"))) {
            names.add(repo.substring(repo.lastIndexOf('/') + 1));
        }
        boolean weak = Boolean.TRUE.equals(asked.get("install_weak_deps"));
        while (true) {
            var sources = new ArrayList<Universe.Source>();
            var sets = new ArrayList<PackageSet>();
            for (String name : names) {
                sets.add(load(metadata, name).set());
                sources.add(new Universe.Source(name, sets.getLast()));
            }
            var hidden = new TreeSet<String>();
            for (String name : names) {
                hidden.addAll(hidden(name, sets));
            }
            Policy policy = Policy.dnf().withWeakDeps(weak).withExcludes(List.copyOf(hidden));
            String[] specs = Json.strings(asked.get("install")).toArray(new String[0]);
            var universe = new Universe(String.valueOf(asked.get("arch")), null, sources);
            Verdict verdict = new Solver(universe).solve(Request.of(Verb.INSTALL, specs), policy);
            boolean learnt = false;
            for (String name : names) {
                Metadata.Loaded before = load(metadata, name);
                Metadata.Loaded after = metadata.withPaths(before, verdict.missingPaths());
                learnt |= after != before;
                repositories.put(name, after);
            }
            if (!learnt) {
                return verdict;
            }
        }
    }
}
