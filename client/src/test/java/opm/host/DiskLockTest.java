package opm.host;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A lock is held by one at a time, also against other processes.
class DiskLockTest {
    @TempDir Path folder;

    // Who asks twice gets it once, and asking does not give it away to another process.
    @Test
    void keepsOthersOut() throws Exception {
        var disk = new LocalDisk();
        Path file = folder.resolve("lock");
        var lock = requireNonNull(disk.tryLock(file));
        assertThat(disk.tryLock(file)).isNull();
        assertThat(disk.tryLock(folder.resolve(".").resolve("lock"))).isNull();
        assertThat(otherProcessGets(file)).isFalse();
        lock.close();
        assertThat(otherProcessGets(file)).isTrue();
        assertThat(disk.tryLock(file)).isNotNull();
    }

    private static boolean otherProcessGets(Path file) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var other =
                new ProcessBuilder(
                                java,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Holder.class.getName(),
                                file.toString())
                        .inheritIO()
                        .start();
        return other.waitFor() == 0;
    }

    /// The other process: exit 0 when it gets the lock.
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            System.exit(new LocalDisk().tryLock(Path.of(args[0])) == null ? 1 : 0);
        }
    }
}
