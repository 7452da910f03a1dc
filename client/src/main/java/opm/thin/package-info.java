/// Asks by name for what somebody solved before: believes a signed reference and the digests that
/// follow from it, and makes the answer a plan for this machine. Solves nothing.
///
/// In: a presolved tree, behind a server or in a folder, names, what is installed. Out: `Plan`.
/// Format: docs/formats/presolve.md. The same in sh: sh/opm-thin.sh
///
/// Start reading at `Answers`.
///
/// May use: opm.base opm.host opm.rpm opm.plan opm.sign
@NullMarked
package opm.thin;

import org.jspecify.annotations.NullMarked;
