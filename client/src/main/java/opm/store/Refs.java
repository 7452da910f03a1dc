package opm.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Disk;
import opm.host.Output;
import org.jspecify.annotations.Nullable;

/// The references of a store: small text files, each replaced as a whole.
///
/// | line                 | meaning                                                    |
/// |----------------------|------------------------------------------------------------|
/// | `opm-ref 1`          | the format and its version                                 |
/// | `type WORD`          | [Ref.Type#word]                                            |
/// | `name TEXT`          | text to the end of the line, UTF-8                         |
/// | `owner TEXT`         | the same                                                   |
/// | `reason TEXT`        | the same                                                   |
/// | `expires SECONDS`    | since 1970, 0 for never                                    |
/// | `keep ALGO HEX`      | any number                                                 |
/// | `end DIGEST`         | SHA-256 of every byte before this line                      |
public final class Refs {
    private static final String MAGIC = "opm-ref 1";
    private final Disk disk;
    private final Layout layout;

    Refs(Disk disk, Layout layout) {
        this.disk = disk;
        this.layout = layout;
    }

    /// Writes a reference, over an older one of its type and name.
    public void put(Ref ref) throws OpmException {
        byte[] text = write(ref);
        logReleased(ref.type(), ref.name(), ref.keeps());
        disk.createDirectories(layout.refs(ref.type()));
        replace(layout.ref(ref.type(), ref.name()), text);
        new RefSums(disk, layout).add(layout.ref(ref.type(), ref.name()), text);
    }

    /// Returns a reference, null when there is none.
    public @Nullable Ref get(Ref.Type type, String name) throws OpmException {
        Path file = layout.ref(type, name);
        return disk.exists(file) ? read(file) : null;
    }

    /// Tells whether there is a reference, without reading it.
    public boolean has(Ref.Type type, String name) {
        return disk.exists(layout.ref(type, name));
    }

    /// Removes a reference; does nothing when there is none. What it kept stays until a collection.
    public void remove(Ref.Type type, String name) throws OpmException {
        logReleased(type, name, List.of());
        disk.delete(layout.ref(type, name));
    }

    /// Notes what a reference kept and will keep no more. Not forced: what is lost here is found by
    /// the next full collection.
    private void logReleased(Ref.Type type, String name, List<Digest> still) throws OpmException {
        Path file = layout.ref(type, name);
        if (!disk.exists(file)) {
            return;
        }
        // What is written here is only asked about later: a damaged line costs a look.
        byte[] text = disk.readAll(file, Limits.REFERENCE_BYTES);
        var remain = new HashSet<String>();
        still.forEach(digest -> remain.add(words(digest)));
        var lost = new StringBuilder();
        for (String line : new String(text, StandardCharsets.ISO_8859_1).split("\n")) {
            if (line.startsWith("keep ") && !remain.contains(line.substring(5))) {
                lost.append(line, 5, line.length()).append('\n');
            }
        }
        if (!lost.isEmpty()) {
            byte[] bytes = lost.toString().getBytes(StandardCharsets.ISO_8859_1);
            try (Output out = disk.append(layout.released())) {
                out.write(bytes, 0, bytes.length);
            }
        }
    }

    private static String words(Digest digest) {
        return digest.algorithm().word() + " " + digest.hex();
    }

    private static byte[] lines(Collection<Digest> digests) {
        var text = new StringBuilder();
        for (Digest digest : digests) {
            text.append(words(digest)).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// Returns what lost a reference since the last collection.
    Set<Digest> released() throws OpmException {
        var released = new LinkedHashSet<Digest>();
        if (!disk.exists(layout.released())
                || disk.size(layout.released()) > Limits.REFERENCE_BYTES) {
            // One too long to be read is made anew by the next full collection.
            return released;
        }
        byte[] bytes = disk.readAll(layout.released(), Limits.REFERENCE_BYTES);
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            Digest digest = Leases.parse(line);
            if (digest != null) {
                released.add(digest);
            }
        }
        return released;
    }

    /// Replaces that list, at the end of a collection.
    void setReleased(Set<Digest> released) throws OpmException {
        if (released.isEmpty()) {
            disk.delete(layout.released());
            return;
        }
        replace(layout.released(), lines(released));
    }

    private void replace(Path file, byte[] bytes) throws OpmException {
        disk.createDirectories(layout.asides());
        Path aside = layout.asides().resolve("ref-" + UUID.randomUUID());
        try (Output out = disk.create(aside)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        disk.rename(aside, file);
    }

    /// Returns all references, by type, then by file name; expired ones too.
    ///
    /// @throws Damaged when one cannot be read, because what it keeps is not known then
    /// @throws Refused when one has a newer format
    public List<Ref> all() throws OpmException {
        var all = new ArrayList<Ref>();
        for (Ref.Type type : Ref.Type.values()) {
            for (Path file : disk.list(layout.refs(type))) {
                all.add(read(file));
            }
        }
        return all;
    }

    /// Returns which of some objects are kept by references that have not expired; a pass over the
    /// bytes of all references, for few objects of many.
    ///
    /// @throws Damaged when one cannot be read, because what it keeps is not known then
    Set<Digest> kept(Collection<Digest> digests, long nowSeconds) throws OpmException {
        var scan = new KeptScan(digests);
        var sums = new RefSums(disk, layout).read();
        var files = new ArrayList<Path>();
        for (Ref.Type type : Ref.Type.values()) {
            files.addAll(disk.list(layout.refs(type)));
        }
        Lanes.each(
                files,
                file -> {
                    byte[] text = disk.readAll(file, Limits.REFERENCE_BYTES);
                    boolean expired =
                            RefSums.agree(sums, file, text)
                                    ? isExpired(text, nowSeconds)
                                    : read(file).isExpired(nowSeconds);
                    if (!expired) {
                        scan.add(text);
                    }
                });
        return scan.kept();
    }

    /// Reads the `expires` line, the sixth, of a whole reference.
    private static boolean isExpired(byte[] text, long nowSeconds) {
        int from = 0;
        for (int line = 1; line < 6; line++) {
            while (text[from++] != '\n') {}
        }
        int end = from;
        while (text[end] != '\n') {
            end++;
        }
        String line = new String(text, from, end - from, StandardCharsets.US_ASCII);
        long seconds = Long.parseLong(line.substring("expires ".length()));
        return seconds != 0 && seconds <= nowSeconds;
    }

    static byte[] write(Ref ref) {
        var text = new StringBuilder(MAGIC).append('\n');
        text.append("type ").append(ref.type().word()).append('\n');
        text.append("name ").append(ref.name()).append('\n');
        text.append("owner ").append(ref.owner()).append('\n');
        text.append("reason ").append(ref.reason()).append('\n');
        text.append("expires ").append(ref.expiresSeconds()).append('\n');
        for (Digest digest : ref.keeps()) {
            text.append("keep ").append(digest.algorithm().word()).append(' ');
            text.append(digest.hex()).append('\n');
        }
        String end = sha256(text.toString());
        text.append("end ").append(end).append('\n');
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Limits.REFERENCE_BYTES) {
            throw new IllegalArgumentException(
                    "a reference of " + bytes.length + " bytes; at most " + Limits.REFERENCE_BYTES);
        }
        return bytes;
    }

    private Ref read(Path file) throws OpmException {
        byte[] bytes = disk.readAll(file, Limits.REFERENCE_BYTES);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.matches("(?s)opm-ref ([2-9]|[1-9][0-9]{1,8})\n.*")) {
            throw new Refused(
                    "store: reference " + file + " has another format than 1",
                    "Use an opm as new as the one that wrote it; until then nothing is collected.");
        }
        try {
            return parse(text);
        } catch (IllegalArgumentException e) {
            var damaged =
                    new Damaged(
                            "store: reference " + file + ": " + e.getMessage(),
                            "Remove the file if nobody needs what it kept; until then nothing is"
                                    + " collected.");
            damaged.initCause(e);
            throw damaged;
        }
    }

    static Ref parse(String text) {
        int end = text.lastIndexOf("end ");
        if (end < 1
                || text.charAt(end - 1) != '\n'
                || !text.substring(end).equals("end " + sha256(text.substring(0, end)) + "\n")) {
            throw new IllegalArgumentException(
                    "the end line does not match; it is cut off or changed");
        }
        String[] lines = text.substring(0, end).split("\n", -1);
        if (!lines[0].equals(MAGIC) || lines.length < 7) {
            throw new IllegalArgumentException(
                    "found '" + lines[0] + "', expected '" + MAGIC + "' and at least 6 lines");
        }
        var keeps = new ArrayList<Digest>();
        for (int at = 6; at < lines.length - 1; at++) {
            String[] words = value(lines[at], "keep").split(" ", -1);
            if (words.length != 2) {
                throw new IllegalArgumentException(
                        "found '" + lines[at] + "', expected 'keep ALGO HEX'");
            }
            keeps.add(new Digest(Digest.Algorithm.ofWord(words[0]), words[1]));
        }
        return new Ref(
                Ref.Type.ofWord(value(lines[1], "type")),
                value(lines[2], "name"),
                value(lines[3], "owner"),
                value(lines[4], "reason"),
                Long.parseLong(value(lines[5], "expires")),
                keeps);
    }

    private static String value(String line, String word) {
        if (!line.startsWith(word + " ")) {
            throw new IllegalArgumentException("found '" + line + "', expected '" + word + " …'");
        }
        return line.substring(word.length() + 1);
    }

    private static String sha256(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var checksums = new Checksums(Digest.Algorithm.SHA256);
        checksums.add(bytes, 0, bytes.length);
        return checksums.at(Path.of("")).digest().hex();
    }
}
