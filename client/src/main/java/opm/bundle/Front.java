package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;

/// The sh program at the start of a bundle: a head of 2048 bytes that says where things lie, and
/// the body, which is `sh/opm-apply.sh` from its marker line on.
///
/// The head is the root of every name that a damaged place gets: it holds the digests of the body,
/// of the manifest, of everything between the entries and of the directory, and closes with its
/// own. What decides whether a bundle is whole is the seal, not the head.
///
/// @param bodyBytes length of the body
/// @param body its SHA-256
/// @param manifestAt offset of the manifest
/// @param manifestBytes its length
/// @param manifest its SHA-256
/// @param gaps SHA-256 of all bytes between the body's end and the directory that are in no entry
/// @param directoryAt offset of the central directory
/// @param directoryBytes its length, end records included, comment excluded
/// @param directory its SHA-256
record Front(
        long bodyBytes,
        Digest body,
        long manifestAt,
        long manifestBytes,
        Digest manifest,
        Digest gaps,
        long directoryAt,
        long directoryBytes,
        Digest directory) {
    static final int HEAD_BYTES = 2048;
    static final String SEAL = "opm-seal 1 sha256 ";
    static final int SEAL_BYTES = SEAL.length() + 64;
    private static final int LAST_LINE_BYTES = "head_sha256=\n".length() + 64;
    private static final String HEAD_END = "# The head ends here.\n";
    private static final Pattern PART = Pattern.compile("(?m)^# >>> (opm-apply-[a-z]+\\.sh)\n");

    /// Stands after the program, which never comes here. Where a damaged byte leaves a quote, a
    /// bracket or a here-document open, the shell reads on: this closes it and is an error in every
    /// state that the shell can then be in, so that no line of a package is taken for a command.
    private static final String FENCE =
            """
            # Nothing below is for a shell.
            ) ' ) " ) ' ) " ) ` ) ` ) ' ) " ) ;; esac } )
            $box
            ) ' ) " ) ' ) " ) ` ) ` ) ' ) " ) ;; esac } )
            """;

    /// Part of format 1: a reader compares every byte of the head.
    private static final String FIRST_LINES =
            """
            #!/bin/sh
            { # Software packages for a machine without a network, made by opm. \
            To see what is in here and
            # to install it:  sh FILE --help    It is a ZIP too, with a repository that dnf can use.
            box_format=1
            """;

    /// Returns the body of the sh program that this opm writes into bundles: `sh/opm-apply.sh`
    /// after its marker line, with its other parts put in their places.
    static byte[] standardBody() {
        String program = resource("opm-apply.sh");
        int head = program.indexOf(HEAD_END + "head_sha256=\n");
        if (head < 0) {
            throw new IllegalStateException("opm-apply.sh has lost its marker line");
        }
        String body = program.substring(head + HEAD_END.length() + "head_sha256=\n".length());
        String whole =
                PART.matcher(body)
                        .replaceAll(part -> Matcher.quoteReplacement(resource(part.group(1))));
        return (whole + FENCE).getBytes(UTF_8);
    }

    /// Tells whether a program is this opm's, or that of one which was released before.
    static boolean isKnown(Digest body) {
        return body.equals(Digest.sha256Of(standardBody()))
                || resource("programs").lines().anyMatch(line -> line.startsWith(body.hex() + " "));
    }

    private static String resource(String name) {
        try (InputStream in = Front.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
        } catch (IOException theJarIsBroken) {
            throw new IllegalStateException(theJarIsBroken);
        }
    }

    /// Returns the length of the whole file, seal included.
    long fileBytes() {
        return directoryAt + directoryBytes + SEAL_BYTES;
    }

    /// Returns the length of head and body.
    long scriptBytes() {
        return HEAD_BYTES + bodyBytes;
    }

    /// Writes the head: [#HEAD_BYTES] bytes of sh, assignments and comments.
    byte[] head() {
        var text = new StringBuilder(FIRST_LINES);
        text.append("box_size=").append(fileBytes()).append('\n');
        text.append("body_size=").append(bodyBytes).append('\n');
        text.append("body_sha256=").append(body.hex()).append('\n');
        text.append("manifest_at=").append(manifestAt).append('\n');
        text.append("manifest_size=").append(manifestBytes).append('\n');
        text.append("manifest_sha256=").append(manifest.hex()).append('\n');
        text.append("gaps_sha256=").append(gaps.hex()).append('\n');
        text.append("directory_at=").append(directoryAt).append('\n');
        text.append("directory_size=").append(directoryBytes).append('\n');
        text.append("directory_sha256=").append(directory.hex()).append('\n');
        int padding = HEAD_BYTES - text.length() - LAST_LINE_BYTES - HEAD_END.length();
        while (padding > 0) {
            int line = Math.min(padding, 100);
            text.repeat('#', line - 1).append('\n');
            padding -= line;
        }
        text.append(HEAD_END);
        Digest digest = Digest.sha256Of(text.toString().getBytes(US_ASCII));
        text.append("head_sha256=").append(digest.hex()).append('\n');
        return text.toString().getBytes(US_ASCII);
    }

    /// Reads a head and checks its own digest; its comments may be of another opm.
    static Front parse(byte[] head) throws OpmException {
        String text = new String(head, US_ASCII);
        if (!text.startsWith("#!/bin/sh\n") || !text.contains("\nbox_format=")) {
            throw new Damaged(
                    "this file does not start as a bundle does", "Give the path of a .opm file.");
        }
        if (!text.contains("\nbox_format=1\n")) {
            throw new Damaged(
                    "this bundle is not of format 1, the only one that this opm reads",
                    "Use a newer opm, or `sh FILE`.");
        }
        Map<String, String> facts = new HashMap<>();
        for (String line : text.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0 && line.charAt(0) != '#') {
                facts.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        try {
            var front =
                    new Front(
                            number(facts, "body_size"),
                            sha256(facts, "body_sha256"),
                            number(facts, "manifest_at"),
                            number(facts, "manifest_size"),
                            sha256(facts, "manifest_sha256"),
                            sha256(facts, "gaps_sha256"),
                            number(facts, "directory_at"),
                            number(facts, "directory_size"),
                            sha256(facts, "directory_sha256"));
            int covered = HEAD_BYTES - LAST_LINE_BYTES;
            Digest own = Digest.sha256Of(Arrays.copyOf(head, covered));
            if (text.startsWith(HEAD_END, covered - HEAD_END.length())
                    && text.startsWith("head_sha256=" + own.hex() + "\n", covered)) {
                return front;
            }
        } catch (IllegalArgumentException unreadable) {
            throw (Damaged) damaged().because(unreadable);
        }
        throw damaged();
    }

    private static long number(Map<String, String> facts, String key) {
        long number = Long.parseLong(facts.getOrDefault(key, ""));
        if (number < 0 || number > 1L << 50) {
            throw new IllegalArgumentException(key + " is " + number);
        }
        return number;
    }

    private static Digest sha256(Map<String, String> facts, String key) {
        return Digest.sha256(facts.getOrDefault(key, ""));
    }

    private static Damaged damaged() {
        return new Damaged(
                "script: the first 2048 bytes are not what the bundle was made with",
                "Copy the bundle again or have it made again.");
    }
}
