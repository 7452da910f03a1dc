package opm.apply;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.plan.Batch;
import opm.plan.Step;

/// The arguments with which rpm makes one batch.
final class RpmRun {
    private RpmRun() {}

    /// Returns one list of arguments for each run of rpm: usually one; two when some packages come
    /// beside an installed one of their name, which `-U` would remove; none when nothing is left
    /// to erase.
    ///
    /// @param before full names of what is installed before the batch by the plan
    /// @param now full names of what is installed now
    /// @param again the batch was interrupted: lay everything down again
    /// @param last no batch follows
    static List<List<String>> of(
            Batch batch,
            Stage stage,
            List<String> before,
            List<String> now,
            boolean again,
            boolean last) {
        if (batch.erases()) {
            List<String> labels = new ArrayList<>(List.of("-e"));
            if (!last) {
                // What the next batch brings may be missed until then; the plan was proven as a
                // whole.
                labels.add("--nodeps");
            }
            int options = labels.size();
            var there = new HashSet<>(now);
            batch.goes().stream()
                    .filter(pkg -> there.contains(pkg.full()))
                    .forEach(pkg -> labels.add(label(pkg)));
            return labels.size() == options ? List.of() : List.of(labels);
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
        int upgradeOptions = upgrade.size();
        int besideOptions = beside.size();
        int file = 0;
        for (Step step : batch.steps()) {
            Nevra comes = comes(step);
            if (comes != null) {
                Path path = stage.files().get(file++);
                // -U erases what has the name, of whatever architecture, unless both hold programs
                // of different class (rpm 4.18, skipColor).
                boolean added = step instanceof Step.Install || step instanceof Step.Reinstall;
                boolean joins = added && stays.contains(comes.name());
                (joins ? beside : upgrade).add(path.toString());
            }
        }
        List<List<String>> runs = new ArrayList<>();
        if (upgrade.size() > upgradeOptions) {
            runs.add(upgrade);
        }
        if (beside.size() > besideOptions) {
            runs.add(beside);
        }
        return runs;
    }

    private static List<String> options(Stage stage, boolean again, String how) {
        List<String> options =
                new ArrayList<>(List.of(how, "--define", "_pkgverify_level " + stage.level()));
        if (again) {
            options.add("--replacepkgs");
        }
        return options;
    }

    private static @org.jspecify.annotations.Nullable Nevra comes(Step step) {
        return switch (step) {
            case Step.Install(var pkg, _, _) -> pkg;
            case Step.Upgrade(_, var to, _) -> to;
            case Step.Downgrade(_, var to, _) -> to;
            case Step.Reinstall(var pkg, _) -> pkg;
            case Step.Replaced _, Step.Erase _ -> null;
        };
    }

    /// Returns the arguments that erase old versions whose new one is there too; empty for none.
    static List<String> doubles(Batch batch, List<String> now) {
        var there = new HashSet<>(now);
        List<String> labels = new ArrayList<>(List.of("-e", "--nodeps"));
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
        return labels.size() == 2 ? List.of() : labels;
    }

    /// Names a package as `rpm -e` takes it on every version of rpm: without the epoch.
    private static String label(Nevra pkg) {
        return pkg.name() + "-" + pkg.evr().versionRelease() + "." + pkg.arch();
    }

    /// Returns the arguments that only test.
    static List<String> test(List<String> arguments) throws OpmException {
        List<String> test = new ArrayList<>(arguments);
        test.add(1, "--test");
        return test;
    }
}
