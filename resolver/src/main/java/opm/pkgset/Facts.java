package opm.pkgset;

import java.util.Arrays;
import java.util.List;
import opm.base.ByteText;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.Nevra;
import org.jspecify.annotations.Nullable;

/// What plans and people ask of a package, apart from what solving needs.
///
/// Section `facts`:
///
/// | at | field          | type | meaning                                                    |
/// |---:|----------------|------|------------------------------------------------------------|
/// |  0 | packageBytes   | u64  | size of the rpm                                            |
/// |  8 | installedBytes | u64  | size of its files                                          |
/// | 16 | buildSeconds   | u64  | since 1970                                                 |
/// | 24 | location       | u32  | a text of `location_bytes`                                 |
/// | 28 | checksumKind   | u16  | 0 none, 1 md5, 2 sha1, 3 sha224, 4 sha256, 5 sha384, 6 sha512 |
/// | 30 | locationKind   | u16  | 0 none; 1 whole; 2 without the usual file name behind it |
///
/// Section `checksums`: one row per package, the raw digest, padded with zeros to the longest.
///
/// Section `texts`, optional:
///
/// | at | field        | type | meaning                                              |
/// |---:|--------------|------|------------------------------------------------------|
/// |  0 | description … | u32 | 7 texts of `text_bytes`, in the order of `TextKind`  |
/// | 28 | archiveBytes | u64  | size of the payload, unpacked                        |
/// | 36 | headerStart  | u32  | offset of the main header in the rpm                 |
/// | 40 | headerEnd    | u32  | offset behind it                                     |
///
/// Section `summaries`, with `texts`: a text of `text_bytes` each; apart, because searches read
/// all of them.
///
/// `text_blocks` with `text_bytes`, and `location_blocks` with `location_bytes`: [PackedTexts].
///
/// Section `installed`, optional:
///
/// | at | field          | type | meaning                                       |
/// |---:|----------------|------|-----------------------------------------------|
/// |  0 | installSeconds | u64  | since 1970                                    |
/// |  8 | reason         | u32  | string: why it is installed; 0 when unknown   |
/// | 12 | unused         | u32  | 0                                             |
public final class Facts {
    /// In the order of their numbers in the file.
    private static final List<Algorithm> ALGORITHMS =
            List.of(
                    Algorithm.MD5,
                    Algorithm.SHA1,
                    Algorithm.SHA224,
                    Algorithm.SHA256,
                    Algorithm.SHA384,
                    Algorithm.SHA512);

    static final int KINDS = ALGORITHMS.size();

    /// A location whose file name follows from the package's name.
    static final int USUAL = 2;

    private static final int ARCHIVE = 4 * (TextKind.ALL.size() - 1);
    private static final int HEADER = ARCHIVE + 8;

    private final Section facts;
    private final Section checksums;
    private final @Nullable Section texts;
    private final @Nullable Section summaries;
    private final PackedTexts locations;
    private final PackedTexts peoples;
    private final @Nullable Section installed;
    private final StringPool strings;
    private final PackageSet set;

    Facts(SetFile file, int packageCount, StringPool strings, PackageSet set) {
        facts = file.section(SectionId.FACTS);
        checksums = file.section(SectionId.CHECKSUMS);
        texts = file.optional(SectionId.TEXTS);
        summaries = texts == null ? null : file.section(SectionId.SUMMARIES);
        locations =
                new PackedTexts(
                        file.section(SectionId.LOCATION_BLOCKS),
                        file.section(SectionId.LOCATION_BYTES));
        peoples =
                texts == null
                        ? locations
                        : new PackedTexts(
                                file.section(SectionId.TEXT_BLOCKS),
                                file.section(SectionId.TEXT_BYTES));
        installed = file.optional(SectionId.INSTALLED);
        this.strings = strings;
        this.set = set;
        if (facts.count() != packageCount || checksums.count() != packageCount) {
            throw facts.broken(facts.count() + " rows for " + packageCount + " packages");
        }
    }

    /// Returns the number of an algorithm in the file.
    static int code(Algorithm algorithm) {
        return ALGORITHMS.indexOf(algorithm) + 1;
    }

    /// Returns the algorithm of a number of the file, from 1 to [#KINDS].
    static Algorithm algorithm(int code) {
        return ALGORITHMS.get(code - 1);
    }

    /// Returns the length of a raw digest of a kind.
    static int rawBytes(int kind) {
        return kind == 0 ? 0 : ALGORITHMS.get(kind - 1).hexLength() / 2;
    }

    public long packageBytes(int pkg) {
        return facts.u64(pkg, 0);
    }

    public long installedBytes(int pkg) {
        return facts.u64(pkg, 8);
    }

    public long buildSeconds(int pkg) {
        return facts.u64(pkg, 16);
    }

    public int headerStart(int pkg) {
        return texts == null ? 0 : texts.u32(pkg, HEADER);
    }

    public int headerEnd(int pkg) {
        return texts == null ? 0 : texts.u32(pkg, HEADER + 4);
    }

    /// Tells whether the package has a location, be it an empty one.
    boolean hasLocation(int pkg) {
        return locationKind(pkg) != 0;
    }

    int locationKind(int pkg) {
        return facts.u32(pkg, 28) >>> 16;
    }

    long locationPlace(int pkg) {
        return Integer.toUnsignedLong(facts.u32(pkg, 24));
    }

    /// Returns the bytes of what the set has of a location.
    PackedTexts.Found findLocation(int pkg) {
        return locations.find(locationPlace(pkg), 0);
    }

    /// Returns the path of the rpm relative to its repository, or a URL; empty when it has none.
    public String location(int pkg) {
        int kind = locationKind(pkg);
        if (kind == 0) {
            return "";
        }
        String text = locations.text(locationPlace(pkg), 0);
        return kind == USUAL ? text + usualFile(set.nevra(pkg)) : text;
    }

    static String usualFile(Nevra nevra) {
        return nevra.name() + "-" + nevra.evr().versionRelease() + "." + nevra.arch() + ".rpm";
    }

    /// Returns the digest of the rpm, or null when the repository gave none.
    public @Nullable Digest checksum(int pkg) {
        int kind = checksumKind(pkg);
        return kind == 0 ? null : Digest.of(ALGORITHMS.get(kind - 1), rawChecksum(pkg));
    }

    int checksumKind(int pkg) {
        int kind = facts.u32(pkg, 28) & 0xffff;
        if (kind > ALGORITHMS.size()) {
            throw facts.broken("row " + pkg + " has a checksum of kind " + kind);
        }
        return kind;
    }

    /// Returns the bytes of the digest; none when the repository gave none.
    byte[] rawChecksum(int pkg) {
        var raw = new byte[rawBytes(checksumKind(pkg))];
        if (raw.length > checksums.stride()) {
            throw checksums.broken("rows of " + checksums.stride() + " for " + raw.length);
        }
        checksums.rows().copy(checksums.at(pkg), raw);
        return raw;
    }

    /// Tells whether a package is, by digest and location, the rpm that one of another set is.
    /// False where a digest is missing.
    public boolean isSameRpm(int pkg, Facts other, int otherPkg) {
        return checksumKind(pkg) != 0
                && checksumKind(pkg) == other.checksumKind(otherPkg)
                && Arrays.equals(rawChecksum(pkg), other.rawChecksum(otherPkg))
                && location(pkg).equals(other.location(otherPkg));
    }

    public String text(int pkg, TextKind kind) {
        return texts == null ? "" : peoples.text(textStart(pkg, kind), kind.index());
    }

    public long archiveBytes(int pkg) {
        return texts == null ? 0 : texts.u64(pkg, ARCHIVE);
    }

    /// Returns where a text lies: equal for equal texts of one kind, 0 for the empty one.
    long textStart(int pkg, TextKind kind) {
        if (texts == null || summaries == null) {
            return 0;
        }
        return Integer.toUnsignedLong(
                kind == TextKind.SUMMARY
                        ? summaries.u32(pkg, 0)
                        : texts.u32(pkg, 4 * (kind.index() - 1)));
    }

    /// Returns where the texts of one kind lie, by package: [#textStart] in one go.
    int[] textStarts(TextKind kind) {
        var starts = new int[facts.count()];
        Section section = kind == TextKind.SUMMARY ? summaries : texts;
        if (texts == null || section == null) {
            return starts;
        }
        section.column(kind == TextKind.SUMMARY ? 0 : 4 * (kind.index() - 1), starts);
        long end = peoples.end();
        for (int start : starts) {
            if (start < 0 || start >= end) {
                throw section.broken("a text at " + Integer.toUnsignedString(start));
            }
        }
        return starts;
    }

    /// Returns the texts of packages; those of another file where the set has none.
    PackedTexts texts() {
        return peoples;
    }

    /// Returns the bytes of a text.
    PackedTexts.Found find(int pkg, TextKind kind) {
        return texts == null
                ? PackedTexts.NOTHING
                : peoples.find(textStart(pkg, kind), kind.index());
    }

    /// Tells whether this is the set of an installed system.
    public boolean isInstalled() {
        return installed != null;
    }

    public long installSeconds(int pkg) {
        return installed == null ? 0 : installed.u64(pkg, 0);
    }

    public String reason(int pkg) {
        return strings.string(reasonString(pkg));
    }

    int reasonString(int pkg) {
        return installed == null ? 0 : installed.index(pkg, 8, strings.count());
    }
}
