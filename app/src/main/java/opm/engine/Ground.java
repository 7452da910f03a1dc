package opm.engine;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.plan.Plan;
import opm.solve.Policy;
import opm.solve.Request;
import opm.solve.Universe;
import org.jspecify.annotations.Nullable;

/// What many requests for one machine have in common, so that each of them is solved and nothing
/// more.
///
/// @param policy of requests that install or upgrade
/// @param installed the names of all installed packages
public record Ground(
        Universe universe,
        Policy policy,
        Plan.Target target,
        List<OpenRepo> repos,
        List<Nevra> installed) {
    public Ground {
        repos = List.copyOf(repos);
        installed = List.copyOf(installed);
    }

    /// Opens a machine and its repositories.
    public static Ground of(Engine engine) throws OpmException {
        List<OpenRepo> repos = engine.repos();
        Request some = Request.of(Request.Verb.INSTALL, "opm");
        return new Ground(
                engine.universe(repos),
                Policies.of(engine.configuration(), engine.installed(), engine.options(), some),
                engine.target(),
                repos,
                engine.installedNames());
    }

    /// Makes an engine that thinks for the machine of a profile.
    public interface Maker {
        Engine engineFor(Path profile);
    }

    /// Opens the machine of a profile that somebody sent.
    ///
    /// @param near its state folder holds the profile for a moment
    public static Ground ofProfile(Maker maker, Engine near, byte[] profile) throws OpmException {
        var disk = near.host().disk();
        Path folder = near.options().state().resolve("sent");
        disk.createOwnDirectories(folder);
        Path file = folder.resolve(Digest.sha256Of(profile).hex() + ".opmprofile");
        near.write(file, profile);
        try {
            return of(maker.engineFor(file));
        } finally {
            disk.delete(file);
        }
    }

    /// Reads more of the file lists, for paths that requests met and no set knows.
    ///
    /// @return null where that brought nothing
    public static @Nullable Ground knowing(Engine engine, Collection<String> paths)
            throws OpmException {
        return !paths.isEmpty() && engine.repositories().askPaths(paths) ? of(engine) : null;
    }
}
