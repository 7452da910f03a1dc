package opm.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.file.Path;
import opm.base.OpmException;

/// The kernel that a root was started with.
public final class RunningKernel {
    private static final Path RELEASE = Path.of("proc/sys/kernel/osrelease");

    /// Bounded by `struct new_utsname`: 65 bytes.
    private static final int MOST_BYTES = 4096;

    private RunningKernel() {}

    /// Returns what `uname -r` says where the root is this machine, or has its `/proc`; else "".
    public static String of(Path root, Disk disk) throws OpmException {
        if (root.getNameCount() == 0) {
            return System.getProperty("os.version", "");
        }
        Path file = root.resolve(RELEASE);
        return disk.exists(file)
                ? new String(disk.readAll(file, MOST_BYTES), ISO_8859_1).strip()
                : "";
    }
}
