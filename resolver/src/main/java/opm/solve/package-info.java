/// Decides which packages to install, replace and remove; pure.
///
/// In: package sets and a request. Out: a verdict with reasons; unsolvable is an answer, and every
/// problem comes with its causes and ways out. It decides as libsolv does:
/// docs/decisions/0003-solver.md
/// says how and why. Worlds that show what it does: cases/solver.
///
/// Start reading at `Solver`, then `Asking`, `Engine`, `Search`. Packages are ints here and nowhere
/// else but in `pkgset`; they leave as `PackageRef`.
///
/// May use: opm.base opm.pkgset
@NullMarked
package opm.solve;

import org.jspecify.annotations.NullMarked;
