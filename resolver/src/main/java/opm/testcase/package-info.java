/// Replays libsolv testcases on our solver and grades the answers.
///
/// In: `.t` files with their testtags repositories. Out: one grade a test, with the lines that
/// differ. The reader of testtags and `.t` files, the selection engine, the writer of result lines
/// and the grader live here (helper `testcase`); `solve` keeps to the engine. A testcase's packages
/// become a `TagsPool` of `solve`, numbered in reading order, since every tie ends in "lower id
/// first"; `TagsPool` and the public door to it are written by this room's owner as well.
/// Format: docs/formats/testcase.md
///
/// May use: opm.base opm.pkgset opm.solve
@NullMarked
package opm.testcase;

import org.jspecify.annotations.NullMarked;
