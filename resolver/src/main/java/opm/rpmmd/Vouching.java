package opm.rpmmd;

import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// Says whether the publisher of a repository stands behind its repomd.xml, which names all else.
public interface Vouching {
    /// Nobody asks: the repository's own word is enough.
    Vouching NOT_ASKED = (_, _, _) -> {};

    /// What lies beside a repomd.xml.
    interface Signature {
        /// Returns `repomd.xml.asc`; null when there is none.
        byte @Nullable [] fetch() throws OpmException;
    }

    /// Does nothing when the repository need not be signed, or is.
    ///
    /// @throws OpmException.Damaged when it must be signed by a key that is trusted, and is not
    void check(RepositoryConfig repo, byte[] repomd, Signature signature) throws OpmException;
}
