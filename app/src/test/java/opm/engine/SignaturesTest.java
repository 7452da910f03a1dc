package opm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.fetch.Progress;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Host;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What could fail at home fails before a bundle is made: signatures, by the machine's keys alone.
///
/// Over the demo's real signed packages, with the real rpmkeys; the demo's sample profile trusts
/// the key that signed them.
final class SignaturesTest {
    private static final Path DEMO =
            Path.of(System.getProperty("opm.root", ".."))
                    .resolve("app/src/main/resources/opm/cli/demo");
    private static final String MAPS = "abc-maps-1.0-1.noarch";

    @TempDir Path folder;
    private Host host = Host.ofThisMachine();
    private final List<String> signed = new ArrayList<>();

    @BeforeEach
    void needsRpmkeys() {
        assumeTrue(host.commands().has("rpmkeys"), "skipped: 'rpmkeys' is not installed here");
    }

    private final Watcher watcher =
            new Watcher() {
                @Override
                public void begins(Stage stage, String what) {}

                @Override
                public Progress downloads() {
                    return Progress.NONE;
                }

                @Override
                public boolean cancelled() {
                    return false;
                }

                @Override
                public void signed(Nevra pkg, String key) {
                    signed.add(pkg.name() + " " + (key.isEmpty() ? "nobody" : "somebody"));
                }
            };

    private Engine engine(Path profile, @Nullable List<String> unsigned) {
        var options =
                PlainOptions.of(Path.of("/"), folder.resolve("state"))
                        .forMachine(profile)
                        .unsignedToo(unsigned);
        return new Engine(host, options, watcher);
    }

    private static byte[] maps() throws Exception {
        return Files.readAllBytes(DEMO.resolve("repository/Packages/a/" + MAPS + ".rpm"));
    }

    /// Puts a file into the store and makes the plan that would install it.
    private static Plan plan(Engine engine, byte[] rpm) throws OpmException {
        var stored = engine.store().add(new ByteArrayInputStream(rpm), Digest.Algorithm.SHA256);
        Nevra nevra = Nevra.parse(MAPS);
        var artifact =
                new Artifact(stored.digest(), rpm.length, "Packages/a/" + MAPS + ".rpm", "town");
        return new Plan(
                new Plan.Target("abc", "1", "x86_64", Digest.sha256("0".repeat(64))),
                List.of("install abc-maps"),
                List.of(),
                List.of(artifact),
                List.of(new Batch(List.of(new Step.Install(nevra, stored.digest(), Reason.USER)))),
                List.of("abc-maps"));
    }

    /// Returns the profile of a machine that trusts nobody.
    private Path withoutKeys() throws Exception {
        byte[] text = Files.readAllBytes(DEMO.resolve("school.opmprofile"));
        SystemProfile p = ProfileText.read(text, "school");
        var bare =
                new SystemProfile(
                        p.distro(),
                        p.arch(),
                        p.kernel(),
                        p.rpmVersion(),
                        p.rpmlib(),
                        p.ramBytes(),
                        p.capturedAtSeconds(),
                        p.mounts(),
                        p.mains(),
                        p.repos(),
                        p.variables(),
                        p.withheld(),
                        p.locks(),
                        p.modules(),
                        p.protectedNames(),
                        List.of(),
                        p.packages());
        return Files.write(folder.resolve("bare.opmprofile"), ProfileText.write(bare));
    }

    /// A package signed by a key of the profile passes, and is taken off the list of the unsigned.
    @Test
    void aTrustedSignaturePasses() throws Exception {
        Engine engine = engine(DEMO.resolve("school.opmprofile"), List.of());
        var fetched = new Signatures(engine).check(plan(engine, maps()));
        assertThat(fetched.signaturesChecked()).isTrue();
        assertThat(fetched.plan().unsigned()).isEmpty();
        assertThat(signed).containsExactly("abc-maps somebody");
    }

    /// A key that the machine does not trust is named, whatever this machine itself trusts.
    @Test
    void anUnknownKeyIsRefused() throws Exception {
        Engine engine = engine(withoutKeys(), List.of());
        Plan plan = plan(engine, maps());
        assertThatThrownBy(() -> new Signatures(engine).check(plan))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining(MAPS)
                .hasMessageContaining("found a signature by key")
                .satisfies(e -> assertThat(((OpmException) e).hint()).contains("rpm --import"));
    }

    /// A package whose payload was changed after signing is refused, although its digest in the
    /// repository is right.
    @Test
    void anAlteredPackageIsRefused() throws Exception {
        byte[] rpm = maps();
        rpm[rpm.length - 20] ^= 1;
        Engine engine = engine(DEMO.resolve("school.opmprofile"), List.of());
        Plan plan = plan(engine, rpm);
        assertThatThrownBy(() -> new Signatures(engine).check(plan))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("BAD");
    }

    /// A package without a signature needs to be allowed, and the plan says that it was.
    @Test
    void unsignedPackagesNeedToBeAllowed() throws Exception {
        byte[] rpm = unsigned(maps());
        Path profile = DEMO.resolve("school.opmprofile");
        Engine strict = engine(profile, null);
        Plan plan = plan(strict, rpm);
        assertThatThrownBy(() -> new Signatures(strict).check(plan))
                .isInstanceOf(Damaged.class)
                .hasMessage("abc-maps: found no signature, expected one")
                .satisfies(
                        e ->
                                assertThat(((OpmException) e).hint())
                                        .contains("--allow-unsigned=abc-maps"));
        assertThatThrownBy(() -> new Signatures(engine(profile, List.of("other"))).check(plan))
                .isInstanceOf(Damaged.class);
        for (List<String> allowed : List.of(List.<String>of(), List.of("abc-maps"))) {
            var fetched = new Signatures(engine(profile, allowed)).check(plan);
            assertThat(fetched.plan().unsigned()).containsExactly("abc-maps");
        }
    }

    /// Where there is no rpmkeys opm judges itself, by the same keys and no others.
    @Test
    void withoutRpmkeysOpmJudges() throws Exception {
        host = new Host(host.disk(), new NoPrograms(host.commands()), host.net(), host.clock());
        Engine engine = engine(DEMO.resolve("school.opmprofile"), null);
        var fetched = new Signatures(engine).check(plan(engine, maps()));
        assertThat(fetched.signaturesChecked()).isTrue();
        assertThat(signed).containsExactly("abc-maps somebody");
        byte[] altered = maps();
        altered[altered.length - 20] ^= 1;
        Plan other = plan(engine, altered);
        assertThatThrownBy(() -> new Signatures(engine).check(other))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("payload");
        Engine keyless = engine(withoutKeys(), null);
        Plan plan = plan(keyless, maps());
        assertThatThrownBy(() -> new Signatures(keyless).check(plan))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("a signature by key");
    }

    /// Takes the signatures out, as `rpmsign --delsign` does, by the program itself.
    private byte[] unsigned(byte[] rpm) throws Exception {
        assumeTrue(host.commands().has("rpmsign"), "skipped: 'rpmsign' is not installed here");
        Path copy = Files.write(folder.resolve("copy.rpm"), rpm);
        var done = host.commands().run(Command.of("rpmsign", "--delsign", copy.toString()));
        assertThat(done.exitStatus()).as(done.errText()).isZero();
        return Files.readAllBytes(copy);
    }

    private record NoPrograms(Commands real) implements Commands {
        @Override
        public Result run(Command command) throws OpmException {
            return real.run(command);
        }

        @Override
        public Running start(Command command) throws OpmException {
            return real.start(command);
        }

        @Override
        public boolean has(String program) {
            return false;
        }
    }

    /// Addresses are escaped where a file name has what an address may not.
    @Test
    void addressesAreEscaped() {
        Map.of(
                        "Packages/v/vim-9.1-1.x86_64.rpm", "Packages/v/vim-9.1-1.x86_64.rpm",
                        "a/libstdc++-1^git1~rc.rpm", "a/libstdc++-1%5Egit1~rc.rpm",
                        "a b#c?d.rpm", "a%20b%23c%3Fd.rpm",
                        "a%2bb.rpm", "a%2bb.rpm",
                        "ñ.rpm", "%C3%B1.rpm")
                .forEach(
                        (name, wanted) -> assertThat(PlanPackages.escaped(name)).isEqualTo(wanted));
    }
}
