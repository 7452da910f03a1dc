package opm.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Command;
import opm.host.Host;
import opm.rpm.RpmFile;
import opm.rpmmd.Shared;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real deltas and real packages: what comes out is what was published, or nothing comes out.
final class DeltasTest {
    private static final long SEED = 20261121;
    private static final int FLIPS = 16;

    @TempDir Path temp;
    private final Host host = Host.ofThisMachine();
    private final Deltas deltas = new Deltas(host);
    private Path folder;

    @BeforeEach
    void aFolder() throws IOException {
        folder = Files.createDirectory(temp.resolve("folder"));
    }

    private void needs(String... programs) {
        for (String program : programs) {
            Assumptions.assumeTrue(host.commands().has(program), "skipped: no " + program);
        }
    }

    private static Path corpus(String path) {
        return Shared.path("corpus/real/" + path);
    }

    /// A chain of deltas that a distribution published leads to the packages that it published.
    @Test
    void theChainOfADistributionIsByteIdentical() throws Exception {
        needs("rpm", "xz");
        Path chain = corpus("drpm/suse-libdns-x86_64");
        String[] releases = {"21.2", "24.1", "27.1", "30.1"};
        String stem = "libdns1605-9.16.6-150300.22.";
        Path base = chain.resolve(stem + releases[0] + ".x86_64.rpm");
        for (int link = 1; link < releases.length; link++) {
            Path delta =
                    chain.resolve(
                            stem
                                    + releases[link - 1]
                                    + "_150300.22."
                                    + releases[link]
                                    + ".x86_64.drpm");
            Path made = temp.resolve(releases[link] + ".rpm");
            deltas.apply(base, delta, folder, made);
            assertThat(made)
                    .hasSameBinaryContentAs(chain.resolve(stem + releases[link] + ".x86_64.rpm"));
            base = made; // the next link starts from what this one made
        }
    }

    /// A delta says before anything is read but headers that it starts from another package.
    @Test
    void anotherBaseIsKnownByItsHeader() throws Exception {
        Path small = corpus("drpm/small");
        Path delta = small.resolve("apples-0.0.1_0.0.2-lp151.2.1.x86_64.drpm");
        Path other = small.resolve("oranges-0.0.1-lp151.1.1.x86_64.rpm");
        assertThat(deltas.startsFrom(delta, head(other))).isFalse();
        assertThat(deltas.facts(delta).base()).isEqualTo("apples-0.0.1-lp151.2.1");
        assertThatThrownBy(() -> deltas.apply(other, delta, folder, temp.resolve("made.rpm")))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("another package than the delta starts from");
        assertThat(temp.resolve("made.rpm")).doesNotExist();
    }

    private static RpmFile head(Path file) throws Exception {
        try (var in = Files.newInputStream(file)) {
            return RpmFile.read(in, file.toString());
        }
    }

    /// Both kinds of deltarpm's own deltas, made here, lead to the same package.
    @ParameterizedTest
    @ValueSource(strings = {"w9.gzdio", "w6.xzdio", "w3.zstdio"})
    void deltarpmsOwnDeltasAreRead(String packing) throws Exception {
        needs("rpmbuild", "makedeltarpm", "rpm");
        Path old = build(packing, 1);
        Path fresh = build(packing, 2);
        for (String kind : List.of("", "-r")) {
            Path delta = temp.resolve("box.drpm");
            var argv = new ArrayList<>(List.of("makedeltarpm"));
            if (!kind.isEmpty()) {
                argv.add(kind);
            }
            argv.addAll(List.of(old.toString(), fresh.toString(), delta.toString()));
            var ran = host.commands().run(Command.of(argv));
            assertThat(ran.exitStatus()).as(ran.errText()).isZero();
            assertThat(deltas.startsFrom(delta, head(old))).isTrue();
            Path made = temp.resolve("made.rpm");
            deltas.apply(old, delta, folder, made);
            assertThat(made).hasSameBinaryContentAs(fresh);
            assertThatThrownBy(() -> deltas.apply(fresh, delta, folder, temp.resolve("no.rpm")))
                    .isInstanceOf(OpmException.class);
            assertThat(temp.resolve("no.rpm")).doesNotExist();
        }
    }

    /// Our own delta of a package that was built again, in every packing, leads to its very bytes.
    @ParameterizedTest
    @ValueSource(strings = {"w9.gzdio", "w6.xzdio", "w3.zstdio", "w19.zstdio", "w.ufdio"})
    void ownDeltasAreExact(String packing) throws Exception {
        needs("rpmbuild", "rpm");
        Path old = build(packing, 1);
        Path fresh = build(packing, 2);
        Path delta = temp.resolve("box.opmdelta");
        Deltas.Made made = deltas.make(old, fresh, folder, delta);
        assertThat(made.deltaBytes()).isLessThan(made.fullBytes() / 4);
        assertThat(deltas.startsFrom(delta, head(old))).isTrue();
        assertThat(deltas.startsFrom(delta, head(fresh))).isFalse();
        Path again = temp.resolve("again.rpm");
        deltas.apply(old, delta, folder, again);
        assertThat(again).hasSameBinaryContentAs(fresh);
    }

    /// Updates that distributions published: real packages, old and new formats of rpm.
    @Test
    void ownDeltasOfRealUpdatesAreExact() throws Exception {
        needs("rpm", "xz");
        List<List<String>> pairs =
                List.of(
                        List.of("epel-release-7-11.noarch.rpm", "epel-release-7-12.noarch.rpm"),
                        List.of(
                                "libreport-filesystem-2.1.11-43.el7.centos.x86_64.rpm",
                                "libreport-filesystem-2.1.11-53.el7.centos.x86_64.rpm"));
        for (List<String> pair : pairs) {
            Path old = corpus("rpms/centos7-closed/" + pair.get(0));
            Path fresh = corpus("rpms/centos7-closed/" + pair.get(1));
            Path delta = temp.resolve("box.opmdelta");
            deltas.make(old, fresh, folder, delta);
            Path again = temp.resolve("again.rpm");
            deltas.apply(old, delta, folder, again);
            assertThat(again).hasSameBinaryContentAs(fresh);
        }
    }

    /// One wrong byte in a delta or in what it starts from ends in a failure, and in no file.
    @Test
    void neverAWrongFile() throws Exception {
        Path small = corpus("drpm/small");
        Path base = small.resolve("apples-0.0.2-lp151.2.1.x86_64.rpm");
        Path fresh = small.resolve("oranges-0.0.1-lp151.1.1.x86_64.rpm");
        needs("rpm", "xz");
        Path delta = temp.resolve("box.opmdelta");
        deltas.make(base, fresh, folder, delta);
        flip(base, delta, fresh, true);
        flip(base, delta, fresh, false);
    }

    /// The same of a delta that deltarpm made, whose format has no sum of itself.
    @Test
    void neverAWrongFileOfADeltarpm() throws Exception {
        needs("rpm", "xz");
        Path chain = corpus("drpm/suse-libdns-x86_64");
        String stem = "libdns1605-9.16.6-150300.22.";
        Path base = chain.resolve(stem + "21.2.x86_64.rpm");
        Path delta = chain.resolve(stem + "21.2_150300.22.24.1.x86_64.drpm");
        flip(base, delta, chain.resolve(stem + "24.1.x86_64.rpm"), true);
    }

    private void flip(Path base, Path delta, Path fresh, boolean inDelta) throws Exception {
        Path sound = temp.resolve("sound.rpm");
        deltas.apply(base, delta, folder, sound);
        assertThat(sound).hasSameBinaryContentAs(fresh);
        var random = new Random(SEED);
        byte[] whole = Files.readAllBytes(inDelta ? delta : base);
        byte[] right = Files.readAllBytes(fresh);
        for (int flip = 0; flip < FLIPS; flip++) {
            byte[] bytes = whole.clone();
            int at = random.nextInt(bytes.length);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            Path damaged = Files.write(temp.resolve("damaged"), bytes);
            Path made = temp.resolve("made.rpm");
            Files.deleteIfExists(made);
            try {
                deltas.apply(inDelta ? base : damaged, inDelta ? damaged : delta, folder, made);
                // A byte that nobody reads, as in the lead of a package: what comes out is right.
                assertThat(Files.readAllBytes(made))
                        .as("byte %d, seed %d", at, SEED)
                        .isEqualTo(right);
            } catch (OpmException expected) {
                assertThat(made).as("byte %d, seed %d", at, SEED).doesNotExist();
            }
        }
    }

    /// Builds a package: a program of random code of which the second version moves a part, a text.
    private Path build(String packing, int version) throws Exception {
        Path top = Files.createDirectories(temp.resolve("build" + version));
        var random = new Random(SEED);
        var code = new byte[400_000];
        random.nextBytes(code);
        for (int at = 0; at < code.length; at++) {
            code[at] &= 0x1f; // so that it packs, and in more than one block
        }
        if (version == 2) {
            System.arraycopy(code, 100_000, code, 90_000, 200_000);
            for (int at = 0; at < code.length; at += 3001) {
                code[at]++;
            }
        }
        Files.write(top.resolve("code"), code);
        Files.writeString(top.resolve("text"), "version " + version + "\n" + "line\n".repeat(2000));
        Path spec = top.resolve("box.spec");
        Files.writeString(
                spec,
                """
                Name: box
                Version: %d
                Release: 1
                Summary: A box
                License: MIT
                BuildArch: noarch
                %%description
                A box.
                %%install
                mkdir -p %%{buildroot}/opt/box/empty
                cp %s/code %s/text %%{buildroot}/opt/box/
                ln -s text %%{buildroot}/opt/box/link
                ln %%{buildroot}/opt/box/code %%{buildroot}/opt/box/hard
                %%files
                /opt/box
                """
                        .formatted(version, top, top));
        var ran =
                host.commands()
                        .run(
                                Command.of(
                                        "rpmbuild",
                                        "-bb",
                                        "--define",
                                        "_topdir " + top,
                                        "--define",
                                        "_binary_payload " + packing,
                                        "--define",
                                        "__os_install_post %{nil}",
                                        spec.toString()));
        assertThat(ran.exitStatus()).as(ran.errText()).isZero();
        return top.resolve("RPMS/noarch/box-" + version + "-1.noarch.rpm");
    }
}
