package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import opm.host.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands that go on until they are interrupted.
final class GoingOnTest {
    @TempDir Path folder;

    private interface Look {
        void at(String document) throws Exception;
    }

    /// Runs a command with `--json`, looks at what it is when it has said where it listens, and
    /// interrupts it.
    private void whileItGoesOn(List<String> words, Look look) throws Exception {
        var interrupted = new AtomicBoolean();
        var said = new CompletableFuture<String>();
        var out =
                new ByteArrayOutputStream() {
                    @Override
                    public synchronized void write(byte[] bytes, int from, int count) {
                        super.write(bytes, from, count);
                        said.complete(toString(StandardCharsets.UTF_8));
                    }
                };
        var err = new ByteArrayOutputStream();
        var outside =
                new Outside(
                        Map.of("XDG_STATE_HOME", folder.resolve("state").toString()),
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        "",
                        Ran.COLUMNS,
                        "",
                        interrupted,
                        () -> {});
        var all = new ArrayList<>(words);
        all.addAll(List.of("--json", "--listen", "127.0.0.1:0"));
        var run = new FutureTask<>(() -> Main.run(all, outside, Host.ofThisMachine()));
        Thread.ofPlatform().daemon().start(run);
        try {
            look.at(said.get(20, TimeUnit.SECONDS));
        } finally {
            interrupted.set(true);
        }
        assertThat(run.get(20, TimeUnit.SECONDS)).as(err.toString(StandardCharsets.UTF_8)).isZero();
    }

    /// With `--json`, where it listens is said at once, as a whole document, and not when it ends:
    /// the program that started it waits for that.
    @Test
    void shareSaysWhereItIs() throws Exception {
        whileItGoesOn(
                List.of("share", "--everything", "--cache", folder.resolve("store").toString()),
                said ->
                        assertThat(said)
                                .containsPattern(
                                        "\"port\": ?[1-9][0-9]+.*\"packages\": ?0.*}\\s*$"));
    }

    /// With a certificate of one's own, whoever believes who vouches for it is answered, and nobody
    /// else's trust is enough; a key that is not its own is refused before anything is served.
    @Test
    void certificateOfOnesOwn() throws Exception {
        for (String program : List.of("openssl", "curl")) {
            assumeTrue(Host.ofThisMachine().commands().has(program), "skipped: no " + program);
        }
        String ca = path("ca.pem");
        String other = path("other.pem");
        run(0, "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
                + " -subj /CN=ours -keyout " + path("ca.key") + " -out " + ca);
        run(0, "openssl req -x509 -nodes -newkey rsa:2048"
                + " -subj /CN=theirs -keyout " + path("other.key") + " -out " + other);
        run(0, "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
                + " -CA " + ca + " -CAkey " + path("ca.key") + " -subj /CN=localhost"
                + " -addext subjectAltName=DNS:localhost -addext basicConstraints=CA:FALSE"
                + " -keyout " + path("own.key") + " -out " + path("own.pem"));
        Files.createDirectories(folder.resolve("tree"));
        var words =
                List.of("serve", "--presolve", path("tree"), "--certificate", path("own.pem"),
                        "--certificate-key");
        var with = new ArrayList<>(words);
        with.add(path("own.key"));
        whileItGoesOn(
                with,
                said -> {
                    Matcher address = Pattern.compile("https://localhost:\\d+/").matcher(said);
                    assertThat(address.find()).as(said).isTrue();
                    String print = run(0, "openssl x509 -noout -fingerprint -sha256 -in "
                            + path("own.pem"));
                    assertThat(print.strip()).endsWith(print(said));
                    String curl = "curl -sS --noproxy * -w %{http_code} " + address.group();
                    assertThat(run(0, curl + "health --cacert " + ca)).contains("200");
                    run(60, curl + "health --cacert " + other);
                });
        for (String key : List.of("ca.key", "other.key")) {
            var wrong = new ArrayList<>(words);
            wrong.addAll(List.of(path(key), "--listen", "127.0.0.1:0"));
            Ran ran = Ran.in(folder, Host.ofThisMachine(), wrong);
            assertThat(ran.status()).isEqualTo(2);
            assertThat(ran.err())
                    .contains("own.pem: does not go with its key")
                    .contains("--certificate-key FILE that belong together");
        }
    }

    private static String print(String said) {
        Matcher print = Pattern.compile("\"fingerprint\": ?\"([0-9A-F:]+)\"").matcher(said);
        assertThat(print.find()).as(said).isTrue();
        return print.group(1);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static String run(int status, String line) throws Exception {
        Process process = new ProcessBuilder(line.split(" ")).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(line + "\n" + said).isEqualTo(status);
        return said;
    }
}
