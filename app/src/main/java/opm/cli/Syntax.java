package opm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// What may follow a command: built by hand for picocli, because reading annotations by reflection
/// costs more than parsing.
///
/// The description of an option is the message `option.NAME`, of a command `command.NAME`.
final class Syntax {
    /// Marks a `--allow-unsigned` without names: all packages of this request.
    static final String ALL_NAMES = "*";

    private final CommandSpec spec;
    private final Messages messages;
    private final Set<String> valued = new java.util.HashSet<>();

    private Syntax(CommandSpec spec, Messages messages) {
        this.spec = spec;
        this.messages = messages;
    }

    /// Makes the syntax of one command, with the options that every command has.
    static Syntax of(String name, Messages messages) {
        var spec = CommandSpec.create().name("opm" + (name.isEmpty() ? "" : " " + name));
        var syntax = new Syntax(spec, messages);
        syntax.everywhere();
        return syntax;
    }

    private void everywhere() {
        value("DIR", "--root", "--installroot");
        value("FILE", "--profile");
        values("ID=URL", "--repo", "--repofrompath");
        value("DIR", "--reposdir");
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
        value("RATE", "--limit-rate");
        optional("NAME,...", "--allow-unsigned");
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
        spec.addOption(option(names).type(boolean.class).arity("0").build());
        return this;
    }

    /// Declares an option with a value.
    Syntax value(String label, String... names) {
        valued.addAll(List.of(names));
        spec.addOption(option(names).type(String.class).arity("1").paramLabel(label).build());
        return this;
    }

    /// Declares an option with a value that may be given again and again.
    Syntax values(String label, String... names) {
        valued.addAll(List.of(names));
        spec.addOption(
                option(names)
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .arity("1")
                        .paramLabel(label)
                        .build());
        return this;
    }

    /// Declares an option with one or more values, each a word of its own: `--install vim git`.
    Syntax several(String label, String... names) {
        spec.addOption(
                option(names)
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .arity("1..*")
                        .paramLabel(label + "...")
                        .build());
        return this;
    }

    private void optional(String label, String name) {
        spec.addOption(
                option(name)
                        .type(String.class)
                        .arity("0..1")
                        .fallbackValue(ALL_NAMES)
                        .paramLabel(label)
                        .build());
    }

    private OptionSpec.Builder option(String... names) {
        String key = "option." + names[0].replaceFirst("^--", "");
        return OptionSpec.builder(names).description(messages.text(key));
    }

    /// Declares the arguments, at least `min`; `max` < 0 for any number.
    Syntax arguments(String label, int min, int max) {
        spec.addPositional(
                PositionalParamSpec.builder()
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .paramLabel(label)
                        .arity(min + ".." + (max < 0 ? "*" : max))
                        .required(min > 0)
                        .index("0..*")
                        .description(
                                messages.text(
                                        "argument." + label.toLowerCase(java.util.Locale.ROOT)))
                        .build());
        return this;
    }

    /// Tells whether the word is one of its options.
    boolean knows(String word) {
        return spec.optionsMap().containsKey(word);
    }

    /// Tells whether the word is an option whose value is the next word.
    boolean takesNext(String word) {
        return valued.contains(word);
    }

    CommandSpec spec() {
        return spec;
    }

    /// Makes the parser. The bare form of `--allow-unsigned` takes no following word.
    CommandLine parser() {
        return new CommandLine(spec)
                .setPosixClusteredShortOptionsAllowed(false)
                .setUsageHelpAutoWidth(false)
                .setOverwrittenOptionsAllowed(true);
    }

    /// Returns the words with a bare `--allow-unsigned` written out, which picocli would otherwise
    /// feed with the word after it.
    static List<String> prepared(List<String> words) {
        var prepared = new ArrayList<String>(words.size());
        for (String word : words) {
            prepared.add(word.equals("--allow-unsigned") ? word + "=" + ALL_NAMES : word);
        }
        return prepared;
    }
}
