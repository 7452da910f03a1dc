package opm.history;

import java.nio.file.Path;

/// Where everything about changes to one machine lies: `ROOT/var/lib/opm`.
///
/// Format: docs/formats/journal.md
public record StateFolder(Path path) {
    /// Returns the usual place in a root.
    public static StateFolder in(Path root) {
        return new StateFolder(root.resolve("var/lib/opm"));
    }

    public Path journal() {
        return path.resolve("journal");
    }

    public Path lock() {
        return path.resolve("lock");
    }

    /// Holds the identity of the rpm that runs, or that ran last.
    public Path rpm() {
        return path.resolve("rpm");
    }

    public Path history() {
        return path.resolve("history");
    }

    /// Returns the folder of one change.
    public Path change(int change) {
        return history().resolve(Integer.toString(change));
    }

    public Path plan(int change) {
        return change(change).resolve("plan");
    }

    public Path installed(int change) {
        return change(change).resolve("installed");
    }

    /// Holds what was installed after a change that others made.
    public Path after(int change) {
        return change(change).resolve("after");
    }

    public Path receipt(int change) {
        return change(change).resolve("receipt");
    }

    /// Returns where rpm's words in one batch go.
    public Path log(int change, int batch) {
        return change(change).resolve("log." + batch);
    }

    /// Returns where package files lie while they are applied.
    public Path stage() {
        return path.resolve("stage");
    }
}
