/// Solves ahead of time, name by name, for a machine as it was installed: a tree of small files
/// that any web server serves, and answers for what is not in the tree.
///
/// In: a baseline, repositories, names. Out: one answer a name, as JSON and as a plan; the tree is
/// the last good one at every moment. Format: docs/formats/presolve.md
///
/// Start reading at `Presolver`, then `Answerer`, `Tree`, `AnswerIndex`, `Affected`.
///
/// May use: opm.base opm.host opm.plan opm.sign opm.thin opm.store opm.fetch opm.pkgset opm.solve opm.planner opm.engine
@NullMarked
package opm.presolve;

import org.jspecify.annotations.NullMarked;
