package opm.plan;

import opm.base.Digest;
import opm.base.Nevra;
import org.jspecify.annotations.Nullable;

/// One change that rpm makes to the installed set.
///
/// A package that leaves because another takes its place is a [Replaced] of its own, in the same
/// batch, so that a plan names every package that comes or goes exactly once.
public sealed interface Step {
    // Methods where a switch over the kinds would do: each such switch makes a class at run time,
    // which no AOT cache keeps, and the first one of a run costs 5 MB and some milliseconds.

    /// Returns the package that comes in; absent where none does.
    default @Nullable Nevra comes() {
        return null;
    }

    /// Returns the package that leaves; absent where none does.
    default @Nullable Nevra goes() {
        return null;
    }

    /// Returns the file to hand to rpm; absent where there is none.
    default @Nullable Digest rpm() {
        return null;
    }

    /// A package gives way to another version of its name.
    sealed interface Replacement extends Step {
        Nevra from();

        Nevra to();

        @Override
        default Nevra comes() {
            return to();
        }

        @Override
        default Nevra goes() {
            return from();
        }
    }

    /// A package that was not there comes in, beside whatever is installed.
    record Install(Nevra pkg, Digest rpm, Reason reason) implements Step {
        public Install {
            requireWritable(pkg);
        }

        @Override
        public Nevra comes() {
            return pkg;
        }
    }

    /// A package gives way to a newer one of its name, or to one of another architecture.
    record Upgrade(Nevra from, Nevra to, Digest rpm) implements Replacement {
        public Upgrade {
            requireWritable(from);
            requireWritable(to);
            require(from.name().equals(to.name()), from, "and", to, " have different names");
            require(to.evr().compareTo(from.evr()) >= 0, to, "is older than", from, "");
            require(!to.equals(from), to, "is the same as", from, "; that is a reinstall");
        }
    }

    /// A package gives way to an older one of its name.
    record Downgrade(Nevra from, Nevra to, Digest rpm) implements Replacement {
        public Downgrade {
            requireWritable(from);
            requireWritable(to);
            require(from.name().equals(to.name()), from, "and", to, " have different names");
            require(to.evr().compareTo(from.evr()) < 0, to, "is not older than", from, "");
        }
    }

    /// A package is laid down again over itself.
    record Reinstall(Nevra pkg, Digest rpm) implements Step {
        public Reinstall {
            requireWritable(pkg);
        }

        @Override
        public Nevra comes() {
            return pkg;
        }

        @Override
        public Nevra goes() {
            return pkg;
        }
    }

    /// A package leaves because `by`, in the same batch, obsoletes it, or is the one that stays of
    /// several installed versions.
    record Replaced(Nevra pkg, Nevra by) implements Step {
        public Replaced {
            requireWritable(pkg);
            requireWritable(by);
            require(!pkg.equals(by), pkg, "cannot replace", by, "");
        }

        @Override
        public Nevra goes() {
            return pkg;
        }
    }

    /// A package leaves.
    record Erase(Nevra pkg) implements Step {
        public Erase {
            requireWritable(pkg);
        }

        @Override
        public Nevra goes() {
            return pkg;
        }
    }

    /// Names of packages are written as they are, so that sh can compare them with what `rpm -qa`
    /// prints. So they are printable ASCII without spaces, and read back as what they were.
    private static void requireWritable(Nevra pkg) {
        if (!isWritable(pkg)) {
            throw new IllegalArgumentException(
                    "'" + pkg.full() + "' cannot be written as NAME-EPOCH:VERSION-RELEASE.ARCH");
        }
    }

    /// Tells whether a plan can name this package.
    static boolean isWritable(Nevra pkg) {
        String full = pkg.full();
        for (int at = 0; at < full.length(); at++) {
            if (full.charAt(at) <= ' ' || full.charAt(at) > '~') {
                return false;
            }
        }
        try {
            return Nevra.parse(full).equals(pkg) && !pkg.evr().version().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void require(boolean holds, Nevra one, String words, Nevra two, String end) {
        if (!holds) {
            throw new IllegalArgumentException(one.full() + " " + words + " " + two.full() + end);
        }
    }
}
