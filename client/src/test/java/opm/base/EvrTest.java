package opm.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Versions sort as rpm sorts them.
class EvrTest {
    @TempDir Path folder;

    /// The pairs of rpm's own rpmvercmp.at, and some more.
    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0, 0",
        "1.0, 2.0, -1",
        "2.0.1, 2.0.1a, -1",
        "5.5p1, 5.5p10, -1",
        "10xyz, 10.1xyz, -1",
        "xyz10, xyz10.1, -1",
        "xyz.4, 8, -1",
        "5.5p2, 5.6p1, -1",
        "5.6p1, 6.5p1, -1",
        "6.0.rc1, 6.0, 1",
        "10b2, 10a1, 1",
        "1.0aa, 1.0a, 1",
        "10.0001, 10.0039, -1",
        "4.999.9, 5.0, -1",
        "20101121, 20101122, -1",
        "2_0, 2.0, 0",
        "a+, a, 0",
        "+_, _+, 0",
        "1.0~rc1, 1.0, -1",
        "1.0~rc1, 1.0arc1, -1",
        "1.0~rc1~git123, 1.0~rc1, -1",
        "1.0^, 1.0, 1",
        "1.0^git1, 1.01, -1",
        "1.0^20160101, 1.0.1, -1",
        "1.0^20160101^git1, 1.0^20160102, -1",
        "1.0~rc1^git1, 1.0~rc1, 1",
        "1.0^git1~pre, 1.0^git1, -1",
        "1.0., 1.0, 0",
        "007, 7, 0",
        "1.99999999999999999999999, 1.100000000000000000000000, -1",
    })
    void sortsAsRpmvercmp(String one, String two, int order) {
        assertThat(Integer.signum(Evr.compareVersions(one, two))).isEqualTo(order);
        assertThat(Integer.signum(Evr.compareVersions(two, one))).isEqualTo(-order);
    }

    /// The epoch stands before the first colon, the release behind the last dash.
    @ParameterizedTest
    @CsvSource({
        "1, 0, 1, ''",
        "1-2, 0, 1, 2",
        "3:1-2, 3, 1, 2",
        "0:1-2, 0, 1, 2",
        ":1-2, 0, 1, 2",
        "1-2-3, 0, 1-2, 3",
        "a:1, 0, a:1, ''",
        "1:2:3-4, 1, 2:3, 4",
        "2147483647:1, 2147483647, 1, ''",
    })
    void readsParts(String text, int epoch, String version, String release) {
        assertThat(Evr.parse(text)).isEqualTo(new Evr(epoch, version, release));
    }

    /// An epoch that is too large is refused in words.
    @ParameterizedTest
    @ValueSource(strings = {"2147483648:1", "99999999999999999999:1"})
    void refusesHugeEpochs(String text) {
        assertThatThrownBy(() -> Evr.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /// An epoch decides before the version, the version before the release.
    @Test
    void comparesPartByPart() {
        assertThat(Evr.parse("1:1-1")).isGreaterThan(Evr.parse("9-9"));
        assertThat(Evr.parse("2-1")).isGreaterThan(Evr.parse("1-9"));
        assertThat(Evr.parse("0:1-1")).isEqualByComparingTo(Evr.parse("1-1"));
        assertThat(Evr.parse("1")).isLessThan(Evr.parse("1-1"));
    }

    /// A dependency without a release is met by any release.
    @Test
    void matchesWithoutRelease() {
        assertThat(Evr.parse("1.2-3").matches(Evr.parse("1.2"))).isZero();
        assertThat(Evr.parse("1.2").matches(Evr.parse("1.2-3"))).isZero();
        assertThat(Evr.parse("1.2-3").matches(Evr.parse("1.2-4"))).isNegative();
        assertThat(Evr.parse("1:1.2-3").matches(Evr.parse("1.2"))).isPositive();
    }

    /// Written without an epoch of 0 for people, with it for formats.
    @Test
    void writes() {
        assertThat(Evr.parse("0:1-2")).hasToString("1-2");
        assertThat(Evr.parse("1:1-2")).hasToString("1:1-2");
        assertThat(Evr.parse("1").full()).isEqualTo("0:1");
    }

    /// Tens of thousands of pairs, random and out of real repositories, sort as rpm itself says.
    @Test
    void agreesWithRpm() throws Exception {
        assumeTrue(Peer.has("rpm"), "skipped: there is no rpm on this machine");
        long seed = 20261121;
        var random = new Random(seed);
        var pairs = new ArrayList<String[]>();
        String alphabet = "0019ab.~^+_Z";
        for (int round = 0; round < 10_000; round++) {
            pairs.add(new String[] {word(random, alphabet), word(random, alphabet)});
        }
        List<String> real = realVersions();
        for (int round = 0; round < Math.min(20_000, real.size()); round++) {
            int one = random.nextInt(real.size());
            int two =
                    random.nextInt(3) == 0 ? random.nextInt(real.size()) : (one + 1) % real.size();
            pairs.add(new String[] {real.get(one), real.get(two)});
        }
        Path file = folder.resolve("pairs");
        var lines = new StringBuilder();
        pairs.forEach(pair -> lines.append(pair[0]).append(' ').append(pair[1]).append('\n'));
        Files.writeString(file, lines);
        String lua =
                "%{lua: for l in io.lines(\""
                        + file
                        + "\") do"
                        + " local a,b = l:match(\"^(%S+) (%S+)$\");"
                        + " print(rpm.vercmp(a,b) .. \" \") end}";
        String[] said = Peer.outputOf("rpm", "--eval", lua).trim().split("\\s+");
        assertThat(said).as("one answer per pair").hasSize(pairs.size());
        var disagree = new ArrayList<String>();
        for (int at = 0; at < said.length; at++) {
            String one = pairs.get(at)[0];
            String two = pairs.get(at)[1];
            int ours = Integer.signum(Evr.parse(one).compareTo(Evr.parse(two)));
            if (ours != Integer.parseInt(said[at])) {
                disagree.add(one + " " + two + ": ours " + ours + ", rpm " + said[at]);
            }
        }
        assertThat(disagree).as("seed %d", seed).isEmpty();
    }

    private static String word(Random random, String alphabet) {
        var text = new StringBuilder();
        for (int left = 1 + random.nextInt(7); left > 0; left--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /// Sorted, so that neighbours are alike; none where there is no shared data.
    private static List<String> realVersions() throws Exception {
        Path shared = Peer.shared();
        var found = new TreeSet<String>();
        if (shared != null) {
            var version =
                    Pattern.compile("<version epoch=\"(\\d+)\" ver=\"(\\S+?)\" rel=\"(\\S+?)\"");
            try (var files = Files.walk(shared)) {
                for (Path file :
                        files.filter(f -> f.toString().matches(".*/repodata/.*primary\\.xml\\.gz"))
                                .toList()) {
                    try (var in = new GZIPInputStream(Files.newInputStream(file))) {
                        String xml = new String(in.readNBytes(20 << 20), StandardCharsets.UTF_8);
                        version.matcher(xml)
                                .results()
                                .forEach(
                                        m ->
                                                found.add(
                                                        m.group(1)
                                                                + ":"
                                                                + m.group(2)
                                                                + "-"
                                                                + m.group(3)));
                    }
                }
            }
        }
        return List.copyOf(found);
    }
}
