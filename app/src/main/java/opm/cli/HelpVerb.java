package opm.cli;

import opm.base.OpmException;

/// `opm help [COMMAND]`.
final class HelpVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("COMMAND", 0, 2);
    }

    @Override
    public int run(Session session) throws OpmException {
        var help = new HelpText(session.outside().out(), session.messages());
        if (session.arguments().isEmpty()) {
            help.ofAll();
            return 0;
        }
        String name = String.join(" ", session.arguments());
        Verbs.Entry entry = Verbs.find(name);
        if (entry == null && Verbs.isFamily(name)) {
            help.ofFamily(name);
            return 0;
        }
        if (entry == null) {
            throw Verbs.unknown(name);
        }
        var syntax = Syntax.of(entry.name(), session.messages());
        entry.make().accept(syntax);
        help.ofVerb(entry, syntax);
        return 0;
    }
}
