package opm.solve;

import java.util.List;
import opm.pkgset.PackageRef;
import org.jspecify.annotations.Nullable;

/// One change of the installed system.
///
/// Every installed package that goes appears in exactly one change, as does every package that
/// comes in, save that a package which comes in for an obsoleted one is also named by the
/// [Obsoleted] of the other.
public sealed interface Change {
    /// The package that comes in, or the installed one where only that goes.
    PackageRef pkg();

    // Methods, for the reason given in opm.plan.Step.

    /// Returns the package that comes in; absent where none does.
    default @Nullable PackageRef comes() {
        return null;
    }

    /// Returns the installed package that goes; absent where none does.
    default @Nullable PackageRef goes() {
        return null;
    }

    /// A package takes the place of an installed one of its name.
    sealed interface Replacement extends Change {
        PackageRef from();

        @Override
        default PackageRef comes() {
            return pkg();
        }

        @Override
        default PackageRef goes() {
            return from();
        }
    }

    /// An installed package only goes.
    sealed interface Removal extends Change {
        @Override
        default PackageRef goes() {
            return pkg();
        }
    }

    /// A package joins, next to others of its name where it is install-only.
    ///
    /// @param obsoletes installed packages that it takes the place of; each also has an [Obsoleted]
    record Install(PackageRef pkg, List<PackageRef> obsoletes) implements Change {
        public Install {
            obsoletes = List.copyOf(obsoletes);
        }

        @Override
        public PackageRef comes() {
            return pkg;
        }
    }

    /// A higher version replaces an installed one of the same name.
    record Upgrade(PackageRef from, PackageRef pkg) implements Replacement {}

    /// A lower version replaces an installed one of the same name.
    record Downgrade(PackageRef from, PackageRef pkg) implements Replacement {}

    /// The same version is put in again, perhaps from another build or architecture.
    record Reinstall(PackageRef from, PackageRef pkg) implements Replacement {}

    /// An installed package goes because one that comes in obsoletes it.
    record Obsoleted(PackageRef pkg, PackageRef by) implements Removal {}

    /// An installed package goes.
    record Erase(PackageRef pkg) implements Removal {}
}
