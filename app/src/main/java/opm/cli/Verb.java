package opm.cli;

import opm.base.OpmException;

/// One command of opm: what may follow its name, and what it does.
interface Verb {
    /// Declares options and arguments beside those that every command has.
    void accept(Syntax syntax);

    /// Does it.
    ///
    /// @return the exit status; failures are thrown and get theirs from [OpmException]
    int run(Session session) throws OpmException;
}
