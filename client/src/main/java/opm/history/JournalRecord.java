package opm.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import opm.base.Digest;

/// One line of the journal.
///
/// @param seq rises from 1
/// @param seconds since 1970
/// @param kind `begin`, `start`, ...; readers skip what they do not know
/// @param change the number of the change that this is about
/// @param words what else there is to say, printable ASCII without spaces
public record JournalRecord(long seq, long seconds, String kind, int change, List<String> words) {
    private static final int CHECK_DIGITS = 16;

    public JournalRecord {
        words = List.copyOf(words);
        if (seq < 1 || seconds < 0 || change < 1) {
            throw new IllegalArgumentException("record " + seq + " of change " + change);
        }
        requireWord(kind);
        words.forEach(JournalRecord::requireWord);
    }

    private static void requireWord(String word) {
        if (word.isEmpty() || !word.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException("'" + word + "' cannot stand in the journal");
        }
    }

    /// Writes the line with its check and line feed.
    byte[] line() {
        var text = new StringBuilder();
        text.append(seq).append(' ').append(seconds).append(' ').append(kind);
        text.append(' ').append(change);
        words.forEach(word -> text.append(' ').append(word));
        return (check(text.toString()) + " " + text + "\n").getBytes(US_ASCII);
    }

    /// Reads a line without its line feed; empty when a crash tore it.
    static Optional<JournalRecord> parse(String line) {
        int space = line.indexOf(' ');
        if (space != CHECK_DIGITS
                || !check(line.substring(space + 1)).equals(line.substring(0, space))) {
            return Optional.empty();
        }
        String[] words = line.substring(space + 1).split(" ");
        try {
            return words.length < 4
                    ? Optional.empty()
                    : Optional.of(
                            new JournalRecord(
                                    Long.parseLong(words[0]),
                                    Long.parseLong(words[1]),
                                    words[2],
                                    Integer.parseInt(words[3]),
                                    Arrays.asList(words).subList(4, words.length)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String check(String text) {
        return Digest.sha256Of(text.getBytes(US_ASCII)).hex().substring(0, CHECK_DIGITS);
    }
}
