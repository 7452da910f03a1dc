package opm.apply;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.store.Store;

/// Where the applier gets package files.
public interface Packages {
    /// Returns a file that rpm can read; lays it down in `stage` where it must.
    ///
    /// @param stage a folder that is thrown away after the batch
    Path file(Artifact artifact, Path stage) throws OpmException;

    /// Returns how many bytes [#file] writes into the stage for this package.
    long stageBytes(Artifact artifact);

    /// Returns the packages that lie in a store; rpm reads them where they are.
    static Packages of(Store store, Disk disk) {
        return new Packages() {
            @Override
            public Path file(Artifact artifact, Path stage) throws OpmException {
                var stored = store.get(artifact.digest());
                if (stored == null) {
                    throw new OpmException.Unavailable(
                            artifact.path() + ": the package is not in the store",
                            "Download what the plan needs first.");
                }
                // rpm and rpmkeys name the file in their messages; a digest would say nothing.
                Path named = stage.resolve(artifact.fileName());
                if (!disk.exists(named) && !disk.tryLink(stored.path(), named)) {
                    return stored.path();
                }
                return named;
            }

            @Override
            public long stageBytes(Artifact artifact) {
                return 0;
            }
        };
    }
}
