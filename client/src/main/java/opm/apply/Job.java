package opm.apply;

import java.util.List;
import opm.base.Nevra;
import opm.plan.Plan;

/// One change to make.
///
/// @param plan what to do
/// @param installed what was installed when the plan was made
/// @param seal of the bundle that it comes from, `-` for none
/// @param packages where its files are
public record Job(Plan plan, List<Nevra> installed, String seal, Packages packages) {
    public Job {
        installed = List.copyOf(installed);
    }
}
