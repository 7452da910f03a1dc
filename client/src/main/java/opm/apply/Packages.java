package opm.apply;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.store.Store;

/// Where the applier gets package files.
public interface Packages {
    /// Lays a package down as a file that rpm can read.
    ///
    /// @param file where, in a folder that is thrown away after the batch; it may be there already
    /// @throws OpmException.Damaged when its bytes are not those that the plan names
    void lay(Artifact artifact, Path file) throws OpmException;

    /// Returns how many bytes [#lay] writes into the stage for this package.
    long stageBytes(Artifact artifact);

    /// Tells whether [#lay] may be called by another thread while rpm reads what lies there.
    default boolean mayLayAhead() {
        return false;
    }

    /// Tells whether packages may still be on their way: then each batch is judged when it is
    /// there, before it is installed, and the first one before anything is changed.
    default boolean areArriving() {
        return false;
    }

    /// Is told of a file that [#lay] made, after its batch was verified and before the file goes:
    /// who keeps packages for later may give it a second name.
    default void installed(Artifact artifact, Path file) throws OpmException {}

    /// Returns when all that the packages came in was found whole; nothing is changed before.
    ///
    /// @throws OpmException.Damaged names what is not
    default void requireWhole() throws OpmException {}

    /// Says no to a batch where what came before it is not what it has to be; asked before each is
    /// begun, at a boundary.
    ///
    /// @throws OpmException.Refused says what is missing; the change stays open there
    default void requireReady(Batch batch) throws OpmException {}

    /// Returns the packages that lie in a store.
    ///
    /// @param root of the machine that is changed: where it shares no file system with the store,
    ///     packages are copied
    static Packages of(Store store, Disk disk, Path root) {
        boolean isOne = disk.isOneFileSystem(store.root(), root);
        return new Packages() {
            @Override
            public void lay(Artifact artifact, Path file) throws OpmException {
                var stored = store.get(artifact.digest());
                if (stored == null) {
                    throw new OpmException.Unavailable(
                            artifact.path() + ": the package is not in the store",
                            "Give the bundle that it came from: opm resume FILE.opm");
                }
                // A name of its own: rpm names the file in its messages, a digest says nothing.
                if (!disk.exists(file) && !disk.tryLink(stored.path(), file)) {
                    disk.copy(stored.path(), file);
                }
            }

            @Override
            public long stageBytes(Artifact artifact) {
                return isOne ? 0 : artifact.sizeBytes();
            }
        };
    }
}
