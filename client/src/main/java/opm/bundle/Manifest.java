package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;

/// The first entry of a bundle: every other entry with its place, size, SHA-256 and CRC-32.
///
/// Numbers are right-aligned in 15 columns, so that the length of the text depends on the paths
/// alone and offsets can be written into what they are counted from.
///
/// @param entries all but the manifest itself, in the order of their offsets
record Manifest(List<Entry> entries) {
    static final String PATH = "manifest";
    private static final String MAGIC = "opm-bundle 1";
    private static final String END = "end ";
    private static final int FIXED_BYTES = "entry ".length() + 15 + 1 + 15 + 1 + 64 + 1 + 8 + 1;

    Manifest {
        entries = List.copyOf(entries);
    }

    /// Returns the length of the text for entries with these paths.
    static long textBytes(List<String> paths) {
        long bytes = MAGIC.length() + 1L + END.length() + 64 + 1;
        for (String path : paths) {
            bytes += FIXED_BYTES + path.length() + 1;
        }
        return bytes;
    }

    byte[] text() {
        var text = new StringBuilder(MAGIC).append('\n');
        for (Entry entry : entries) {
            text.append("entry ");
            number(text, entry.at()).append(' ');
            number(text, entry.sizeBytes()).append(' ').append(entry.sha256().hex()).append(' ');
            text.append(HexFormat.of().toHexDigits(entry.crc32())).append(' ');
            text.append(entry.path()).append('\n');
        }
        Digest digest = Digest.sha256Of(text.toString().getBytes(US_ASCII));
        return text.append(END).append(digest.hex()).append('\n').toString().getBytes(US_ASCII);
    }

    private static StringBuilder number(StringBuilder text, long number) {
        String digits = Long.toString(number);
        return text.repeat(' ', 15 - digits.length()).append(digits);
    }

    /// Reads the text and checks its closing digest, its paths and its bounds.
    ///
    /// Lines with an unknown first word are skipped: later versions may say more about the same
    /// bundle. What an older reader must not touch has another number on the first line.
    static Manifest parse(byte[] bytes) throws OpmException {
        String text = new String(bytes, US_ASCII);
        int endAt = text.lastIndexOf("\n" + END) + 1;
        if (!text.startsWith(MAGIC + "\n") || endAt == 0) {
            throw damaged("the first or last line is not that of an opm-bundle of version 1");
        }
        Digest found = Digest.sha256Of(text.substring(0, endAt).getBytes(US_ASCII));
        if (!text.substring(endAt).equals(END + found.hex() + "\n")) {
            throw damaged("its text has the SHA-256 " + found.hex() + ", the last line another");
        }
        List<Entry> entries = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        for (String line : text.substring(0, endAt).split("\n")) {
            if (line.startsWith("entry ")) {
                Entry entry = entry(line);
                entries.add(entry);
                paths.add(entry.path());
            }
        }
        if (entries.size() > Limits.BUNDLE_ENTRIES) {
            throw damaged(
                    String.format(
                            Locale.ROOT,
                            "it names %,d entries, %,d are allowed",
                            entries.size(),
                            Limits.BUNDLE_ENTRIES));
        }
        String objection = EntryPath.objection(paths);
        if (!objection.isEmpty()) {
            throw damaged(objection);
        }
        return new Manifest(entries);
    }

    private static Entry entry(String line) throws OpmException {
        String[] words = line.trim().split(" +");
        try {
            if (words.length == 6) {
                return new Entry(
                        words[5],
                        Long.parseLong(words[1]),
                        Long.parseLong(words[2]),
                        Digest.sha256(words[3]),
                        HexFormat.fromHexDigits(words[4]));
            }
        } catch (IllegalArgumentException notANumber) {
            throw (Damaged) damaged("this line cannot be read: " + line).because(notANumber);
        }
        throw damaged("an entry has 5 facts, this line has others: " + line);
    }

    private static Damaged damaged(String what) {
        return new Damaged("manifest: " + what, "Copy the bundle again or have it made again.");
    }
}
