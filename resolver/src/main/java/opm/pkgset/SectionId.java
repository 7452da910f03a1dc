package opm.pkgset;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The sections of format 1: number, whether a reader must know it, sizes of its columns.
///
/// The columns are declared where they are read; docs/formats/opmset.md has them all together.
enum SectionId {
    STRING_OFFSETS(1, true, "4"),
    STRING_BYTES(2, true, "1"),
    PROVIDES_START(3, true, "4"),
    PROVIDES(4, true, "44"),
    EVRS(5, true, "44444"),
    RELATIONS(6, true, "44"),
    DEP_LISTS(7, true, "4"),
    PACKAGES(8, true, "4444444"),
    FACTS(9, true, "888422"),
    CHECKSUMS(10, true, "1"),
    DIRS(11, true, "4444"),
    FILES(12, true, "44"),
    TEXTS(13, false, "4444444844"),
    TEXT_BYTES(14, false, "1"),
    INSTALLED(15, false, "844"),
    ASKED_PATHS(16, false, "4"),
    MORE_LISTS(17, true, "4444444"),
    FILE_BLOCKS(18, false, "44"),
    FILE_BYTES(19, false, "1"),
    FILE_PACKAGES_START(20, false, "4"),
    FILE_PACKAGES(21, false, "4"),
    TEXT_BLOCKS(22, false, "44"),
    LOCATION_BLOCKS(23, true, "44"),
    LOCATION_BYTES(24, true, "1"),
    SUMMARIES(25, false, "4"),
    BULK(26, false, "44"),
    BULK_BLOCKS(27, false, "44"),
    BULK_BYTES(28, false, "1"),
    CHANGELOGS(29, false, "4");

    private static final SectionId[] ALL = values();
    private final int number;
    private final boolean required;
    private final String columns;
    private final int rowBytes;

    /// @param columns the sizes of the numbers of a row, a digit each
    SectionId(int number, boolean required, String columns) {
        this.number = number;
        this.required = required;
        this.columns = columns;
        int bytes = 0;
        for (int at = 0; at < columns.length(); at++) {
            bytes += columns.charAt(at) - '0';
        }
        rowBytes = bytes;
    }

    int number() {
        return number;
    }

    /// Returns the size of a row as this version writes it; readers accept more.
    int rowBytes() {
        return rowBytes;
    }

    /// Returns how many numbers a row has.
    int columnCount() {
        return columns.length();
    }

    /// Returns the size of a number of a row, 1 for bytes that are no number.
    int columnBytes(int column) {
        return columns.charAt(column) - '0';
    }

    /// Tells whether it is one run of bytes, which may be longer than rows can be counted.
    boolean isBytes() {
        return rowBytes == 1 && this != CHECKSUMS;
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
