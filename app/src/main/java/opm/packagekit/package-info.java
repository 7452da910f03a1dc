/// The other side of packagekitd's module: takes jobs as lines, does them with an engine, answers
/// in lines, and leaves when there are none.
///
/// In: connections that the module makes, and an engine for each job. Out: what PackageKit's
/// clients see. What is simulated or only downloaded changes nothing; a change that rpm has begun
/// is ended. Format: docs/formats/packagekit.md
///
/// May use: opm.base opm.host opm.rpm opm.plan opm.thin opm.fetch opm.bundle opm.preflight opm.apply opm.store opm.pkgset opm.rpmmd opm.planner opm.solve opm.engine
@NullMarked
package opm.packagekit;

import org.jspecify.annotations.NullMarked;
