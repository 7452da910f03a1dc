package opm.engine;

import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.pkgset.PackageSet;

/// What can be looked at: the installed system and the repositories.
public final class Everything {
    private Everything() {}

    /// Opens the sets of both, the installed one first; rpm is asked while repositories are opened.
    public static List<PackageSet> sets(Engine engine) throws OpmException {
        if (engine.options().profile() == null) {
            engine.ahead();
        }
        List<OpenRepo> repos = engine.repos();
        var sets = new ArrayList<PackageSet>();
        sets.add(engine.installed());
        for (OpenRepo repo : repos) {
            sets.add(repo.set());
        }
        return sets;
    }
}
