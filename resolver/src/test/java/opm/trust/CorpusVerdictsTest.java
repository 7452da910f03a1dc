package opm.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import opm.trust.Verdict.Distrusted;
import opm.trust.Verdict.Reason;
import opm.trust.Verdict.Trusted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On real packages, from version 2.1 of a distribution to last year's, opm believes what rpmkeys
/// believes at level `all`, or less, with the reason.
class CorpusVerdictsTest {
    /// What opm holds against a package and the rpm at hand may not.
    private static final Set<Reason> STRICTER =
            EnumSet.of(Reason.WEAK, Reason.EXPIRED, Reason.REVOKED);

    @TempDir Path folder;

    private static Path shared() {
        String named = System.getenv("OPM_SHARED");
        Path root = Path.of(System.getProperty("opm.root", ".."));
        Path shared = named == null ? root.resolve("../shared") : Path.of(named);
        Path real = shared.resolve("corpus/real");
        assumeTrue(Files.isDirectory(real), "skipped: reference data corpus/real is not here");
        return real;
    }

    private static List<Path> files(Path below, String end) throws Exception {
        try (Stream<Path> all = Files.walk(below)) {
            return all.filter(f -> f.toString().endsWith(end) && Files.isRegularFile(f))
                    .sorted()
                    .toList();
        }
    }

    private int rpmkeys(String... words) throws Exception {
        var argv = new ArrayList<>(List.of("rpmkeys", "--dbpath", folder.resolve("db").toString()));
        argv.addAll(List.of(words));
        var process =
                new ProcessBuilder(argv)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("said").toFile())
                        .start();
        return process.waitFor();
    }

    // Every package of the corpus, with every key of the corpus.
    @Test
    void believesWhatRpmkeysBelieves() throws Exception {
        Path real = shared();
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/rpmkeys")), "skipped: no rpmkeys here");
        var keys = new ArrayList<byte[]>();
        for (Path key : files(real.resolve("keys"), "")) {
            // Keys that this rpm cannot read are not in its keyring, so not in ours.
            if (rpmkeys("--import", key.toString()) == 0) {
                keys.add(Files.readAllBytes(key));
            }
        }
        assertThat(keys).isNotEmpty();
        var trust = new Trust(Keyring.of(keys), 0);
        var differ = new TreeMap<String, String>();
        int trusted = 0;
        List<Path> rpms = files(real.resolve("rpms"), ".rpm");
        for (Path rpm : rpms) {
            Verdict verdict;
            try (InputStream in = Files.newInputStream(rpm)) {
                verdict = trust.ofPackage(in, rpm.getFileName().toString());
            }
            boolean theirs =
                    rpmkeys("--define", "_pkgverify_level all", "-Kv", rpm.toString()) == 0;
            boolean ours = verdict instanceof Trusted;
            trusted += ours ? 1 : 0;
            boolean stricter =
                    theirs && verdict instanceof Distrusted it && STRICTER.contains(it.reason());
            if (ours != theirs && !stricter) {
                differ.put(
                        rpm.getFileName().toString(),
                        verdict
                                + " but "
                                + Files.readString(
                                        folder.resolve("said"), StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(differ).isEmpty();
        assertThat(trusted).as("of " + rpms.size()).isGreaterThan(10);
    }
}
