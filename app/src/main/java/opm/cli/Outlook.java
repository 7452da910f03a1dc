package opm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Nevra;
import opm.base.OpmException.Refused;
import opm.preflight.Finding;
import opm.preflight.Finding.Worry;
import opm.preflight.Report;
import opm.words.Messages;

/// Says what the look ahead found.
final class Outlook {
    private static final int MOST_LINES = 40;

    private final Screen screen;
    private final Messages messages;

    Outlook(Session session) {
        screen = session.screen();
        messages = session.messages();
    }

    /// Shows what somebody has to know before a change; nothing when all is as usual.
    void show(Report report) {
        findings(report, false);
        if (!report.hasRoom()) {
            room(report);
        }
    }

    /// Shows everything, as `opm check` does.
    void showAll(Report report) {
        findings(report, true);
        keys(report);
        scripts(report);
        room(report);
        screen.line("");
    }

    /// Shows which scripts seem to want the network or somebody at the keyboard.
    void showScripts(Report report) {
        lines("ahead.notes", worries(report));
    }

    private TreeSet<String> worries(Report report) {
        var notes = new TreeSet<String>();
        for (Finding finding : report.findings()) {
            if (finding instanceof Finding.Script script && !script.worries().isEmpty()) {
                notes.add(sentence(script));
            }
        }
        return notes;
    }

    /// Writes the same into a document.
    void writeScripts(Report report, Json json) {
        json.texts("worries", List.copyOf(worries(report)));
    }

    /// @throws Refused when rpm would refuse or break off
    void requireNoObstacle(Report report) throws Refused {
        long count = report.findings().stream().filter(Finding::stops).count();
        if (count > 0) {
            throw new Refused(
                    messages.count("ahead.stops", count), messages.text("ahead.stops.hint"));
        }
    }

    /// @throws Refused when rpm would refuse or break off, or a disk is too full
    void requireClear(Report report) throws Refused {
        requireNoObstacle(report);
        for (Report.Need need : report.needs()) {
            if (!need.fits()) {
                boolean bytes = need.peakBytes() + need.reserveBytes() > need.freeBytes();
                throw new Refused(
                        bytes
                                ? messages.text(
                                        "ahead.no-room",
                                        need.mount(),
                                        Screen.size(need.peakBytes() + need.reserveBytes()),
                                        Screen.size(need.freeBytes()))
                                : messages.text(
                                        "ahead.no-inodes",
                                        need.mount(),
                                        need.peakInodes(),
                                        need.freeInodes()),
                        messages.text("ahead.no-room.hint"));
            }
        }
    }

    private void findings(Report report, boolean all) {
        var stops = new TreeSet<String>();
        var configs = new TreeSet<String>();
        var notes = new TreeSet<String>();
        for (Finding finding : report.findings()) {
            switch (finding) {
                case Finding.Config config -> configs.add(sentence(config));
                case Finding.Script script -> {
                    if (!script.worries().isEmpty()) {
                        notes.add(sentence(script));
                    }
                }
                case Finding.Unsigned unsigned -> {
                    if (all) {
                        notes.add(sentence(unsigned));
                    }
                }
                case Finding.Signed signed -> {
                    if (signed.stops()) {
                        stops.add(sentence(signed));
                    }
                }
                case Finding.Clash _,
                        Finding.Blocked _,
                        Finding.Feature _,
                        Finding.Running _,
                        Finding.Unbootable _ ->
                        (finding.stops() ? stops : notes).add(sentence(finding));
            }
        }
        lines("ahead.in-the-way", stops);
        lines("ahead.configs", configs);
        lines("ahead.notes", notes);
    }

    private void lines(String heading, TreeSet<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        screen.line("");
        screen.say(heading);
        lines.stream()
                .limit(MOST_LINES)
                .forEach(line -> screen.line("  - " + Screen.harmless(line)));
        if (lines.size() > MOST_LINES) {
            screen.line("  " + messages.text("list.more", lines.size() - MOST_LINES));
        }
    }

    private void keys(Report report) {
        var keys = new TreeSet<String>();
        for (Finding finding : report.findings()) {
            if (finding instanceof Finding.Signed signed && !signed.stops()) {
                keys.add(sentence(signed));
            }
        }
        lines("ahead.keys", keys);
    }

    private void scripts(Report report) {
        var byPackage = new TreeMap<String, TreeSet<String>>();
        for (Finding finding : report.findings()) {
            if (finding instanceof Finding.Script script) {
                String language =
                        script.interpreter().equals("/bin/sh") ? "" : " " + script.interpreter();
                byPackage
                        .computeIfAbsent(brief(script.pkg()), _ -> new TreeSet<>())
                        .add(script.when() + language);
            }
        }
        if (byPackage.isEmpty()) {
            return;
        }
        screen.line("");
        screen.say("ahead.scripts");
        byPackage.forEach((pkg, all) -> screen.line("  " + pkg + ": " + String.join(", ", all)));
    }

    private void room(Report report) {
        if (report.needs().isEmpty()) {
            return;
        }
        screen.line("");
        var rows = new ArrayList<List<String>>();
        rows.add(
                List.of(
                        messages.text("ahead.room"),
                        messages.text("ahead.peak"),
                        messages.text("ahead.after"),
                        messages.text("ahead.free")));
        for (Report.Need need : report.needs()) {
            rows.add(
                    List.of(
                            need.mount(),
                            Screen.size(need.peakBytes() + need.reserveBytes()),
                            (need.afterBytes() < 0 ? "-" : "+")
                                    + Screen.size(Math.abs(need.afterBytes())),
                            Screen.size(need.freeBytes())));
        }
        new Columns(screen).print(rows);
    }

    String sentence(Finding finding) {
        return switch (finding) {
            case Finding.Clash(var path, var pkg, var other, var installed) ->
                    messages.text(
                            installed ? "ahead.clash-installed" : "ahead.clash",
                            path,
                            brief(pkg),
                            brief(other));
            case Finding.Blocked(var path, var pkg, var why) ->
                    messages.text("ahead." + word(why), path, brief(pkg));
            case Finding.Config config ->
                    messages.text(
                            switch (config.fate()) {
                                case RPMNEW -> "ahead.rpmnew";
                                case RPMSAVE -> "ahead.rpmsave";
                                default -> "ahead.rpmorig";
                            },
                            config.path(),
                            config.besides(),
                            brief(config.pkg()));
            case Finding.Script(var pkg, var when, _, var worries) ->
                    messages.text(
                            worries.contains(Worry.NETWORK) ? "ahead.fetches" : "ahead.asks",
                            brief(pkg),
                            when);
            case Finding.Feature(var pkg, var feature) ->
                    messages.text("ahead.feature", brief(pkg), feature);
            case Finding.Unsigned(var pkg) -> messages.text("ahead.unsigned", brief(pkg));
            case Finding.Signed(var key, var owner, var packages) ->
                    owner.isEmpty()
                            ? messages.text("ahead.unknown-key", key, packages)
                            : messages.text("ahead.key", key, owner, packages);
            case Finding.Running(var pkg) -> messages.text("ahead.running", brief(pkg));
            case Finding.Unbootable(var pkg, var missing) ->
                    messages.text("ahead.unbootable", brief(pkg), missing);
        };
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<String> words(Set<Worry> worries) {
        return worries.stream().map(Outlook::word).sorted().toList();
    }

    private static String brief(String full) {
        return Nevra.parse(full).toString();
    }

    /// Writes what was found into a document.
    void write(Report report, Json json) {
        json.beginList("findings");
        for (Finding finding : report.findings()) {
            json.beginItem().text("kind", kind(finding)).text("text", text(finding));
            json.flag("stops", finding.stops());
            facts(finding, json);
            json.end();
        }
        json.endList();
        json.beginList("room");
        for (Report.Need need : report.needs()) {
            json.beginItem()
                    .text("mount", need.mount())
                    .number("peakBytes", need.peakBytes())
                    .number("reserveBytes", need.reserveBytes())
                    .number("afterBytes", need.afterBytes())
                    .number("freeBytes", need.freeBytes())
                    .number("peakInodes", need.peakInodes())
                    .number("freeInodes", need.freeInodes())
                    .end();
        }
        json.endList();
    }

    private String text(Finding finding) {
        return finding instanceof Finding.Script script && script.worries().isEmpty()
                ? script.pkg() + " " + script.when()
                : sentence(finding);
    }

    private static String kind(Finding finding) {
        return switch (finding) {
            case Finding.Clash _ -> "clash";
            case Finding.Blocked _ -> "blocked";
            case Finding.Config _ -> "config";
            case Finding.Script _ -> "script";
            case Finding.Feature _ -> "feature";
            case Finding.Unsigned _ -> "unsigned";
            case Finding.Signed _ -> "signed";
            case Finding.Running _ -> "running";
            case Finding.Unbootable _ -> "unbootable";
        };
    }

    private static void facts(Finding finding, Json json) {
        switch (finding) {
            case Finding.Clash(var path, var pkg, var other, var installed) ->
                    json.text("path", path)
                            .text("package", pkg)
                            .text("other", other)
                            .flag("otherInstalled", installed);
            case Finding.Blocked(var path, var pkg, var why) ->
                    json.text("path", path).text("package", pkg).text("why", word(why));
            case Finding.Config(var path, var pkg, var fate) ->
                    json.text("path", path).text("package", pkg).text("suffix", fate.suffix());
            case Finding.Script(var pkg, var when, var interpreter, var worries) ->
                    json.text("package", pkg)
                            .text("when", when)
                            .text("interpreter", interpreter)
                            .texts("worries", words(worries));
            case Finding.Feature(var pkg, var feature) ->
                    json.text("package", pkg).text("feature", feature);
            case Finding.Unsigned(var pkg) -> json.text("package", pkg);
            case Finding.Signed(var key, var owner, var packages) ->
                    json.text("key", key)
                            .text("owner", owner)
                            .number("packages", packages);
            case Finding.Running(var pkg) -> json.text("package", pkg);
            case Finding.Unbootable(var pkg, var missing) ->
                    json.text("package", pkg).text("missing", missing);
        }
    }
}
