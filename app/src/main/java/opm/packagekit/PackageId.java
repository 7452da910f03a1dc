package opm.packagekit;

import java.util.List;
import java.util.regex.Pattern;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Engine;
import opm.pkgset.PackageRef;
import opm.pkgset.Queries;
import org.jspecify.annotations.Nullable;

/// PackageKit's name of a package: `NAME;[EPOCH:]VERSION-RELEASE;ARCH;DATA`, where DATA is the
/// repository, `installed`, or `installed:` and the repository that it came from.
record PackageId(String name, String version, String arch, String data) {
    static final String INSTALLED = "installed";
    private static final Pattern PART = Pattern.compile("[^;\\s]+");

    /// Reads one; null when the text is none.
    static @Nullable PackageId parse(String text) {
        String[] parts = text.split(";", -1);
        if (parts.length != 4
                || !PART.matcher(parts[0]).matches()
                || !PART.matcher(parts[1]).matches()
                || !PART.matcher(parts[2]).matches()) {
            return null;
        }
        return new PackageId(parts[0], parts[1], parts[2], parts[3]);
    }

    static PackageId need(String text) throws BadRequest {
        PackageId id = parse(text);
        if (id == null) {
            throw new BadRequest(
                    "'" + text + "': found no package id, expected NAME;VERSION;ARCH;DATA",
                    "Take ids from what a search answered.");
        }
        return id;
    }

    static String of(PackageRef pkg, Engine engine) throws OpmException {
        String repo = engine.repoOf(pkg);
        return of(pkg.nevra(), repo.equals(Engine.SYSTEM) ? INSTALLED : repo);
    }

    static String of(Nevra nevra, String data) {
        return nevra.name() + ";" + nevra.evr() + ";" + nevra.arch() + ";" + data;
    }

    boolean isInstalled() {
        return data.equals(INSTALLED) || data.startsWith(INSTALLED + ":");
    }

    /// Returns the spec that names this package and no other.
    String spec() {
        return nevra().full();
    }

    Nevra nevra() {
        return new Nevra(name, Evr.parse(version), arch);
    }

    /// Finds the package, in the repository that the id names where it is still there.
    ///
    /// @return null when there is none
    @Nullable PackageRef find(Queries everything, Engine engine) throws OpmException {
        List<PackageRef> same =
                everything.named(name).stream().filter(pkg -> pkg.nevra().equals(nevra())).toList();
        for (PackageRef pkg : same) {
            String repo = engine.repoOf(pkg);
            if (isInstalled() ? repo.equals(Engine.SYSTEM) : repo.equals(data)) {
                return pkg;
            }
        }
        return null;
    }
}
