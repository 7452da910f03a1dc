package opm.fetch;

import java.net.URI;
import java.util.List;
import opm.base.Digest;
import opm.plan.Artifact;
import opm.store.Store;

/// A file that is wanted, and where it may be had.
///
/// @param digest what its bytes must have; any source that has them will do
/// @param sizeBytes exact, or [Store#ANY_SIZE]
/// @param sources `http:`, `https:` or `file:`; files are asked first, equal ones in this order
/// @param label for people: the file's name
public record Wanted(Digest digest, long sizeBytes, List<URI> sources, String label) {
    public Wanted {
        if (sizeBytes < Store.ANY_SIZE) {
            throw new IllegalArgumentException("a file of " + sizeBytes + " bytes");
        }
        sources = List.copyOf(sources);
    }

    /// Makes one of a plan's file.
    public static Wanted of(Artifact artifact, List<URI> sources) {
        return new Wanted(artifact.digest(), artifact.sizeBytes(), sources, artifact.fileName());
    }
}
