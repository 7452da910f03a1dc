package opm.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.Nevra;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import opm.words.Messages;

/// What the demo did, in plain words: the way of the two files, then one line for each package.
final class DemoPicture {
    private final Screen screen;
    private final Messages messages;
    private final Plan plan;

    DemoPicture(Screen screen, Plan plan) {
        this.screen = screen;
        this.messages = screen.messages();
        this.plan = plan;
    }

    /// Draws who carried what from where to where; a count of 0 was not looked at.
    void way(long profileBytes, long bundleBytes, int before, int offered, int after) {
        var boxes =
                List.of(
                        List.of(messages.text("demo.way.school"), packages(before)),
                        List.of(
                                messages.text("demo.way.town"),
                                messages.text("demo.way.offered", offered)),
                        List.of(messages.text("demo.way.school"), packages(after)));
        var carried =
                List.of(
                        List.of("school.opmprofile", Screen.size(profileBytes)),
                        List.of("school.opm", Screen.size(bundleBytes)));
        for (int row = 0; row < 2; row++) {
            var line = new StringBuilder("   ");
            for (int at = 0; at < boxes.size(); at++) {
                line.append(padded(boxes.get(at).get(row), width(boxes.get(at))));
                if (at < carried.size()) {
                    String text = padded(carried.get(at).get(row), width(carried.get(at)));
                    line.append(row == 0 ? "  -- " + text + " -->  " : "     " + text + "      ");
                }
            }
            screen.line(line.toString().stripTrailing());
        }
        screen.line("");
    }

    private String packages(int count) {
        return count == 0 ? "" : messages.count("demo.way.packages", count);
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    /// Writes a line for each change of the plan.
    void changes() {
        var replaced = new HashMap<Nevra, List<Nevra>>();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                if (step instanceof Step.Replaced(var pkg, var by)) {
                    replaced.computeIfAbsent(by, _ -> new ArrayList<>()).add(pkg);
                }
            }
        }
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                line(step, replaced);
            }
        }
    }

    private void line(Step step, Map<Nevra, List<Nevra>> replaced) {
        switch (step) {
            case Step.Install(var pkg, _, var reason) -> {
                var old = replaced.getOrDefault(pkg, List.of());
                row(
                        "+",
                        pkg.name(),
                        version(pkg),
                        old.isEmpty()
                                ? messages.text(why(reason))
                                : messages.text("demo.why.replaces", old.getFirst().name()));
            }
            case Step.Upgrade(var from, var to, _) ->
                    row("^", to.name(), version(from) + " -> " + version(to), updated());
            case Step.Downgrade(var from, var to, _) ->
                    row("v", to.name(), version(from) + " -> " + version(to), "");
            case Step.Reinstall(var pkg, _) -> row("=", pkg.name(), version(pkg), "");
            case Step.Replaced(var pkg, var by) ->
                    row(
                            "-",
                            pkg.name(),
                            version(pkg),
                            messages.text("demo.why.replaced", by.name()));
            case Step.Erase(var pkg) -> row("-", pkg.name(), version(pkg), "");
        }
    }

    private String updated() {
        return messages.text("demo.why.updated");
    }

    private static String why(Reason reason) {
        return switch (reason) {
            case USER -> "demo.why.user";
            case GROUP -> "demo.why.group";
            case DEPENDENCY -> "demo.why.dependency";
            case WEAK -> "demo.why.weak";
        };
    }

    /// Writes a line for each package that nothing happened to.
    void kept(List<Nevra> before, List<Nevra> after) {
        for (Nevra pkg : before) {
            if (after.contains(pkg)) {
                row("=", pkg.name(), version(pkg), messages.text("demo.why.kept"));
            }
        }
    }

    private void row(String sign, String name, String versions, String why) {
        String shown =
                switch (sign) {
                    case "+", "^" -> screen.green(sign);
                    case "-" -> screen.red(sign);
                    default -> sign;
                };
        screen.line(
                ("   " + shown + " " + padded(name, 19) + padded(versions, 19) + why)
                        .stripTrailing());
    }

    private static String version(Nevra pkg) {
        return pkg.evr().toString();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
