package opm.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32;
import opm.base.ChunkSums;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// What was computed over each object when it came in: one line each, appended, never changed.
///
/// A note saves a pass over a file and decides nothing: who uses one checks the bytes on their way.
/// So it is not forced, and a line that is torn or damaged counts as absent.
///
/// Line: `ALGO HEX BYTES CRC32 SHA256 CHUNKS CHECK`, where CHUNKS are the sums of its pieces, and
/// CHECK is the CRC-32 of what stands before it without the space, all as eight hexadecimal digits.
/// CHUNKS is missing where there are none.
final class Notes {
    private final Disk disk;
    private final Layout layout;
    private @Nullable Map<Digest, Stored> known;

    Notes(Disk disk, Layout layout) {
        this.disk = disk;
        this.layout = layout;
    }

    synchronized void add(Stored stored) throws OpmException {
        byte[] line = line(stored).getBytes(StandardCharsets.US_ASCII);
        try (var out = disk.append(layout.notes())) {
            out.write(line, 0, line.length);
        }
        if (known != null) {
            known.put(stored.digest(), stored);
        }
    }

    synchronized @Nullable Stored find(Digest digest) throws OpmException {
        if (known == null) {
            known = read();
        }
        return known.get(digest);
    }

    /// Writes the notes anew, with those of `keep` only.
    synchronized void keepOnly(Set<Digest> keep) throws OpmException {
        Map<Digest, Stored> all = read();
        all.keySet().retainAll(keep);
        var aside = layout.asides().resolve("notes-" + UUID.randomUUID());
        disk.createDirectories(layout.asides());
        try (var out = disk.create(aside)) {
            for (Stored stored : all.values()) {
                byte[] line = line(stored).getBytes(StandardCharsets.US_ASCII);
                out.write(line, 0, line.length);
            }
            out.force();
        }
        disk.rename(aside, layout.notes());
        known = all;
    }

    static String line(Stored stored) {
        String facts =
                stored.digest().algorithm().word()
                        + " "
                        + stored.digest().hex()
                        + " "
                        + stored.sizeBytes()
                        + " "
                        + hex(stored.crc32())
                        + " "
                        + stored.sha256().hex()
                        + (stored.chunks().count() > 0 ? " " + stored.chunks().digits() : "");
        return facts + " " + hex(check(facts)) + "\n";
    }

    private Map<Digest, Stored> read() throws OpmException {
        var found = new HashMap<Digest, Stored>();
        if (!disk.exists(layout.notes()) || disk.size(layout.notes()) > Limits.NOTES_BYTES) {
            return found;
        }
        try (var in =
                new BufferedReader(
                        new InputStreamReader(
                                disk.read(layout.notes()), StandardCharsets.ISO_8859_1))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Stored stored = parse(line);
                if (stored != null) {
                    found.put(stored.digest(), stored);
                }
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, layout.notes().toString());
        }
        return found;
    }

    private @Nullable Stored parse(String line) {
        int space = line.lastIndexOf(' ');
        if (space < 0 || !line.substring(space + 1).equals(hex(check(line.substring(0, space))))) {
            return null;
        }
        String[] words = line.split(" ", -1);
        try {
            var digest = new Digest(Digest.Algorithm.ofWord(words[0]), words[1]);
            return new Stored(
                    digest,
                    layout.object(digest),
                    Long.parseLong(words[2]),
                    HexFormat.fromHexDigits(words[3]),
                    Digest.sha256(words[4]),
                    words.length > 6 ? new ChunkSums(words[5]) : ChunkSums.NONE);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            return null;
        }
    }

    private static int check(String facts) {
        var crc = new CRC32();
        crc.update(facts.getBytes(StandardCharsets.ISO_8859_1));
        return (int) crc.getValue();
    }

    private static String hex(int value) {
        return HexFormat.of().toHexDigits(value);
    }
}
