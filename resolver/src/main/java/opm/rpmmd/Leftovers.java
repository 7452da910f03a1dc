package opm.rpmmd;

import java.nio.file.Path;
import java.util.HashSet;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.Host;

/// Removes what nobody needs any more from the state directory of [Metadata].
final class Leftovers {
    /// Files in `incoming` that are older than a day were left by a crash.
    private static final long STALE_MILLIS = 24 * 3600 * 1000L;

    private final Host host;
    private final Path state;
    private final SetFolder sets;

    Leftovers(Host host, Path state, SetFolder sets) {
        this.host = host;
        this.state = state;
        this.sets = sets;
    }

    /// Removes sets and filelists of a state that no repository has any more.
    void forget(Digest old) throws OpmException {
        Disk disk = host.disk();
        var keep = new HashSet<String>();
        var lists = new HashSet<String>();
        for (Path folder : disk.list(state.resolve("repos"))) {
            Path file = folder.resolve("repomd.xml");
            if (disk.exists(file)) {
                byte[] bytes = disk.readAll(file, Limits.REPOMD_BYTES);
                keep.add(Digest.sha256Of(bytes).hex());
                try {
                    Repomd.parse(bytes).items().forEach(item -> lists.add(item.checksum().hex()));
                } catch (Damaged _) {
                    // It keeps nothing.
                }
            }
        }
        if (!keep.contains(old.hex())) {
            sets.forget(old);
        }
        for (Path file : disk.list(state.resolve("files"))) {
            if (!lists.contains(String.valueOf(file.getFileName()))) {
                disk.delete(file);
            }
        }
    }

    /// Removes what a crash left long ago.
    void sweep() throws OpmException {
        long now = host.clock().millis();
        for (Path file : host.disk().list(state.resolve("incoming"))) {
            try {
                if (now - host.disk().modifiedMillis(file) > STALE_MILLIS) {
                    host.disk().delete(file);
                }
            } catch (BadRequest _) {
                // Another process has just renamed it.
            }
        }
    }
}
