package opm.host;

import java.time.Clock;
import java.time.InstantSource;

/// The four doors to the world, handed to whoever needs them.
///
/// @param clock what time it is; only journals, receipts and progress ask
public record Host(Disk disk, Commands commands, Net net, InstantSource clock) {
    /// Returns the same, with a network that is asked for strangers.
    public Host forStrangers() {
        return new Host(disk, commands, net.forStrangers(), clock);
    }

    /// Returns the doors of the machine that this runs on, whose SHA-256 is offered to the process.
    public static Host ofThisMachine() {
        LibCrypto.offer();
        return new Host(
                new LocalDisk(),
                new LocalCommands(),
                new LocalNet(System.getenv()),
                Clock.systemUTC());
    }
}
