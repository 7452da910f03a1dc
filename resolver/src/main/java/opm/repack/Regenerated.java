package opm.repack;

import java.nio.file.Path;
import opm.base.Nevra;
import opm.store.Stored;

/// What came of making a package again.
public sealed interface Regenerated {
    /// The installed package that it is about.
    Nevra pkg();

    /// A package file, which is on the medium.
    ///
    /// @param facts what was computed over its bytes while they were written
    /// @param isExact whether header and payload are the original bytes, so that every signature
    ///     and digest of the original holds; else it has no signature, and the payload was packed
    ///     anew from files whose digests stand in the header
    record Made(Nevra pkg, Stored facts, boolean isExact) implements Regenerated {
        /// Returns where it lies.
        public Path file() {
            return facts.path();
        }
    }

    /// No package file, and why.
    ///
    /// @param detail the path that it is about, else empty
    record Impossible(Nevra pkg, Why why, String detail) implements Regenerated {}

    /// Why a package cannot be made again.
    enum Why {
        /// The header in the database is not the one that was signed.
        HEADER,
        /// A file is not there.
        MISSING,
        /// A file has other content: edited, prelinked, stripped.
        CHANGED,
        /// A file was left out when the package was installed: documentation, languages.
        LEFT_OUT,
        /// The payload cannot be packed as it was: another version of the packer made it.
        PACKER,
        /// Built before rpm 4.14 and signed with its payload, which tells of the builder's disk.
        BUILDER
    }
}
