package opm.store;

import java.util.List;
import java.util.Locale;
import opm.base.Digest;
import opm.base.Limits;

/// Why some objects stay: who wants them, what for, and until when.
///
/// @param name unique in its type: a repository's id, a plan's digest
/// @param owner whose it is: a user, a program
/// @param reason for people
/// @param expiresSeconds since 1970; 0 for never
/// @param keeps the objects, in any order, perhaps none
public record Ref(
        Type type,
        String name,
        String owner,
        String reason,
        long expiresSeconds,
        List<Digest> keeps) {
    /// What a reference is for.
    public enum Type {
        /// The files of a plan that is not yet applied.
        PLAN,
        /// The newest metadata of a repository.
        LATEST_METADATA,
        /// What an undo needs.
        ROLLBACK,
        /// What is installed now.
        INSTALLED,
        /// What neighbours may fetch.
        LAN_SHARE,
        /// What the machines of a fleet still need.
        FLEET,
        /// What a user asked to keep.
        PIN;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /// Returns the word in paths and on the command line: `latest-metadata`.
        public String word() {
            return word;
        }

        /// Reads [#word].
        ///
        /// @throws IllegalArgumentException for any other word
        public static Type ofWord(String word) {
            for (Type type : values()) {
                if (type.word.equals(word)) {
                    return type;
                }
            }
            throw new IllegalArgumentException("'" + word + "' is no type of reference");
        }
    }

    public Ref {
        requireLine(name, "name");
        requireLine(owner, "owner");
        requireLine(reason, "reason");
        if (name.isEmpty() || expiresSeconds < 0) {
            throw new IllegalArgumentException(
                    "a reference '" + name + "' that expires at " + expiresSeconds);
        }
        keeps = List.copyOf(keeps);
    }

    private static void requireLine(String text, String what) {
        if (text.length() > Limits.REFERENCE_CHARS || !text.chars().allMatch(c -> c >= ' ')) {
            throw new IllegalArgumentException(
                    "the "
                            + what
                            + " of a reference is one line of at most "
                            + Limits.REFERENCE_CHARS
                            + " characters");
        }
    }

    /// Tells whether it counts no more.
    public boolean isExpired(long nowSeconds) {
        return expiresSeconds != 0 && expiresSeconds <= nowSeconds;
    }
}
