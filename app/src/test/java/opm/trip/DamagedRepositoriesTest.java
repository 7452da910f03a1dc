package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import opm.base.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `opm refresh`, as a process, on damaged copies of real repositories: exit status 3, soon, and
/// nothing of the damaged file stays.
final class DamagedRepositoriesTest {
    private static final long SEED = 20261121;

    /// A run takes less than one second on two cores that do nothing else; other tests share them.
    private static final long MOST_MILLIS = 60_000;

    /// Of their formats there are smaller ones.
    private static final List<String> LARGE = List.of("cs9-appstream", "cs9-baseos-subset");

    private static final Pattern ITEM =
            Pattern.compile("<data type=\"(primary|filelists)\">.*?</data>", Pattern.DOTALL);

    @TempDir private Path folder;

    /// Every repository of the corpus: its primary metadata, and its file lists where it has some.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "centos7.7-minimal",
                "cs9-appstream",
                "cs9-baseos-subset",
                "epel8-20250302",
                "fedora32-subset",
                "opensuse-obs-virtualbox-11.1",
                "rpmsphere-noarch",
                "suse-missing-packages",
            })
    void damageEndsWithThree(String name) throws IOException {
        assumeTrue(
                !LARGE.contains(name) || Boolean.getBoolean("opm.soak"),
                "skipped: all repositories only with -Dopm.soak=true");
        Path original = Trip.shared("corpus/real/repos/" + name);
        var random = new Random(SEED);
        String repomd = Files.readString(original.resolve("repodata/repomd.xml"));
        var trip = new Trip(folder);
        Path copy = trip.at("copy");
        Files.createDirectories(copy.resolve("repodata"));
        Matcher items = ITEM.matcher(repomd);
        var whole = new java.util.TreeMap<String, byte[]>();
        while (items.find()) {
            String location = location(items.group());
            whole.put(location, Files.readAllBytes(original.resolve(location)));
        }
        assertThat(whole).isNotEmpty();
        for (String damaged : whole.keySet()) {
            for (Damage damage : Damage.values()) {
                Files.writeString(copy.resolve("repodata/repomd.xml"), repomd);
                for (var file : whole.entrySet()) {
                    Files.write(copy.resolve(file.getKey()), file.getValue());
                }
                byte[] bad = damage.of(whole.get(damaged), random);
                Files.write(copy.resolve(damaged), bad);
                if (damage == Damage.CUT_AND_SEALED) {
                    Files.writeString(
                            copy.resolve("repodata/repomd.xml"), sealed(repomd, damaged, bad));
                }
                refuse(trip, copy, name + " " + damaged + " " + damage + " seed " + SEED);
            }
        }
    }

    /// A repomd.xml that is cut off is damage wherever it is cut.
    @Test
    void aCutListIsDamage() throws IOException {
        Path original = Trip.shared("corpus/real/repos/cs9-baseos-subset/repodata/repomd.xml");
        byte[] bytes = Files.readAllBytes(original);
        var trip = new Trip(folder);
        Path copy = trip.at("copy");
        Files.createDirectories(copy.resolve("repodata"));
        for (int length : new int[] {0, 100, bytes.length / 2, bytes.length - 10}) {
            Files.write(copy.resolve("repodata/repomd.xml"), Arrays.copyOf(bytes, length));
            refuse(trip, copy, "repomd.xml of " + length + " bytes");
        }
    }

    /// What is done to a file.
    private enum Damage {
        CUT,
        FLIPPED,
        /// Cut off, and repomd.xml names what is left: the reader has to notice.
        CUT_AND_SEALED;

        byte[] of(byte[] whole, Random random) {
            int at = 1 + random.nextInt(whole.length - 1);
            if (this != FLIPPED) {
                return Arrays.copyOf(whole, at);
            }
            byte[] bad = whole.clone();
            bad[at] ^= (byte) (1 << random.nextInt(8));
            return bad;
        }
    }

    private static void refuse(Trip trip, Path repo, String what) throws IOException {
        long begun = System.nanoTime();
        Trip.Said said =
                trip.opm(
                        "refresh",
                        "--complete",
                        "--repo",
                        "r=" + repo.toUri(),
                        "--root",
                        trip.at("root").toString(),
                        "--state",
                        trip.at("state").toString());
        long millis = (System.nanoTime() - begun) / 1_000_000;
        assertThat(said.status()).as(what + "\n" + said.err()).isEqualTo(3);
        assertThat(said.err().lines()).as(what).hasSize(2);
        assertThat(millis).as(what).isLessThan(MOST_MILLIS);
        assertThat(left(trip.at("state"))).as(what).isEmpty();
    }

    /// Returns what holds bytes of a file that was fetched: objects and partial files of the store,
    /// files beside the packages, what was under way. The set of a whole primary file may stay.
    private static List<Path> left(Path state) throws IOException {
        if (!Files.exists(state)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(state)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("/store/opm/locks/"))
                    .filter(file -> !file.endsWith("store/opm/notes"))
                    .filter(file -> !file.startsWith(state.resolve("repos")))
                    .filter(file -> !file.startsWith(state.resolve("sets")))
                    .toList();
        }
    }

    private static String location(String item) {
        Matcher href = Pattern.compile("<location[^>]* href=\"([^\"]+)\"").matcher(item);
        assertThat(href.find()).as(item).isTrue();
        return href.group(1);
    }

    /// Returns a repomd.xml in which a file has another digest and size.
    private static String sealed(String repomd, String location, byte[] bytes) {
        Matcher items = ITEM.matcher(repomd);
        while (items.find()) {
            if (location(items.group()).equals(location)) {
                String item =
                        items.group()
                                .replaceFirst(
                                        "<checksum type=\"[a-z0-9]+\">[0-9a-f]+</checksum>",
                                        "<checksum type=\"sha256\">"
                                                + Digest.sha256Of(bytes).hex()
                                                + "</checksum>")
                                .replaceFirst(
                                        "<size>\\d+</size>", "<size>" + bytes.length + "</size>");
                return repomd.substring(0, items.start()) + item + repomd.substring(items.end());
            }
        }
        throw new AssertionError(location + " is not in\n" + repomd);
    }
}
