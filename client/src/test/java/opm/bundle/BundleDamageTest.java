package opm.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import opm.apply.ScratchRoot;
import opm.apply.ScratchRoot.Run;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Bundles with one wrong byte, or without their end: nothing is ever applied, and the place is
/// named.
///
/// `-Dopm.flips=200` for the full count; `-Dopm.seed=N` replays a run.
final class BundleDamageTest {
    private static final int FLIPS = Integer.getInteger("opm.flips", 9);
    private static final long SEED = Long.getLong("opm.seed", 20_261_121L);
    private static final List<List<String>> SHELLS =
            List.of(List.of("dash"), List.of("busybox", "ash"), List.of("bash"));

    @TempDir Path temp;
    private Path whole;
    private byte[] bytes;
    private List<Entry> entries;
    private ZipLayout layout;
    private ScratchRoot pristine;
    private ScratchRoot root;
    private List<Nevra> wanted;
    private SortedMap<String, String> before;

    enum Region {
        SCRIPT,
        ENTRIES,
        HEADERS,
        PADDING,
        DIRECTORY,
        SEAL
    }

    @BeforeEach
    void aSchoolAndItsBundle() throws Exception {
        ScratchRoot.needs("rpm", "rpmkeys", "dash", "busybox", "bash");
        pristine = ScratchRoot.school(temp.resolve("pristine"));
        List<Nevra> installed = pristine.installed();
        var packages = FolderPackages.of(ScratchRoot.demoNewer());
        List<Nevra> chosen =
                packages.names().stream()
                        .filter(pkg -> pkg.name().matches("abc-(base|maps|sums)"))
                        .toList();
        var plan = packages.plan("abc 1 " + ScratchRoot.arch(), installed, List.of(), chosen);
        wanted = plan.boundaries(installed).getLast();
        whole = packages.write(plan, installed, temp.resolve("whole.opm"));
        bytes = Files.readAllBytes(whole);
        entries = BundleReader.open(new LocalDisk(), whole).entries();
        layout =
                new ZipLayout(
                        Front.parse(java.util.Arrays.copyOf(bytes, Front.HEAD_BYTES)).scriptBytes(),
                        entries.stream().map(Entry::path).toList(),
                        entries.stream().mapToLong(Entry::sizeBytes).toArray(),
                        ZipLayout.ZIP64_FROM);
        freshRoot();
    }

    private void freshRoot() throws Exception {
        root = pristine.copy(temp.resolve("root"));
        before = root.listing();
    }

    /// The undamaged bundle does apply: otherwise the rest of this class would show nothing.
    @Test
    void theWholeBundleApplies() throws Exception {
        for (List<String> shell : SHELLS) {
            Run run = apply(shell, whole);
            assertThat(run.status()).as(run.output()).isZero();
            assertThat(root.installed()).isEqualTo(wanted);
            freshRoot();
        }
        BundleReader.open(new LocalDisk(), whole).verify();
    }

    /// One wrong byte anywhere is refused by sh and by Java, which both say where it is.
    @ParameterizedTest
    @EnumSource(Region.class)
    void oneWrongByteIsRefused(Region region) throws Exception {
        var random = new Random(SEED + region.name().hashCode());
        for (int flip = 0; flip < FLIPS; flip++) {
            int at = place(region, random);
            byte[] damaged = bytes.clone();
            // Half of them one bit, as memory errs; half any other byte, as a bad stick does.
            int wrong = random.nextBoolean() ? 1 << random.nextInt(8) : 1 + random.nextInt(255);
            damaged[at] = (byte) (damaged[at] ^ wrong);
            Path file = Files.write(temp.resolve("damaged.opm"), damaged);
            String what = region + " byte " + at + ", seed " + SEED;
            checkSh(region, SHELLS.get(flip % SHELLS.size()), file, at, what);
            checkJava(region, file, at, what);
        }
    }

    /// A bundle that ends too early is refused wherever it ends.
    ///
    /// From its eleventh byte on: what is shorter is an empty script to every shell.
    @Test
    void aBundleThatIsCutOffIsRefused() throws Exception {
        var random = new Random(SEED);
        for (int cut = 0; cut < FLIPS; cut++) {
            int length = 11 + random.nextInt(bytes.length - 11);
            Path file = temp.resolve("damaged.opm");
            Files.write(file, java.util.Arrays.copyOf(bytes, length));
            String what = "cut to " + length + " of " + bytes.length + ", seed " + SEED;
            Run run = apply(SHELLS.get(cut % SHELLS.size()), file);
            assertThat(run.status()).as(what + ": " + run.output()).isPositive();
            assertThat(root.listing()).as(what).isEqualTo(before);
            if (length > layout.headerAt(0)) {
                assertThat(run.output()).as(what).contains("cut off");
                assertThat(run.status()).as(what).isEqualTo(3);
            }
            assertThat(catchThrowableOfType(Damaged.class, () -> verify(file)))
                    .as(what)
                    .isNotNull();
        }
    }

    /// A bundle with something after its end is refused as well.
    @Test
    void aBundleThatIsTooLongIsRefused() throws Exception {
        byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + 1);
        Path file = Files.write(temp.resolve("damaged.opm"), longer);
        Run run = apply(SHELLS.getFirst(), file);
        assertThat(run.status()).isEqualTo(3);
        assertThat(run.output()).contains("1 bytes follow its end");
        assertThat(root.listing()).isEqualTo(before);
        assertThat(catchThrowableOfType(Damaged.class, () -> verify(file))).isNotNull();
    }

    private void checkSh(Region region, List<String> shell, Path file, int at, String what)
            throws Exception {
        Run run = apply(shell, file);
        if (region == Region.SCRIPT) {
            if (run.status() == 0 && root.installed().equals(wanted)) {
                freshRoot();
                return;
            }
            assertThat(run.status()).as(what + ": " + run.output()).isPositive();
        } else {
            assertThat(run.status()).as(what + ": " + run.output()).isEqualTo(3);
            assertThat(run.output()).as(what).contains(": " + nameInSh(region, at));
        }
        assertThat(root.listing()).as(what + ": " + run.output()).isEqualTo(before);
    }

    private void checkJava(Region region, Path file, int at, String what) {
        var damaged = catchThrowableOfType(Damaged.class, () -> verify(file));
        assertThat(damaged).as(what).isNotNull();
        String name =
                switch (region) {
                    case SCRIPT -> "script";
                    case ENTRIES -> entryAt(at).path();
                    case HEADERS -> "ZIP header of ";
                    case PADDING -> "padding before ";
                    case DIRECTORY -> "directory";
                    case SEAL -> "seal";
                };
        assertThat(damaged.getMessage()).as(what).contains(name);
    }

    private String nameInSh(Region region, int at) {
        return switch (region) {
            case SCRIPT -> "script";
            case ENTRIES -> entryAt(at).path();
            case HEADERS, PADDING -> "ZIP headers or padding";
            case DIRECTORY -> "directory";
            case SEAL -> "seal";
        };
    }

    private Entry entryAt(int at) {
        return entries.stream().filter(e -> at >= e.at() && at < e.end()).findFirst().orElseThrow();
    }

    private int place(Region region, Random random) {
        List<int[]> ranges = new ArrayList<>();
        for (int entry = 0; entry < entries.size(); entry++) {
            int header = (int) layout.headerAt(entry);
            int padding = header + layout.headerBytesUsed(entry);
            int data = (int) layout.dataAt(entry);
            switch (region) {
                case ENTRIES -> ranges.add(new int[] {data, (int) entries.get(entry).end()});
                case HEADERS -> ranges.add(new int[] {header, padding});
                case PADDING -> ranges.add(new int[] {padding, data});
                case SCRIPT, DIRECTORY, SEAL -> {}
            }
        }
        int seal = bytes.length - Front.SEAL_BYTES;
        switch (region) {
            case SCRIPT -> ranges.add(new int[] {0, (int) layout.headerAt(0)});
            case DIRECTORY -> ranges.add(new int[] {(int) layout.directoryAt(), seal});
            case SEAL -> ranges.add(new int[] {seal, bytes.length});
            case ENTRIES, HEADERS, PADDING -> {}
        }
        int total = ranges.stream().mapToInt(range -> range[1] - range[0]).sum();
        int chosen = random.nextInt(total);
        for (int[] range : ranges) {
            if (chosen < range[1] - range[0]) {
                return range[0] + chosen;
            }
            chosen -= range[1] - range[0];
        }
        throw new AssertionError();
    }

    private Run apply(List<String> shell, Path file) throws Exception {
        List<String> argv = new ArrayList<>(shell);
        argv.addAll(List.of(file.toString(), "--root", root.folder.toString(), "--yes"));
        Path folder = Files.createDirectories(temp.resolve("cwd"));
        return ScratchRoot.runIn(folder, Map.of(), argv.toArray(String[]::new));
    }

    private static void verify(Path file) throws Exception {
        BundleReader.open(new LocalDisk(), file).verify();
    }
}
