package opm.cli;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

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
            parent.addSubcommand(last, spec(last, syntax));
        }
        return root;
    }

    private static CommandSpec spec(String name, Syntax syntax) {
        CommandSpec spec = CommandSpec.create().name(name);
        for (Syntax.Option option : syntax.options()) {
            String arity =
                    switch (option.takes()) {
                        case NOTHING -> "0";
                        case MAYBE -> "0..1";
                        case ONE, EACH -> "1";
                        case SEVERAL -> "1..*";
                    };
            boolean many = option.takes() == Syntax.Takes.EACH || arity.equals("1..*");
            var builder =
                    OptionSpec.builder(option.names().toArray(String[]::new))
                            .description(option.text())
                            .arity(arity);
            if (option.takes() == Syntax.Takes.NOTHING) {
                builder.type(boolean.class);
            } else {
                builder.type(many ? List.class : String.class).paramLabel(option.label());
                if (many) {
                    builder.auxiliaryTypes(String.class);
                }
            }
            spec.addOption(builder.build());
        }
        Syntax.Argument argument = syntax.argument();
        if (argument != null) {
            String most = argument.max() < 0 ? "*" : String.valueOf(argument.max());
            spec.addPositional(
                    PositionalParamSpec.builder()
                            .type(List.class)
                            .auxiliaryTypes(String.class)
                            .paramLabel(argument.label())
                            .arity(argument.min() + ".." + most)
                            .index("0..*")
                            .description(argument.text())
                            .build());
        }
        return spec;
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
            for (Syntax.Option option : syntax.options()) {
                String name = option.names().getFirst().replaceFirst("^--", "");
                boolean file = option.label().matches("DIR|FILE|FOLDER");
                String value = file ? " -r -F" : " -x";
                value = option.takes() == Syntax.Takes.NOTHING ? "" : value;
                out.println(
                        "complete -c opm -n "
                                + seen
                                + " -l "
                                + name
                                + value
                                + " -d "
                                + quoted(option.text()));
            }
        }
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
