package opm.plan;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import org.jspecify.annotations.Nullable;

/// Reads one plan's text. First the version, then the end line, then the facts, so that a newer
/// plan gets advice and a damaged one is not even parsed.
final class PlanReader {
    private static final String HINT =
            "Make the plan again, or carry it again: the copy on this medium is damaged.";

    /// The sections of a plan, in the order in which they may stand.
    private static final List<String> ORDER =
            List.of("for", "ask", "repo", "fetch", "unsigned", "batch");

    private final byte[] text;
    private final List<String> asked = new ArrayList<>();
    private final List<Plan.Source> sources = new ArrayList<>();
    private final List<Artifact> artifacts = new ArrayList<>();
    private final List<String> unsigned = new ArrayList<>();
    private final List<Batch> batches = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private Plan.@Nullable Target target;
    private int section = -1;
    private int batchesBegun;
    private int stepCount;
    private int lineNumber;

    PlanReader(byte[] text) {
        this.text = text;
    }

    Plan read() throws Damaged, Refused {
        requireVersion();
        requireSize();
        requireEnd();
        int at = 0;
        int end = text.length - PlanText.END_BYTES;
        try {
            while (at < end) {
                int newline = at;
                while (text[newline] != '\n') {
                    newline++;
                }
                lineNumber++;
                take(at, newline);
                at = newline + 1;
            }
            lineNumber++;
            closeBatch();
            if (target == null) {
                throw new IllegalArgumentException("no line 'for'");
            }
            return new Plan(target, asked, sources, artifacts, batches, unsigned);
        } catch (IllegalArgumentException e) {
            Damaged damaged = damaged(String.valueOf(e.getMessage()));
            damaged.initCause(e);
            throw damaged;
        }
    }

    private void requireVersion() throws Damaged, Refused {
        String start = new String(text, 0, Math.min(text.length, 64), StandardCharsets.ISO_8859_1);
        String first = start.lines().findFirst().orElse("");
        String magic = PlanText.MAGIC + " ";
        if (!first.startsWith(magic)
                || !first.substring(magic.length()).matches("[1-9][0-9]{0,8}")) {
            lineNumber = 1;
            throw damaged(
                    "the line is '"
                            + printable(first)
                            + "', expected '"
                            + magic
                            + PlanText.VERSION
                            + "'");
        }
        int version = Integer.parseInt(first.substring(magic.length()));
        if (version != PlanText.VERSION) {
            throw new Refused(
                    "plan: its format is "
                            + version
                            + ", this opm reads format "
                            + PlanText.VERSION,
                    "Use an opm as new as the one that made the plan, or let that one write format "
                            + PlanText.VERSION
                            + ".");
        }
    }

    private void requireSize() throws Damaged {
        if (text.length > Limits.PLAN_BYTES) {
            throw new Damaged(
                    "plan: " + text.length + " bytes, at most " + Limits.PLAN_BYTES + " are read",
                    "Ask for fewer packages at once.");
        }
    }

    /// Checks the last line: it has a fixed length, so its place needs no search.
    private void requireEnd() throws Damaged {
        int at = text.length - PlanText.END_BYTES;
        String end =
                at < 1 ? "" : new String(text, at, PlanText.END_BYTES, StandardCharsets.ISO_8859_1);
        if (at < 1 || text[at - 1] != '\n' || !end.matches("end [0-9a-f]{64}\n")) {
            throw new Damaged(
                    "plan: the last line is not 'end DIGEST'; "
                            + text.length
                            + " bytes were found,"
                            + " so the file is cut off or something was added",
                    HINT);
        }
        String found = HexFormat.of().formatHex(PlanText.sha256(text, PlanText.END_BYTES));
        if (!end.startsWith(found, "end ".length())) {
            throw new Damaged(
                    "plan: the lines have the digest "
                            + found
                            + ", the end line expects "
                            + end.substring("end ".length()).strip(),
                    HINT);
        }
    }

    private void take(int start, int newline) {
        if (newline - start >= Limits.LINE_BYTES) {
            throw new IllegalArgumentException(
                    "the line is longer than " + Limits.LINE_BYTES + " bytes");
        }
        for (int at = start; at < newline; at++) {
            if (text[at] < ' ' || text[at] > '~') {
                throw new IllegalArgumentException(
                        "byte " + (text[at] & 0xff) + " is not printable ASCII");
            }
        }
        String line = new String(text, start, newline - start, StandardCharsets.US_ASCII);
        if (line.startsWith(" ") || line.endsWith(" ") || line.contains("  ") || line.isEmpty()) {
            throw new IllegalArgumentException(
                    "words are separated by one space, found '" + line + "'");
        }
        if (lineNumber == 1) {
            return;
        }
        String[] words = line.split(" ", -1);
        int found = ORDER.indexOf(words[0]);
        if (found >= 0) {
            if (found < section || found == section && words[0].equals("for")) {
                throw new IllegalArgumentException(
                        "'"
                                + words[0]
                                + "' stands after '"
                                + ORDER.get(section)
                                + "'; the order is "
                                + ORDER);
            }
            if (section < 0 && found > 0) {
                throw new IllegalArgumentException("'" + words[0] + "' stands before 'for'");
            }
            section = found;
        }
        switch (words[0]) {
            case "for" -> takeTarget(words);
            case "ask" -> takeAsked(line);
            case "repo" -> takeSource(words);
            case "fetch" -> takeArtifact(words);
            case "unsigned" -> takeUnsigned(words);
            case "batch" -> takeBatch(words);
            default -> takeStep(words, line);
        }
    }

    private void takeTarget(String[] words) {
        PlanText.count(words, 5, "for DISTRO RELEASE ARCH base:DIGEST");
        if (!words[4].startsWith("base:")) {
            throw new IllegalArgumentException("'" + words[4] + "' is not base:DIGEST");
        }
        target =
                new Plan.Target(
                        word(words[1]),
                        word(words[2]),
                        word(words[3]),
                        Digest.sha256(words[4].substring(5)));
    }

    private void takeAsked(String line) {
        String encoded = line.length() > 4 ? line.substring(4) : "";
        String text = Words.decode(encoded);
        if (!Words.encodeLine(text).equals(encoded)) {
            throw notCanonical(encoded, Words.encodeLine(text));
        }
        bounded(asked.size(), Limits.PLAN_ASKED, "requests");
        asked.add(text);
    }

    private void takeSource(String[] words) {
        PlanText.count(words, 4, "repo ID DIGEST SECONDS");
        bounded(sources.size(), Limits.PLAN_SOURCES, "repositories");
        sources.add(new Plan.Source(word(words[1]), Digest.sha256(words[2]), number(words[3])));
    }

    private void takeArtifact(String[] words) {
        PlanText.count(words, 5, "fetch DIGEST BYTES PATH REPO");
        bounded(artifacts.size(), Limits.PLAN_STEPS, "files");
        artifacts.add(
                new Artifact(
                        PlanText.digest(words[1]),
                        number(words[2]),
                        word(words[3]),
                        word(words[4])));
    }

    private void takeUnsigned(String[] words) {
        PlanText.count(words, 2, "unsigned NAME");
        bounded(unsigned.size(), Limits.PLAN_STEPS, "unsigned packages");
        unsigned.add(word(words[1]));
    }

    private void takeBatch(String[] words) {
        PlanText.count(words, 2, "batch NUMBER");
        closeBatch();
        if (number(words[1]) != batches.size() + 1) {
            throw new IllegalArgumentException(
                    "batch " + words[1] + ", expected batch " + (batches.size() + 1));
        }
        bounded(batchesBegun++, Limits.PLAN_BATCHES, "batches");
    }

    private void takeStep(String[] words, String line) {
        Step step = PlanText.readStep(words);
        if (section < ORDER.indexOf("batch")) {
            throw new IllegalArgumentException("'" + words[0] + "' stands before any batch");
        }
        var canonical = new StringBuilder();
        PlanText.writeStep(canonical, step);
        if (!canonical.toString().equals(line + "\n")) {
            throw notCanonical(line, canonical.toString().strip());
        }
        bounded(stepCount++, Limits.PLAN_STEPS, "steps");
        steps.add(step);
    }

    /// Ends the batch that was being read, if one was begun.
    private void closeBatch() {
        if (batchesBegun > batches.size()) {
            batches.add(new Batch(steps));
            steps.clear();
        }
    }

    private static String word(String encoded) {
        String text = Words.decode(encoded);
        if (!Words.encode(text).equals(encoded)) {
            throw notCanonical(encoded, Words.encode(text));
        }
        return text;
    }

    private static long number(String word) {
        if (!word.matches("0|[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException(
                    "'" + word + "' is not a number of at most 18 digits");
        }
        return Long.parseLong(word);
    }

    private static void bounded(int count, int limit, String what) {
        if (count >= limit) {
            throw new IllegalArgumentException("more than " + limit + " " + what);
        }
    }

    private static IllegalArgumentException notCanonical(String found, String expected) {
        return new IllegalArgumentException("'" + found + "' would be written '" + expected + "'");
    }

    private Damaged damaged(String what) {
        return new Damaged("plan, line " + lineNumber + ": " + what, HINT);
    }

    private static String printable(String text) {
        var out = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            out.append(c >= ' ' && c <= '~' ? c : '?');
        }
        return out.toString();
    }
}
