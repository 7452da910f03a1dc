package opm.pkgset;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The sections of format 1: number, least row size, whether a reader must know it.
///
/// The columns are declared where they are read; docs/formats/opmset.md has them all together.
enum SectionId {
    STRING_OFFSETS(1, 4, true),
    STRING_BYTES(2, 1, true),
    PROVIDES_START(3, 4, true),
    PROVIDES(4, 8, true),
    EVRS(5, 20, true),
    RELATIONS(6, 8, true),
    DEP_LISTS(7, 4, true),
    PACKAGES(8, 28, true),
    FACTS(9, 40, true),
    CHECKSUMS(10, 1, true),
    DIRS(11, 16, true),
    FILES(12, 8, true),
    TEXTS(13, 40, false),
    TEXT_BYTES(14, 1, true),
    INSTALLED(15, 16, false),
    ASKED_PATHS(16, 4, false),
    MORE_LISTS(17, 28, true),
    FILE_BLOCKS(18, 8, false),
    FILE_BYTES(19, 1, false),
    FILE_PACKAGES_START(20, 4, false),
    FILE_PACKAGES(21, 4, false);

    private static final SectionId[] ALL = values();
    private final int number;
    private final int rowBytes;
    private final boolean required;

    SectionId(int number, int rowBytes, boolean required) {
        this.number = number;
        this.rowBytes = rowBytes;
        this.required = required;
    }

    int number() {
        return number;
    }

    /// Returns the size of a row as this version writes it; readers accept more.
    int rowBytes() {
        return rowBytes;
    }

    /// Tells whether every set must have it, and every reader must understand it.
    boolean required() {
        return required;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static @Nullable SectionId ofNumber(int number) {
        return number >= 1 && number <= ALL.length ? ALL[number - 1] : null;
    }
}
