package opm.cli;

import java.io.PrintStream;
import java.util.HashMap;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// `opm completion bash|zsh|fish`: a script that completes commands and options.
final class CompletionVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("SHELL", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String shell = session.arguments().getFirst();
        PrintStream out = session.outside().out();
        switch (shell) {
            // picocli's script also runs in zsh: it switches zsh's emulation of bash on.
            case "bash", "zsh" ->
                    out.print(
                            AutoComplete.bash("opm", new CommandLine(tree(session.messages())))
                                    .replaceAll("(?m)^# .*Generated.*\\R", ""));
            case "fish" -> fish(session.messages(), out);
            default ->
                    throw new BadRequest(
                            "completion: found '" + shell + "', expected bash, zsh or fish",
                            "For example `opm completion bash`.");
        }
        return 0;
    }

    /// Builds the whole tree of commands, which no other command needs.
    private static CommandSpec tree(Messages messages) {
        CommandSpec root = CommandSpec.create().name("opm");
        var families = new HashMap<String, CommandSpec>();
        for (Verbs.Entry entry : Verbs.ALL) {
            var syntax = Syntax.of(entry.name(), messages);
            entry.make().accept(syntax);
            String[] words = entry.name().split(" ");
            CommandSpec parent = root;
            if (words.length > 1) {
                parent =
                        families.computeIfAbsent(
                                words[0],
                                name -> {
                                    CommandSpec family = CommandSpec.create().name(name);
                                    root.addSubcommand(name, family);
                                    return family;
                                });
            }
            String last = words[words.length - 1];
            parent.addSubcommand(last, syntax.spec().name(last));
        }
        return root;
    }

    private static void fish(Messages messages, PrintStream out) {
        out.println("complete -c opm -f");
        for (Verbs.Entry entry : Verbs.ALL) {
            String[] words = entry.name().split(" ");
            String description = quoted(messages.text("command." + entry.key()));
            String seen;
            if (words.length == 1) {
                out.println(
                        "complete -c opm -n __fish_use_subcommand -a "
                                + words[0]
                                + " -d "
                                + description);
                seen = "'__fish_seen_subcommand_from " + words[0] + "'";
            } else {
                out.println("complete -c opm -n __fish_use_subcommand -a " + words[0]);
                seen = "'__fish_seen_subcommand_from " + words[0] + "'";
                out.println(
                        "complete -c opm -n " + seen + " -a " + words[1] + " -d " + description);
            }
            var syntax = Syntax.of(entry.name(), messages);
            entry.make().accept(syntax);
            for (OptionSpec option : syntax.spec().options()) {
                String name = option.longestName().replaceFirst("^--", "");
                boolean file = option.paramLabel().matches("DIR|FILE|FOLDER");
                out.println(
                        "complete -c opm -n "
                                + seen
                                + " -l "
                                + name
                                + (option.arity().max() > 0 ? (file ? " -r -F" : " -x") : "")
                                + " -d "
                                + quoted(option.description()[0]));
            }
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
