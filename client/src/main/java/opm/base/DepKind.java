package opm.base;

import java.util.Locale;

/// The eight kinds of dependencies that a package has, in the order of every format of opm.
public enum DepKind {
    PROVIDES('P'),
    REQUIRES('R'),
    CONFLICTS('C'),
    OBSOLETES('O'),
    RECOMMENDS('M'),
    SUGGESTS('S'),
    SUPPLEMENTS('U'),
    ENHANCES('E');

    private final char letter;

    DepKind(char letter) {
        this.letter = letter;
    }

    /// Returns the letter that stands for it in a profile.
    public char letter() {
        return letter;
    }

    /// Returns rpm's and rpm-md's word: `requires`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
