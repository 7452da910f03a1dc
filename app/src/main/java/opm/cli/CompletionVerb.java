package opm.cli;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.words.Messages;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// `opm completion bash|zsh|fish`: a script that completes commands and options.
final class CompletionVerb implements Verb {
    /// Commands whose arguments are packages of repositories.
    private static final List<String> BY_NAME =
            List.of(
                    "install",
                    "remove",
                    "upgrade",
                    "downgrade",
                    "reinstall",
                    "download",
                    "info",
                    "list",
                    "files",
                    "requires",
                    "whatrequires",
                    "repoquery",
                    "provides");

    /// Names of packages come from the sorted lists that `opm refresh` leaves: no JVM starts.
    private static final String BASH_NAMES =
            """

            # Names of packages: one grep over the lists that `opm refresh` leaves.
            _opm_complete() {
              local word verb='' before='' state current=${COMP_WORDS[COMP_CWORD]}
              state=/var/lib/opm
              [ "$(( EUID ))" = 0 ] || state=${XDG_STATE_HOME:-$HOME/.local/state}/opm
              for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case $before in
                  --state) state=$word ;;
                  --root | --profile | --repo | --reposdir | --releasever | --arch | --lang) ;;
                  --exclude | --limit-rate | --enable-repo | --disable-repo) ;;
                  *) case $word in -*) ;; *) [ -n "$verb" ] || verb=$word ;; esac ;;
                esac
                before=$word
              done
              case $verb in
                VERBS)
                  case $current in
                    '' | -* | *[!A-Za-z0-9._+-]*) ;;
                    *)
                      COMPREPLY=($(LC_ALL=C grep -sh "^${current//./\\\\.}" "$state"/repos/*/names |
                        LC_ALL=C sort -u))
                      return 0
                      ;;
                  esac
                  ;;
              esac
              _complete_opm
            }
            complete -F _opm_complete -o default opm
            """;

    private static final String FISH_NAMES =
            """
            function __opm_names
                set -l current (commandline -ct | string escape --style=regex)
                test -n "$current"; or return
                set -l state $HOME/.local/state/opm
                test -n "$XDG_STATE_HOME"; and set state $XDG_STATE_HOME/opm
                fish_is_root_user; and set state /var/lib/opm
                cat $state/repos/*/names 2>/dev/null | LC_ALL=C grep "^$current" | LC_ALL=C sort -u
            end
            complete -c opm -n '__fish_seen_subcommand_from VERBS' -a '(__opm_names)'
            """;

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
            case "bash", "zsh" -> {
                out.print(
                        AutoComplete.bash("opm", new CommandLine(tree(session.messages())))
                                .replaceAll("(?m)^# .*Generated.*\\R", ""));
                out.print(BASH_NAMES.replace("VERBS", String.join("|", BY_NAME)));
            }
            case "fish" -> {
                fish(session.messages(), out);
                out.print(FISH_NAMES.replace("VERBS", String.join(" ", BY_NAME)));
            }
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
            CommandSpec spec = spec(last, syntax);
            parent.addSubcommand(last, spec);
            if (words.length == 1) {
                families.put(last, spec); // `profile` does something, and `profile show` too
            }
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
