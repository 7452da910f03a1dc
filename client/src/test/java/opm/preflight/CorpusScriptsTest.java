package opm.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import opm.base.OpmException;
import opm.preflight.Finding.Worry;
import opm.rpm.RpmFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the reader of scripts says of real packages of many distributions.
final class CorpusScriptsTest {
    private static final String END = "@opm-end@";

    private static Path corpus() {
        String named = System.getenv("OPM_SHARED");
        Path project = Path.of(System.getProperty("opm.root", ".")).toAbsolutePath();
        Path shared = named == null ? project.resolve("../shared") : Path.of(named);
        Path corpus = shared.resolve("corpus/real").normalize();
        assumeTrue(Files.isDirectory(corpus), "skipped: the reference data is not here");
        return corpus;
    }

    /// None of the corpus' packages is known to fetch anything; a flag on one is looked at by eye
    /// and stands here.
    @Test
    void packagesOfTheCorpus() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(corpus())) {
            files = all.filter(file -> file.toString().endsWith(".rpm")).sorted().toList();
        }
        int read = 0;
        int scripts = 0;
        var flagged = new TreeSet<String>();
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                Parcel parcel = Parcel.of(RpmFile.read(in, file.toString()));
                read++;
                for (Parcel.Script script : parcel.scripts()) {
                    scripts++;
                    for (Worry worry : ScriptWords.worries(script)) {
                        flagged.add(parcel.nevra().name() + " " + script.when() + " " + worry);
                    }
                }
            } catch (OpmException damagedOnPurpose) {
                assertThat(damagedOnPurpose.hint()).isNotEmpty();
            }
        }
        System.out.println(read + " packages, " + scripts + " scripts, flagged: " + flagged);
        assertThat(read).isGreaterThan(50);
        assertThat(flagged).isEmpty();
    }

    /// The scripts of a whole distribution, out of its rpm database.
    @Test
    void databaseOfTheCorpus(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/rpm")), "skipped: rpm is not installed");
        Path packed = corpus().resolve("rpmdb/cbl-mariner-2.0-rpmdb.sqlite.gz");
        Path database = folder.resolve("rpmdb.sqlite");
        try (var in = new GZIPInputStream(Files.newInputStream(packed))) {
            Files.copy(in, database);
        }
        var format = new StringBuilder();
        for (String when : List.of("PREIN", "POSTIN", "PREUN", "POSTUN", "PRETRANS", "POSTTRANS")) {
            format.append("%{NAME}\\t" + when + "\\t%{" + when + "}" + END);
        }
        var process =
                new ProcessBuilder("rpm", "--dbpath", folder + "", "-qa", "--qf", format.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        int scripts = 0;
        var flagged = new TreeSet<String>();
        for (String one : text.split(END)) {
            String[] fields = one.split("\t", 3);
            if (fields.length == 3 && !fields[2].equals("(none)")) {
                scripts++;
                var script = new Parcel.Script(fields[1], "/bin/sh", fields[2]);
                for (Worry worry : ScriptWords.worries(script)) {
                    flagged.add(fields[0] + " " + fields[1] + " " + worry);
                }
            }
        }
        System.out.println("Mariner: " + scripts + " scripts, flagged: " + flagged);
        assertThat(scripts).isGreaterThan(20);
        assertThat(flagged).isEmpty();
    }
}
