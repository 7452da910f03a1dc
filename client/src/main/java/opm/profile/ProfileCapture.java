package opm.profile;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.host.Commands;
import opm.host.Disk;
import opm.host.RpmCommand;
import opm.host.RunningKernel;
import org.jspecify.annotations.Nullable;

/// Looks at a machine and describes it; changes nothing.
public final class ProfileCapture {
    private ProfileCapture() {}

    /// Describes what files alone say of a root: its distribution, configuration and kernel. The
    /// rest is empty, as on a machine without rpm; so this takes a fraction of the time.
    public static SystemProfile configuration(Path root, Disk disk) throws OpmException {
        return Capture.configuration(
                new RootFiles(disk, root), RunningKernel.of(root, disk));
    }

    /// Returns the architecture that rpm installs for.
    public static String arch(RpmCommand rpm, Commands commands) throws OpmException {
        return Capture.arch(rpm.showrc(), commands);
    }

    /// Returns what tells the sources of install reasons of a root as they are now from those of
    /// another time; null where no such word can be had.
    public static @Nullable String reasonsStamp(Path root, Disk disk, Commands commands)
            throws OpmException {
        return Reasons.stamp(new RootFiles(disk, root), commands);
    }

    /// Describes the machine whose root `rpm` looks at.
    ///
    /// @param atSeconds when, seconds since 1970, to be written down; 0 to leave it out
    public static SystemProfile capture(
            RpmCommand rpm, Disk disk, Commands commands, long atSeconds) throws OpmException {
        return new Capture(rpm, disk, commands).run(atSeconds);
    }
}
