package opm.engine;

import java.util.List;
import java.util.SortedMap;
import opm.base.OpmException;

/// Which packages applications are in that are called the same on every system.
public final class Applications {
    private Applications() {}

    /// Returns the packages by AppStream's ids, as the repositories have them.
    public static SortedMap<String, List<String>> of(Engine engine) throws OpmException {
        return engine.repositories().components();
    }
}
