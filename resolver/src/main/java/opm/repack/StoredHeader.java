package opm.repack;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.Digest.Algorithm;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.RpmCommand;
import opm.rpm.Header;
import opm.rpm.RpmWords;
import org.jspecify.annotations.Nullable;

/// What rpm's database keeps of a package: its signed header byte for byte, its signatures, and
/// which of its files were installed.
///
/// @param bytes the header with its intro, as it stands in a package file
/// @param signatures by tag of the signature header: 267, 268, 278, and those over everything
/// @param states of the files: 0 for those that were installed
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
record StoredHeader(
        Nevra nevra,
        byte[] bytes,
        RpmWords words,
        Map<Integer, byte[]> signatures,
        String md5,
        int[] states) {
    private static final byte[] INTRO = {(byte) 0x8e, (byte) 0xad, (byte) 0xe8, 1, 0, 0, 0, 0};
    private static final String NAME = "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}";
    private static final String END = "\\n.\\n";

    /// Binary tags of the database and the tags that they have in a signature header.
    private static final Map<String, Integer> BINARY =
            Map.of("DSAHEADER", 267, "RSAHEADER", 268, "SIGPGP", 1002, "SIGGPG", 1005);

    /// Reads installed packages; those that are not installed are absent from the answer.
    static Map<String, StoredHeader> of(RpmCommand rpm, List<Nevra> pkgs) throws OpmException {
        return of(rpm, pkgs, 50);
    }

    /// @param batch how many packages one run of rpm prints
    static Map<String, StoredHeader> of(RpmCommand rpm, List<Nevra> pkgs, int batch)
            throws OpmException {
        Set<String> tags = rpm.queryTags();
        var columns = new ArrayList<String>();
        var format = new StringBuilder(NAME + END + "%{HEADERIMMUTABLE:base64}" + END);
        for (String tag : new java.util.TreeSet<>(BINARY.keySet())) {
            columns.add(tag);
            format.append("%{").append(tag).append(":base64}").append(END);
        }
        format.append("%{SIGMD5}").append(END).append("[%{FILESTATES} ]").append(END);
        format.append("%{SHA1HEADER}").append(END);
        format.append(tags.contains("SHA256HEADER") ? "%{SHA256HEADER}" : "").append(END);
        format.append(tags.contains("OPENPGP") ? "[%{OPENPGP}\\n]" : "").append(END);
        var found = new HashMap<String, StoredHeader>();
        // Headers of some packages have megabytes: not all of them at once.
        for (int from = 0; from < pkgs.size(); from += batch) {
            List<String> names = new ArrayList<>();
            for (Nevra pkg : pkgs.subList(from, Math.min(pkgs.size(), from + batch))) {
                names.add(pkg.name() + "-" + pkg.evr().versionRelease() + "." + pkg.arch());
            }
            var arguments = new ArrayList<>(List.of("-q", "--qf", format.toString()));
            arguments.addAll(names);
            String text = rpm.run(arguments.toArray(String[]::new)).outText();
            String[] fields = text.split("\n\\.\n", -1);
            int width = columns.size() + 7;
            for (int at = 0; at + width <= fields.length; at += width) {
                add(List.of(fields).subList(at, at + width), columns, found);
            }
        }
        return found;
    }

    private static void add(
            List<String> fields, List<String> columns, Map<String, StoredHeader> found) {
        // What is not installed leaves a line of complaint before the next name.
        String name = fields.getFirst().substring(fields.getFirst().lastIndexOf('\n') + 1);
        byte[] blob = base64(fields.get(1));
        if (blob == null) {
            return;
        }
        try {
            var all = ByteBuffer.allocate(INTRO.length + blob.length).put(INTRO).put(blob);
            byte[] bytes = all.array();
            int at = 2;
            var signatures = new HashMap<Integer, byte[]>();
            for (String column : columns) {
                byte[] value = base64(fields.get(at++));
                if (value != null) {
                    signatures.put(BINARY.getOrDefault(column, 0), value);
                }
            }
            String md5 = fields.get(at++).strip();
            int[] states = states(fields.get(at++));
            String sha1 = fields.get(at++).strip();
            String sha256 = fields.get(at++).strip();
            String openpgp = fields.get(at).strip();
            if (!openpgp.isEmpty() && !openpgp.equals("(none)")) {
                String packets = openpgp.replace('\n', '\0') + "\0";
                signatures.put(278, packets.getBytes(StandardCharsets.US_ASCII));
            }
            boolean same =
                    sha256.length() == 64
                            ? hash(Algorithm.SHA256, bytes).equals(sha256)
                            : sha1.length() != 40 || hash(Algorithm.SHA1, bytes).equals(sha1);
            if (same) {
                RpmWords words = RpmWords.of(Header.ofBlob(blob, name), null);
                Nevra nevra = Nevra.parse(name);
                found.put(
                        nevra.full(),
                        new StoredHeader(nevra, bytes, words, signatures, md5, states));
            }
        } catch (Damaged | IllegalArgumentException damaged) {
            // No such header then; the package is reported as one that has none.
            assert damaged.getMessage() != null;
        }
    }

    private static int[] states(String text) {
        String[] words = text.strip().isEmpty() ? new String[0] : text.strip().split(" ");
        var states = new int[words.length];
        for (int at = 0; at < words.length; at++) {
            states[at] = words[at].matches("[0-9]{1,3}") ? Integer.parseInt(words[at]) : 0;
        }
        return states;
    }

    private static byte @Nullable [] base64(String text) {
        String plain = text.strip();
        return plain.isEmpty() || plain.equals("(none)")
                ? null
                : Base64.getMimeDecoder().decode(plain);
    }

    static String hash(Algorithm algorithm, byte[] bytes) {
        return algorithm.of(bytes).hex();
    }
}
