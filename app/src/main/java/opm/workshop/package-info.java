/// What somebody without opm does here: a profile in, packages searched and chosen, a plan, a
/// bundle out.
///
/// In: profiles of strangers, their words. Out: values for pages; bundles in the state folder.
/// Profiles are kept in memory, a visit ends when nobody asks for an hour, so many are solved at a
/// time and so many wait. This room speaks no HTTP and writes no sentences.
///
/// Start reading at `Workshop`, then `Visit`, `Building`.
///
/// May use: opm.base opm.host opm.profile opm.plan opm.preflight opm.store opm.fetch opm.pkgset opm.rpmmd opm.solve opm.planner opm.engine opm.bundle
@NullMarked
package opm.workshop;

import org.jspecify.annotations.NullMarked;
