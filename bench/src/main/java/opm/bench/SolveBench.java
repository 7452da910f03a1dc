package opm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import opm.base.OpmException;
import opm.host.Host;
import opm.pkgset.PackageSet;
import opm.rpmmd.Importer;
import opm.solve.Policy;
import opm.solve.Request;
import opm.solve.Solver;
import opm.solve.Universe;
import opm.solve.Verdict;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Requests on a release, in one process: the 200 golden installs, and an upgrade of everything.
///
/// libsolv 0.7.23 through python3-solv, on a quiet machine of two cores: 200 installs 1.72 s into
/// an empty root and 3.95 s beside 1,858 packages; the upgrade 22 ms.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SolveBench {
    private static final Policy POLICY = Policy.dnf().withWeakDeps(false);
    private final List<String> names = new ArrayList<>();
    private final Universe empty;
    private final Universe installed;
    private Solver warmEmpty;
    private Solver warmInstalled;

    public SolveBench() {
        PackageSet base = set("base", false);
        empty = new Universe("x86_64", null, List.of(new Universe.Source("base", base)));
        installed =
                new Universe(
                        "x86_64",
                        set("installed", true),
                        List.of(
                                new Universe.Source("base", base),
                                new Universe.Source("updates", set("updates", false))));
        warmEmpty = new Solver(empty);
        warmInstalled = new Solver(installed);
    }

    private static PackageSet set(String name, boolean installed) {
        try {
            Path folder = Universes.shared().resolve(name);
            return new Importer(Host.ofThisMachine().disk()).folder(folder, installed).build();
        } catch (OpmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Reads the names of the golden requests.
    @Setup
    public void setUp() throws IOException {
        Path golden = Universes.shared().resolve("golden/empty.json");
        try (var in = Files.newInputStream(golden);
                JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean requests = json.currentName().equals("requests");
                json.nextToken();
                while (requests && json.nextToken() == JsonToken.PROPERTY_NAME) {
                    names.add(json.currentName());
                    json.nextToken();
                    json.skipChildren();
                }
                if (!requests) {
                    json.skipChildren();
                }
            }
        }
    }

    private int installs(Solver solver) {
        int changes = 0;
        for (String name : names) {
            changes += changes(solver.solve(Request.of(Request.Verb.INSTALL, name), POLICY));
        }
        return changes;
    }

    private static int changes(Verdict verdict) {
        if (verdict instanceof Verdict.Solved solved) {
            return solved.changes().size();
        }
        throw new IllegalStateException(verdict.toString());
    }

    /// 200 installs by a solver that has answered before.
    @Benchmark
    public int installsIntoEmptyRoot() {
        return installs(warmEmpty);
    }

    @Benchmark
    public int installsBesideInstalled() {
        return installs(warmInstalled);
    }

    @Benchmark
    public int upgradeOfEverything() {
        return changes(warmInstalled.solve(Request.all(Request.Verb.UPGRADE), POLICY));
    }

    /// The first answer of a process that has its sets: names and providers are found on the way.
    @Benchmark
    public int firstInstall() {
        return changes(
                new Solver(installed).solve(Request.of(Request.Verb.INSTALL, "nginx"), POLICY));
    }
}
