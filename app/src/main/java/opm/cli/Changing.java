package opm.cli;

import opm.base.OpmException;
import opm.engine.Solution;
import opm.plan.Plan;

final class Changing {
    Changing(Session session, Answers answers) {}

    int apply(Solution solution, Plan plan) throws OpmException {
        return 0;
    }
}
