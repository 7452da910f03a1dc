package opm.pkgset;

import java.util.List;

/// The bulk texts of a package.
public enum TextKind {
    SUMMARY(0),
    DESCRIPTION(1),
    URL(2),
    LICENSE(3),
    GROUP(4),
    SOURCERPM(5),
    PACKAGER(6),
    BUILDHOST(7);

    /// All of them, by index.
    static final List<TextKind> ALL = List.of(values());

    private final int index;

    TextKind(int index) {
        this.index = index;
    }

    /// Returns the place of this kind's column in a row of `texts`.
    int index() {
        return index;
    }
}
