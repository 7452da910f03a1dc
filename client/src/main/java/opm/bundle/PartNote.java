package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.OpmException.Damaged;

/// The entry `part` of a bundle that is one of several: of which, and where the rest is. Text:
///
/// | line                    | meaning                                                          |
/// |-------------------------|------------------------------------------------------------------|
/// | `opm-part 1`            |                                                                  |
/// | `whole DIGEST BYTES`    | SHA-256 of the whole bundle's manifest, and the bundle's length  |
/// | `this NUMBER COUNT`     | from 1; the parity part has COUNT + 1                            |
/// | `batch BATCH NUMBER...` | the parts in which a batch's packages lie; none for erasures     |
/// | `sealed NUMBER BYTES SEAL` | in the parity part: the others                                |
///
/// @param batches for each batch, counted from 1, the parts of its packages
/// @param sealed the parts by number; empty but in the parity part
public record PartNote(
        Digest whole,
        long wholeBytes,
        int number,
        int count,
        List<Set<Integer>> batches,
        Map<Integer, Sealed> sealed) {
    static final String PATH = "part";
    private static final String MAGIC = "opm-part 1";

    /// More are more sticks than anybody carries.
    static final int MOST = 1000;

    /// One part as it was written.
    record Sealed(long sizeBytes, Digest seal) {}

    public PartNote {
        batches = batches.stream().map(one -> Set.copyOf(one)).toList();
        sealed = Map.copyOf(sealed);
        if (number < 1 || count < 1 || count > MOST || number > count + 1 || wholeBytes < 0) {
            throw new IllegalArgumentException("part " + number + " of " + count);
        }
        for (Set<Integer> parts : batches) {
            for (int part : parts) {
                if (part < 1 || part > count) {
                    throw new IllegalArgumentException("a batch in part " + part);
                }
            }
        }
    }

    /// Tells whether it holds no packages but what recovers those of a lost part.
    public boolean isParity() {
        return number == count + 1;
    }

    byte[] text() {
        var text = new StringBuilder(MAGIC + "\n");
        text.append("whole ").append(whole.hex()).append(' ').append(wholeBytes).append('\n');
        text.append("this ").append(number).append(' ').append(count).append('\n');
        for (int at = 0; at < batches.size(); at++) {
            text.append("batch ").append(at + 1);
            new TreeSet<>(batches.get(at)).forEach(part -> text.append(' ').append(part));
            text.append('\n');
        }
        new TreeMap<>(sealed)
                .forEach(
                        (part, facts) -> {
                            text.append("sealed ").append(part).append(' ');
                            text.append(facts.sizeBytes()).append(' ');
                            text.append(facts.seal().hex()).append('\n');
                        });
        return text.toString().getBytes(US_ASCII);
    }

    static PartNote parse(byte[] bytes) throws Damaged {
        List<String> lines = new String(bytes, US_ASCII).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(MAGIC)) {
            throw damaged("the first line is not '" + MAGIC + "'");
        }
        Digest whole = null;
        long wholeBytes = 0;
        int number = 0;
        int count = 0;
        var batches = new ArrayList<Set<Integer>>();
        var sealed = new TreeMap<Integer, Sealed>();
        try {
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "whole" -> {
                        whole = Digest.sha256(words[1]);
                        wholeBytes = Long.parseLong(words[2]);
                    }
                    case "this" -> {
                        number = Integer.parseInt(words[1]);
                        count = Integer.parseInt(words[2]);
                    }
                    case "batch" -> {
                        var parts = new TreeSet<Integer>();
                        for (int at = 2; at < words.length; at++) {
                            parts.add(Integer.valueOf(words[at]));
                        }
                        batches.add(parts);
                    }
                    case "sealed" ->
                            sealed.put(
                                    Integer.valueOf(words[1]),
                                    new Sealed(
                                            Long.parseLong(words[2]), Digest.sha256(words[3])));
                    default -> {} // of a later version
                }
            }
            if (whole != null) {
                return new PartNote(whole, wholeBytes, number, count, batches, sealed);
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw (Damaged) damaged(String.valueOf(e.getMessage())).because(e);
        }
        throw damaged("there is no line 'whole'");
    }

    private static Damaged damaged(String what) {
        return new Damaged("part: " + what, "Copy the part again, or have it made again.");
    }
}
