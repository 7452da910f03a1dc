/// Speaks HTTP to strangers: connections with bounds on everything, and what stands behind the
/// addresses.
///
/// In: bytes from anybody. Out: files of a presolved tree, answers solved on demand, figures.
/// Format: docs/formats/presolve.md
///
/// May use: opm.base opm.presolve opm.thin
@NullMarked
package opm.server;

import org.jspecify.annotations.NullMarked;
