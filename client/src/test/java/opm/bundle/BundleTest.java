package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import opm.apply.ScratchRoot;
import opm.apply.ScratchRoot.Run;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.plan.PlanText;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bundles as others see them: the same bytes every time, a clean ZIP, a repository for dnf.
final class BundleTest {
    static final List<Nevra> INSTALLED = List.of(Nevra.parse("abc-base-1.0-1.noarch"));
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    @TempDir Path temp;
    private final LocalDisk disk = new LocalDisk();
    private FolderPackages packages;
    private Plan plan;

    @BeforeEach
    void aPlanOfTheDemo() throws Exception {
        packages = FolderPackages.of(ScratchRoot.demoNewer());
        plan = packages.plan("abc 1 x86_64", INSTALLED, List.of("abc-maps"), packages.names());
    }

    private Path write(String name) throws Exception {
        return packages.write(plan, INSTALLED, temp.resolve(name));
    }

    /// A bundle is a function of its contents, whoever noted sums before and wherever it lies.
    @Test
    void twoBuildsAreEqual() throws Exception {
        Path one = write("one.opm");
        var noted = new Noting(packages);
        Path two = temp.resolve("two.opm");
        var contents =
                new BundleWriter.Contents(
                        plan, INSTALLED, "proof by hand\n".getBytes(US_ASCII), new TreeMap<>());
        try (var out = disk.create(two)) {
            var written = BundleWriter.write(contents, noted, out);
            assertThat(written.sizeBytes()).isEqualTo(Files.size(two));
            assertThat(written.seal()).isEqualTo(BundleReader.open(disk, two).seal());
        }
        assertThat(Files.mismatch(one, two)).isEqualTo(-1);
    }

    /// What was written comes back.
    @Test
    void readerGivesBackWhatWasWritten() throws Exception {
        var reader = BundleReader.open(disk, write("box.opm"));
        reader.verify();
        assertThat(PlanText.write(reader.plan())).isEqualTo(PlanText.write(plan));
        assertThat(reader.installed()).isEqualTo(INSTALLED);
        assertThat(reader.proof()).isEqualTo("proof by hand\n");
        Artifact artifact = plan.artifacts().getLast();
        Path copy = temp.resolve("copy.rpm");
        reader.extract(reader.find(artifact.path()).orElseThrow(), copy);
        assertThat(Digest.sha256Of(Files.readAllBytes(copy))).isEqualTo(artifact.digest());
        assertThat(reader.entries()).allMatch(entry -> entry.at() % 4096 == 0);
        assertThat(reader.find("absent")).isEmpty();
    }

    /// A plan with nothing to do makes a bundle too, and the smallest one.
    @Test
    void nothingToDoIsABundleToo() throws Exception {
        plan = FolderPackages.plan("abc 1 x86_64", INSTALLED, List.of(), List.of(), List.of());
        var reader = BundleReader.open(disk, write("nothing.opm"));
        reader.verify();
        assertThat(reader.plan().batches()).isEmpty();
        assertThat(reader.entries()).hasSize(7);
    }

    /// The installed list must be the one that the plan was made for.
    @Test
    void aForeignInstalledListIsRefused() {
        List<Nevra> others = List.of(Nevra.parse("other-1-1.noarch"));
        assertThatThrownBy(() -> packages.write(plan, others, temp.resolve("box.opm")))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("another set of installed packages");
    }

    /// A package that changed since it was noted is found while it is copied.
    @Test
    void aPackageThatIsNotWhatThePlanSaysIsFound() throws Exception {
        var lying = new Noting(packages);
        lying.crc = 1;
        var contents = new BundleWriter.Contents(plan, INSTALLED, new byte[0], new TreeMap<>());
        try (var out = disk.create(temp.resolve("box.opm"))) {
            assertThatThrownBy(() -> BundleWriter.write(contents, lying, out))
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining("Packages/a/abc-atlas");
        }
    }

    /// Every ZIP reader at hand reads it without a word of complaint, Zip64 or not.
    @Test
    void zipReadersAreClean() throws Exception {
        Path box = write("box.opm");
        // All sizes and offsets of 4 KB and more as Zip64: the code paths of a bundle over 4 GiB.
        Path wide = packages.write(plan, INSTALLED, temp.resolve("wide.opm"), 4096);
        BundleReader.open(disk, wide, 4096).verify();
        checkZip(box, true);
        checkZip(wide, false);
    }

    /// @param busybox whether its unzip is asked too: it knows no Zip64 and
    ///     no offset over 4 GiB (1.35: "short read")
    static void checkZip(Path box, boolean busybox) throws Exception {
        String name = box.toString();
        for (List<String> reader :
                List.of(
                        List.of("unzip", "-tqq", name),
                        List.of("busybox", "unzip", "-tq", name),
                        List.of("zip", "-Tq", name),
                        List.of("jar", "tf", name),
                        List.of(PYTHON.toString(), "-W", "error", "-c", PYTHON_TEST, name))) {
            boolean asked = busybox || !reader.getFirst().equals("busybox");
            if (!asked || !new opm.host.LocalCommands().has(reader.getFirst())) {
                continue;
            }
            Run run = ScratchRoot.run(reader.toArray(String[]::new));
            assertThat(run.status()).as(reader + run.output()).isZero();
            assertThat(run.output().toLowerCase(java.util.Locale.ROOT))
                    .as("" + reader)
                    .doesNotContain("warning");
            if (reader.getFirst().equals("unzip")) {
                assertThat(run.output()).as("" + reader).isEmpty();
            }
        }
        try (var in = new java.util.zip.ZipInputStream(Files.newInputStream(box))) {
            // It wants the ZIP at the first byte, so it must find nothing and not fail.
            assertThat(in.getNextEntry()).isNull();
        }
        try (var zip = new java.util.zip.ZipFile(box.toFile())) {
            assertThat(zip.getComment()).startsWith("opm-seal 1 sha256 ");
        }
    }

    private static final String PYTHON_TEST =
            """
            import sys, zipfile
            z = zipfile.ZipFile(sys.argv[1])
            bad = z.testzip()
            print(bad, z.comment)
            sys.exit(1 if bad or not z.comment.startswith(b'opm-seal 1 sha256 ') else 0)
            """;

    /// Who has only the format page reads it too.
    @Test
    void theReaderInPythonAgrees() throws Exception {
        Assumptions.assumeTrue(Files.exists(PYTHON), "no python3: skipped");
        Path script =
                Path.of(
                        System.getProperty("opm.root", ".."),
                        "client/src/test/python/read_bundle.py");
        Path box = write("box.opm");
        Run run = ScratchRoot.run(PYTHON.toString(), script.toString(), box.toString());
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(run.output()).contains(BundleReader.open(disk, box).seal().hex());
    }

    /// Unzipped, it is a repository from which dnf installs, with the signatures checked.
    @Test
    void dnfInstallsFromTheUnzippedBundle() throws Exception {
        ScratchRoot.needs("rpm", "dnf", "unzip");
        ScratchRoot root = ScratchRoot.school(temp.resolve("root"));
        Path folder = Files.createDirectories(temp.resolve("unzipped"));
        ScratchRoot.ok(
                ScratchRoot.run(
                        "unzip", "-qq", write("box.opm").toString(), "-d", folder.toString()));
        Run run =
                ScratchRoot.run(
                        "dnf",
                        "-q",
                        "-y",
                        "--installroot=" + root.folder,
                        "--releasever=1",
                        "--setopt=reposdir=" + temp.resolve("none"),
                        "--setopt=cachedir=" + temp.resolve("cache"),
                        "--setopt=b.gpgcheck=1",
                        "--repofrompath=b,file://" + folder,
                        "--repo=b",
                        "install",
                        "abc-maps",
                        "abc-fonts-world");
        assertThat(run.status()).as(run.output()).isZero();
        assertThat(root.installed().stream().map(Nevra::name))
                .contains("abc-maps", "abc-fonts-world")
                .doesNotContain("abc-fonts");
        assertThat(root.complaints()).isEmpty();
    }

    /// A bundle over 4 GiB, as every reader sees it: one package is larger than that, or only the
    /// last of three lies behind it. Needs 5 GB of disk: `./dev soak` only.
    @ParameterizedTest
    @ValueSource(longs = {(4L << 30) + 12_345, 1_600_000_000L})
    void aBundleOverFourGibibytes(long packageBytes) throws Exception {
        Assumptions.assumeTrue(
                Boolean.getBoolean("opm.soak"), "5 GB and minutes: only with -Dopm.soak=true");
        boolean isOneLarge = packageBytes >= ZipLayout.ZIP64_FROM;
        List<Nevra> few = packages.names().subList(0, isOneLarge ? 2 : 4);
        var big = new Padded(packages, packageBytes, isOneLarge ? 1 : 3);
        plan = packages.plan("abc 1 x86_64", INSTALLED, List.of(), few);
        List<Artifact> artifacts = plan.artifacts().stream().map(big::padded).toList();
        var steps = new java.util.ArrayList<opm.plan.Step>();
        for (int at = 0; at < artifacts.size(); at++) {
            steps.add(
                    new opm.plan.Step.Install(
                            few.get(at), artifacts.get(at).digest(), opm.plan.Reason.USER));
        }
        plan =
                FolderPackages.plan(
                        "abc 1 x86_64",
                        INSTALLED,
                        List.of(),
                        artifacts,
                        List.of(new opm.plan.Batch(steps)));
        Path box = temp.resolve("big.opm");
        var contents = new BundleWriter.Contents(plan, INSTALLED, new byte[0], new TreeMap<>());
        try (var out = disk.create(box)) {
            BundleWriter.write(contents, big, out);
        }
        assertThat(Files.size(box)).isGreaterThan(4L << 30);
        BundleReader.open(disk, box).verify();
        checkZip(box, false);
        Run run = ScratchRoot.run("dash", box.toString(), "--verify");
        assertThat(run.status()).as(run.output()).isZero();
    }

    /// Says what it knows, as a store does, or lies about it.
    private static final class Noting implements PackageSource {
        private final FolderPackages packages;
        private int crc;

        Noting(FolderPackages packages) {
            this.packages = packages;
        }

        @Override
        public InputStream open(Artifact artifact) throws OpmException {
            return packages.open(artifact);
        }

        @Override
        public Noted noted(Artifact artifact) throws OpmException {
            Part part = Part.measured("", out -> open(artifact).transferTo(out));
            return new Noted(artifact.digest(), crc != 0 ? crc : part.crc32(), part.chunks());
        }
    }

    /// The first packages are followed by zeros, up to a size.
    private static final class Padded implements PackageSource {
        private final FolderPackages packages;
        private final long sizeBytes;
        private final int count;
        private final TreeMap<String, Artifact> originals = new TreeMap<>();

        Padded(FolderPackages packages, long sizeBytes, int count) {
            this.packages = packages;
            this.sizeBytes = sizeBytes;
            this.count = count;
        }

        Artifact padded(Artifact artifact) {
            originals.put(artifact.path(), artifact);
            if (originals.size() > count) {
                return artifact;
            }
            try {
                Part part = Part.measured("", out -> Part.copy(open(artifact), out));
                return new Artifact(part.sha256(), part.sizeBytes(), artifact.path(), "test");
            } catch (OpmException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public InputStream open(Artifact artifact) throws OpmException {
            Artifact original = Objects.requireNonNull(originals.get(artifact.path()));
            InputStream in = packages.open(original);
            if (originals.headMap(artifact.path()).size() >= count) {
                return in;
            }
            return new java.io.SequenceInputStream(in, new Zeros(sizeBytes - original.sizeBytes()));
        }

        @Override
        public @Nullable Noted noted(Artifact artifact) {
            return null;
        }
    }

    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long left) {
            this.left = left;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int got = (int) Math.min(left, length);
            java.util.Arrays.fill(bytes, offset, offset + got, (byte) 0);
            left -= got;
            return got;
        }
    }
}
