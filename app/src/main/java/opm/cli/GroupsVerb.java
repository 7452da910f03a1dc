package opm.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.pkgset.PackageSet;
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
        List<Group> all = session.engine().groups();
        session.progress().clear();
        List<Group> wanted = wanted(all, session.arguments());
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
            case INSTALL -> install(session, all, wanted);
        };
    }

    static List<Group> wanted(List<Group> all, List<String> words) throws BadRequest {
        if (words.isEmpty()) {
            return all;
        }
        var wanted = new ArrayList<Group>();
        for (String word : words) {
            List<Group> found = all.stream().filter(group -> isCalled(group, word)).toList();
            if (found.isEmpty()) {
                throw new BadRequest(
                        "group '" + word + "': found none of that id or name, expected one",
                        "`opm group list --hidden` lists all of them.");
            }
            wanted.addAll(found);
        }
        return wanted;
    }

    private static boolean isCalled(Group group, String word) {
        return group.id().equals(word) || group.name().equalsIgnoreCase(word);
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

    /// Installs what belongs to groups, as dnf does: mandatory and default packages, conditional
    /// ones where their condition holds, and passes over what the repositories do not have.
    private static int install(Session session, List<Group> all, List<Group> wanted)
            throws OpmException {
        var names = new java.util.TreeSet<String>();
        for (Group group : wanted) {
            for (Group part : parts(all, group)) {
                names.addAll(part.names(Group.Part.MANDATORY));
                names.addAll(part.names(Group.Part.DEFAULT));
                if (session.has("--with-optional")) {
                    names.addAll(part.names(Group.Part.OPTIONAL));
                }
            }
        }
        Set<String> there = new HashSet<>(names);
        PackageSet installed = session.engine().installed();
        for (int pkg = 0; pkg < installed.packageCount(); pkg++) {
            there.add(installed.nevra(pkg).name());
        }
        for (Group group : wanted) {
            for (Group part : parts(all, group)) {
                for (Group.Member member : part.packages()) {
                    if (member.part() == Group.Part.CONDITIONAL && there.contains(member.where())) {
                        names.add(member.name());
                    }
                }
            }
        }
        var items = new ArrayList<Request.Item>();
        for (String name : Look.offered(session).present(names)) {
            items.add(new Request.Item(Request.Verb.INSTALL, name));
        }
        List<String> asked =
                session.arguments().stream().map(word -> "group install " + word).toList();
        return new Changing(session).run(new Request(items), asked);
    }

    private static List<Group> parts(List<Group> all, Group group) {
        return group.isEnvironment()
                ? all.stream().filter(part -> group.groups().contains(part.id())).toList()
                : List.of(group);
    }
}
