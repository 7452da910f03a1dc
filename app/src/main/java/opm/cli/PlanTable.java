package opm.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.base.Nevra;
import opm.engine.Solution;
import opm.pkgset.PackageRef;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.solve.Reason;
import opm.words.Messages;
import org.jspecify.annotations.Nullable;

/// Shows a plan the way that dnf users know: a table by kind of change, then the totals.
final class PlanTable {
    private static final int USUAL_WIDTH = 80;
    private static final int LEAST_NAME = 12;
    private static final String INDENT = " ";

    /// The headings, in the order of dnf's table.
    private enum Kind {
        INSTALL("install"),
        REINSTALL("reinstall"),
        UPGRADE("upgrade"),
        DEPENDENCY("install"),
        WEAK("install"),
        REMOVE("remove"),
        REMOVE_DEPENDENT("remove"),
        REMOVE_UNUSED("remove"),
        DOWNGRADE("downgrade");

        /// The line of the summary that counts it.
        final String counted;

        Kind(String counted) {
            this.counted = counted;
        }
    }

    private record Row(Nevra pkg, String repo, long sizeBytes, List<Nevra> replaces) {}

    private final Screen screen;
    private final Messages messages;
    private final Plan plan;
    private final Map<Nevra, PackageRef> coming;
    private final Map<Nevra, PackageRef> leaving;
    private final Map<Nevra, Reason> reasons;
    private final Map<Digest, Artifact> artifacts;
    private final Map<Kind, List<Row>> rows = new EnumMap<>(Kind.class);

    PlanTable(Screen screen, Solution solution, Plan plan) {
        this(screen, plan, solution.coming(), solution.leaving(), solution.reasons());
    }

    /// Makes a table of a plan of which nothing more is known, as it comes out of a bundle.
    PlanTable(Screen screen, Plan plan) {
        this(screen, plan, Map.of(), Map.of(), Map.of());
    }

    private PlanTable(
            Screen screen,
            Plan plan,
            Map<Nevra, PackageRef> coming,
            Map<Nevra, PackageRef> leaving,
            Map<Nevra, Reason> reasons) {
        this.screen = screen;
        this.messages = screen.messages();
        this.plan = plan;
        this.coming = coming;
        this.leaving = leaving;
        this.reasons = reasons;
        artifacts = plan.artifactsByDigest();
        for (Batch batch : plan.batches()) {
            batch.steps().forEach(this::add);
        }
        for (List<Row> some : rows.values()) {
            some.sort((one, two) -> one.pkg().compareTo(two.pkg()));
        }
    }

    private void add(Step step) {
        // No switch over the kinds, for the reason given in opm.plan.Step.
        if (step instanceof Step.Install(var pkg, var rpm, var reason)) {
            add(
                    switch (reason) {
                        case USER, GROUP -> Kind.INSTALL;
                        case DEPENDENCY -> Kind.DEPENDENCY;
                        case WEAK -> Kind.WEAK;
                    },
                    pkg,
                    rpm);
        } else if (step instanceof Step.Upgrade(_, var to, var rpm)) {
            add(Kind.UPGRADE, to, rpm);
        } else if (step instanceof Step.Downgrade(_, var to, var rpm)) {
            add(Kind.DOWNGRADE, to, rpm);
        } else if (step instanceof Step.Reinstall(var pkg, var rpm)) {
            add(Kind.REINSTALL, pkg, rpm);
        } else if (step instanceof Step.Erase(var pkg)) {
            erase(pkg);
        }
        // What is replaced stands below the package that replaces it.
    }

    private void add(Kind kind, Nevra pkg, Digest rpm) {
        Artifact artifact = artifacts.get(rpm);
        String repo = artifact == null ? "" : artifact.repo();
        long bytes = artifact == null ? 0 : artifact.sizeBytes();
        put(kind, new Row(pkg, repo, bytes, replacedBy(pkg)));
    }

    private void erase(Nevra pkg) {
        Reason reason = reasons.get(pkg);
        Kind kind =
                reason == null
                        ? Kind.REMOVE
                        : switch (reason.kind()) {
                            case UNNEEDED -> Kind.REMOVE_UNUSED;
                            case BROKEN, CONFLICT -> Kind.REMOVE_DEPENDENT;
                            case REQUESTED, UPDATE, REQUIRED, RECOMMENDED, SUPPLEMENTS, REPLACED ->
                                    Kind.REMOVE;
                        };
        put(kind, new Row(pkg, "@System", installedBytes(leaving.get(pkg)), List.of()));
    }

    private List<Nevra> replacedBy(Nevra by) {
        var replaced = new ArrayList<Nevra>();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                if (step instanceof Step.Replaced(var pkg, var other) && other.equals(by)) {
                    replaced.add(pkg);
                }
            }
        }
        return replaced;
    }

    private void put(Kind kind, Row row) {
        rows.computeIfAbsent(kind, _ -> new ArrayList<>()).add(row);
    }

    private static long installedBytes(@Nullable PackageRef pkg) {
        return pkg == null ? 0 : pkg.installedBytes();
    }

    /// Writes the table and the totals as lines of the result.
    void print() {
        int[] widths = widths();
        int width = 0;
        for (int column : widths) {
            width += column + 1;
        }
        width = Math.max(USUAL_WIDTH, width);
        screen.line("=".repeat(width));
        screen.line(
                row(
                        widths,
                        messages.text("table.package"),
                        messages.text("table.arch"),
                        messages.text("table.version"),
                        messages.text("table.repository"),
                        messages.text("table.size")));
        screen.line("=".repeat(width));
        rows.forEach(
                (kind, some) -> {
                    screen.line(screen.bold(messages.text(heading(kind))));
                    some.forEach(row -> printRow(widths, kind, row));
                });
        screen.line("");
        screen.line(screen.bold(messages.text("table.summary")));
        screen.line("=".repeat(width));
        totals();
    }

    private static String heading(Kind kind) {
        return "table.kind." + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    private void printRow(int[] widths, Kind kind, Row row) {
        String name = row.pkg().name();
        String size = Screen.size(row.sizeBytes());
        String version = row.pkg().evr().toString();
        String arch = row.pkg().arch();
        if (name.length() > widths[0]) {
            screen.line(INDENT + painted(kind, name));
            screen.line(row(widths, "", arch, version, row.repo(), size));
        } else {
            String line = row(widths, name, arch, version, row.repo(), size);
            screen.line(
                    INDENT + painted(kind, name) + line.substring(INDENT.length() + name.length()));
        }
        for (Nevra replaced : row.replaces()) {
            screen.line(
                    "     "
                            + messages.text(
                                    "table.replacing", replaced.nameArch(), replaced.evr()));
        }
    }

    private String painted(Kind kind, String name) {
        return switch (kind) {
            case INSTALL, REINSTALL, DEPENDENCY, WEAK -> screen.green(name);
            case UPGRADE -> screen.blue(name);
            case REMOVE, REMOVE_DEPENDENT, REMOVE_UNUSED, DOWNGRADE -> screen.red(name);
        };
    }

    private int[] widths() {
        var widths =
                new int[] {
                    messages.text("table.package").length(),
                    messages.text("table.arch").length(),
                    messages.text("table.version").length(),
                    messages.text("table.repository").length(),
                    messages.text("table.size").length()
                };
        int longestName = widths[0];
        for (List<Row> some : rows.values()) {
            for (Row row : some) {
                longestName = Math.max(longestName, row.pkg().name().length());
                widths[1] = Math.max(widths[1], row.pkg().arch().length());
                widths[2] = Math.max(widths[2], row.pkg().evr().toString().length());
                widths[3] = Math.max(widths[3], row.repo().length());
                widths[4] = Math.max(widths[4], Screen.size(row.sizeBytes()).length());
            }
        }
        int others = INDENT.length() + widths[1] + widths[2] + widths[3] + widths[4] + 4;
        // On a terminal a name that does not fit gets a line of its own, as in dnf.
        int room =
                screen.isTerminal()
                        ? Math.max(USUAL_WIDTH, screen.columns()) - others
                        : longestName;
        widths[0] =
                Math.max(LEAST_NAME, Math.max(USUAL_WIDTH - others, Math.min(longestName, room)));
        return widths;
    }

    private static String row(int[] widths, String... cells) {
        var line = new StringBuilder(INDENT);
        for (int at = 0; at < cells.length; at++) {
            int gap = Math.max(0, widths[at] - cells[at].length());
            if (at == cells.length - 1) {
                line.repeat(' ', gap).append(cells[at]);
            } else {
                line.append(cells[at]).repeat(' ', gap + 1);
            }
        }
        return line.toString();
    }

    private void totals() {
        for (String counted : List.of("install", "upgrade", "reinstall", "downgrade", "remove")) {
            long count = 0;
            for (Map.Entry<Kind, List<Row>> some : rows.entrySet()) {
                count += some.getKey().counted.equals(counted) ? some.getValue().size() : 0;
            }
            if (count > 0) {
                screen.line(messages.count("table.count." + counted, count));
            }
        }
        screen.line("");
        if (plan.fetchBytes() > 0) {
            screen.line(messages.text("table.download", Screen.size(plan.fetchBytes())));
        }
        long growth = growthBytes();
        if (growth > 0) {
            screen.line(messages.text("table.installed", Screen.size(growth)));
        } else if (growth < 0) {
            screen.line(messages.text("table.freed", Screen.size(-growth)));
        }
    }

    /// Returns by how many bytes the installed system grows; negative when it shrinks.
    private long growthBytes() {
        long bytes = 0;
        for (PackageRef pkg : coming.values()) {
            bytes += pkg.installedBytes();
        }
        for (PackageRef pkg : leaving.values()) {
            bytes -= pkg.installedBytes();
        }
        return bytes;
    }

    /// Writes the plan as fields of a JSON document.
    void write(Json json) {
        json.begin("for")
                .text("distro", plan.target().distro())
                .text("release", plan.target().release())
                .text("arch", plan.target().arch())
                .text("base", plan.target().base().hex())
                .end();
        json.beginList("steps");
        int number = 0;
        for (Batch batch : plan.batches()) {
            number++;
            for (Step step : batch.steps()) {
                json.beginItem();
                write(json, step);
                json.number("batch", number).end();
            }
        }
        json.endList()
                .number("batches", number)
                .number("downloadBytes", plan.fetchBytes())
                .texts("unsigned", plan.unsigned());
        if (!coming.isEmpty() || !leaving.isEmpty()) {
            json.number("growthBytes", growthBytes());
        }
    }

    private void write(Json json, Step step) {
        switch (step) {
            case Step.Install(var pkg, var rpm, var reason) ->
                    write(json, "install", pkg, rpm, null).text("reason", reason.word());
            case Step.Upgrade(var from, var to, var rpm) -> write(json, "upgrade", to, rpm, from);
            case Step.Downgrade(var from, var to, var rpm) ->
                    write(json, "downgrade", to, rpm, from);
            case Step.Reinstall(var pkg, var rpm) -> write(json, "reinstall", pkg, rpm, null);
            case Step.Replaced(var pkg, var by) ->
                    write(json, "replaced", pkg, null, null).text("by", by.full());
            case Step.Erase(var pkg) -> write(json, "remove", pkg, null, null);
        }
    }

    private Json write(
            Json json, String action, Nevra pkg, @Nullable Digest rpm, @Nullable Nevra from) {
        json.text("action", action);
        json.nevra(pkg);
        if (from != null) {
            json.text("from", from.full());
        }
        Artifact artifact = rpm == null ? null : artifacts.get(rpm);
        if (artifact != null) {
            json.text("repository", artifact.repo())
                    .number("downloadBytes", artifact.sizeBytes())
                    .text(artifact.digest().algorithm().word(), artifact.digest().hex())
                    .text("path", artifact.path());
        }
        PackageRef ref = rpm == null ? leaving.get(pkg) : coming.get(pkg);
        if (ref != null) {
            json.number("installedBytes", ref.installedBytes());
        }
        return json;
    }
}
