package opm.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// What running processes use: references that end with their process.
///
/// A lease is a file `opm/leases/UUID` of lines `ALGO HEX`, and a file `UUID.lock` that its process
/// holds the kernel's lock of. Who gets that lock knows that the process is gone, and removes both.
final class Leases {
    private static final String LOCK = ".lock";
    private final Disk disk;
    private final Layout layout;

    Leases(Disk disk, Layout layout) {
        this.disk = disk;
        this.layout = layout;
    }

    Lease take() throws OpmException {
        disk.createDirectories(layout.leases());
        Path file = layout.leases().resolve(UUID.randomUUID().toString());
        Path lockFile = lock(file);
        // The lock first: whoever sees the lease can then tell that it lives.
        Disk.Lock lock = disk.tryLock(lockFile);
        if (lock == null) {
            throw new IllegalStateException("somebody holds " + lockFile + ", whose name is new");
        }
        return new Lease(disk, file, lockFile, lock);
    }

    private static Path lock(Path file) {
        return file.resolveSibling(file.getFileName() + LOCK);
    }

    /// Returns what living processes use; removes what dead ones left.
    Set<Digest> living() throws OpmException {
        var used = new HashSet<Digest>();
        for (Path lockFile : disk.list(layout.leases())) {
            String name = String.valueOf(lockFile.getFileName());
            if (!name.endsWith(LOCK)) {
                continue;
            }
            Path file = lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length()));
            Disk.Lock lock = disk.tryLock(lockFile);
            if (lock == null) {
                used.addAll(read(file));
            } else {
                disk.delete(file);
                disk.delete(lockFile);
                lock.close();
            }
        }
        return used;
    }

    private List<Digest> read(Path file) throws OpmException {
        var digests = new ArrayList<Digest>();
        if (!disk.exists(file)) {
            return digests;
        }
        try (var in =
                new BufferedReader(
                        new InputStreamReader(disk.read(file), StandardCharsets.ISO_8859_1))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Digest digest = parse(line);
                if (digest != null) {
                    digests.add(digest);
                }
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
        return digests;
    }

    static @Nullable Digest parse(String line) {
        String[] words = line.split(" ", -1);
        try {
            return words.length == 2
                    ? new Digest(Digest.Algorithm.ofWord(words[0]), words[1])
                    : null;
        } catch (IllegalArgumentException e) {
            // A last line that is being written: its object is kept by the lock on collections.
            return null;
        }
    }
}
