package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.engine.Engine;
import opm.engine.Options;
import opm.host.Host;
import opm.words.Messages;
import org.jspecify.annotations.Nullable;

/// One run of one command: what was asked, where to write, the doors to the world.
final class Session {
    private static final Path CASHE = Path.of("/var/cache/CAShe");

    private final String command;
    private final Outside outside;
    private Host host;
    private final Screen screen;
    private final Settings settings;
    private final Syntax.Given given;
    private @Nullable Engine engine;
    private @Nullable ProgressLines progress;
    private @Nullable Peer peer;

    Session(
            String command,
            Outside outside,
            Host host,
            Screen screen,
            Settings settings,
            Syntax.Given given) {
        this.command = command;
        this.outside = outside;
        this.host = host;
        this.screen = screen;
        this.settings = settings;
        this.given = given;
    }

    /// Returns the command's name: `bundle create`.
    String command() {
        return command;
    }

    Outside outside() {
        return outside;
    }

    Host host() {
        return host;
    }

    Screen screen() {
        return screen;
    }

    Messages messages() {
        return screen.messages();
    }

    Settings settings() {
        return settings;
    }

    /// Tells whether an option without a value was given.
    boolean has(String option) {
        return given.has(option);
    }

    /// Returns the value of an option; null when it was not given.
    @Nullable String value(String option) {
        return given.value(option);
    }

    /// Returns the values of an option, in order.
    List<String> values(String option) {
        return given.values(option);
    }

    /// Returns the arguments, in order.
    List<String> arguments() {
        return given.arguments();
    }

    /// Begins the JSON document of this run.
    Json json() {
        return Json.begin(outside.out(), command);
    }

    /// Hands over what was said so far, for a command that goes on until it is interrupted: whoever
    /// started it waits to be told where it listens.
    void hasBegun() {
        if (outside.out() instanceof WholeDocument document) {
            document.handOver();
        }
        outside.out().flush();
    }

    /// Keeps this machine from being sent into its own network by what strangers ask. To be called
    /// before [#engine].
    void askForStrangers() {
        if (engine != null) {
            throw new IllegalStateException("the engine has its network already");
        }
        host = host.forStrangers();
    }

    /// Takes packages from one machine and from nowhere else. To be called before [#engine].
    void askOnly(Peer other) {
        if (engine != null) {
            throw new IllegalStateException("the engine has its repositories already");
        }
        peer = other;
    }

    /// Returns an engine that thinks for another machine; a new one each time.
    Engine engineFor(Path profile) {
        return new Engine(host, engineOptions().forMachine(profile), progress());
    }

    /// Returns what engines of this run are made with.
    Options engineOptions() {
        return settings.engine(usualState(), usualStores());
    }

    /// Returns the engine of this run; the same each time.
    Engine engine() {
        if (engine == null) {
            Options options = engineOptions();
            Peer asked = peer;
            engine =
                    new Engine(
                            host,
                            asked == null ? options : options.only(asked.id(), asked.url()),
                            progress());
        }
        return engine;
    }

    /// Forgets what is known of the machine: a change was made, and another is to come.
    void openAnew() {
        engine = null;
    }

    /// Tells whether nobody is to be asked: because of `--yes`, or because nobody is there.
    boolean hasConsent() {
        return settings.yes() || command.equals(AutoVerb.NAME) && !settings.assumeNo();
    }

    /// Returns the line of progress of this run; the same each time.
    ProgressLines progress() {
        if (progress == null) {
            progress =
                    new ProgressLines(
                            outside,
                            messages(),
                            host.clock(),
                            settings.quiet(),
                            outside.cancelled());
        }
        return progress;
    }

    /// Root uses CAShe's store where there is one; others have their own over root's.
    private Options.Stores usualStores() {
        boolean hasCashe = host.disk().isDirectory(CASHE);
        if (System.getProperty("user.name", "").equals("root")) {
            return new Options.Stores(hasCashe ? CASHE : null, List.of());
        }
        return new Options.Stores(null, List.of(CASHE, Path.of("/var/lib/opm/store")));
    }

    /// Returns `/var/lib/opm` for root, the XDG state folder for others.
    private Path usualState() {
        if (System.getProperty("user.name", "").equals("root")) {
            return Path.of("/var/lib/opm");
        }
        String xdg = outside.variable("XDG_STATE_HOME");
        return xdg.startsWith("/")
                ? Path.of(xdg, "opm")
                : Path.of(System.getProperty("user.home", "/"), ".local", "state", "opm");
    }
}
