package opm.cli;

import java.util.LinkedHashSet;
import java.util.List;
import opm.base.DepKind;
import opm.base.OpmException;
import opm.pkgset.PackageRef;

/// `opm whatrequires SPEC...`: packages that need a name, or anything that packages of it provide.
final class WhatRequiresVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        Look.accept(syntax).flag("--recommends").arguments("SPEC", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var look = Look.of(session);
        DepKind kind = session.has("--recommends") ? DepKind.RECOMMENDS : DepKind.REQUIRES;
        var found = new LinkedHashSet<PackageRef>();
        for (String spec : session.arguments()) {
            found.addAll(Look.sorted(look.visible(look.query().whatNeeds(kind, spec.strip()))));
        }
        ListOf.print(session, look, List.copyOf(found));
        return 0;
    }
}
