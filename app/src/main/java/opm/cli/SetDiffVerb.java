package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.engine.SetFiles;
import opm.pkgset.PackageSet;

/// `opm set diff A B`: packages that went, came, or have other content under the same name.
final class SetDiffVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("FILE", 2, 2);
    }

    @Override
    public int run(Session session) throws OpmException {
        List<PackageSet> sets = SetInfoVerb.open(session.arguments());
        SetFiles.Difference difference = SetFiles.diff(sets.getFirst(), sets.getLast());
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.texts("removed", difference.removed())
                        .texts("added", difference.added())
                        .texts("changed", difference.changed());
            }
            return 0;
        }
        difference.removed().forEach(name -> session.screen().line("- " + name));
        difference.added().forEach(name -> session.screen().line("+ " + name));
        difference.changed().forEach(name -> session.screen().line("! " + name));
        if (difference.isEmpty()) {
            session.screen().note("set.equal");
        }
        return 0;
    }
}
