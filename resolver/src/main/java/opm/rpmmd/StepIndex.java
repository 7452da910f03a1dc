package opm.rpmmd;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// Which steps between package sets a repository publishes. docs/formats/increments.md
///
/// @param steps oldest first; the last one leads to the set of the repository's primary
record StepIndex(List<Step> steps) {
    static final String FIRST = "opm-increments 1";
    private static final int MOST_STEPS = 100_000;

    StepIndex {
        steps = List.copyOf(steps);
    }

    /// One step.
    ///
    /// @param offset where it starts in the file `increments`
    /// @param sum SHA-256 of its packed bytes
    record Step(Digest from, Digest to, long offset, long bytes, Digest sum) {
        /// Returns the name of the file that holds this step alone.
        String fileName() {
            return "step-" + sum.hex().substring(0, 32);
        }
    }

    static StepIndex parse(byte[] bytes) throws Damaged {
        List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        int count = lines.size() - 2;
        if (count < 0 || !lines.getFirst().equals(FIRST) || !lines.getLast().equals("end")) {
            throw damaged("no index of this version, whole");
        }
        if (count > MOST_STEPS) {
            throw damaged(count + " steps, expected at most " + MOST_STEPS);
        }
        var steps = new ArrayList<Step>();
        for (String line : lines.subList(1, lines.size() - 1)) {
            String[] words = line.split(" ", -1);
            try {
                if (words.length != 6 || !words[0].equals("step")) {
                    throw new IllegalArgumentException("not six words that begin with step");
                }
                var step =
                        new Step(
                                Digest.sha256(words[1]),
                                Digest.sha256(words[2]),
                                Long.parseLong(words[3]),
                                Long.parseLong(words[4]),
                                Digest.sha256(words[5]));
                if (step.offset() < 0 || step.bytes() <= 0 || step.bytes() > 1 << 30) {
                    throw new IllegalArgumentException("a place that no file has");
                }
                steps.add(step);
            } catch (IllegalArgumentException e) {
                throw damaged("the line '" + line + "': " + e.getMessage());
            }
        }
        return new StepIndex(steps);
    }

    private static Damaged damaged(String what) {
        return new Damaged(
                "increments: " + what, "Use another mirror, or tell the repository's owner.");
    }

    byte[] bytes() {
        var text = new StringBuilder(FIRST + "\n");
        for (Step step : steps) {
            text.append("step ")
                    .append(step.from().hex())
                    .append(' ')
                    .append(step.to().hex())
                    .append(' ')
                    .append(step.offset())
                    .append(' ')
                    .append(step.bytes())
                    .append(' ')
                    .append(step.sum().hex())
                    .append('\n');
        }
        return (text + "end\n").getBytes(StandardCharsets.UTF_8);
    }

    /// Returns the digest that the last step leads to; null when there is none.
    @Nullable Digest current() {
        return steps.isEmpty() ? null : steps.getLast().to();
    }

    /// Returns the steps from a set to the current one, in order; null when there is no way.
    @Nullable List<Step> way(Digest from) {
        var way = new ArrayList<Step>();
        Digest wanted = current();
        for (Step step : steps.reversed()) {
            if (from.equals(wanted)) {
                break;
            }
            if (step.to().equals(wanted)) {
                way.add(step);
                wanted = step.from();
            }
        }
        return from.equals(wanted) ? way.reversed() : null;
    }
}
