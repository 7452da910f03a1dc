package opm.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import opm.base.DepKind;
import opm.base.RpmDep;
import opm.pkgset.PackageSet;
import opm.profile.InstalledPackage;
import opm.profile.InstalledPackage.Reason;
import opm.profile.Setting;
import opm.profile.SystemProfile;
import opm.solve.Policy;
import opm.solve.Request;
import org.jspecify.annotations.Nullable;

/// Derives the solver's policy from the machine's own configuration and the options of this run.
final class Policies {
    private Policies() {}

    static Policy of(
            SystemProfile machine, PackageSet installed, Options options, Request request) {
        Policy.Style style = options.style();
        boolean suse = style == null ? isSuse(machine) : style == Policy.Style.ZYPP;
        Policy policy = suse ? Policy.zypp() : Policy.dnf();
        Boolean weak = options.weak();
        policy = policy.withWeakDeps(weak != null ? weak : weakOf(machine, suse));
        if (!suse) {
            policy =
                    policy.withDeclined(
                            isTrue(main(machine, "exclude_from_weak_autodetect", "true")));
        }
        Boolean best = options.best();
        policy = policy.withBest(best != null ? best : isTrue(main(machine, "best", "false")));
        policy = policy.withErasing(options.allowErasing() || removes(request));
        // Removing what only the removed package needed is dnf's habit and not zypper's.
        boolean clean = isTrue(main(machine, "clean_requirements_on_remove", "true"));
        policy = policy.withCleanDeps(!suse && clean && removes(request));
        policy = policy.withLocks(ConfiguredFilters.kept(machine));
        policy = policy.withExcludes(excludes(machine, options)).withProtected(guarded(machine));
        policy = policy.withUserInstalled(stays(machine, installed, request));
        policy = policy.withRunning(machine.kernel());
        Setting installOnly = setting(machine, "installonlypkgs");
        String limit = main(machine, "installonly_limit", null);
        if (installOnly != null || limit != null) {
            policy =
                    policy.withInstallOnly(
                            installOnly == null
                                    ? policy.installOnly()
                                    : both(policy.installOnly(), installOnly),
                            number(limit, policy.installOnlyLimit()));
        }
        return policy;
    }

    /// Returns specs of packages that must not come in, whatever repository has them.
    static List<String> excludes(SystemProfile machine, Options options) {
        var excludes = new ArrayList<String>(machine.excludes());
        excludes.addAll(options.excludes());
        excludes.addAll(ConfiguredFilters.kept(machine));
        return excludes;
    }

    /// Returns the names of installed packages of which several versions stay, as kernels do; by
    /// the words of dnf and zypper, where nobody asks a solver.
    static Set<String> several(SystemProfile machine) {
        List<String> usual = Policy.dnf().installOnly();
        Setting more = setting(machine, "installonlypkgs");
        List<String> words = more == null ? usual : both(usual, more);
        var names = new HashSet<String>();
        for (InstalledPackage pkg : machine.packages()) {
            for (RpmDep provided : pkg.dependencies().getOrDefault(DepKind.PROVIDES, List.of())) {
                if (words.contains(provided.name())) {
                    names.add(pkg.nevra().name());
                }
            }
        }
        return names;
    }

    /// Tells whether the habits of zypper are expected.
    static boolean isSuse(SystemProfile machine) {
        String id = machine.distro().id().toLowerCase(Locale.ROOT);
        return id.startsWith("opensuse") || id.startsWith("sle");
    }

    /// Tells whether nothing but removals is asked.
    static boolean removesOnly(Request request) {
        return request.items().stream()
                .allMatch(
                        item ->
                                item.verb() == Request.Verb.REMOVE
                                        || item.verb() == Request.Verb.AUTOREMOVE);
    }

    private static boolean removes(Request request) {
        return request.items().stream()
                .anyMatch(
                        item ->
                                item.verb() == Request.Verb.REMOVE
                                        || item.verb() == Request.Verb.AUTOREMOVE);
    }

    private static boolean weakOf(SystemProfile machine, boolean suse) {
        return suse
                ? !isTrue(main(machine, "solver.onlyRequires", "false"))
                : isTrue(main(machine, "install_weak_deps", "true"));
    }

    /// Returns names of packages that do not leave because something else does: those that people
    /// asked for, all where nobody knows (as dnf's `user_installed` says of what rpm installed),
    /// and those that may not leave at all, of which dnf's autoremove would only say so.
    private static List<String> stays(
            SystemProfile machine, PackageSet installed, Request request) {
        List<String> wanted = wantedByPeople(installed);
        if (!removes(request)) {
            return wanted == null ? List.of() : wanted;
        }
        var names = new ArrayList<String>(wanted == null ? List.of() : wanted);
        for (int pkg = 0; wanted == null && pkg < installed.packageCount(); pkg++) {
            names.add(installed.string(installed.name(pkg)));
        }
        names.addAll(guarded(machine));
        return names;
    }

    /// Returns names of packages that must not go: what the machine says, and rpm, without which
    /// nobody installs anything any more, nor takes anything back.
    ///
    /// Source: dnf.conf(5) `protected_packages`; what `glob:` names there is read anyway
    private static List<String> guarded(SystemProfile machine) {
        var names = new ArrayList<>(List.of("rpm"));
        names.addAll(machine.protectedNames());
        Setting more = setting(machine, "protected_packages");
        for (String word : more == null ? List.<String>of() : more.words()) {
            if (!word.startsWith("glob:")) {
                names.add(word);
            }
        }
        return names;
    }

    /// Returns names of packages that nobody installed as a dependency; null where nobody knows.
    private static @Nullable List<String> wantedByPeople(PackageSet installed) {
        int dependency = installed.stringId(Reason.DEPENDENCY.word());
        int weak = installed.stringId(Reason.WEAK.word());
        if (dependency < 0 && weak < 0) {
            return null;
        }
        boolean known = false;
        var names = new ArrayList<String>();
        for (int pkg = 0; pkg < installed.packageCount(); pkg++) {
            String reason = installed.facts().reason(pkg);
            if (reason.equals(Reason.DEPENDENCY.word()) || reason.equals(Reason.WEAK.word())) {
                known = true;
            } else {
                names.add(installed.string(installed.name(pkg)));
            }
        }
        return known ? names : null;
    }

    /// Returns an option of the package manager's main configuration.
    private static @Nullable String main(
            SystemProfile machine, String key, @Nullable String absent) {
        Setting setting = setting(machine, key);
        return setting == null ? absent : setting.value();
    }

    private static @Nullable Setting setting(SystemProfile machine, String key) {
        Setting last = null;
        for (SystemProfile.Config config : machine.mains()) {
            for (Setting setting : config.options()) {
                last = setting.key().equals(key) ? setting : last;
            }
        }
        return last;
    }

    private static boolean isTrue(@Nullable String value) {
        return value != null && value.strip().toLowerCase(Locale.ROOT).matches("1|yes|true|on");
    }

    private static int number(@Nullable String value, int absent) {
        if (value == null || !value.strip().matches("\\d{1,6}")) {
            return absent;
        }
        int number = Integer.parseInt(value.strip());
        return number == 1 ? 2 : number;
    }

    /// dnf adds the configured names to its own.
    private static List<String> both(List<String> usual, Setting configured) {
        var all = new ArrayList<>(usual);
        for (String name : configured.words()) {
            if (!all.contains(name)) {
                all.add(name);
            }
        }
        return all;
    }
}
