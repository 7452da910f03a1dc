package opm.profile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.InstalledList;
import opm.base.Nevra;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;

/// What became different on a machine since a profile that both sides have, so short that it goes
/// through a few QR codes, a telephone or a form on paper.
///
/// Format: docs/formats/changes.md. Packages of the baseline are named by their place in its sorted
/// list.
public final class ChangeReport {
    /// What a QR code of the largest size holds in capitals and digits, with room for the head.
    static final int FRAME_CHARS = 4200;

    private static final int MOST_BYTES = 4 << 20;
    private static final int DIGEST_CHARS = 16;
    private static final int ID_CHARS = 8;
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final Pattern FRAME =
            Pattern.compile("OPM1\\.(\\d{1,3})\\.(\\d{1,3})\\.([A-Z2-7]{8})\\.([A-Z2-7]+)");

    private ChangeReport() {}

    /// Writes the report in frames, each for one QR code; in all of them capitals, digits and dots.
    public static List<String> frames(SystemProfile baseline, SystemProfile now) {
        byte[] packed = deflate(text(names(baseline), names(now)).getBytes(US_ASCII));
        String whole = base32(packed);
        String id = id(packed);
        int count = Math.max(1, Math.ceilDiv(whole.length(), FRAME_CHARS));
        int size = Math.ceilDiv(whole.length(), count);
        var frames = new ArrayList<String>();
        for (int at = 0; at < count; at++) {
            String part = whole.substring(at * size, Math.min(whole.length(), (at + 1) * size));
            frames.add("OPM1." + (at + 1) + "." + count + "." + id + "." + part);
        }
        return frames;
    }

    /// Tells whether a text holds such frames.
    public static boolean isIn(String text) {
        return FRAME.matcher(text.replaceAll("\\s+", "\n")).find();
    }

    /// Reads frames in any order, with whatever stands between them.
    ///
    /// @return what is installed now, sorted as in profiles
    public static List<Nevra> read(String text, SystemProfile baseline)
            throws Damaged, BadRequest {
        var parts = new TreeMap<Integer, String>();
        String id = "";
        int count = 0;
        var matcher = FRAME.matcher(text.replaceAll("\\s+", "\n"));
        while (matcher.find()) {
            id = matcher.group(3);
            count = Integer.parseInt(matcher.group(2));
            parts.put(Integer.parseInt(matcher.group(1)), matcher.group(4));
        }
        for (int part = 1; part <= count; part++) {
            if (!parts.containsKey(part)) {
                throw new BadRequest(
                        "the report: found no part " + part + " of " + count,
                        "Scan or copy the missing code too; the order does not matter.");
            }
        }
        byte[] packed = bytes(String.join("", parts.values()));
        if (!id(packed).equals(id) || count != parts.size()) {
            throw damaged("codes that do not belong together");
        }
        return applied(new String(inflate(packed), US_ASCII), names(baseline));
    }

    // ---------------------------------------------------------------- the text

    private static List<Nevra> names(SystemProfile profile) {
        return profile.packages().stream().map(InstalledPackage::nevra).toList();
    }

    private static String digest(List<Nevra> names) {
        return Digest.sha256Of(InstalledList.text(names)).hex().substring(0, DIGEST_CHARS);
    }

    private static String text(List<Nevra> before, List<Nevra> after) {
        var text = new StringBuilder();
        text.append(digest(before)).append(' ').append(digest(after)).append('\n');
        var left = new ArrayList<Nevra>(after);
        before.forEach(left::remove);
        Map<String, List<Nevra>> comes = new HashMap<>();
        left.forEach(p -> comes.computeIfAbsent(p.nameArch(), _ -> new ArrayList<>()).add(p));
        var gone = new ArrayList<Nevra>(before);
        after.forEach(gone::remove);
        int last = 0;
        for (int at = 0; at < before.size(); at++) {
            Nevra old = before.get(at);
            if (!gone.remove(old)) {
                continue;
            }
            List<Nevra> news = comes.getOrDefault(old.nameArch(), List.of());
            text.append(at - last);
            if (!news.isEmpty()) {
                text.append(' ').append(evr(news.removeFirst().evr()));
            }
            text.append('\n');
            last = at;
        }
        comes.values().stream()
                .flatMap(List::stream)
                .sorted()
                .forEach(pkg -> text.append('+').append(pkg).append('\n'));
        return text.toString();
    }

    private static String evr(Evr evr) {
        return evr.toString();
    }

    private static List<Nevra> applied(String text, List<Nevra> before)
            throws Damaged, BadRequest {
        String[] lines = text.split("\n");
        String[] digests = lines[0].split(" ");
        if (digests.length != 2) {
            throw damaged("'" + lines[0] + "'");
        }
        if (!digests[0].equals(digest(before))) {
            throw new BadRequest(
                    "the report: found a report since another profile than this",
                    "Name the profile that the machine compared itself with: --profile FILE.");
        }
        var after = new ArrayList<Nevra>(before);
        int at = 0;
        try {
            for (int line = 1; line < lines.length; line++) {
                if (lines[line].startsWith("+")) {
                    after.add(Nevra.parse(lines[line].substring(1)));
                    continue;
                }
                String[] words = lines[line].split(" ");
                at += Integer.parseInt(words[0]);
                Nevra old = before.get(at);
                after.remove(old);
                if (words.length > 1) {
                    after.add(new Nevra(old.name(), Evr.parse(words[1]), old.arch()));
                }
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw damaged("a line that no report has");
        }
        if (!digest(after).equals(digests[1])) {
            throw damaged("changes that lead to something else than it says");
        }
        return after;
    }

    private static Damaged damaged(String found) {
        return new Damaged(
                "the report: found " + found + ", expected what `profile diff --short` prints",
                "Scan or copy all of its codes again.");
    }

    // ---------------------------------------------------------------- bytes and letters

    private static String id(byte[] packed) {
        byte[] digest = HexFormat.of().parseHex(Digest.sha256Of(packed).hex());
        return base32(digest).substring(0, ID_CHARS);
    }

    private static byte[] deflate(byte[] bytes) {
        var out = new ByteArrayOutputStream();
        try (var deflater = new Deflater(Deflater.BEST_COMPRESSION, true)) {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] block = new byte[8192];
            while (!deflater.finished()) {
                out.write(block, 0, deflater.deflate(block));
            }
        }
        return out.toByteArray();
    }

    private static byte[] inflate(byte[] packed) throws Damaged {
        var out = new ByteArrayOutputStream();
        try (var inflater = new Inflater(true)) {
            inflater.setInput(packed);
            byte[] block = new byte[8192];
            while (!inflater.finished()) {
                int read = inflater.inflate(block);
                out.write(block, 0, read);
                if (read == 0 || out.size() > MOST_BYTES) {
                    throw damaged("a packed text without an end");
                }
            }
        } catch (DataFormatException e) {
            throw damaged("a packed text that cannot be unpacked");
        }
        return out.toByteArray();
    }

    private static String base32(byte[] bytes) {
        var text = new StringBuilder();
        int bits = 0;
        int held = 0;
        for (byte one : bytes) {
            bits = bits << 8 | one & 0xff;
            held += 8;
            while (held >= 5) {
                held -= 5;
                text.append(ALPHABET.charAt(bits >> held & 31));
            }
            bits &= (1 << held) - 1;
        }
        if (held > 0) {
            text.append(ALPHABET.charAt(bits << 5 - held & 31));
        }
        return text.toString();
    }

    private static byte[] bytes(String text) {
        var out = new ByteArrayOutputStream();
        int bits = 0;
        int held = 0;
        for (int at = 0; at < text.length(); at++) {
            bits = bits << 5 | ALPHABET.indexOf(text.charAt(at));
            held += 5;
            if (held >= 8) {
                held -= 8;
                out.write(bits >> held);
                bits &= (1 << held) - 1;
            }
        }
        return out.toByteArray();
    }
}
