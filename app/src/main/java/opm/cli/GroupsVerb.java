package opm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import opm.base.OpmException;
import opm.engine.GroupPackages;
import opm.rpmmd.Group;
import opm.solve.Request;

/// `opm group list`, `opm group info GROUP...`, `opm group install GROUP...`.
final class GroupsVerb implements Verb {
    private final Act act;

    GroupsVerb(Act act) {
        this.act = act;
    }

    enum Act {
        LIST,
        INFO,
        INSTALL
    }

    @Override
    public void accept(Syntax syntax) {
        switch (act) {
            case LIST -> syntax.flag("--hidden").arguments("GROUP", 0, -1);
            case INFO -> syntax.arguments("GROUP", 1, -1);
            case INSTALL -> {
                syntax.flag("--with-optional").flag("--download-only", "--downloadonly");
                syntax.arguments("GROUP", 1, -1);
            }
        }
    }

    @Override
    public int run(Session session) throws OpmException {
        var groups = new GroupPackages(session.engine());
        session.progress().clear();
        List<Group> wanted = groups.called(session.arguments());
        return switch (act) {
            case LIST -> {
                boolean some = !session.arguments().isEmpty() || session.has("--hidden");
                list(session, wanted.stream().filter(group -> some || group.visible()).toList());
                yield 0;
            }
            case INFO -> {
                info(session, wanted);
                yield 0;
            }
            case INSTALL -> install(session, groups, wanted);
        };
    }

    private static void list(Session session, List<Group> groups) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("groups");
                for (Group group : groups) {
                    json.beginItem().text("id", group.id()).text("name", group.name());
                    json.flag("environment", group.isEnvironment()).end();
                }
                json.endList();
            }
            return;
        }
        for (boolean environment : new boolean[] {true, false}) {
            List<Group> some =
                    groups.stream().filter(group -> group.isEnvironment() == environment).toList();
            if (!some.isEmpty()) {
                Screen screen = session.screen();
                String key = environment ? "group.environments" : "group.groups";
                screen.line(screen.bold(screen.messages().text(key)));
                var rows = new ArrayList<List<String>>();
                some.forEach(group -> rows.add(List.of(group.id(), group.name())));
                new Columns(screen).print(rows);
            }
        }
    }

    private static void info(Session session, List<Group> groups) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("groups");
                for (Group group : groups) {
                    json.beginItem()
                            .text("id", group.id())
                            .text("name", group.name())
                            .text("description", group.description());
                    for (Group.Part part : Group.Part.values()) {
                        json.texts(word(part), group.names(part));
                    }
                    json.texts("groups", group.groups());
                    json.texts("optionalGroups", group.optional()).end();
                }
                json.endList();
            }
            return;
        }
        Screen screen = session.screen();
        for (Group group : groups) {
            screen.line(screen.bold(group.name()) + " (" + group.id() + ")");
            if (!group.description().isEmpty()) {
                screen.line("  " + group.description());
            }
            for (Group.Part part : Group.Part.values()) {
                names(screen, "group." + word(part), group.names(part));
            }
            names(screen, "group.groups", group.groups());
            names(screen, "group.optional-groups", group.optional());
        }
    }

    private static String word(Group.Part part) {
        return part.name().toLowerCase(Locale.ROOT);
    }

    private static void names(Screen screen, String key, List<String> names) {
        if (!names.isEmpty()) {
            screen.line(" " + screen.messages().text(key));
            names.stream().sorted().forEach(name -> screen.line("   " + name));
        }
    }

    private static int install(Session session, GroupPackages groups, List<Group> wanted)
            throws OpmException {
        var request = new Request(groups.items(wanted, session.has("--with-optional")));
        List<String> asked =
                session.arguments().stream().map(word -> "group install " + word).toList();
        return new Changing(session).run(request, asked);
    }
}
