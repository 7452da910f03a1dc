package opm.trip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server, its two mirrors, and a machine that wants everything.
record Cafe(
        Trip trip,
        List<Path> repos,
        Path profile,
        FaultyMirror direct,
        FaultyMirror relayed,
        WebClient server,
        Doorman door)
        implements AutoCloseable {
    static Cafe make(Trip trip, int packages, int packageBytes) throws IOException {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3", "chromium");
        Trip.needsRoot();
        var parcels = new Parcels(trip, packages, packageBytes);
        Path open = parcels.repo("open", 0, 2);
        Path closed = parcels.repo("closed", 1, 2);
        Path root = trip.newRoot("root", Parcels.key(open));
        Path profile = trip.at("box.opmprofile");
        trip.opm("profile", "--root", root + "", "-o", profile + "").mustEnd(0);
        var direct = new FaultyMirror(open, true, 0);
        var relayed = new FaultyMirror(closed, false, 0);
        var server =
                WebClient.serve(
                        trip.at("serve.log"),
                        "--repo",
                        "open=" + direct.address(),
                        "--repo",
                        "closed=" + relayed.address(),
                        "--state",
                        trip.at("state").toString());
        var door = new Doorman(server.address());
        return new Cafe(
                trip, List.of(open, closed), profile, direct, relayed, server, door);
    }

    Chromium browser() {
        return browser("browser");
    }

    /// @param name of the folder with what it keeps
    Chromium browser(String name) {
        return Chromium.start(trip.at(name));
    }

    long bytes() {
        return direct.traffic().browserBytes() + door.traffic().browserBytes();
    }

    long bytes(long from, long until) {
        return direct.traffic().browserBytes(from, until)
                + door.traffic().browserBytes(from, until);
    }

    /// Returns how much of a limit in kB/s was used in some seconds.
    double share(long begin, long fromSeconds, long seconds, int rate) {
        long from = begin + TimeUnit.SECONDS.toNanos(fromSeconds);
        long until = from + TimeUnit.SECONDS.toNanos(seconds);
        return bytes(from, until) / (1000.0 * rate * seconds);
    }

    /// Returns all answers that browsers got.
    List<Traffic.Sent> sent() {
        return Stream.concat(direct.traffic().all().stream(), door.traffic().all().stream())
                .filter(sent -> sent.browser)
                .toList();
    }

    @Override
    public void close() throws IOException {
        door.close();
        server.close();
        relayed.close();
        direct.close();
    }
}
