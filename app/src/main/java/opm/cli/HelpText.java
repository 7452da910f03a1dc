package opm.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// Writes the help: of all commands, or of one.
final class HelpText {
    private static final int NAME_COLUMNS = 22;
    private static final int OPTION_COLUMNS = 30;
    private final PrintStream out;
    private final Messages messages;

    HelpText(PrintStream out, Messages messages) {
        this.out = out;
        this.messages = messages;
    }

    /// Lists the commands, a heading over each group.
    void ofAll() {
        out.println(messages.text("help.what"));
        out.println();
        out.println(messages.text("help.usage") + " opm COMMAND [OPTION]... [ARGUMENT]...");
        for (Verbs.Group group : Verbs.Group.values()) {
            List<Verbs.Entry> entries =
                    Verbs.ALL.stream().filter(entry -> entry.group() == group).toList();
            if (entries.isEmpty()) {
                continue;
            }
            out.println();
            out.println(messages.text("help.group." + group.name().toLowerCase(Locale.ROOT)));
            for (Verbs.Entry entry : entries) {
                row(NAME_COLUMNS, entry.name(), messages.text("command." + entry.key()));
            }
        }
        out.println();
        out.println(messages.text("help.more"));
    }

    /// Lists the commands whose first word is this one.
    void ofFamily(String word) {
        for (Verbs.Entry entry : Verbs.ALL) {
            if (entry.name().startsWith(word + " ")) {
                row(NAME_COLUMNS, entry.name(), messages.text("command." + entry.key()));
            }
        }
    }

    /// Shows what one command accepts.
    void ofVerb(Verbs.Entry entry, Syntax syntax) {
        var own = new java.util.ArrayList<OptionSpec>();
        var everywhere = new java.util.ArrayList<OptionSpec>();
        var common = Syntax.of("", messages).spec().optionsMap().keySet();
        for (OptionSpec option : syntax.spec().options()) {
            (common.contains(option.longestName()) ? everywhere : own).add(option);
        }
        var usage = new StringBuilder("opm " + entry.name() + " [OPTION]...");
        for (PositionalParamSpec argument : syntax.spec().positionalParameters()) {
            boolean optional = argument.arity().min() == 0;
            usage.append(optional ? " [" : " ")
                    .append(argument.paramLabel())
                    .append(optional ? "]" : "")
                    .append(argument.arity().max() > 1 ? "..." : "");
        }
        out.println(messages.text("command." + entry.key()));
        out.println();
        out.println(messages.text("help.usage") + " " + usage);
        if (!syntax.spec().positionalParameters().isEmpty()) {
            out.println();
            for (PositionalParamSpec argument : syntax.spec().positionalParameters()) {
                row(OPTION_COLUMNS, argument.paramLabel(), argument.description()[0]);
            }
        }
        options("help.options", own);
        options("help.everywhere", everywhere);
    }

    private void options(String heading, List<OptionSpec> options) {
        if (options.isEmpty()) {
            return;
        }
        out.println();
        out.println(messages.text(heading));
        for (OptionSpec option : options) {
            String names = String.join(", ", option.names());
            String label =
                    option.arity().max() == 0
                            ? ""
                            : option.arity().min() == 0
                                    ? "[=" + option.paramLabel() + "]"
                                    : " " + option.paramLabel();
            row(OPTION_COLUMNS, names + label, option.description()[0]);
        }
    }

    private void row(int columns, String left, String right) {
        if (left.length() > columns) {
            out.println("  " + left);
            out.println(" ".repeat(columns + 4) + right);
        } else {
            out.println("  " + left + " ".repeat(columns + 2 - left.length()) + right);
        }
    }
}
