package opm.profile;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import opm.base.ByteText;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.base.RpmDep;

/// Reads one profile. First the version, then the end line, then the facts, so that a newer
/// profile gets advice and a damaged one is not even parsed.
final class ProfileReader {
    private static final String HINT = "Capture the profile again, or carry it again.";
    private static final byte[] END =
            "\nend\t".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int END_LINE_BYTES = 4 + 64 + 1;

    private final String subject;
    private byte[] text = new byte[0];
    private int lineNumber;
    private boolean newerMinor;

    /// Each once: a machine of 1,858 packages names 33,000, of which 13,000 differ.
    private final Map<RpmDep, RpmDep> dependencies = new HashMap<>();

    ProfileReader(String subject) {
        this.subject = subject;
    }

    SystemProfile read(byte[] bytes) throws Damaged, Refused {
        text = unpack(bytes);
        int body = checkVersion();
        int end = checkEnd();
        var facts = new ProfileFacts(this);
        lineNumber = 1;
        for (int start = body; start < end; ) {
            lineNumber++;
            int stop = endOfLine(start);
            if (stop - start > Limits.LINE_BYTES) {
                throw fault(
                        "a line of " + (stop - start) + " bytes", "at most " + Limits.LINE_BYTES);
            }
            if (lineNumber > Limits.PROFILE_LINES) {
                throw fault("another line", "at most " + Limits.PROFILE_LINES + " lines");
            }
            facts.line(split(start, stop));
            start = stop + 1;
        }
        lineNumber++;
        return facts.profile();
    }

    private byte[] unpack(byte[] bytes) throws Damaged {
        boolean gzip = bytes.length > 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
        byte[] plain = bytes;
        if (gzip) {
            try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                plain = in.readNBytes(Limits.PROFILE_BYTES + 1);
            } catch (IOException e) {
                var failure = new Damaged(subject + ": not whole: " + e.getMessage(), HINT);
                failure.initCause(e);
                throw failure;
            }
        }
        if (plain.length > Limits.PROFILE_BYTES) {
            throw new Damaged(
                    subject + ": more than " + Limits.PROFILE_BYTES + " bytes",
                    "This is not the profile of one machine.");
        }
        return plain;
    }

    /// @return where the second line starts
    private int checkVersion() throws Damaged, Refused {
        lineNumber = 1;
        int stop = endOfLine(0);
        String first = ByteText.decode(text, 0, Math.min(stop, 100));
        var match =
                java.util.regex.Pattern.compile("opm-profile\t(\\d{1,6})\\.(\\d{1,6})")
                        .matcher(first);
        if (stop >= text.length || !match.matches()) {
            throw fault("'" + first + "'", "'opm-profile' and a version; this is no profile");
        }
        int major = Integer.parseInt(match.group(1));
        int minor = Integer.parseInt(match.group(2));
        if (major != ProfileText.MAJOR) {
            throw new Refused(
                    subject
                            + ": found profile version "
                            + major
                            + "."
                            + minor
                            + ", expected "
                            + ProfileText.MAJOR,
                    major > ProfileText.MAJOR
                            ? "A newer opm wrote it: update opm here."
                            : "Capture the profile again with a newer opm-profile.sh.");
        }
        newerMinor = minor > ProfileText.MINOR;
        return stop + 1;
    }

    /// @return where the end line starts
    private int checkEnd() throws Damaged {
        int start = text.length - END_LINE_BYTES;
        boolean ends = start > 0 && text[text.length - 1] == '\n';
        for (int at = 0; ends && at < END.length; at++) {
            ends = text[start - 1 + at] == END[at];
        }
        if (!ends) {
            throw new Damaged(
                    subject + ": found no end line, expected 'end' and a digest: it was cut off",
                    HINT);
        }
        String said = ByteText.decode(text, start + 4, 64);
        MessageDigest sha256 = Digest.sha256For(start);
        sha256.update(text, 0, start);
        String found = HexFormat.of().formatHex(sha256.digest());
        if (!said.equals(found)) {
            throw new Damaged(
                    subject + ": found SHA-256 " + found + ", expected " + said + ": bytes changed",
                    HINT);
        }
        return start;
    }

    private int endOfLine(int start) {
        int at = start;
        while (at < text.length && text[at] != '\n') {
            at++;
        }
        return at;
    }

    private List<String> split(int start, int stop) {
        var fields = new ArrayList<String>(12);
        int from = start;
        for (int at = start; at <= stop; at++) {
            if (at == stop || text[at] == '\t') {
                fields.add(ByteText.decode(text, from, at - from));
                from = at + 1;
            }
        }
        return fields;
    }

    /// Tells whether a newer opm of the same major version wrote this, which may say more.
    boolean newerMinor() {
        return newerMinor;
    }

    Damaged fault(String found, String expected) {
        return new Damaged(
                subject
                        + ": line "
                        + lineNumber
                        + ": found "
                        + shorten(found)
                        + ", expected "
                        + expected,
                HINT);
    }

    private static String shorten(String found) {
        return found.length() > 120 ? found.substring(0, 120) + "…" : found;
    }

    long number(String field, String what) throws Damaged {
        boolean digits = !field.isEmpty() && field.length() <= 18;
        for (int at = 0; digits && at < field.length(); at++) {
            digits = field.charAt(at) >= '0' && field.charAt(at) <= '9';
        }
        if (!digits) {
            throw fault("'" + field + "'", what + ", a number");
        }
        return Long.parseLong(field);
    }

    Nevra nevra(String field) throws Damaged {
        try {
            Nevra nevra = Nevra.parse(field);
            if (nevra.full().equals(field)) {
                return nevra;
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw fault("'" + field + "'", "NAME-EPOCH:VERSION-RELEASE.ARCH");
    }

    Digest digest(String field) throws Damaged {
        int colon = field.indexOf(':');
        try {
            if (colon > 0) {
                return new Digest(
                        Digest.Algorithm.ofWord(field.substring(0, colon)),
                        field.substring(colon + 1));
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw fault("'" + field + "'", "a digest: sha256:… or sha1:… or md5:…");
    }

    RpmDep dependency(List<String> fields, DepKind kind) throws Damaged {
        boolean fits = fields.size() >= 2 && fields.size() <= 4 && !fields.get(1).isEmpty();
        if (!fits) {
            throw fault(fields.size() + " fields", "name, flags and version of a " + kind.word());
        }
        long flags = fields.size() > 2 ? number(fields.get(2), "flags") : 0;
        if (flags > 0xffffffffL) {
            throw fault("flags " + flags, "32 bits");
        }
        var dep = new RpmDep(fields.get(1), (int) flags, fields.size() > 3 ? fields.get(3) : "");
        RpmDep known = dependencies.putIfAbsent(dep, dep);
        return known == null ? dep : known;
    }
}
