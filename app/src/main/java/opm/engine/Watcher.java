package opm.engine;

import java.util.List;
import java.util.function.BooleanSupplier;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.fetch.Progress;
import opm.fetch.Wanted;
import opm.repack.Regenerated;

/// Who wants to know what the engine is doing, and may stop it.
public interface Watcher {
    /// Nobody wants to know, and nobody stops it.
    Watcher NOBODY = until(() -> false);

    /// Nobody wants to know; it is stopped once this is so.
    static Watcher until(BooleanSupplier cancelled) {
        return until(cancelled, cancelled);
    }

    /// The same, where the solver asks in its own way: see [#givesUp].
    static Watcher until(BooleanSupplier cancelled, BooleanSupplier givesUp) {
        return new Watcher() {
            @Override
            public void begins(Stage stage, String what) {}

            @Override
            public Progress downloads() {
                return Progress.NONE;
            }

            @Override
            public boolean cancelled() {
                return cancelled.getAsBoolean();
            }

            @Override
            public boolean givesUp() {
                return givesUp.getAsBoolean();
            }
        };
    }

    /// What takes time.
    enum Stage {
        /// The machine's packages are read.
        CAPTURE,
        /// A repository's metadata is looked at, and fetched when it is new.
        REFRESH,
        /// File lists of a repository are read for paths that dependencies name.
        FILES,
        /// Signatures are checked.
        SIGNATURES,
        /// What a change removes is kept for an undo.
        KEEP,
        /// The bundle is checked against the profile alone.
        PROOF,
        /// A file is written.
        WRITE
    }

    /// Tells that something begins.
    ///
    /// @param what the id of a repository, the name of a file; empty when there is only one
    void begins(Stage stage, String what);

    /// Returns whom to tell about packages that come in.
    Progress downloads();

    /// Asked often, from many threads; once true, work ends soon and what was fetched is kept.
    boolean cancelled();

    /// The same, asked by the solver on the thread that called it: no lock is held there that
    /// others may want, so it may take its time to answer.
    default boolean givesUp() {
        return cancelled();
    }

    /// Tells that a repository is left out because it cannot be reached and says that it may be.
    default void skipped(String repo, OpmException why) {}

    /// Tells that a file was found damaged in the store and had to be fetched again.
    default void damaged(Wanted file) {}

    /// Tells which files did not come, all others being in the store.
    default void missing(List<Wanted> files) {}

    /// Tells that a repository's new metadata has dependencies that nobody can understand.
    default void unreadable(String repo, int count) {}

    /// Tells that a base is another one than the last time.
    ///
    /// @param idle whiteouts that it has no package for
    default void rebased(java.nio.file.Path base, List<String> idle) {}

    /// Tells that a kernel came which the machine cannot be started with.
    ///
    /// @param lacks `initramfs`, `boot entry`
    default void cannotBoot(String kernel, String lacks) {}

    /// Tells how many packages were made of deltas, how much less came over the network for that,
    /// and the median of what they saved.
    default void deltas(int packages, long savedBytes, int medianPercent) {}

    /// Tells that there is no room to keep what a change removes: an undo will not have it.
    default void noRoomToKeep(int packages) {}

    /// Tells that a package which a change removes cannot be kept: an undo will not have it.
    default void cannotKeep(Regenerated.Impossible pkg) {}

    /// Tells that a repository shows an older snapshot than before: somebody took updates back.
    default void wentBack(String repo, long nowSeconds, long beforeSeconds) {}

    /// Tells that a repository has not changed for a long time: its mirror may have stopped.
    default void quiet(String repo, long sinceSeconds, long days) {}

    /// Tells what a package turned out to be signed by.
    ///
    /// @param key its id, empty when the package is not signed
    default void signed(Nevra pkg, String key) {}
}
