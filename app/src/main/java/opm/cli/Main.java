package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.host.Host;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The entry of the `opm` command.
public final class Main {
    private static final int BUG = 1;

    private Main() {}

    public static void main(String[] arguments) {
        int status;
        try (var interrupt = new Interrupt()) {
            var outside = Outside.ofThisProcess(interrupt.cancelled());
            status = run(List.of(arguments), outside, Host.ofThisMachine());
            outside.out().flush();
            outside.err().flush();
            status = interrupt.cancelled().get() ? Interrupt.STATUS : status;
        }
        // Not System.exit: it starts the logging system to log the exit, which takes 8 ms.
        Runtime.getRuntime().halt(status);
    }

    /// Runs one command line and returns its exit status.
    static int run(List<String> words, Outside outside, Host host) {
        boolean verbose = words.contains("--verbose") || words.contains("-v");
        @Nullable Line line = null;
        try {
            line = Line.of(words, outside);
            return line.run(outside, host);
        } catch (OpmException e) {
            if (words.contains("--json")) {
                failInJson(outside, line, e);
            }
            fail(outside, e, verbose);
            return e.exitStatus();
        } catch (RuntimeException | Error e) {
            outside.out().flush();
            Screen.fail(
                    outside.err(),
                    "a bug in opm: " + e,
                    verbose
                            ? "Please report it with the lines below."
                            : "Run the same with --verbose and report what it prints.");
            if (verbose) {
                e.printStackTrace(outside.err());
            }
            return BUG;
        }
    }

    private static void fail(Outside outside, OpmException failure, boolean verbose) {
        outside.out().flush();
        Screen.fail(outside.err(), String.valueOf(failure.getMessage()), failure.hint());
        if (verbose && failure.getCause() != null) {
            failure.getCause().printStackTrace(outside.err());
        }
    }

    private static void failInJson(Outside outside, @Nullable Line line, OpmException failure) {
        // A verb writes its document only when it has all of it, so nothing was written so far.
        try (var json = Json.begin(outside.out(), line == null ? "" : line.name())) {
            json.begin("error")
                    .text("kind", kind(failure))
                    .number("exit", failure.exitStatus())
                    .text("message", failure.getMessage())
                    .text("hint", failure.hint())
                    .end();
        }
    }

    private static String kind(OpmException failure) {
        return switch (failure) {
            case BadRequest _ -> "bad-request";
            case Damaged _ -> "damaged";
            case Unavailable _ -> "unavailable";
            case Refused _ -> "refused";
        };
    }

    /// A command line taken apart: the command's name and all words around it.
    private record Line(String name, Verbs.Entry entry, Messages messages, List<String> rest) {

        static Line of(List<String> words, Outside outside) throws OpmException {
            var messages = Messages.of(Messages.choose(language(words), outside.environment()));
            var rest = new ArrayList<>(words);
            if (words.equals(List.of("--version")) || words.equals(List.of("-V"))) {
                return new Line("version", wanted("version"), messages, List.of());
            }
            int at = firstArgument(words, Syntax.of("", messages));
            if (at < 0) {
                rest.remove("--help");
                rest.remove("-h");
                return new Line("help", wanted("help"), messages, rest);
            }
            String name = rest.remove(at);
            if (Verbs.isFamily(name)) {
                String second = at < rest.size() ? rest.get(at) : "";
                if (Verbs.find(name + " " + second) == null) {
                    throw family(name, second);
                }
                name = name + " " + rest.remove(at);
            }
            Verbs.Entry entry = Verbs.find(name);
            if (entry == null) {
                throw Verbs.unknown(name);
            }
            return new Line(entry.name(), entry, messages, rest);
        }

        private static Verbs.Entry wanted(String name) {
            return java.util.Objects.requireNonNull(Verbs.find(name));
        }

        private static BadRequest family(String name, String second) {
            var names =
                    Verbs.ALL.stream()
                            .map(Verbs.Entry::name)
                            .filter(known -> known.startsWith(name + " "))
                            .toList();
            return new BadRequest(
                    name
                            + (second.isEmpty() ? ": found no second word" : ": found '" + second)
                            + (second.isEmpty() ? "" : "'")
                            + ", expected one of "
                            + String.join(
                                    ", ",
                                    names.stream()
                                            .map(known -> known.substring(name.length() + 1))
                                            .toList()),
                    "For example `opm " + names.getFirst() + "`.");
        }

        private static @Nullable String language(List<String> words) {
            for (int at = 0; at < words.size(); at++) {
                String word = words.get(at);
                if (word.startsWith("--lang=")) {
                    return word.substring("--lang=".length());
                }
                if (word.equals("--lang") && at + 1 < words.size()) {
                    return words.get(at + 1);
                }
            }
            return null;
        }

        /// Returns where the command's name stands, behind options of every command; -1 for
        // nowhere.
        private static int firstArgument(List<String> words, Syntax everywhere) {
            for (int at = 0; at < words.size(); at++) {
                String word = words.get(at);
                if (!word.startsWith("-") || word.equals("-")) {
                    return at;
                }
                if (everywhere.takesNext(word)) {
                    at++;
                }
            }
            return -1;
        }

        int run(Outside outside, Host host) throws OpmException {
            var syntax = Syntax.of(name, messages);
            Verb verb = entry.make();
            verb.accept(syntax);
            if (rest.contains("--help") || rest.contains("-h")) {
                new HelpText(outside.out(), messages).ofVerb(entry, syntax);
                return 0;
            }
            ParseResult parsed;
            try {
                parsed = syntax.parser().parseArgs(Syntax.prepared(rest).toArray(String[]::new));
            } catch (ParameterException e) {
                throw new BadRequest(
                        name + ": " + oneLine(e.getMessage()),
                        "`opm help " + name + "` lists what it accepts.");
            }
            Settings settings = Settings.of(parsed, outside);
            var screen =
                    new Screen(
                            outside, messages, settings.quiet(), settings.json(), settings.color());
            return verb.run(new Session(name, outside, host, screen, settings, parsed));
        }

        private static String oneLine(@Nullable String text) {
            return text == null ? "found words that it cannot read" : text.replaceAll("\\R", " ");
        }
    }
}
