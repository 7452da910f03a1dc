package opm.words;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import opm.pkgset.PackageRef;
import opm.solve.Cause;
import org.jspecify.annotations.Nullable;

/// The causes of a problem as a tree: below what was asked stands what keeps it from being so,
/// below what requires something stands what keeps its providers out.
final class CauseTree {
    private final List<Cause> causes;
    private final boolean[] written;

    CauseTree(List<Cause> causes) {
        this.causes = causes;
        written = new boolean[causes.size()];
    }

    /// Returns one line for each cause.
    List<String> lines(Function<Cause, String> words) {
        var lines = new ArrayList<String>();
        for (int at = 0; at < causes.size(); at++) {
            if (causes.get(at) instanceof Cause.Asked) {
                write(at, 1, words, lines);
            }
        }
        for (int at = 0; at < causes.size(); at++) {
            if (!written[at] && !hasParent(at)) {
                write(at, 1, words, lines);
            }
        }
        // What is left requires each other in a ring.
        for (int at = 0; at < causes.size(); at++) {
            if (!written[at]) {
                write(at, 1, words, lines);
            }
        }
        return lines;
    }

    private void write(int at, int depth, Function<Cause, String> words, List<String> lines) {
        written[at] = true;
        lines.add("  ".repeat(depth) + "- " + words.apply(causes.get(at)));
        for (int child = 0; child < causes.size(); child++) {
            if (!written[child] && leads(causes.get(at), causes.get(child))) {
                write(child, depth + 1, words, lines);
            }
        }
    }

    private boolean hasParent(int at) {
        for (int other = 0; other < causes.size(); other++) {
            if (other != at && leads(causes.get(other), causes.get(at))) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether one cause is about what another needs.
    private static boolean leads(Cause parent, Cause child) {
        PackageRef subject = subject(child);
        if (subject == null) {
            return false;
        }
        return switch (parent) {
            case Cause.Asked(var item) ->
                    item.spec().equals(subject.nevra().name())
                            || item.spec().startsWith(subject.nevra().name() + " ")
                            || item.spec().startsWith(subject.nevra().name() + "-")
                            || item.spec().startsWith(subject.nevra().name() + ".");
            case Cause.Requires(_, _, var providers) -> providers.contains(subject);
            default -> false;
        };
    }

    private static @Nullable PackageRef subject(Cause cause) {
        return switch (cause) {
            case Cause.Requires(var pkg, _, _) -> pkg;
            case Cause.NothingProvides(var pkg, _) -> pkg;
            case Cause.Conflicts(var pkg, _, _) -> pkg;
            case Cause.Obsoletes(var pkg, _, _) -> pkg;
            case Cause.SameName(var pkg, _) -> pkg;
            case Cause.NotInstallable(var pkg, _) -> pkg;
            case Cause.InferiorArch(var pkg) -> pkg;
            case Cause.NotInRepository(var pkg) -> pkg;
            case Cause.NotBest(var pkg, _, _) -> pkg;
            case Cause.Installed _, Cause.Protected _, Cause.NoMatch _, Cause.Asked _ -> null;
        };
    }
}
