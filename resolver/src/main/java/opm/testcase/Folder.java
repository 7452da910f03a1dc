package opm.testcase;

import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// Where the files that a testcase names lie: this room opens none itself.
public interface Folder {
    /// Returns the bytes of a file, or nothing when there is no such file.
    ///
    /// @param name relative to the folder of the testcase
    byte @Nullable [] read(String name) throws OpmException;
}
