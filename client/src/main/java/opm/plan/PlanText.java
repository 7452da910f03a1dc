package opm.plan;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.plan.Step.Downgrade;
import opm.plan.Step.Erase;
import opm.plan.Step.Install;
import opm.plan.Step.Reinstall;
import opm.plan.Step.Replaced;
import opm.plan.Step.Upgrade;

/// The plan as text, one fact a line. Canonical: equal plans have equal bytes, and nothing else is
/// read. Format: docs/formats/plan.md
public final class PlanText {
    static final int VERSION = 1;
    static final String MAGIC = "opm-plan";
    static final int END_BYTES = "end ".length() + 64 + 1;

    private PlanText() {}

    /// Writes a plan: ASCII, closed by the digest of its own bytes.
    ///
    /// @throws IllegalArgumentException when the text would be longer than a plan may be
    public static byte[] write(Plan plan) {
        var out = new StringBuilder();
        line(out, MAGIC, Integer.toString(VERSION));
        Plan.Target target = plan.target();
        line(
                out,
                "for",
                Words.encode(target.distro()),
                Words.encode(target.release()),
                Words.encode(target.arch()),
                "base:" + target.base().hex());
        for (String asked : plan.asked()) {
            line(out, "ask", Words.encodeLine(asked));
        }
        for (Plan.Source source : plan.sources()) {
            line(
                    out,
                    "repo",
                    Words.encode(source.id()),
                    source.repomd().hex(),
                    Long.toString(source.revisionSeconds()));
        }
        for (Artifact artifact : plan.artifacts()) {
            line(
                    out,
                    "fetch",
                    artifact.digest().hex(),
                    Long.toString(artifact.sizeBytes()),
                    Words.encode(artifact.path()),
                    Words.encode(artifact.repo()));
        }
        for (String name : plan.unsigned()) {
            line(out, "unsigned", Words.encode(name));
        }
        int number = 0;
        for (Batch batch : plan.batches()) {
            line(out, "batch", Integer.toString(++number));
            for (Step step : batch.steps()) {
                writeStep(out, step);
            }
        }
        byte[] text = close(out.toString());
        if (text.length > Limits.PLAN_BYTES) {
            throw new IllegalArgumentException(
                    "a plan of "
                            + text.length
                            + " bytes; at most "
                            + Limits.PLAN_BYTES
                            + " are read");
        }
        return text;
    }

    /// Reads a plan that [#write] wrote.
    ///
    /// @throws Damaged when it is anything else, or past a limit; names the line
    /// @throws Refused when a newer opm wrote it
    public static Plan read(byte[] text) throws Damaged, Refused {
        return new PlanReader(text).read();
    }

    /// Returns the digest that names a plan: the SHA-256 of its whole text.
    public static Digest digest(Plan plan) {
        return Digest.of(Digest.Algorithm.SHA256, sha256(write(plan), 0));
    }

    /// Adds the end line to what stands before it.
    static byte[] close(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
        String end = "end " + HexFormat.of().formatHex(sha256(bytes, 0)) + "\n";
        return (body + end).getBytes(StandardCharsets.US_ASCII);
    }

    /// Returns the SHA-256 of all but the last `withoutLast` bytes.
    static byte[] sha256(byte[] bytes, int withoutLast) {
        var sha = Digest.sha256For(bytes.length);
        sha.update(bytes, 0, bytes.length - withoutLast);
        return sha.digest();
    }

    static void writeStep(StringBuilder out, Step step) {
        switch (step) {
            case Install(var pkg, var rpm, var reason) ->
                    line(out, "install", pkg.full(), rpm.hex(), reason.word());
            case Upgrade(var from, var to, var rpm) ->
                    line(out, "upgrade", to.full(), rpm.hex(), from.full());
            case Downgrade(var from, var to, var rpm) ->
                    line(out, "downgrade", to.full(), rpm.hex(), from.full());
            case Reinstall(var pkg, var rpm) -> line(out, "reinstall", pkg.full(), rpm.hex());
            case Replaced(var pkg, var by) -> line(out, "replaced", pkg.full(), by.full());
            case Erase(var pkg) -> line(out, "erase", pkg.full());
        }
    }

    private static void line(StringBuilder out, String... words) {
        out.append(String.join(" ", words)).append('\n');
    }

    /// Returns the step of one line.
    ///
    /// @throws IllegalArgumentException when the words are no step
    static Step readStep(String[] words) {
        return switch (words[0]) {
            case "install" -> {
                count(words, 4, "install NEVRA DIGEST REASON");
                yield new Install(Nevra.parse(words[1]), digest(words[2]), Reason.ofWord(words[3]));
            }
            case "upgrade" -> {
                count(words, 4, "upgrade NEW DIGEST OLD");
                yield new Upgrade(Nevra.parse(words[3]), Nevra.parse(words[1]), digest(words[2]));
            }
            case "downgrade" -> {
                count(words, 4, "downgrade NEW DIGEST OLD");
                yield new Downgrade(Nevra.parse(words[3]), Nevra.parse(words[1]), digest(words[2]));
            }
            case "reinstall" -> {
                count(words, 3, "reinstall NEVRA DIGEST");
                yield new Reinstall(Nevra.parse(words[1]), digest(words[2]));
            }
            case "replaced" -> {
                count(words, 3, "replaced OLD BY");
                yield new Replaced(Nevra.parse(words[1]), Nevra.parse(words[2]));
            }
            case "erase" -> {
                count(words, 2, "erase NEVRA");
                yield new Erase(Nevra.parse(words[1]));
            }
            default ->
                    throw new IllegalArgumentException(
                            "'" + words[0] + "' is no word that may stand here");
        };
    }

    static void count(String[] words, int expected, String form) {
        if (words.length != expected) {
            throw new IllegalArgumentException(
                    (words.length - 1)
                            + " words after '"
                            + words[0]
                            + "', the form is '"
                            + form
                            + "'");
        }
    }

    /// Reads a digest whose number of digits tells its algorithm.
    static Digest digest(String hex) {
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            if (algorithm.hexLength() == hex.length()) {
                return new Digest(algorithm, hex);
            }
        }
        throw new IllegalArgumentException("'" + hex + "' has the length of no digest");
    }
}
