package opm.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.profile.ChangeReport;
import opm.profile.InstalledPackage;
import opm.profile.ProfileText;
import opm.profile.Redaction;
import opm.profile.SystemProfile;

/// `opm profile show FILE`, `diff A B`, `redact FILE -o OUT`: what a profile tells of a machine,
/// what became different, and the same for strangers.
final class ProfileLookVerb implements Verb {
    /// What is done with profiles.
    enum Act {
        SHOW,
        DIFF,
        REDACT
    }

    private static final int HEX = 12;
    private final Act act;

    ProfileLookVerb(Act act) {
        this.act = act;
    }

    @Override
    public void accept(Syntax syntax) {
        int files = act == Act.DIFF ? 2 : 1;
        syntax.arguments("FILE", files, files);
        if (act == Act.DIFF) {
            syntax.flag("--short");
        }
        if (act == Act.REDACT) {
            syntax.value("FILE", "--output", "-o");
        }
    }

    @Override
    public int run(Session session) throws OpmException {
        List<SystemProfile> profiles = new ArrayList<>();
        for (String file : session.arguments()) {
            Path path = Path.of(file).toAbsolutePath();
            byte[] text = session.host().disk().readAll(path, Limits.PROFILE_BYTES);
            profiles.add(ProfileText.read(text, file));
        }
        switch (act) {
            case SHOW -> show(session, profiles.getFirst());
            case DIFF -> diff(session, profiles.get(0), profiles.get(1));
            case REDACT -> redact(session, profiles.getFirst());
        }
        return 0;
    }

    /// The lines of the profile without what only solvers and rpmkeys read: dependencies, files,
    /// armor, features.
    private static List<String> lines(SystemProfile profile) {
        var lines = new ArrayList<String>();
        String text = new String(ProfileText.write(profile), StandardCharsets.UTF_8);
        String section = "";
        for (String line : text.split("\n")) {
            String[] fields = line.split("\t", -1);
            switch (fields[0]) {
                case "opm-profile", "end", "rpmlib", "armor", "pkg" -> {}
                case "P", "R", "C", "O", "M", "S", "U", "E", "F" -> {}
                case "set", "strip" -> lines.add(section + "  " + String.join("  ", fields));
                case "main", "repo", "override" -> {
                    section = fields[0] + "  " + fields[1];
                    lines.add(String.join("  ", fields));
                }
                default -> lines.add(String.join("  ", fields).stripTrailing());
            }
        }
        return lines;
    }

    private static void show(Session session, SystemProfile profile) throws OpmException {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("base", profile.installedDigest().hex())
                        .texts("facts", lines(profile))
                        .texts("installed", nevras(profile).stream().map(Nevra::full).toList());
            }
            return;
        }
        Screen screen = session.screen();
        lines(profile).forEach(line -> screen.line(Screen.harmless(line)));
        for (InstalledPackage pkg : profile.packages()) {
            boolean isKnown = pkg.reason() != InstalledPackage.Reason.UNKNOWN;
            String why = isKnown ? "  " + pkg.reason().word() : "";
            screen.line("pkg  " + Screen.harmless(pkg.nevra() + why));
        }
        screen.note(
                "profile.shown",
                profile.packages().size(),
                profile.installedDigest().hex().substring(0, HEX));
    }

    private static void diff(Session session, SystemProfile one, SystemProfile other)
            throws OpmException {
        if (session.has("--short")) {
            List<String> frames = ChangeReport.frames(one, other);
            frames.forEach(frame -> session.outside().out().println(frame));
            return;
        }
        List<String> gone = minus(lines(one), lines(other));
        List<String> come = minus(lines(other), lines(one));
        List<Nevra> left = minus(nevras(one), nevras(other));
        List<Nevra> joined = minus(nevras(other), nevras(one));
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.texts("factsRemoved", gone).texts("factsAdded", come);
                json.texts("removed", left.stream().map(Nevra::full).toList());
                json.texts("added", joined.stream().map(Nevra::full).toList());
            }
            return;
        }
        Screen screen = session.screen();
        gone.forEach(line -> screen.line(Screen.harmless("- " + line)));
        come.forEach(line -> screen.line(Screen.harmless("+ " + line)));
        HistoryDiffVerb.lines(left, joined).forEach(screen::line);
        if (gone.isEmpty() && come.isEmpty() && left.isEmpty() && joined.isEmpty()) {
            screen.note("profile.same");
        }
    }

    private static List<Nevra> nevras(SystemProfile profile) {
        return profile.packages().stream().map(InstalledPackage::nevra).toList();
    }

    private static <T> List<T> minus(List<T> one, List<T> other) {
        var without = new TreeSet<String>();
        other.forEach(item -> without.add(item.toString()));
        return one.stream().filter(item -> !without.contains(item.toString())).toList();
    }

    private static void redact(Session session, SystemProfile profile) throws OpmException {
        String output = session.value("--output");
        if (output == null) {
            throw new BadRequest(
                    "profile redact: found no file to write, expected -o FILE",
                    "For example `opm profile redact home.opmprofile -o stranger.opmprofile`.");
        }
        SystemProfile redacted = Redaction.of(profile);
        byte[] text =
                output.endsWith(".gz")
                        ? ProfileText.writePacked(redacted)
                        : ProfileText.write(redacted);
        session.engine().write(Path.of(output).toAbsolutePath().normalize(), text);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("file", output).number("bytes", text.length);
            }
            return;
        }
        session.screen().forPeople().say("profile.redacted", output);
    }
}
