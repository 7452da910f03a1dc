package opm.trip;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import opm.base.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bundle in five parts, of which one is lost: the others do what they can, with real rpm.
///
/// Five chains of three packages that need each other, in two versions, one chain a part.
///
/// `-Dopm.soak`: each part is lost once.
final class SplitTripTest {
    private static final boolean SOAK = Boolean.getBoolean("opm.soak");
    private static final int CHAINS = 5;
    private static final String SIZE = "370K";
    private static final int FILE_BYTES = 60_000;
    private static final Pattern LATER = Pattern.compile("p\\d-0:2-1.noarch");

    private final Trip trip;

    SplitTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    private Path build(int version) {
        var random = new Random(version);
        var text = new StringBuilder();
        for (int chain = 0; chain < CHAINS; chain++) {
            for (char link = 'a'; link <= 'c'; link++) {
                text.append("package p" + chain + link + "-" + version + "-1.noarch\n");
                text.append("built: 2026-06-01\n");
                if (link > 'a') {
                    text.append("requires: p" + chain + (char) (link - 1) + "\n");
                }
                text.append("file /srv/p" + chain + link + ": ");
                for (int at = 0; at < FILE_BYTES; at++) {
                    text.append((char) ('!' + random.nextInt(94)));
                }
                text.append('\n');
            }
        }
        Path recipe = trip.at(version + ".recipe");
        Trip.write(recipe, text.toString());
        return trip.stubRepo("v" + version, "--recipe", recipe.toString());
    }

    /// A machine with all packages of the older version, which a newer one can be had of.
    private void world() {
        Path old = build(1);
        build(2);
        Path root = trip.newRoot("root", old.resolve("RPM-GPG-KEY-stub"));
        trip.install(root, Trip.rpms(old));
    }


    private List<Path> parts(String folder, String... more) throws IOException {
        Path to = Files.createDirectories(trip.at(folder));
        var words = new ArrayList<>(List.of("bundle", "create", "--upgrade"));
        words.addAll(List.of("--repo", "new=" + trip.at("v2").toUri(), "--split", SIZE));
        words.addAll(List.of("--root", trip.at("root") + "", "--state", trip.at("state") + ""));
        words.addAll(List.of("-o", to.resolve("box.opm") + ""));
        words.addAll(List.of(more));
        trip.opm(words.toArray(String[]::new)).mustEnd(0);
        try (Stream<Path> files = Files.list(to)) {
            return files.sorted().toList();
        }
    }

    private Path copyOfRoot(String name) {
        Path copy = trip.newRoot(name);
        trip.run("cp", "-a", trip.at("root") + "/.", copy + "").mustEnd(0);
        return copy;
    }

    private List<String> upgraded(Path root) {
        return trip.installed(root).stream().filter(name -> name.contains("-0:2-1")).toList();
    }

    /// Each part alone, in any order, and all but one in one folder.
    @Test
    void anyPartMayBeLost() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "dash", "busybox");
        Trip.needsRoot();
        world();
        List<Path> parts = parts("parts");
        assertThat(parts).hasSize(CHAINS);
        for (Path part : parts) {
            assertThat(Files.size(part)).isLessThanOrEqualTo(370 << 10);
            trip.run("unzip", "-tq", part + "").mustEnd(0);
        }
        for (int lost = 0; lost < CHAINS; lost += SOAK ? 1 : 3) {
            together(parts, lost, lost % 2 == 0);
        }
        alone(parts);
    }

    /// All but one lie in one folder, and in the place of that one another whose seal is right and
    /// whose manifest leads out of the folder; then the lost one comes.
    private void together(List<Path> parts, int lost, boolean shell) throws IOException {
        Path folder = Files.createDirectories(trip.at("lost" + lost));
        for (int at = 0; at < parts.size(); at++) {
            if (at != lost) {
                Files.copy(parts.get(at), folder.resolve("any name " + at + ".opm"));
            }
        }
        Files.write(folder.resolve("hostile.opm"), hostile(Files.readAllBytes(parts.get(lost))));
        Path root = copyOfRoot("root-lost" + lost);
        Path any = folder.resolve("any name " + (lost + 1) % parts.size() + ".opm");
        Trip.Said said = apply(any, root, shell).mustEnd(0);
        assertThat(said.out() + said.err()).contains("part " + (lost + 1) + " of 5");
        assertThat(upgraded(root)).hasSize(12);
        said = apply(any, root, !shell).mustEnd(5);
        assertThat(said.err()).contains("part " + (lost + 1) + " of 5 is missing", "hint: ");
        // The lost part by itself finds what the others did.
        Path found = Files.createDirectories(trip.at("found" + lost)).resolve("x.opm");
        Files.copy(parts.get(lost), found);
        apply(found, root, shell).mustEnd(0);
        assertThat(upgraded(root)).hasSize(15);
        assertThat(apply(found, root, !shell).mustEnd(0).out()).contains("already");
    }

    private static byte[] hostile(byte[] part) {
        String head = new String(part, 0, 2048, US_ASCII);
        int at = number(head, "manifest_at");
        int length = number(head, "manifest_size");
        String manifest =
                new String(part, at, length, US_ASCII).replace("Packages/p", "../../../p");
        int end = manifest.lastIndexOf("end ");
        manifest = manifest.substring(0, end + 4) + sum(manifest.substring(0, end)) + "\n";
        head =
                head.replaceFirst(
                        "manifest_sha256=[0-9a-f]*", "manifest_sha256=" + sum(manifest));
        int covered = head.indexOf("head_sha256=");
        head = head.substring(0, covered) + "head_sha256=" + sum(head.substring(0, covered)) + "\n";
        byte[] made = part.clone();
        System.arraycopy(head.getBytes(US_ASCII), 0, made, 0, 2048);
        System.arraycopy(manifest.getBytes(US_ASCII), 0, made, at, length);
        int sealed = made.length - 64;
        Digest seal = Digest.sha256Of(Arrays.copyOf(made, sealed - 18));
        System.arraycopy(seal.hex().getBytes(US_ASCII), 0, made, sealed, 64);
        return made;
    }

    private static int number(String head, String name) {
        var found = Pattern.compile("\n" + name + "=(\\d+)\n").matcher(head);
        assertThat(found.find()).as(name).isTrue();
        return Integer.parseInt(found.group(1));
    }

    private static String sum(String text) {
        return Digest.sha256Of(text.getBytes(US_ASCII)).hex();
    }

    /// Each by itself, the last one first.
    private void alone(List<Path> parts) throws IOException {
        Path root = copyOfRoot("root-alone");
        for (int at = parts.size() - 1; at >= (SOAK ? 0 : 3); at--) {
            Path only = Files.createDirectories(trip.at("alone" + at)).resolve("x.opm");
            Files.copy(parts.get(at), only);
            apply(only, root, at % 2 == 0).mustEnd(0);
            assertThat(upgraded(root)).hasSize((parts.size() - at) * 3);
        }
        assertThat(new TreeSet<>(trip.installed(root))).hasSize(15);
    }

    private Trip.Said apply(Path part, Path root, boolean shell) {
        return shell
                ? trip.run("dash", part + "", "--root", root + "", "--yes")
                : trip.opm("apply", part + "", "--root", root + "", "--yes");
    }

    /// With the parity part everything is there again, bit for bit.
    @Test
    void parityRecoversAnyPart() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "busybox");
        Trip.needsRoot();
        world();
        Path root = trip.at("root");
        List<Path> parts = parts("parts", "--split", "600K", "--parity");
        assertThat(parts.getLast().getFileName()).hasToString("box.parity.opm");
        Path whole = trip.at("whole.opm");
        join(parts, whole).mustEnd(0);
        trip.opm("bundle", "verify", whole + "").mustEnd(0);
        for (int lost = 0; lost < parts.size() - 1; lost++) {
            var rest = new ArrayList<>(parts);
            rest.remove(lost);
            Path again = trip.at("again" + lost + ".opm");
            assertThat(join(rest, again).mustEnd(0).out()).contains("Part " + (lost + 1));
            assertThat(Files.mismatch(whole, again)).isEqualTo(-1);
        }
        assertThat(join(parts.subList(2, parts.size()), trip.at("never.opm")).mustEnd(3).err())
                .contains("[1, 2]");
        // The parity part holds no packages, and says whose are missing.
        Path alone = Files.createDirectories(trip.at("alone")).resolve("p.opm");
        Files.copy(parts.getLast(), alone);
        Trip.Said said =
                trip.run("busybox", "ash", alone + "", "--root", root + "", "--yes").mustEnd(5);
        assertThat(said.err()).contains("is missing");
        assertThat(upgraded(root)).noneMatch(LATER.asMatchPredicate());
        aDamagedNeighbourHarmsNobody(parts, root);
        // Split once more, of the whole one.
        Path more = Files.createDirectories(trip.at("more"));
        Path copy = Files.copy(whole, more.resolve("again.opm"));
        trip.opm("bundle", "split", copy + "", "--split", "600K", "--parity").mustEnd(0);
        Path first = more.resolve("again.1-of-" + (parts.size() - 1) + ".opm");
        assertThat(Files.mismatch(first, parts.getFirst())).isEqualTo(-1);
    }

    /// Who applied a part was killed while rpm ran: the same part goes on, by sh and by opm.
    @Test
    void anInterruptedPartGoesOn() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "dash");
        Trip.needsRoot();
        var text = new StringBuilder();
        var random = new Random(1);
        for (String pkg : List.of("x", "y")) {
            text.append("package " + pkg + "-1-1.noarch\nbuilt: 2026-06-01\n");
            text.append("post <lua>: local t = os.time() while os.time() - t < 2 do end\n");
            text.append("file /srv/" + pkg + ": ");
            random.ints(2 * FILE_BYTES, '!', '~').forEach(c -> text.append((char) c));
            text.append('\n');
        }
        Trip.write(trip.at("recipe"), text.toString());
        Path repo = trip.stubRepo("repo", "--recipe", trip.at("recipe").toString());
        Path root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        var words = new ArrayList<>(List.of("bundle", "create", "--install", "x", "y"));
        words.addAll(List.of("--repo", "new=" + repo.toUri(), "--split", SIZE));
        words.addAll(List.of("--root", root + "", "--state", trip.at("state") + ""));
        words.addAll(List.of("-o", trip.at("box.opm") + ""));
        trip.opm(words.toArray(String[]::new)).mustEnd(0);
        Path part = Files.createDirectories(trip.at("alone")).resolve("part.opm");
        Files.copy(trip.at("box.1-of-2.opm"), part);
        var argv = List.of("dash", part + "", "--root", root + "", "--yes");
        Path said = trip.at("said");
        var builder =
                new ProcessBuilder(argv).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("HOME", "/root"); // below which Debian's rpm has its database
        Process process = builder.start();
        Path journal = root.resolve("var/lib/opm/journal");
        long end = System.nanoTime() + 60_000_000_000L;
        boolean begun = false;
        while (!begun && process.isAlive() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
            begun = Files.exists(journal) && Files.readString(journal).contains(" start 1 1");
        }
        process.destroyForcibly().waitFor();
        assertThat(begun).as(Files.readString(said)).isTrue();
        Path other = copyOfRoot("other");
        apply(part, root, true).mustEnd(0);
        assertThat(trip.installed(root)).containsExactly("x-0:1-1.noarch");
        apply(part, other, false).mustEnd(0);
        assertThat(trip.installed(other)).containsExactly("x-0:1-1.noarch");
        assertThat(Files.readString(journal)).contains(" end 1 done");
    }

    /// A part beside this one has a wrong byte in a package: both refuse, and nothing is changed.
    private void aDamagedNeighbourHarmsNobody(List<Path> parts, Path root) throws IOException {
        Path folder = Files.createDirectories(trip.at("neighbours"));
        Path first = Files.copy(parts.get(0), folder.resolve("1.opm"));
        byte[] bytes = Files.readAllBytes(parts.get(1));
        bytes[bytes.length - 20_000] ^= 1;
        Files.write(folder.resolve("2.opm"), bytes);
        List<String> before = trip.installed(root);
        assertThat(apply(first, root, true).mustEnd(3).err()).contains("damaged: p");
        assertThat(apply(first, root, false).mustEnd(3).err()).contains("Packages/p/p");
        assertThat(trip.installed(root)).isEqualTo(before);
    }

    private Trip.Said join(List<Path> parts, Path whole) {
        var words = new ArrayList<>(List.of("bundle", "join", "-o", whole.toString()));
        parts.forEach(part -> words.add(part.toString()));
        return trip.opm(words.toArray(String[]::new));
    }
}
