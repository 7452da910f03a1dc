/// What opm says, in three languages: the catalogue, and the solver's reasons as sentences.
///
/// In: keys and values, causes and repairs. Out: text for people, unescaped. The command line and
/// the web pages say the same things with it.
///
/// May use: opm.base opm.pkgset opm.solve opm.planner
@NullMarked
package opm.words;

import org.jspecify.annotations.NullMarked;
