package opm.profile;

import opm.base.OpmException;
import opm.host.Commands;
import opm.host.Disk;
import opm.host.RpmCommand;

/// Looks at a machine and describes it; changes nothing.
public final class ProfileCapture {
    private ProfileCapture() {}

    /// Describes the machine whose root `rpm` looks at.
    ///
    /// @param atSeconds when, seconds since 1970, to be written down; 0 to leave it out
    public static SystemProfile capture(
            RpmCommand rpm, Disk disk, Commands commands, long atSeconds) throws OpmException {
        return new Capture(rpm, disk, commands).run(atSeconds);
    }
}
