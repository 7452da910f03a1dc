package opm.engine;

import java.nio.file.Path;
import java.util.Map;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Host;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;

/// Machines of strangers: their profiles lie in memory alone, and say nothing about where this
/// machine fetches from.
public final class Guest {
    /// Stands where other engines have the name of the profile's file; nobody opens it.
    private static final Path NOWHERE = Path.of("/dev/null");

    private Guest() {}

    /// Reads a profile as somebody sent it.
    ///
    /// Its variables are dropped: they would stand in addresses that this machine asks.
    ///
    /// @throws BadRequest when its release is no plain word, which would stand there too
    public static SystemProfile read(byte[] text) throws OpmException {
        SystemProfile read = ProfileText.read(text, "the profile");
        if (!read.releasever().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}|")
                || !read.arch().matches("[A-Za-z0-9_]{1,32}")) {
            throw new BadRequest(
                    "the profile: found a release or an architecture with strange letters",
                    "Capture the profile again with opm-profile.sh.");
        }
        return new SystemProfile(
                read.distro(),
                read.arch(),
                read.kernel(),
                read.rpmVersion(),
                read.rpmlib(),
                read.ramBytes(),
                read.capturedAtSeconds(),
                read.mounts(),
                read.mains(),
                read.repos(),
                Map.of(),
                read.withheld(),
                read.locks(),
                read.modules(),
                read.protectedNames(),
                read.keys(),
                read.packages());
    }

    /// Makes an engine that thinks for a machine, with the repositories of `options`.
    ///
    /// @throws IllegalArgumentException when the options name no repositories: those of the profile
    ///     would count
    public static Engine engine(
            Host host, Options options, Watcher watcher, SystemProfile machine) {
        if (options.repos().isEmpty() && options.reposDir() == null) {
            throw new IllegalArgumentException("no repositories of our own");
        }
        var engine = new Engine(host, options.forMachine(NOWHERE), watcher);
        engine.machine = machine;
        return engine;
    }
}
