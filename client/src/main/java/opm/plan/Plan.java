package opm.plan;

import java.util.List;
import opm.base.Digest;

/// What to fetch and what to hand to rpm, in which batches, for which installed state.
///
/// Text form: docs/formats/plan.md. A plan is a function of profile, repositories and request.
///
/// @param target the machine and its installed set
/// @param asked what the user asked, in words, one request each
/// @param sources the repositories that were looked at, in order of configuration
/// @param artifacts every file that some step names, sorted by path
/// @param batches in the order of application
/// @param unsigned names of packages that may be unsigned because the user said so, sorted
public record Plan(
        Target target,
        List<String> asked,
        List<Source> sources,
        List<Artifact> artifacts,
        List<Batch> batches,
        List<String> unsigned) {
    public Plan {
        asked = List.copyOf(asked);
        sources = List.copyOf(sources);
        artifacts = List.copyOf(artifacts);
        batches = List.copyOf(batches);
        unsigned = List.copyOf(unsigned);
    }

    /// The machine that a plan is for.
    ///
    /// @param distro `ID` of os-release: `fedora`
    /// @param release `VERSION_ID` of os-release: `43`
    /// @param arch the machine's rpm architecture: `x86_64`
    /// @param base the digest of what was installed, see docs/formats/profile.md
    public record Target(String distro, String release, String arch, Digest base) {}

    /// One repository as it was when the plan was made.
    ///
    /// @param repomd SHA-256 of its repomd.xml
    /// @param revisionSeconds when its metadata was made, seconds since 1970, 0 when unknown
    public record Source(String id, Digest repomd, long revisionSeconds) {}
}
