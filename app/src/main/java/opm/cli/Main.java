package opm.cli;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.host.Host;
import opm.pkgset.BrokenSet;
import opm.words.Messages;
import org.jspecify.annotations.Nullable;

/// The entry of the `opm` command.
public final class Main {
    private static final int BUG = 1;

    private Main() {}

    public static void main(String[] arguments) {
        Host host = Host.ofThisMachine();
        try (var interrupt = new Interrupt(host)) {
            List<String> words = List.of(arguments);
            var outside = Outside.ofThisProcess(words, interrupt.cancelled());
            int status = run(words, outside, host);
            outside.out().flush();
            outside.err().flush();
            // Not System.exit: it starts the logging system to log the exit, which takes 8 ms. And
            // not after the hook was let go, which would end the JVM with a status of its own.
            Runtime.getRuntime().halt(interrupt.status(status));
        }
    }

    /// Runs one command line and returns its exit status.
    static int run(List<String> words, Outside outside, Host host) {
        boolean verbose = words.contains("--verbose") || words.contains("-v");
        if (!words.contains("--json")) {
            var run = new Run(outside, verbose);
            return run.of(words, host);
        }
        // Whole or not at all: whoever fails half way through its document gives another one.
        var document = new WholeDocument(outside.out());
        var run = new Run(outside.writingTo(document), verbose);
        int status = run.of(words, host);
        Failure failure = run.failure;
        if (failure == null) {
            document.handOver();
        } else {
            failure.writeJson(outside, run.command);
        }
        return status;
    }

    /// One command line, from its words to its exit status.
    private static final class Run {
        private final Outside outside;
        private final boolean verbose;
        private String command = "";
        private @Nullable Failure failure;

        Run(Outside outside, boolean verbose) {
            this.outside = outside;
            this.verbose = verbose;
        }

        int of(List<String> words, Host host) {
            try {
                Line line = Line.of(words, outside);
                command = line.name();
                return line.run(outside, host);
            } catch (OpmException e) {
                return fail(Failure.of(e), e.getCause());
            } catch (BrokenSet e) {
                return fail(Failure.of(e.asDamaged()), e);
            } catch (RuntimeException | Error e) {
                return fail(Failure.bug(e, verbose), e);
            }
        }

        private int fail(Failure what, @Nullable Throwable cause) {
            failure = what;
            outside.out().flush();
            Screen.fail(outside.err(), what.message(), what.hint());
            if (verbose && cause != null) {
                cause.printStackTrace(outside.err());
            }
            return what.exit();
        }
    }

    /// What went wrong, in the terms of docs/formats/json.md.
    private record Failure(String kind, int exit, String message, String hint) {
        static Failure of(OpmException e) {
            return new Failure(
                    Main.kind(e), e.exitStatus(), String.valueOf(e.getMessage()), e.hint());
        }

        static Failure bug(Throwable e, boolean verbose) {
            return new Failure(
                    "bug",
                    BUG,
                    "a bug in opm: " + e,
                    verbose
                            ? "Please report it with the lines below."
                            : "Run the same with --verbose and report what it prints.");
        }

        void writeJson(Outside outside, String command) {
            try (var json = Json.begin(outside.out(), command)) {
                json.begin("error")
                        .text("kind", kind)
                        .number("exit", exit)
                        .text("message", message)
                        .text("hint", hint)
                        .end();
            }
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
            int at = firstArgument(words, 0, messages);
            if (at < 0) {
                rest.remove("--help");
                rest.remove("-h");
                return new Line("help", wanted("help"), messages, rest);
            }
            String name = rest.remove(at);
            if (Verbs.isFamily(name)) {
                int next = firstArgument(rest, at, messages);
                String second = next < 0 ? "" : rest.get(next);
                if (Verbs.find(name + " " + second) != null) {
                    name = name + " " + rest.remove(next);
                } else if (next < 0 && Verbs.usual(name) != null) {
                    name = java.util.Objects.requireNonNull(Verbs.usual(name));
                } else if (Verbs.find(name) != null) {
                    return new Line(name, wanted(name), messages, rest); // a verb of its own, too
                } else if (next < 0 && (rest.contains("--help") || rest.contains("-h"))) {
                    return new Line("help", wanted("help"), messages, List.of(name));
                } else {
                    throw family(name, second);
                }
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

        /// Returns where the first word is that is no option and no value of one; -1 for nowhere.
        private static int firstArgument(List<String> words, int from, Messages messages) {
            var everywhere = Syntax.of("", messages);
            for (int at = from; at < words.size(); at++) {
                String word = words.get(at);
                if (!word.startsWith("-") || word.equals("-")) {
                    return at;
                }
                if (everywhere.takesNext(word)
                        || !everywhere.knows(word) && Verbs.takesNext(word, messages)) {
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
            Syntax.Given given = syntax.read(rest);
            JobOption.into(given, host);
            Settings settings = Settings.of(given, outside);
            var screen =
                    new Screen(
                            outside, messages, settings.quiet(), settings.json(), settings.color());
            return verb.run(new Session(name, outside, host, screen, settings, given));
        }
    }
}
