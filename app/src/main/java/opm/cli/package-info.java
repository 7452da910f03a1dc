/// Speaks: commands, wording, progress, exit statuses.
///
/// In: arguments. Out: text for people, or one JSON document. Format: docs/formats/json.md
///
/// May use: opm.engine opm.presolve opm.server opm.packagekit opm.base opm.host opm.rpm opm.profile opm.plan opm.store opm.fetch opm.bundle opm.history opm.apply opm.pkgset opm.rpmmd opm.imports opm.sign opm.thin opm.solve opm.testcase opm.planner opm.share opm.preflight opm.repack opm.delta opm.words opm.web opm.workshop
@NullMarked
package opm.cli;

import org.jspecify.annotations.NullMarked;
