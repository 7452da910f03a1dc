package opm.engine;

import java.net.URI;
import java.util.List;
import opm.base.Digest;
import opm.pkgset.PackageSet;
import opm.plan.Plan;

/// A repository whose metadata is at hand.
///
/// @param priority lower wins
/// @param cost lower wins among equal packages
/// @param repomd SHA-256 of its repomd.xml
/// @param revisionSeconds when its metadata was made, seconds since 1970, 0 when unknown
/// @param bases addresses that hold its packages, the first to be asked first; each ends with `/`
public record OpenRepo(
        String id,
        PackageSet set,
        int priority,
        int cost,
        Digest repomd,
        long revisionSeconds,
        List<URI> bases) {
    public OpenRepo {
        bases = List.copyOf(bases);
    }

    /// Returns what a plan says of where its packages came from.
    Plan.Source source() {
        return new Plan.Source(id, repomd, revisionSeconds);
    }
}
