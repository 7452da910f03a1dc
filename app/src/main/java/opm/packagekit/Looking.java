package opm.packagekit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.OpmException;
import opm.engine.Engine;
import opm.engine.Everything;
import opm.engine.RepoSwitches;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.Queries;
import opm.rpmmd.RepositoryConfig;

/// Answers questions about installed packages and those of repositories; changes nothing.
final class Looking {
    private static final String NOT_FOUND = "package-not-found";

    private final Engine engine;
    private final Answer answer;

    Looking(Engine engine, Answer answer) {
        this.engine = engine;
        this.answer = answer;
    }

    private Queries everything() throws OpmException {
        return new Queries(Everything.sets(engine));
    }

    private void tell(long filters, Collection<PackageRef> found) throws OpmException {
        var hidden = Set.copyOf(engine.hidden());
        PackageSet installed = engine.installed();
        List<PackageRef> visible =
                found.stream()
                        .filter(pkg -> pkg.set() == installed || !hidden.contains(pkg.nevra()))
                        .toList();
        List<PackageRef> kept = new Filters(filters, installed, engine.arch()).keep(visible);
        var texts =
                InstalledTexts.of(
                        kept.stream().filter(pkg -> pkg.set() == installed).toList(), engine);
        for (PackageRef pkg : kept) {
            boolean in = pkg.set() == installed;
            answer.pkg(
                    in ? "installed" : "available",
                    PackageId.of(pkg, engine),
                    in ? texts.of(pkg.nevra()).summary() : pkg.summary());
        }
    }

    /// Names or ids, as they are.
    void resolve(long filters, List<String> names) throws OpmException {
        Queries everything = everything();
        var found = new LinkedHashSet<PackageRef>();
        for (String name : names) {
            PackageId id = PackageId.parse(name);
            if (id == null) {
                found.addAll(everything.named(name));
            } else {
                PackageRef pkg = id.find(everything, engine);
                if (pkg != null) {
                    found.add(pkg);
                }
            }
        }
        tell(filters, found);
    }

    void searchNames(long filters, List<String> words) throws OpmException {
        tell(
                filters,
                everything().search(words, false).stream()
                        .filter(Queries.Found::inName)
                        .map(Queries.Found::pkg)
                        .toList());
    }

    void searchDetails(long filters, List<String> words) throws OpmException {
        var found = new LinkedHashSet<PackageRef>();
        everything().search(words, true).forEach(one -> found.add(one.pkg()));
        PackageSet installed = engine.installed();
        var texts = InstalledTexts.all(engine);
        List<String> lower = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
        for (int pkg = 0; pkg < installed.packageCount(); pkg++) {
            if (texts.of(installed.nevra(pkg)).hold(lower)) {
                found.add(installed.ref(pkg));
            }
        }
        tell(filters, found);
    }

    void searchGroups(long filters, List<String> groups) throws OpmException {
        tell(
                filters,
                everything().all().stream()
                        .filter(
                                pkg ->
                                        groups.contains(
                                                Groups.word(pkg.group(), pkg.nevra().name())))
                        .toList());
    }

    /// A word without a slash is the name of a file in any folder.
    void searchFiles(long filters, List<String> files) throws OpmException {
        List<String> paths =
                files.stream().map(file -> file.startsWith("/") ? file : "*/" + file).toList();
        engine.askFiles(paths);
        Queries everything = everything();
        var found = new LinkedHashSet<PackageRef>();
        for (String path : paths) {
            found.addAll(everything.owners(path));
        }
        tell(filters, found);
    }

    void whatProvides(long filters, List<String> texts) throws OpmException {
        engine.askPaths(texts.stream().filter(text -> text.startsWith("/")).toList());
        Queries everything = everything();
        var found = new LinkedHashSet<PackageRef>();
        for (String text : texts) {
            found.addAll(everything.whatProvides(text));
        }
        tell(filters, found);
    }

    void all(long filters) throws OpmException {
        tell(filters, everything().all());
    }

    /// Tells what packages need: of each dependency the installed packages that meet it, else those
    /// that could.
    void dependsOn(long filters, List<String> ids, boolean recursive) throws OpmException, Failure {
        Queries everything = everything();
        PackageSet installed = engine.installed();
        var seen = new LinkedHashSet<>(find(everything, ids));
        var asked = new LinkedHashSet<PackageRef>(seen);
        var open = new ArrayList<PackageRef>(seen);
        var met = new LinkedHashSet<String>();
        var found = new LinkedHashSet<PackageRef>();
        while (!open.isEmpty()) {
            PackageRef pkg = open.removeLast();
            for (Dep dep : pkg.deps(DepKind.REQUIRES)) {
                if (!met.add(dep.toString())) {
                    continue;
                }
                List<PackageRef> providers = everything.whatProvides(dep.toString());
                List<PackageRef> here =
                        providers.stream().filter(p -> p.set() == installed).toList();
                for (PackageRef provider : here.isEmpty() ? providers : here) {
                    if (!asked.contains(provider) && found.add(provider) && recursive) {
                        open.add(provider);
                    }
                }
            }
        }
        tell(filters, found);
    }

    void requiredBy(long filters, List<String> ids, boolean recursive)
            throws OpmException, Failure {
        Queries everything = everything();
        var asked = new LinkedHashSet<>(find(everything, ids));
        var open = new ArrayList<PackageRef>(asked);
        var found = new LinkedHashSet<PackageRef>();
        while (!open.isEmpty()) {
            PackageRef pkg = open.removeLast();
            for (PackageRef other : everything.whatRequires(pkg.nevra().full())) {
                if (!asked.contains(other) && found.add(other) && recursive) {
                    open.add(other);
                }
            }
        }
        tell(filters, found);
    }

    private List<PackageRef> find(Queries everything, List<String> ids)
            throws OpmException, Failure {
        var found = new ArrayList<PackageRef>();
        for (String text : ids) {
            PackageRef pkg = PackageId.need(text).find(everything, engine);
            if (pkg == null) {
                throw new Failure(NOT_FOUND, text + " is not there", "Refresh, and search again.");
            }
            found.add(pkg);
        }
        return found;
    }

    void details(List<String> ids) throws OpmException, Failure {
        List<PackageRef> packages = find(everything(), ids);
        PackageSet installed = engine.installed();
        var here =
                InstalledTexts.of(
                        packages.stream().filter(pkg -> pkg.set() == installed).toList(), engine);
        for (PackageRef pkg : packages) {
            InstalledTexts.Texts texts =
                    pkg.set() == installed
                            ? here.of(pkg.nevra())
                            : new InstalledTexts.Texts(
                                    pkg.summary(),
                                    pkg.license(),
                                    pkg.group(),
                                    pkg.url(),
                                    pkg.description());
            answer.say(
                    "details",
                    PackageId.of(pkg, engine),
                    texts.summary(),
                    texts.license(),
                    Groups.word(texts.group(), pkg.nevra().name()),
                    texts.description(),
                    texts.url(),
                    Long.toString(Math.max(0, pkg.installedBytes())),
                    Long.toString(Math.max(0, pkg.packageBytes())));
        }
    }

    void files(List<String> ids) throws OpmException, Failure {
        List<PackageRef> packages = find(everything(), ids);
        Map<PackageRef, List<String>> files = engine.files(packages);
        for (PackageRef pkg : packages) {
            answer.files(PackageId.of(pkg, engine), files.getOrDefault(pkg, List.of()));
        }
    }

    void repos() throws OpmException {
        for (RepositoryConfig repo : RepoSwitches.all(engine)) {
            String name = repo.name().isEmpty() ? repo.id() : repo.name();
            answer.say("repo-detail", repo.id(), name, repo.enabled() ? "1" : "0");
        }
    }
}
