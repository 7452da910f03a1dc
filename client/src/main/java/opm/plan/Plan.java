package opm.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.Nevra;

/// What to fetch and what to hand to rpm, in which batches, for which installed state.
///
/// Text form: docs/formats/plan.md. A plan is a function of profile, repositories and request.
/// A plan without batches is the answer "nothing to do".
///
/// @param target the machine and its installed set
/// @param asked what the user asked, in words, one request each
/// @param sources the repositories that were looked at, in order of configuration
/// @param artifacts every file that some step names and no other, sorted by path
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
        requireAtMost(Limits.PLAN_ASKED, asked.size(), "requests");
        requireAtMost(Limits.PLAN_SOURCES, sources.size(), "repositories");
        requireAtMost(Limits.PLAN_STEPS, unsigned.size(), "unsigned packages");
        requireAtMost(Limits.PLAN_STEPS, stepCount(batches), "steps");
        requireAtMost(Limits.PLAN_BATCHES, batches.size(), "batches");
        for (String request : asked) {
            requireAtMost(Limits.LINE_BYTES / 4, request.length(), "characters of one request");
        }
        requireRising(artifacts.stream().map(Artifact::path).toList(), "path");
        requireRising(unsigned, "unsigned package");
        requireMatch(artifacts, batches);
        var ids = new HashSet<String>();
        for (Source source : sources) {
            if (!ids.add(source.id())) {
                throw new IllegalArgumentException("repository '" + source.id() + "' stands twice");
            }
        }
    }

    /// The machine that a plan is for.
    ///
    /// @param distro `ID` of os-release: `fedora`
    /// @param release `VERSION_ID` of os-release: `43`; empty where there is none
    /// @param arch the machine's rpm architecture: `x86_64`
    /// @param base the SHA-256 of what was installed, see docs/formats/profile.md
    public record Target(String distro, String release, String arch, Digest base) {
        public Target {
            requireSha256(base);
        }
    }

    /// One repository as it was when the plan was made.
    ///
    /// @param repomd SHA-256 of its repomd.xml
    /// @param revisionSeconds when its metadata was made, seconds since 1970, 0 when unknown
    public record Source(String id, Digest repomd, long revisionSeconds) {
        public Source {
            requireSha256(repomd);
            if (id.isEmpty() || revisionSeconds < 0) {
                throw new IllegalArgumentException(
                        "repository '" + id + "' of the second " + revisionSeconds);
            }
        }
    }

    /// Returns how many bytes an applier wants free besides the packages of its largest batch:
    /// for rpm's database, of which the log alone may take 40 MB, and for its own notes.
    public long reserveBytes() {
        return (64L << 20) + (64L << 10) * artifacts.size();
    }

    /// Returns how many bytes the artifacts have together.
    public long fetchBytes() {
        long sum = 0;
        for (Artifact artifact : artifacts) {
            sum = Math.addExact(sum, artifact.sizeBytes());
        }
        return sum;
    }

    /// Returns the artifacts by digest, in their order.
    public Map<Digest, Artifact> artifactsByDigest() {
        var byDigest = new LinkedHashMap<Digest, Artifact>();
        for (Artifact artifact : artifacts) {
            byDigest.put(artifact.digest(), artifact);
        }
        return byDigest;
    }

    /// Returns how many steps all batches have together.
    public int stepCount() {
        return stepCount(batches);
    }

    private static int stepCount(List<Batch> batches) {
        int count = 0;
        for (Batch batch : batches) {
            count += batch.steps().size();
        }
        return count;
    }

    /// Returns what is installed at every boundary, each sorted: before the first batch, then after
    /// each one.
    ///
    /// @param installed the multiset that the plan was made for, in any order
    /// @throws IllegalArgumentException when the plan was not made for it
    public List<List<Nevra>> boundaries(List<Nevra> installed) {
        var all = new ArrayList<List<Nevra>>();
        all.add(installed.stream().sorted().toList());
        for (Batch batch : batches) {
            all.add(batch.after(all.getLast()));
        }
        return List.copyOf(all);
    }

    private static void requireMatch(List<Artifact> artifacts, List<Batch> batches) {
        var unnamed = new HashMap<Digest, Artifact>();
        for (Artifact artifact : artifacts) {
            if (unnamed.put(artifact.digest(), artifact) != null) {
                throw new IllegalArgumentException(artifact.digest().hex() + " stands twice");
            }
        }
        for (Batch batch : batches) {
            for (Digest rpm : batch.rpms()) {
                if (unnamed.remove(rpm) == null) {
                    throw new IllegalArgumentException(
                            rpm.hex() + " is not among the files, or two steps name it");
                }
            }
        }
        if (!unnamed.isEmpty()) {
            String first = unnamed.values().stream().map(Artifact::path).sorted().findFirst().get();
            throw new IllegalArgumentException("no step names " + first);
        }
    }

    private static void requireAtMost(int limit, int count, String what) {
        if (count > limit) {
            throw new IllegalArgumentException(
                    count + " " + what + ", at most " + limit + " are taken");
        }
    }

    private static void requireRising(List<String> texts, String what) {
        for (int at = 1; at < texts.size(); at++) {
            if (texts.get(at - 1).compareTo(texts.get(at)) >= 0) {
                throw new IllegalArgumentException(
                        what + " '" + texts.get(at) + "' is not after '" + texts.get(at - 1) + "'");
            }
        }
    }

    private static void requireSha256(Digest digest) {
        if (digest.algorithm() != Digest.Algorithm.SHA256) {
            throw new IllegalArgumentException(digest + " is not SHA-256");
        }
    }
}
