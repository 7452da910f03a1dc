package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import opm.base.OpmException.Damaged;

/// The entry `order`: which batches of the plan must be done before which, so that some can be done
/// where the packages of others are missing. Text: `needs BATCH OTHER...` for each that needs some.
///
/// @param needs for each batch the earlier ones that it needs, batches counted from 1; empty where
///     nothing is known: then each needs all before it
public record BatchOrder(List<Set<Integer>> needs) {
    static final String PATH = "order";
    private static final String MAGIC = "opm-order 1";

    public static final BatchOrder UNKNOWN = new BatchOrder(List.of());

    public BatchOrder {
        needs = needs.stream().map(one -> Set.copyOf(one)).toList();
        for (int at = 0; at < needs.size(); at++) {
            for (int other : needs.get(at)) {
                if (other < 1 || other > at) {
                    throw new IllegalArgumentException(
                            "batch " + (at + 1) + " is said to need batch " + other);
                }
            }
        }
    }

    /// Tells whether there is something to say: of a single batch there is not.
    boolean isKnown() {
        return needs.size() > 1;
    }

    /// Returns the batches that a batch needs itself.
    public Set<Integer> of(int batch) {
        if (isKnown()) {
            return needs.get(batch - 1);
        }
        return batch == 1 ? Set.of() : Set.of(batch - 1);
    }

    byte[] text() {
        var text = new StringBuilder(MAGIC + "\n");
        for (int at = 0; at < needs.size(); at++) {
            if (!needs.get(at).isEmpty()) {
                text.append("needs ").append(at + 1);
                new TreeSet<>(needs.get(at)).forEach(other -> text.append(' ').append(other));
                text.append('\n');
            }
        }
        return text.toString().getBytes(US_ASCII);
    }

    /// @param batches how many the plan has
    static BatchOrder parse(byte[] bytes, int batches) throws Damaged {
        List<String> lines = new String(bytes, US_ASCII).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(MAGIC)) {
            throw damaged("the first line is not '" + MAGIC + "'");
        }
        var needs = new ArrayList<Set<Integer>>();
        for (int at = 0; at < batches; at++) {
            needs.add(new TreeSet<>());
        }
        try {
            for (String line : lines) {
                if (line.startsWith("needs ")) {
                    String[] words = line.split(" ", -1);
                    for (int at = 2; at < words.length; at++) {
                        needs.get(Integer.parseInt(words[1]) - 1).add(Integer.valueOf(words[at]));
                    }
                }
            }
            return new BatchOrder(needs);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw (Damaged) damaged(String.valueOf(e.getMessage())).because(e);
        }
    }

    private static Damaged damaged(String what) {
        return new Damaged("order: " + what, "Copy the bundle again, or have it made again.");
    }
}
