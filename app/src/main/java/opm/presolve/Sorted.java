package opm.presolve;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collections of names in ascending order. One walk beside another needs no search for each name
/// of 60,000, which a program that has only just begun does slowly.
final class Sorted {
    private Sorted() {}

    /// Returns what some names have beside others.
    ///
    /// @param names ascending, as `others`
    static List<String> without(Collection<String> names, Collection<String> others) {
        var left = new ArrayList<String>();
        Iterator<String> beside = others.iterator();
        String other = next(beside);
        for (String name : names) {
            while (other != null && other.compareTo(name) < 0) {
                other = next(beside);
            }
            if (!name.equals(other)) {
                left.add(name);
            }
        }
        return left;
    }

    /// Returns names and others, each once.
    ///
    /// @param names ascending, as `others`
    static List<String> with(Collection<String> names, Collection<String> others) {
        var both = new ArrayList<String>(names.size() + others.size());
        Iterator<String> beside = others.iterator();
        String other = next(beside);
        for (String name : names) {
            while (other != null && other.compareTo(name) < 0) {
                both.add(other);
                other = next(beside);
            }
            both.add(name);
            other = name.equals(other) ? next(beside) : other;
        }
        while (other != null) {
            both.add(other);
            other = next(beside);
        }
        return both;
    }

    private static @Nullable String next(Iterator<String> names) {
        return names.hasNext() ? names.next() : null;
    }
}
