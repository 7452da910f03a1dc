package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.pkgset.PackageSet;

/// `opm set info FILE`: what a package set holds, section by section; `opm set check FILE`: reads
/// every byte of it.
final class SetInfoVerb implements Verb {
    private final boolean check;

    SetInfoVerb(boolean check) {
        this.check = check;
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("FILE", 1, check ? -1 : 1);
    }

    static List<PackageSet> open(List<String> files) throws OpmException {
        var sets = new ArrayList<PackageSet>();
        for (String file : files) {
            sets.add(PackageSet.open(Path.of(file)));
        }
        return sets;
    }

    @Override
    public int run(Session session) throws OpmException {
        for (PackageSet set : open(session.arguments())) {
            if (check) {
                set.check();
            }
            if (session.settings().json()) {
                try (Json json = session.json()) {
                    describe(json, set);
                }
            } else if (check) {
                session.screen().say("set.whole", set.digest().hex());
            } else {
                print(session, set);
            }
        }
        return 0;
    }

    static void describe(Json json, PackageSet set) {
        json.text("digest", set.digest().hex())
                .number("bytes", set.fileBytes())
                .number("coreBytes", coreBytes(set))
                .number("packages", set.packageCount())
                .number("strings", set.stringCount())
                .number("relations", set.relationCount())
                .beginList("sections");
        for (PackageSet.SectionInfo section : set.sections()) {
            json.beginItem()
                    .text("name", section.name())
                    .number("rows", section.count())
                    .number("rowBytes", section.rowBytes())
                    .number("bytes", section.bytes())
                    .flag("required", section.required())
                    .end();
        }
        json.endList();
    }

    /// Returns the bytes of the sections without which there is no set.
    private static long coreBytes(PackageSet set) {
        return set.sections().stream()
                .filter(PackageSet.SectionInfo::required)
                .mapToLong(PackageSet.SectionInfo::bytes)
                .sum();
    }

    private static void print(Session session, PackageSet set) {
        Screen screen = session.screen();
        screen.say("set.digest", set.digest().hex());
        screen.say(
                "set.holds",
                session.messages().count("refresh.packages", set.packageCount()),
                set.stringCount(),
                set.relationCount(),
                Screen.size(set.fileBytes()));
        screen.say("set.core", Screen.size(coreBytes(set)));
        screen.line("");
        var rows = new ArrayList<List<String>>();
        for (PackageSet.SectionInfo section : set.sections()) {
            rows.add(
                    List.of(
                            section.name(),
                            section.count() + " x " + section.rowBytes(),
                            Screen.size(section.bytes()),
                            session.messages()
                                    .text(section.required() ? "set.required" : "set.optional")));
        }
        new Columns(screen).print(rows);
    }
}
