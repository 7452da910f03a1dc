package opm.plan;

import java.util.Locale;

/// Why a package comes in; dnf keeps the same four, and `autoremove` depends on them.
///
/// A package that replaces an older one of its name keeps the reason that the machine has for it.
public enum Reason {
    /// Somebody asked for it by name.
    USER,
    /// It belongs to a group that somebody asked for.
    GROUP,
    /// Another package requires it.
    DEPENDENCY,
    /// Another package recommends or supplements it.
    WEAK;

    private final String word = name().toLowerCase(Locale.ROOT);

    /// Returns the word of the plan's text: `user`.
    public String word() {
        return word;
    }

    /// Reads [#word].
    ///
    /// @throws IllegalArgumentException for any other word
    static Reason ofWord(String word) {
        for (Reason reason : values()) {
            if (reason.word.equals(word)) {
                return reason;
            }
        }
        throw new IllegalArgumentException(
                "'" + word + "' is none of user, group, dependency, weak");
    }
}
