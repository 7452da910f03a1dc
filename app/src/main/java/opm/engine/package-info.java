/// The trip itself: a machine and its repositories opened, a request solved, planned, fetched,
/// bundled and proved.
///
/// In: what the user asked, already parsed. Out: values; this room says nothing and asks nothing.
/// It exists so that the command line, the server and the PackageKit helper share one way of doing
/// things (docs/decisions/0001).
///
/// May use: opm.base opm.host opm.rpm opm.profile opm.plan opm.thin opm.preflight opm.store opm.fetch opm.bundle opm.history opm.apply opm.pkgset opm.rpmmd opm.imports opm.solve opm.planner opm.trust opm.repack opm.delta
@NullMarked
package opm.engine;

import org.jspecify.annotations.NullMarked;
