package opm.cli;

import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Engine;
import opm.engine.Presolved;
import opm.host.Disk;
import opm.profile.SystemProfile;
import opm.sign.VerifyKey;
import opm.thin.Platform;
import opm.thin.Server;
import opm.thin.ThinSettings;
import opm.thin.Wording;
import org.jspecify.annotations.Nullable;

/// Which server of presolved answers is asked: by the options, else by `/etc/opm-thin.conf`, which
/// sh/opm-thin.sh reads too.
final class ThinServer {
    private final Session session;
    private final Wording words;
    private final ThinSettings settings;

    ThinServer(Session session) throws OpmException {
        this.session = session;
        words = (key, values) -> session.messages().text("sh.thin." + key, values);
        settings = ThinSettings.read(session.host().disk(), session.settings().root());
    }

    static Syntax accept(Syntax syntax) {
        return syntax.value("PLACE", "--server")
                .value("OS/RELEASE", "--platform")
                .value("KEY", "--key");
    }

    Wording words() {
        return words;
    }

    /// Tells whether there is one.
    boolean isNamed() {
        return setting("server") != null;
    }

    /// Returns what it says about the engine's machine.
    Presolved presolved(Engine engine) throws OpmException {
        return new Presolved(engine, server(engine), words, this::drifted);
    }

    private void drifted(String name, String missing, int packages, long bytes) {
        if (bytes < 0) {
            session.screen().note("sh.thin.drifted", name, missing);
        } else {
            session.screen().note("sh.thin.drift", name, missing);
            session.screen().note("presolve.sends", packages, Screen.size(bytes));
        }
    }

    private Server server(Engine engine) throws OpmException {
        Disk disk = session.host().disk();
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
        if (platform == null) {
            SystemProfile.Distro distro = engine.machine().distro();
            platform = distro.id() + "/" + distro.version();
        }
        try {
            return new Server(Server.address(place), Platform.parse(platform), trusted);
        } catch (IllegalArgumentException e) {
            throw (BadRequest) words.badRequest("no-server").because(e);
        }
    }

    private @Nullable String setting(String word) {
        String given = session.value("--" + word);
        return given == null ? settings.value(word) : given;
    }
}
