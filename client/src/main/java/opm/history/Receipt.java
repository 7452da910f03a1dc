package opm.history;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import opm.base.Digest;
import opm.base.OpmException.Damaged;

/// What one change did. Format: docs/formats/receipt.md
///
/// @param result what the journal will call it, `done` or `refused`; `failed` while it is open
/// @param endedSeconds since 1970
/// @param rpm its version
/// @param after the installed list as it is now
/// @param unsigned names of packages that were let in without a signature
/// @param configs what rpm said about `.rpmnew` and `.rpmsave`
/// @param warnings lines that tell of failed scripts or of the database
/// @param log every line that rpm and the scripts printed
public record Receipt(
        Change change,
        String result,
        long endedSeconds,
        String rpm,
        Digest after,
        List<String> unsigned,
        List<String> configs,
        List<String> warnings,
        List<String> log) {
    private static final Pattern TROUBLE =
            Pattern.compile(
                    "script(let)? failed|sqlite failure|(install|erase) (failed|skipped)"
                            + "|unpacking of|^warning: opm ended");
    private static final Pattern CONFIG = Pattern.compile("warning: (.* (?:created|saved) as .*)");

    /// Makes the receipt of a change that is about to end: it is on the medium before the journal's
    /// last record, so that a change that has ended has one.
    public static Receipt of(
            Change change,
            String result,
            long endedSeconds,
            String rpm,
            Digest after,
            List<String> unsigned,
            List<String> log) {
        List<String> configs = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        List<String> plain = new ArrayList<>();
        for (String line : log) {
            String shown = line.replaceAll("[^\\x20-\\x7e]", "");
            plain.add(shown);
            var config = CONFIG.matcher(shown);
            if (config.matches()) {
                configs.add(config.group(1));
            }
            if (TROUBLE.matcher(shown).find()) {
                warnings.add(shown);
            }
        }
        return new Receipt(
                change, result, endedSeconds, rpm, after, unsigned, configs, warnings, plain);
    }

    /// Writes the text, closed by its digest.
    public byte[] text() {
        var text = new StringBuilder("opm-receipt 1\n");
        line(text, "change", Integer.toString(change.number()));
        line(text, "result", result);
        line(text, "plan", change.plan().hex());
        line(text, "bundle", change.seal());
        line(text, "began", Long.toString(change.beganSeconds()));
        line(text, "ended", Long.toString(endedSeconds));
        line(text, "rpm", rpm);
        line(text, "before", change.base().hex());
        line(text, "after", after.hex());
        for (JournalRecord record : change.records()) {
            switch (record.kind()) {
                case "start", "verified" ->
                        line(
                                text,
                                "batch",
                                record.words().get(0),
                                record.kind(),
                                "" + record.seconds());
                case "exit" ->
                        line(
                                text,
                                "batch",
                                record.words().get(0),
                                "exit",
                                "" + record.seconds(),
                                record.words().get(1));
                default -> {}
            }
        }
        unsigned.forEach(name -> line(text, "unsigned", name));
        configs.forEach(config -> line(text, "config", config));
        warnings.forEach(warning -> line(text, "warning", warning));
        log.forEach(printed -> line(text, "|", printed));
        String end = "end " + Digest.sha256Of(text.toString().getBytes(US_ASCII)).hex() + "\n";
        return text.append(end).toString().getBytes(US_ASCII);
    }

    private static void line(StringBuilder text, String... words) {
        text.append(String.join(" ", words)).append('\n');
    }

    /// Returns the value of the first line that starts with a word, from a receipt's text.
    ///
    /// @throws Damaged when the text does not end with its own digest
    public static List<String> values(byte[] receipt, String word) throws Damaged {
        String text = new String(receipt, US_ASCII);
        int endAt = text.lastIndexOf("\nend ") + 1;
        if (!text.startsWith("opm-receipt 1\n")
                || endAt == 0
                || !text.substring(endAt)
                        .equals(
                                "end "
                                        + Digest.sha256Of(
                                                        text.substring(0, endAt).getBytes(US_ASCII))
                                                .hex()
                                        + "\n")) {
            throw new Damaged(
                    "receipt: it is not closed by its own digest",
                    "It was damaged or edited; the journal still knows what was done.");
        }
        List<String> values = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (line.startsWith(word + " ")) {
                values.add(line.substring(word.length() + 1));
            }
        }
        return values;
    }
}
