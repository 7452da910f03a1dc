/// In-process measurements of hot paths. `./dev bench --jmh [REGEX]` runs them.
@NullMarked
package opm.bench;

import org.jspecify.annotations.NullMarked;
