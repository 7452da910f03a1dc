package opm.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.host.Command;
import opm.host.Disk;
import opm.host.Output;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;

/// Tells the machine's own package manager why packages came, so that its autoremove and opm's
/// agree: dnf 4 by `dnf mark`, dnf 5 in its `packages.toml`. Where neither was ever at work on the
/// root, nobody is told.
///
/// dnf 5's file: `version = "1.0"`, then `[packages]` and for each `NAME.ARCH` its reason, as
/// `"bash.x86_64" = {reason = "User"}` or as a table `[packages."bash.x86_64"]`
/// (libdnf5/system/state.cpp).
final class ReasonNotes {
    private static final String DNF4 = "var/lib/dnf/history.sqlite";
    private static final String DNF5 = "usr/lib/sysimage/libdnf5/packages.toml";
    private static final int TOML_BYTES = 64 << 20;

    private final Engine engine;
    private final Disk disk;

    ReasonNotes(Engine engine) {
        this.engine = engine;
        this.disk = engine.host().disk();
    }

    /// Notes a plan that was applied.
    void applied(Plan plan) throws OpmException {
        var came = new TreeMap<String, Reason>();
        var gone = new TreeSet<String>();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                if (step instanceof Step.Install(var pkg, _, var reason)) {
                    came.put(pkg.nameArch(), reason);
                }
            }
            batch.goes().forEach(pkg -> gone.add(pkg.nameArch()));
            batch.comes().stream().map(Nevra::nameArch).forEach(gone::remove);
        }
        Path root = engine.rpm().root();
        if (disk.exists(root.resolve(DNF5))) {
            dnf5(root.resolve(DNF5), came, gone);
        }
        if (disk.exists(root.resolve(DNF4)) && engine.host().commands().has("dnf")) {
            dnf4(came);
        }
    }

    private void dnf4(Map<String, Reason> came) throws OpmException {
        var asked = new ArrayList<String>();
        var needed = new ArrayList<String>();
        came.forEach(
                (name, reason) -> {
                    boolean person = reason == Reason.USER || reason == Reason.GROUP;
                    (person ? asked : needed).add(name);
                });
        mark("install", asked);
        mark("remove", needed);
    }

    private void mark(String word, List<String> names) throws OpmException {
        if (names.isEmpty()) {
            return;
        }
        String root = "--installroot=" + engine.rpm().root();
        var argv = new ArrayList<>(List.of("dnf", "-y", "-q", "-C", root, "mark", word));
        argv.addAll(names);
        engine.host().commands().run(Command.of(argv));
    }

    private void dnf5(Path file, Map<String, Reason> came, TreeSet<String> gone)
            throws OpmException {
        byte[] old = disk.readAll(file, TOML_BYTES);
        String text = edited(new String(old, StandardCharsets.UTF_8), came, gone);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Path aside = file.resolveSibling("packages.toml.opm");
        try (Output out = disk.create(aside)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        disk.letAllRead(aside);
        disk.rename(aside, file);
    }

    /// Returns the file's text with the entries of what came and without those of what is gone.
    static String edited(String text, Map<String, Reason> came, Iterable<String> gone) {
        var drop = new TreeSet<>(came.keySet());
        gone.forEach(drop::add);
        var lines = new ArrayList<String>();
        boolean dropping = false;
        int head = -1;
        for (String line : text.split("\n", -1)) {
            String plain = line.strip();
            if (plain.startsWith("[")) {
                dropping = plain.startsWith("[packages.") && drop.contains(quoted(plain));
                head = plain.equals("[packages]") ? lines.size() : head;
            }
            boolean entry = plain.startsWith("\"") && drop.contains(quoted(plain));
            if (!dropping && !entry) {
                lines.add(line);
            }
        }
        var added = new ArrayList<String>();
        for (var entry : new TreeMap<>(came).entrySet()) {
            String reason = "{reason = \"" + word(entry.getValue()) + "\"}";
            added.add("\"" + entry.getKey() + "\" = " + reason);
        }
        if (head < 0 && !added.isEmpty()) {
            while (!lines.isEmpty() && lines.getLast().isEmpty()) {
                lines.removeLast();
            }
            lines.add("[packages]");
            head = lines.size() - 1;
            added.add("");
        }
        lines.addAll(head + 1, added);
        return String.join("\n", lines);
    }

    private static String quoted(String line) {
        int from = line.indexOf('"');
        int to = line.indexOf('"', from + 1);
        return from < 0 || to < 0 ? "" : line.substring(from + 1, to);
    }

    private static String word(Reason reason) {
        return switch (reason) {
            case USER -> "User";
            case GROUP -> "Group";
            case DEPENDENCY -> "Dependency";
            case WEAK -> "Weak Dependency";
        };
    }
}
