package opm.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Disk;
import opm.plan.Plan;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;
import opm.sign.VerifyKey;
import opm.thin.Answers;
import opm.thin.ForHere;
import opm.thin.Memory;
import opm.thin.Platform;
import opm.thin.Server;
import opm.thin.Wording;
import org.jspecify.annotations.Nullable;

/// One run of `opm presolve get` or `install`: which server is asked, by the options or by
/// `/etc/opm-thin.conf`, which sh/opm-thin.sh reads too, and what it says about this machine.
final class ThinSession {
    private static final String SETTINGS = "etc/opm-thin.conf";
    private static final int SETTINGS_BYTES = 1 << 16;

    private final Session session;
    private final Wording words;
    private final Memory memory;
    private @Nullable Answers answers;
    private List<String> settings = List.of();

    ThinSession(Session session) {
        this.session = session;
        words = (key, values) -> session.messages().text("sh.thin." + key, values);
        memory = new Memory(session.host().disk(), session.settings().root());
    }

    static Syntax accept(Syntax syntax) {
        return syntax.value("PLACE", "--server")
                .value("OS/RELEASE", "--platform")
                .value("KEY", "--key")
                .arguments("SPEC", 1, -1);
    }

    Wording words() {
        return words;
    }

    Memory memory() {
        return memory;
    }

    /// Returns the names that were asked for.
    List<String> names() throws BadRequest {
        for (String name : session.arguments()) {
            if (!Answers.isName(name)) {
                throw words.badRequest("bad-name", name);
            }
        }
        return session.arguments();
    }

    /// Returns who answers; looks for the settings when first asked.
    Answers answers() throws OpmException {
        Answers known = answers;
        if (known == null) {
            known =
                    new Answers(
                            session.host().net(),
                            server(),
                            memory,
                            words,
                            session.progress()::cancelled);
            answers = known;
        }
        return known;
    }

    private Server server() throws OpmException {
        Disk disk = session.host().disk();
        Path file = session.settings().root().resolve(SETTINGS);
        if (disk.exists(file)) {
            byte[] text = disk.readAll(file, SETTINGS_BYTES);
            settings = new String(text, StandardCharsets.UTF_8).lines().toList();
        }
        String place = setting("server");
        if (place == null) {
            throw words.badRequest("no-server");
        }
        String key = setting("key");
        if (key == null) {
            throw words.badRequest("no-key-given");
        }
        VerifyKey trusted = null;
        if (key.equals("none")) {
            session.screen().note("sh.thin.unsigned-server");
        } else {
            trusted = SignedBy.key(disk, key);
        }
        String platform = setting("platform");
        SystemProfile.Distro distro = session.engine().machine().distro();
        try {
            return new Server(
                    Server.address(place),
                    Platform.parse(
                            platform == null ? distro.id() + "/" + distro.version() : platform),
                    trusted);
        } catch (IllegalArgumentException e) {
            throw (BadRequest) words.badRequest("no-server").because(e);
        }
    }

    private @Nullable String setting(String word) {
        String given = session.value("--" + word);
        if (given != null) {
            return given;
        }
        for (String line : settings) {
            if (line.startsWith(word + " ")) {
                return line.substring(word.length() + 1).strip();
            }
        }
        return null;
    }

    /// Adds what the server answers for a name.
    ///
    /// @return null when it was added, else the key of the message that says why not
    @Nullable String add(String name, ForHere here) throws OpmException {
        Answers.Answer answer = answers().find(name);
        if (answer == null) {
            return "no-answer";
        }
        SystemProfile machine = session.engine().machine();
        List<String> missing = here.missing(answer);
        Plan plan = answer.plan();
        if (!missing.isEmpty() && !answers().canSend()) {
            session.screen().note("sh.thin.drifted", name, missing.getFirst());
            return "drift-unsolved";
        }
        if (!missing.isEmpty()) {
            session.screen().note("sh.thin.drift", name, missing.getFirst());
            byte[] profile = ProfileText.writePacked(machine);
            session.screen()
                    .note(
                            "presolve.sends",
                            machine.packages().size(),
                            Screen.size(profile.length));
            plan = answers().solved(name, profile, machine.installedDigest());
            if (plan == null) {
                return "drift-unsolved";
            }
        }
        if (!plan.target().arch().equals(machine.arch())) {
            throw words.damaged("other-machine", name);
        }
        here.add(name, plan);
        return null;
    }

    /// Returns those of the names that are installed.
    List<String> installed(List<String> names) throws OpmException {
        var there = new ArrayList<String>();
        for (var pkg : session.engine().machine().packages()) {
            if (names.contains(pkg.nevra().name()) && !there.contains(pkg.nevra().name())) {
                there.add(pkg.nevra().name());
            }
        }
        return there;
    }

    /// Returns this machine as a plan names it.
    Plan.Target target() throws OpmException {
        SystemProfile machine = session.engine().machine();
        return new Plan.Target(
                machine.distro().id(),
                machine.distro().version(),
                machine.arch(),
                machine.installedDigest());
    }
}
