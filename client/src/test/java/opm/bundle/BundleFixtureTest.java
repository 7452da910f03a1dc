package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import opm.apply.ScratchRoot;
import opm.apply.ScratchRoot.Run;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import opm.plan.Plan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bundles of every released version of the format stay readable, by Java and by the reader that
/// was written from the format's page.
///
/// `fixtures/bundle/*.opm` with what is in them beside; `damage` says how to damage one. A fixture
/// is written when it is missing and `-Dopm.accept` is set, and never changed.
final class BundleFixtureTest {
    private static final Path ROOT = Path.of(System.getProperty("opm.root", ".."));
    private static final Path FOLDER = ROOT.resolve("fixtures/bundle");

    @TempDir Path temp;
    private final LocalDisk disk = new LocalDisk();

    /// Whole bundles are whole, and hold what is written beside them.
    @Test
    void everyFixtureReads() throws Exception {
        makeMissing();
        List<Path> fixtures = fixtures();
        assertThat(fixtures).hasSizeGreaterThanOrEqualTo(2);
        for (Path fixture : fixtures) {
            var reader = BundleReader.open(disk, fixture);
            reader.verify();
            // Its program must stand in `programs` before this opm's changes.
            assertThat(reader.hasKnownProgram()).as(fixture.toString()).isTrue();
            Path expected = fixture.resolveSibling(fixture.getFileName() + ".expected");
            assertThat(facts(reader)).as(fixture.toString()).isEqualTo(Files.readString(expected));
            Run python = python(fixture);
            assertThat(python.status()).as(python.output()).isZero();
            assertThat(python.output()).contains(reader.seal().hex());
        }
    }

    /// Each line of `damage`: the fixture, what to do with it, and what both readers call it.
    @Test
    void everyDamageIsNamed() throws Exception {
        int count = 0;
        for (String line : Files.readAllLines(FOLDER.resolve("damage"))) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split(" ", 5);
            byte[] bytes = Files.readAllBytes(FOLDER.resolve(words[0]));
            int at = Integer.parseInt(words[2]);
            switch (words[1]) {
                case "flip" -> bytes[at] = (byte) (bytes[at] ^ Integer.parseInt(words[3], 16));
                case "cut" -> bytes = java.util.Arrays.copyOf(bytes, at);
                default -> throw new AssertionError("unknown word in: " + line);
            }
            Path damaged = Files.write(temp.resolve("damaged.opm"), bytes);
            assertThatThrownBy(() -> BundleReader.open(disk, damaged).verify())
                    .as(line)
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining(words[4]);
            Run python = python(damaged);
            assertThat(python.status()).as(line + python.output()).isEqualTo(3);
            count++;
        }
        assertThat(count).isGreaterThanOrEqualTo(8);
    }

    private static List<Path> fixtures() throws Exception {
        try (var files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".opm")).sorted().toList();
        }
    }

    private static Run python(Path file) throws Exception {
        Path script = ROOT.resolve("client/src/test/python/read_bundle.py");
        ScratchRoot.needs("python3");
        return ScratchRoot.run("python3", script.toString(), file.toString());
    }

    private static String facts(BundleReader reader) throws Exception {
        List<String> facts = new ArrayList<>();
        facts.add("seal " + reader.seal().hex());
        facts.add("bytes " + reader.sizeBytes());
        facts.add(
                "for "
                        + reader.plan().target().distro()
                        + " base "
                        + reader.plan().target().base());
        reader.plan()
                .batches()
                .forEach(batch -> facts.add("batch " + batch.comes() + batch.goes()));
        reader.installed().forEach(pkg -> facts.add("installed " + pkg.full()));
        reader.entries().forEach(e -> facts.add(e.at() + " " + e.sizeBytes() + " " + e.path()));
        return String.join("\n", facts) + "\n";
    }

    private void makeMissing() throws Exception {
        if (System.getProperty("opm.accept", "").isEmpty()) {
            return;
        }
        List<Nevra> installed = BundleTest.INSTALLED;
        var packages = FolderPackages.of(ScratchRoot.demoNewer());
        List<Nevra> two =
                packages.names().stream().filter(p -> p.name().matches("abc-(base|maps)")).toList();
        make("two-packages", packages, packages.plan("abc 1 noarch", installed, List.of(), two));
        makeLarge(packages, two);
        make(
                "nothing",
                packages,
                FolderPackages.plan("abc 1 noarch", installed, List.of(), List.of(), List.of()));
    }

    /// One with sums of pieces and an order of batches, and the program of the others.
    private void makeLarge(FolderPackages packages, List<Nevra> two) throws Exception {
        Path file = FOLDER.resolve("chunks.opm");
        if (!Files.exists(file)) {
            byte[] body = BundleReader.open(disk, FOLDER.resolve("nothing.opm")).body();
            List<Nevra> installed = BundleTest.INSTALLED;
            var plan =
                    packages.plan(
                            "abc 1 noarch",
                            installed,
                            List.of(),
                            two.subList(0, 1),
                            two.subList(1, 2));
            byte[] proof = "a long proof\n".repeat(5_100).getBytes(US_ASCII);
            var contents =
                    new BundleWriter.Contents(plan, installed, proof, new TreeMap<>())
                            .with(new BatchOrder(List.of(Set.of(), Set.of(1))));
            try (var out = disk.create(file)) {
                BundleWriter.write(contents, packages, out, body, ZipLayout.ZIP64_FROM);
            }
            Files.writeString(
                    FOLDER.resolve("chunks.opm.expected"), facts(BundleReader.open(disk, file)));
        }
    }

    /// The sums of the fixture's pieces, and its order, are understood.
    @Test
    void sumsOfPiecesAreRead() throws Exception {
        var reader = BundleReader.open(disk, FOLDER.resolve("chunks.opm"));
        Entry proof = reader.find("proof").orElseThrow();
        assertThat(reader.chunks().of(proof).count()).isEqualTo(2);
        assertThat(reader.order().of(2)).containsExactly(1);
    }

    private void make(String name, FolderPackages packages, Plan plan) throws Exception {
        Path file = FOLDER.resolve(name + ".opm");
        if (!Files.exists(file)) {
            packages.write(plan, BundleTest.INSTALLED, file);
            Files.writeString(
                    FOLDER.resolve(name + ".opm.expected"), facts(BundleReader.open(disk, file)));
        }
    }
}
