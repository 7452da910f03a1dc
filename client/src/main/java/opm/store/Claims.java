package opm.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Disk;

/// Who writes which partial file: one writer per digest, in all processes of the machine.
///
/// The kernel's locks are per process and few; within the process a set decides.
final class Claims {
    private final Disk disk;
    private final Layout layout;
    private final Set<Digest> claimed = new HashSet<>();
    private final Map<String, Held> slots = new HashMap<>();

    private static final class Held {
        final Disk.Lock lock;
        int users;

        Held(Disk.Lock lock) {
            this.lock = lock;
        }
    }

    Claims(Disk disk, Layout layout) {
        this.disk = disk;
        this.layout = layout;
    }

    /// Claims a digest until [#release].
    ///
    /// @return false when somebody else has it
    synchronized boolean claim(Digest digest) throws OpmException {
        if (claimed.contains(digest)) {
            return false;
        }
        String slot = String.valueOf(layout.lock(digest).getFileName());
        Held held = slots.get(slot);
        if (held == null) {
            disk.createDirectories(layout.locks());
            Disk.Lock lock = disk.tryLock(layout.lock(digest));
            if (lock == null) {
                return false;
            }
            held = new Held(lock);
            slots.put(slot, held);
        }
        held.users++;
        return claimed.add(digest);
    }

    synchronized void release(Digest digest) {
        if (!claimed.remove(digest)) {
            return;
        }
        String slot = String.valueOf(layout.lock(digest).getFileName());
        Held held = slots.get(slot);
        if (held != null && --held.users == 0) {
            slots.remove(slot);
            held.lock.close();
        }
    }
}
