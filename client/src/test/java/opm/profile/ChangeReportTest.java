package opm.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// Reports of what changed, short enough for paper.
final class ChangeReportTest {
    private static final int PACKAGES = 2000;
    private final Random random = new Random(20261121);

    private static SystemProfile machine(List<Nevra> packages) {
        return new SystemProfile(
                new SystemProfile.Distro("", "", "", ""),
                "x86_64",
                "",
                "",
                List.of(),
                0,
                0,
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                packages.stream().map(ChangeReportTest::installed).toList());
    }

    private static InstalledPackage installed(Nevra nevra) {
        return new InstalledPackage(
                nevra,
                "",
                0,
                0,
                0,
                "",
                null,
                InstalledPackage.Reason.UNKNOWN,
                "",
                "",
                Map.of(),
                List.of());
    }

    private String word(int length) {
        var text = new StringBuilder();
        for (int at = 0; at < length; at++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private String version() {
        return random.nextInt(20) + "." + random.nextInt(40) + "." + random.nextInt(10);
    }

    private List<Nevra> world() {
        var packages = new ArrayList<Nevra>();
        for (int at = 0; at < PACKAGES; at++) {
            String evr = (at % 9 == 0 ? "1:" : "") + version() + "-" + random.nextInt(9) + ".fc43";
            packages.add(new Nevra(word(12), Evr.parse(evr), at % 4 == 0 ? "noarch" : "x86_64"));
        }
        return packages;
    }

    /// A quarter of 2,000 packages in versions that nothing foretells, some gone, some new: three
    /// codes of the largest size, read in any order.
    @Test
    void threeCodesForAQuarterOfAMachine() throws OpmException {
        List<Nevra> before = world();
        var after = new ArrayList<Nevra>();
        for (int at = 0; at < before.size(); at++) {
            Nevra old = before.get(at);
            if (at % 200 == 7) {
                continue;
            }
            Evr newer = Evr.parse(version() + "-" + (1 + random.nextInt(9)) + ".fc44");
            after.add(at % 4 == 1 ? new Nevra(old.name(), newer, old.arch()) : old);
        }
        for (int at = 0; at < 20; at++) {
            after.add(new Nevra(word(12), Evr.parse(version() + "-1.fc44"), "x86_64"));
        }
        var frames = new ArrayList<>(ChangeReport.frames(machine(before), machine(after)));
        System.out.println(
                frames.size() + " codes, " + String.join("", frames).length() + " characters");
        assertThat(frames).hasSizeLessThanOrEqualTo(3).allMatch(frame -> frame.length() < 4296);
        Collections.reverse(frames);
        String scanned = "codes:\n" + String.join(" \r\n", frames) + "\n";
        assertThat(ChangeReport.isIn(scanned)).isTrue();
        List<Nevra> read = ChangeReport.read(scanned, machine(before));
        assertThat(machine(read).installedDigest()).isEqualTo(machine(after).installedDigest());
        if (frames.size() > 1) {
            assertThatThrownBy(() -> ChangeReport.read(frames.getFirst(), machine(before)))
                    .isInstanceOf(BadRequest.class);
        }
        assertThatThrownBy(() -> ChangeReport.read(scanned, machine(after)))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("another profile");
    }

    /// Several versions of one name, nothing at all, and letters that were misread.
    @Test
    void smallAndDamaged() throws OpmException {
        List<Nevra> before = world().subList(0, 10);
        var twice = new ArrayList<>(before);
        Nevra first = before.getFirst();
        twice.add(new Nevra(first.name(), Evr.parse("99-1"), first.arch()));
        twice.add(new Nevra(first.name(), Evr.parse("98-1"), first.arch()));
        for (List<Nevra> now : List.of(before, twice)) {
            String report = ChangeReport.frames(machine(before), machine(now)).getFirst();
            List<Nevra> read = ChangeReport.read(report, machine(before));
            assertThat(machine(read).installedDigest()).isEqualTo(machine(now).installedDigest());
        }
        String report = ChangeReport.frames(machine(twice), machine(before)).getFirst();
        for (int at = "OPM1.1.1.".length(); at < report.length(); at++) {
            if (report.charAt(at) != '.') {
                char other = report.charAt(at) == 'A' ? 'B' : 'A';
                String wrong = report.substring(0, at) + other + report.substring(at + 1);
                assertThatThrownBy(() -> ChangeReport.read(wrong, machine(twice)))
                        .isInstanceOfAny(Damaged.class, BadRequest.class);
            }
        }
    }
}
