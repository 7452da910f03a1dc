package opm.profile;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.RpmDep;
import org.jspecify.annotations.Nullable;

/// One package of a machine's database, with everything that a solver asks about it.
///
/// @param header digest of its header: SHA-256, in old packages SHA-1 or MD5; null when unknown
/// @param reason why it is there; [Reason#UNKNOWN] where nobody wrote it down
/// @param fromRepo id of the repository it came from; empty when unknown
/// @param modularity `NAME:STREAM:VERSION:CONTEXT` of its module; empty for most
/// @param dependencies of each kind, in the order of the header; a kind without any may be absent
/// @param files the paths that dependencies name or can name, in the order of the header
public record InstalledPackage(
        Nevra nevra,
        String vendor,
        long buildTimeSeconds,
        long installTimeSeconds,
        long sizeBytes,
        String sourceRpm,
        @Nullable Digest header,
        Reason reason,
        String fromRepo,
        String modularity,
        Map<DepKind, List<RpmDep>> dependencies,
        List<String> files) {
    /// Bytewise by full name, then by digest: the order of profiles.
    public static final Comparator<InstalledPackage> ORDER =
            (one, two) -> {
                int order = ByteOrder.STRINGS.compare(one.nevra().full(), two.nevra().full());
                return order == 0 ? one.headerWord().compareTo(two.headerWord()) : order;
            };

    /// Why a package is there, in dnf's words.
    public enum Reason {
        UNKNOWN("-"),
        USER("user"),
        GROUP("group"),
        DEPENDENCY("dependency"),
        WEAK("weak");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        /// Returns the word in a profile.
        public String word() {
            return word;
        }
    }

    public InstalledPackage {
        var copy = new EnumMap<DepKind, List<RpmDep>>(DepKind.class);
        dependencies.forEach(
                (kind, deps) -> {
                    if (!deps.isEmpty()) {
                        copy.put(kind, List.copyOf(deps));
                    }
                });
        dependencies = java.util.Collections.unmodifiableMap(copy);
        files = List.copyOf(files);
    }

    private String headerWord() {
        return header == null ? "" : header.toString();
    }

    /// Returns the same package with these dependencies and files.
    InstalledPackage with(Map<DepKind, List<RpmDep>> all, List<String> paths) {
        return new InstalledPackage(
                nevra,
                vendor,
                buildTimeSeconds,
                installTimeSeconds,
                sizeBytes,
                sourceRpm,
                header,
                reason,
                fromRepo,
                modularity,
                all,
                paths);
    }

    /// Returns the dependencies of one kind, in the order of the header.
    public List<RpmDep> dependencies(DepKind kind) {
        return dependencies.getOrDefault(kind, List.of());
    }
}
