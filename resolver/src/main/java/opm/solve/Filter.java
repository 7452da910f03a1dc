package opm.solve;

import java.util.List;
import opm.base.Sense;

/// Keeps packages of repositories out, as configuration files say; never installed ones.
///
/// Source: dnf.conf(5) `excludepkgs`, `includepkgs`; dnf-versionlock(8); `versionlock.toml` of
/// dnf5.
///
/// @param kind what to do with packages that match
/// @param source the repository that it is about; empty for all
/// @param pattern a name, `name.arch`, `name-version` or longer, up to
///     `name-epoch:version-release.arch`; `*`, `?`, `[a-z]` as in a shell
/// @param conditions what must hold besides
public record Filter(Kind kind, String source, String pattern, List<Condition> conditions) {
    /// What to do with packages that match.
    public enum Kind {
        /// They stay out.
        EXCLUDE,
        /// Of the repository, or of all, only such come in.
        INCLUDE,
        /// Of their names only such come in, and nothing that obsoletes them.
        LOCK
    }

    /// A comparison of one part of a package.
    ///
    /// @param key `epoch`, `evr` or `arch`
    /// @param value an arch may be a pattern
    public record Condition(String key, Sense sense, String value) {}

    public Filter {
        conditions = List.copyOf(conditions);
    }

    public Filter(Kind kind, String source, String pattern) {
        this(kind, source, pattern, List.of());
    }
}
