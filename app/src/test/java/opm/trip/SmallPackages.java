package opm.trip;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Packages of one file each, `/srv/NAME`, made by rpmbuild; a folder of them is a repository.
final class SmallPackages {
    private static final String SPEC =
            """
            Name: NAME
            Version: VERSION
            Release: 1
            Summary: A test
            License: Apache-2.0
            BuildArch: noarch
            MORE
            %description
            A test.
            %install
            mkdir -p %{buildroot}/srv
            CONTENT >%{buildroot}/srv/NAME
            %files
            /srv/NAME
            """;

    private final Trip trip;
    private final String content;

    /// @param content a command of sh that prints what is in the files
    SmallPackages(Trip trip, String content) {
        this.trip = trip;
        this.content = content;
    }

    /// Builds a repository and returns its folder.
    ///
    /// @param packages `NAME VERSION`, then lines of the spec such as `Requires: base`
    Path build(String folder, List<String> packages) {
        var command = new ArrayList<>(List.of("rpmbuild", "-bb", "--quiet"));
        command.addAll(List.of("--define", "_topdir " + trip.at("build")));
        command.addAll(List.of("--define", "_rpmdir " + trip.at(folder)));
        command.addAll(List.of("--define", "__os_install_post %{nil}"));
        for (String words : packages) {
            String[] parts = words.split(" ", 3);
            Path spec = trip.at(folder + "-" + parts[0] + "-" + parts[1] + ".spec");
            String text =
                    SPEC.replace("CONTENT", content)
                            .replace("NAME", parts[0])
                            .replace("VERSION", parts[1])
                            .replace("MORE", parts.length < 3 ? "" : parts[2]);
            Trip.write(spec, text);
            command.add(spec.toString());
        }
        trip.run(command).mustEnd(0);
        trip.run("createrepo_c", "-q", trip.at(folder).toString()).mustEnd(0);
        return trip.at(folder);
    }

    /// Returns a package of such a folder.
    String rpm(String folder, String nameVersion) {
        return trip.at(folder + "/noarch/" + nameVersion + "-1.noarch.rpm").toString();
    }
}
