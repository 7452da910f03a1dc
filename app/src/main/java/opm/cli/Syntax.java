package opm.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import opm.base.OpmException.BadRequest;
import opm.words.Messages;
import org.jspecify.annotations.Nullable;

/// What may follow a command, and the reading of it.
///
/// The description of an option is the message `option.NAME`, of a command `command.NAME`. Read by
/// hand: picocli looks for a dozen optional classes when a parser is made, in every jar, which took
/// 20 ms of each start (docs/decisions/0002); it still writes the completion for shells.
final class Syntax {
    /// Marks a `--allow-unsigned` without names: all packages of this request.
    static final String ALL_NAMES = "*";

    /// How many values an option takes.
    enum Takes {
        NOTHING,
        /// One behind an equals sign, or none: [#ALL_NAMES] then.
        MAYBE,
        ONE,
        /// One each time that it is given.
        EACH,
        /// All words up to the next option: `--install vim git`.
        SEVERAL
    }

    /// One option.
    ///
    /// @param names as they are written, the usual one first
    /// @param label of its value in the help: `DIR`
    /// @param text its description
    record Option(List<String> names, Takes takes, String label, String text) {}

    /// The words that follow options.
    ///
    /// @param max -1 for any number
    record Argument(String label, int min, int max, String text) {}

    private final String name;
    private final Messages messages;
    private final List<Option> options = new ArrayList<>();
    private final Map<String, Option> byName = new HashMap<>();
    private @Nullable Argument argument;

    private Syntax(String name, Messages messages) {
        this.name = name;
        this.messages = messages;
    }

    /// Makes the syntax of one command, with the options that every command has.
    static Syntax of(String name, Messages messages) {
        var syntax = new Syntax(name, messages);
        syntax.everywhere();
        return syntax;
    }

    private void everywhere() {
        value("DIR", "--root", "--installroot");
        value("FILE", "--profile");
        value("DIR", "--base");
        values("NAME", "--hide");
        values("ID=URL", "--repo", "--repofrompath");
        value("DIR", "--reposdir");
        values("GLOB", "--enable-repo", "--enablerepo");
        values("GLOB", "--disable-repo", "--disablerepo");
        value("VERSION", "--releasever");
        value("ARCH", "--arch", "--forcearch");
        value("DIR", "--state");
        value("DIR", "--cache");
        values("DIR", "--read-cache");
        flag("--no-weak");
        flag("--best");
        flag("--no-best", "--nobest");
        flag("--allow-erasing", "--allowerasing");
        values("GLOB", "--exclude", "-x");
        value("WHOSE", "--policy");
        values("NAME:STREAM", "--module");
        value("RATE", "--limit-rate");
        add(Takes.MAYBE, "NAME,...", "--allow-unsigned");
        flag("--offline", "-C");
        flag("--one-batch");
        flag("--yes", "-y", "--assumeyes");
        flag("--assumeno");
        flag("--json");
        flag("--quiet", "-q");
        flag("--verbose", "-v");
        flag("--no-color");
        value("LANGUAGE", "--lang");
        flag("--help", "-h");
    }

    /// Declares an option without a value.
    Syntax flag(String... names) {
        return add(Takes.NOTHING, "", names);
    }

    /// Declares an option with a value; of several the last counts.
    Syntax value(String label, String... names) {
        return add(Takes.ONE, label, names);
    }

    /// Declares an option with a value that may be given again and again.
    Syntax values(String label, String... names) {
        return add(Takes.EACH, label, names);
    }

    /// Declares an option with one or more values, each a word of its own: `--install vim git`.
    Syntax several(String label, String... names) {
        return add(Takes.SEVERAL, label + "...", names);
    }

    private Syntax add(Takes takes, String label, String... names) {
        String first = names[0];
        String key = first.startsWith("--") ? first.substring(2) : first;
        var option = new Option(List.of(names), takes, label, messages.text("option." + key));
        options.add(option);
        for (String one : names) {
            if (byName.put(one, option) != null) {
                throw new IllegalArgumentException(name + " declares " + one + " twice");
            }
        }
        return this;
    }

    /// Declares the arguments, at least `min`; `max` < 0 for any number.
    Syntax arguments(String label, int min, int max) {
        String text = messages.text("argument." + label.toLowerCase(Locale.ROOT));
        argument = new Argument(label, min, max, text);
        return this;
    }

    /// Tells whether the word is one of its options.
    boolean knows(String word) {
        return byName.containsKey(word);
    }

    /// Tells whether the word is an option whose value is the next word.
    boolean takesNext(String word) {
        Option option = byName.get(word);
        return option != null && (option.takes() == Takes.ONE || option.takes() == Takes.EACH);
    }

    List<Option> options() {
        return options;
    }

    @Nullable Argument argument() {
        return argument;
    }

    /// Reads the words of a command line behind the command's name.
    ///
    /// Values stand behind an equals sign or in the next word. What follows `--` is no option.
    Given read(List<String> words) throws BadRequest {
        var given = new Given();
        int at = 0;
        while (at < words.size()) {
            String word = words.get(at++);
            if (word.equals("--")) {
                given.arguments().addAll(words.subList(at, words.size()));
                break;
            }
            if (word.length() < 2 || word.charAt(0) != '-') {
                given.arguments().add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String written = equals < 0 ? word : word.substring(0, equals);
            Option option = byName.get(written);
            if (option == null) {
                throw wrong("Unknown option: '" + word + "'");
            }
            @Nullable String value = equals < 0 ? null : word.substring(equals + 1);
            at = read(option, value, words, at, given);
        }
        requireCount(given.arguments());
        return given;
    }

    /// Takes the values of one option and returns where the next word stands.
    private int read(
            Option option, @Nullable String value, List<String> words, int next, Given given)
            throws BadRequest {
        String first = option.names().getFirst();
        switch (option.takes()) {
            case NOTHING -> {
                if (value != null) {
                    throw wrong("option '" + first + "' takes no value, found '" + value + "'");
                }
                given.put(first, "", true);
            }
            case MAYBE -> given.put(first, value == null ? ALL_NAMES : value, true);
            case ONE, EACH -> {
                boolean alone = option.takes() == Takes.ONE;
                if (value != null) {
                    given.put(first, value, alone);
                    return next;
                }
                if (next >= words.size()) {
                    throw missing(option);
                }
                given.put(first, words.get(next), alone);
                return next + 1;
            }
            case SEVERAL -> {
                int at = next;
                if (value != null) {
                    given.put(first, value, false);
                }
                while (at < words.size() && !words.get(at).startsWith("-")) {
                    given.put(first, words.get(at++), false);
                }
                if (value == null && at == next) {
                    throw missing(option);
                }
                return at;
            }
        }
        return next;
    }

    private void requireCount(List<String> arguments) throws BadRequest {
        int max = argument == null ? 0 : argument.max();
        if (argument != null && arguments.size() < argument.min()) {
            throw wrong("Missing required parameter: '" + argument.label() + "'");
        }
        if (max >= 0 && arguments.size() > max) {
            throw wrong("found '" + arguments.get(max) + "', expected nothing more");
        }
    }

    private BadRequest missing(Option option) {
        return wrong(
                "option '"
                        + option.names().getFirst()
                        + "': found no value, expected "
                        + option.label());
    }

    private BadRequest wrong(String what) {
        return new BadRequest(
                (name.isEmpty() ? "" : name + ": ") + what.replaceAll("\\R", " "),
                "`opm help" + (name.isEmpty() ? "" : " " + name) + "` lists what it accepts.");
    }

    /// What was given: options by their first name, and arguments.
    static final class Given {
        private final Map<String, List<String>> values = new HashMap<>();
        private final List<String> arguments = new ArrayList<>();

        private void put(String option, String value, boolean alone) {
            List<String> all = values.get(option);
            if (all == null) {
                all = new ArrayList<>();
                values.put(option, all);
            }
            if (alone) {
                all.clear();
            }
            all.add(value);
        }

        /// Adds an option that another one stands for.
        void also(String option, String value) {
            put(option, value, false);
        }

        /// Tells whether an option was given; named by the first of its names.
        boolean has(String option) {
            return values.containsKey(option);
        }

        /// Returns the value of an option; null when it was not given.
        @Nullable String value(String option) {
            List<String> all = values.get(option);
            return all == null ? null : all.getLast();
        }

        /// Returns the values of an option, in order.
        List<String> values(String option) {
            return values.getOrDefault(option, List.of());
        }

        /// Returns the arguments, in order.
        List<String> arguments() {
            return arguments;
        }
    }
}
