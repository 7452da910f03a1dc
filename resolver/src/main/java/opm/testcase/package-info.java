/// Replays libsolv testcases on our solver and grades the answers.
///
/// In: `.t` files with their testtags repositories, through a `Folder`. Out: one grade a test, with
/// the lines that differ. A testcase's packages become a `TagsPool` of `solve`, numbered in reading
/// order, since every tie ends in "lower number first"; `Replay` asks the engine and shows all that
/// it found. These two are the only doors through which the solver's numbers are seen.
/// Format: docs/formats/testcase.md
///
/// May use: opm.base opm.pkgset opm.solve
@NullMarked
package opm.testcase;

import org.jspecify.annotations.NullMarked;
