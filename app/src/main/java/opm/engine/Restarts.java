package opm.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.rpmmd.Advisory;
import opm.solve.Request;

/// Packages whose new version counts only once the machine has started again.
public final class Restarts {
    /// The names that `dnf needs-restarting` has (dnf-plugins-core 4.4, needs_restarting.py).
    private static final Set<String> NAMES =
            Set.of(
                    "kernel",
                    "kernel-core",
                    "kernel-PAE",
                    "kernel-rt",
                    "kernel-rt-core",
                    "glibc",
                    "linux-firmware",
                    "systemd",
                    "dbus",
                    "dbus-broker",
                    "dbus-daemon",
                    "microcode_ctl");

    private final Set<Nevra> advised = new HashSet<>();

    /// @param advisories say it of further packages
    private Restarts(List<Advisory> advisories) {
        for (Advisory advisory : advisories) {
            for (Advisory.Item item : advisory.packages()) {
                if (item.reboot()) {
                    advised.add(item.pkg());
                }
            }
        }
    }

    /// A solution, and what was left out for it.
    ///
    /// @param left packages that would need the machine to start again, sorted
    public record Without(Solution solution, List<Nevra> left) {
        public Without {
            left = List.copyOf(left);
        }
    }

    /// Solves a request so that the machine need not start again: what would need that is left out,
    /// and what depends on it.
    public static Without solve(Engine engine, Request request, List<String> asked)
            throws OpmException {
        var restarts = new Restarts(engine.advisories());
        var left = new TreeSet<Nevra>();
        while (true) {
            List<String> out = left.stream().map(Nevra::full).toList();
            Solution solution =
                    engine.solve(
                            request,
                            asked,
                            policy -> {
                                var excludes = new ArrayList<>(policy.excludes());
                                excludes.addAll(out);
                                return policy.withExcludes(excludes);
                            });
            List<Nevra> more =
                    solution.coming().keySet().stream()
                            .filter(restarts::needs)
                            .filter(pkg -> !left.contains(pkg))
                            .toList();
            // Each round leaves out more, so this ends.
            if (more.isEmpty()) {
                return new Without(solution, List.copyOf(left));
            }
            left.addAll(more);
        }
    }

    private boolean needs(Nevra pkg) {
        return NAMES.contains(pkg.name()) || advised.contains(pkg);
    }
}
