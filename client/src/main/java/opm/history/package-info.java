/// Append-only journal of what was done; queries and inverse plans.
///
/// In: records, forced to disk before the act that they announce. Out: the same, checked.
/// Format: docs/formats/journal.md
///
/// May use: opm.base opm.host opm.plan
@NullMarked
package opm.history;

import org.jspecify.annotations.NullMarked;
