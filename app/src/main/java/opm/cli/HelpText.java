package opm.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import opm.words.Messages;

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
        var own = new ArrayList<Syntax.Option>();
        var everywhere = new ArrayList<Syntax.Option>();
        Syntax common = Syntax.of("", messages);
        for (Syntax.Option option : syntax.options()) {
            (common.knows(option.names().getFirst()) ? everywhere : own).add(option);
        }
        var usage = new StringBuilder("opm " + entry.name() + " [OPTION]...");
        Syntax.Argument argument = syntax.argument();
        if (argument != null) {
            boolean optional = argument.min() == 0;
            usage.append(optional ? " [" : " ")
                    .append(argument.label())
                    .append(optional ? "]" : "")
                    .append(argument.max() < 0 || argument.max() > 1 ? "..." : "");
        }
        out.println(messages.text("command." + entry.key()));
        out.println();
        out.println(messages.text("help.usage") + " " + usage);
        if (argument != null) {
            out.println();
            row(OPTION_COLUMNS, argument.label(), argument.text());
        }
        options("help.options", own);
        options("help.everywhere", everywhere);
    }

    private void options(String heading, List<Syntax.Option> options) {
        if (options.isEmpty()) {
            return;
        }
        out.println();
        out.println(messages.text(heading));
        for (Syntax.Option option : options) {
            String label =
                    switch (option.takes()) {
                        case NOTHING -> "";
                        case MAYBE -> "[=" + option.label() + "]";
                        case ONE, EACH, SEVERAL -> " " + option.label();
                    };
            row(OPTION_COLUMNS, String.join(", ", option.names()) + label, option.text());
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
