package opm.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.rpmmd.Advisory;
import opm.solve.Policy;
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

    /// Solves a request so that the machine need not start again: what would need that is left out,
    /// and what depends on it.
    public static Without solve(Engine engine, Request request, List<String> asked)
            throws OpmException {
        return solve(engine, request, asked, policy -> policy);
    }

    /// Solves so by another policy than the machine's.
    public static Without solve(
            Engine engine, Request request, List<String> asked, UnaryOperator<Policy> change)
            throws OpmException {
        var restarts = new Restarts(engine.advisories());
        return Without.solve(engine, request, asked, change, pkg -> restarts.needs(pkg.nevra()));
    }

    private boolean needs(Nevra pkg) {
        return NAMES.contains(pkg.name()) || advised.contains(pkg);
    }
}
