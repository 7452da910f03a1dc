package opm.apply;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import opm.base.Nevra;
import opm.plan.Batch;
import opm.plan.Step;

/// One run of rpm. Package files come by a list that rpm reads (a manifest, rpm(8)): the names of
/// thousands would not fit on a command line.
///
/// @param folder where it runs, which is where the files are
/// @param options before what it is about
/// @param labels of packages to erase
/// @param files names of package files in `folder`
record RpmRun(Path folder, List<String> options, List<String> labels, List<String> files) {
    /// Begins with a dot, as no package file does.
    static final String LIST = ".list";

    private static final String LEVEL = "_pkgverify_level ";

    RpmRun {
        options = List.copyOf(options);
        labels = List.copyOf(labels);
        files = List.copyOf(files);
    }

    /// Returns the runs of a batch: usually one; two when some packages come
    /// beside an installed one of their name, which `-U` would remove; none when nothing is left
    /// to erase.
    ///
    /// @param before full names of what is installed before the batch by the plan
    /// @param now full names of what is installed now
    /// @param again the batch was interrupted: lay everything down again
    /// @param last no batch follows
    static List<RpmRun> of(
            Batch batch,
            Stage stage,
            List<String> before,
            List<String> now,
            boolean again,
            boolean last) {
        if (batch.erases()) {
            // What the next batch brings may be missed until then; the plan was proven as a whole.
            List<String> options = last ? List.of("-e") : List.of("-e", "--nodeps");
            var there = new HashSet<>(now);
            List<String> labels =
                    batch.goes().stream()
                            .filter(pkg -> there.contains(pkg.full()))
                            .map(RpmRun::label)
                            .toList();
            return labels.isEmpty()
                    ? List.of()
                    : List.of(new RpmRun(stage.folder(), options, labels, List.of()));
        }
        Set<String> stays = new HashSet<>();
        var goes = new HashSet<>(batch.goes().stream().map(Nevra::full).toList());
        for (String name : before) {
            if (!goes.contains(name)) {
                stays.add(Nevra.parse(name).name());
            }
        }
        List<String> upgrade = options(stage, again, "-U");
        List<String> beside = options(stage, again, "-i");
        if (again || batch.steps().stream().anyMatch(step -> step instanceof Step.Downgrade)) {
            upgrade.add("--oldpackage");
        }
        if (!again && batch.steps().stream().anyMatch(step -> step instanceof Step.Reinstall)) {
            upgrade.add("--replacepkgs");
            beside.add("--replacepkgs");
        }
        List<String> upgraded = new ArrayList<>();
        List<String> joining = new ArrayList<>();
        int file = 0;
        for (Step step : batch.steps()) {
            Nevra comes = comes(step);
            if (comes != null) {
                String name = stage.files().get(file++);
                // -U erases what has the name, of whatever architecture, unless both hold programs
                // of different class (rpm 4.18, skipColor).
                boolean added = step instanceof Step.Install || step instanceof Step.Reinstall;
                boolean joins = added && stays.contains(comes.name());
                (joins ? joining : upgraded).add(name);
            }
        }
        List<RpmRun> runs = new ArrayList<>();
        if (!upgraded.isEmpty()) {
            runs.add(new RpmRun(stage.folder(), upgrade, List.of(), upgraded));
        }
        if (!joining.isEmpty()) {
            runs.add(new RpmRun(stage.folder(), beside, List.of(), joining));
        }
        return runs;
    }

    private static List<String> options(Stage stage, boolean again, String how) {
        List<String> options =
                new ArrayList<>(List.of(how, "--define", LEVEL + stage.level()));
        if (again) {
            options.add("--replacepkgs");
        }
        return options;
    }

    static @org.jspecify.annotations.Nullable Nevra comes(Step step) {
        return switch (step) {
            case Step.Install(var pkg, _, _) -> pkg;
            case Step.Upgrade(_, var to, _) -> to;
            case Step.Downgrade(_, var to, _) -> to;
            case Step.Reinstall(var pkg, _) -> pkg;
            case Step.Replaced _, Step.Erase _ -> null;
        };
    }

    /// Returns the run that erases old versions whose new one is there too.
    static Optional<RpmRun> doubles(Batch batch, Path folder, List<String> now) {
        var there = new HashSet<>(now);
        List<String> labels = new ArrayList<>();
        for (Step step : batch.steps()) {
            Nevra from = null;
            Nevra to = null;
            if (step instanceof Step.Upgrade(var old, var young, _)) {
                from = old;
                to = young;
            } else if (step instanceof Step.Downgrade(var old, var young, _)) {
                from = old;
                to = young;
            }
            if (from != null
                    && to != null
                    && there.contains(from.full())
                    && there.contains(to.full())) {
                labels.add(label(from));
            }
        }
        return labels.isEmpty()
                ? Optional.empty()
                : Optional.of(new RpmRun(folder, List.of("-e", "--nodeps"), labels, List.of()));
    }

    /// Names a package as `rpm -e` takes it on every version of rpm: without the epoch.
    static String label(Nevra pkg) {
        return pkg.name() + "-" + pkg.evr().versionRelease() + "." + pkg.arch();
    }

    /// Returns the same for packages that are installed: what they need was asked before.
    RpmRun withoutDependencies() {
        List<String> all = new ArrayList<>(options);
        all.add("--nodeps");
        return new RpmRun(folder, all, labels, files);
    }

    /// Returns the same, only to be tested: rpmkeys has read these files and rpm reads them again
    /// when it installs them, so that here only what they need and bring is looked at.
    RpmRun test() {
        List<String> test = new ArrayList<>(options);
        test.replaceAll(word -> word.startsWith(LEVEL) ? LEVEL + "none" : word);
        test.add(1, "--test");
        return new RpmRun(folder, test, labels, files);
    }

    /// Returns the arguments, where `files` stand in [#LIST].
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(options);
        arguments.addAll(labels);
        if (!files.isEmpty()) {
            arguments.add(LIST);
        }
        return arguments;
    }
}
