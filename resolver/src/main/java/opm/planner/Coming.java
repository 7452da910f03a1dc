package opm.planner;

import java.util.List;
import opm.base.Nevra;
import opm.pkgset.PackageRef;
import opm.plan.Reason;
import org.jspecify.annotations.Nullable;

/// A package that comes in, and what makes room for it.
///
/// @param from the installed package of its name that it takes the place of; null for an
///     installation
/// @param replaced installed packages that leave with it, sorted
/// @param beside whether another version or architecture of its name stays: then rpm must install
///     it, not upgrade to it, because an upgrade erases whatever has the name
record Coming(
        PackageRef pkg,
        Nevra nevra,
        How how,
        @Nullable Nevra from,
        List<Nevra> replaced,
        Reason reason,
        boolean beside) {
    /// In which way it comes.
    enum How {
        INSTALL,
        UPGRADE,
        DOWNGRADE,
        REINSTALL
    }

    Coming {
        replaced = List.copyOf(replaced);
    }
}
