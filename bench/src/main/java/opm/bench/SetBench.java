package opm.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import opm.base.DepKind;
import opm.base.OpmException;
import opm.host.Host;
import opm.pkgset.PackageSet;
import opm.rpmmd.Importer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Package sets of 63,440 packages: made from primary.xml, opened, asked.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SetBench {
    private final Host host = Host.ofThisMachine();
    private final Path universe = Universes.shared();
    private final Path file = temporary();
    private final PackageSet set = imported();

    private static Path temporary() {
        try {
            return Files.createTempFile("bench", ".opmset");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PackageSet imported() {
        try {
            return new Importer(host.disk()).folder(universe.resolve("base"), false).build();
        } catch (OpmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Writes the set to a file.
    @Setup
    public void setUp() throws OpmException, IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            new Importer(host.disk())
                    .folder(universe.resolve("base"), false)
                    .writeTo((from, offset, length) -> write(out, from, offset, length));
        }
    }

    private static void write(OutputStream out, byte[] from, int offset, int length) {
        try {
            out.write(from, offset, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TearDown
    public void tearDown() throws IOException {
        Files.delete(file);
    }

    /// From primary.xml.gz to the bytes of a set.
    @Benchmark
    public long importBase() {
        return imported().fileBytes();
    }

    /// From the file to the providers of one name: what a command waits for.
    @Benchmark
    public int openAndFind() throws OpmException {
        PackageSet opened = PackageSet.open(file);
        int name = opened.nameId("libssl3");
        return opened.providersEnd(name) - opened.providersStart(name);
    }

    /// Every requirement of every package, by its list.
    @Benchmark
    public int walkRequires() {
        int sum = 0;
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            int list = set.list(pkg, DepKind.REQUIRES);
            for (int at = 0; at < set.listSize(list); at++) {
                sum += set.listItem(list, at);
            }
        }
        return sum;
    }
}
