package opm.preflight;

import java.util.Set;

/// One thing that is worth knowing before a plan is applied.
public sealed interface Finding {
    /// Tells whether rpm would refuse, or break off in the middle.
    boolean stops();

    /// A file of two packages with different content, kind, owner or mode: rpm refuses.
    ///
    /// @param pkg that comes
    /// @param other that comes with it, or is installed
    /// @param isInstalled whether the other is installed
    record Clash(String path, String pkg, String other, boolean isInstalled) implements Finding {
        @Override
        public boolean stops() {
            return true;
        }
    }

    /// A name that rpm could not make.
    record Blocked(String path, String pkg, Why why) implements Finding {
        @Override
        public boolean stops() {
            return why != Why.MAYBE_PRETRANS;
        }
    }

    /// What stands in the way of a name.
    enum Why {
        /// A folder is there, and no folder comes.
        FOLDER,
        /// Something above the name is no folder.
        NO_FOLDER_ABOVE,
        /// The file system is mounted for reading only.
        READ_ONLY,
        /// The file, or its folder, may not be changed (`chattr +i`).
        IMMUTABLE,
        /// Differs from another name only in capitals, which the file system does not tell apart.
        SAME_NAME,
        /// Longer than the file system takes, with rpm's `;0123abcd` behind it while it comes.
        TOO_LONG,
        /// The file system knows no symbolic links.
        NO_LINKS,
        /// A folder would have to give way, and the package has a `%pretrans` that may see to it.
        MAYBE_PRETRANS
    }

    /// A configuration file that somebody edited.
    record Config(String path, String pkg, Fate fate) implements Finding {
        @Override
        public boolean stops() {
            return false;
        }

        /// Returns the name under which the other version will lie beside it.
        public String besides() {
            return path + fate.suffix();
        }
    }

    /// A program that runs as root.
    record Script(String pkg, String when, String interpreter, Set<Worry> worries)
            implements Finding {
        public Script {
            worries = Set.copyOf(worries);
        }

        @Override
        public boolean stops() {
            return false;
        }
    }

    /// What a script may do that offline or unattended machines suffer from.
    enum Worry {
        NETWORK,
        ASKS
    }

    /// A package that needs a newer rpm.
    record Feature(String pkg, String feature) implements Finding {
        @Override
        public boolean stops() {
            return true;
        }
    }

    /// A package that nobody signed, which the plan allows.
    record Unsigned(String pkg) implements Finding {
        @Override
        public boolean stops() {
            return false;
        }
    }

    /// Packages that carry a signature of one key.
    ///
    /// @param key hexadecimal key id
    /// @param owner as the key says; empty for a key that this machine does not trust, so that
    ///     rpmkeys would refuse
    record Signed(String key, String owner, int packages) implements Finding {
        @Override
        public boolean stops() {
            return owner.isEmpty();
        }
    }

    /// The kernel that runs would go: what it has not loaded yet could not be loaded any more.
    record Running(String pkg) implements Finding {
        @Override
        public boolean stops() {
            return true;
        }
    }

    /// A kernel that goes, without another that could be booted.
    ///
    /// @param missing what the kernels that stay lack: `initramfs`, `boot entry`, `kernel`
    record Unbootable(String pkg, String missing) implements Finding {
        @Override
        public boolean stops() {
            return true;
        }
    }
}
