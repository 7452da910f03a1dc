package opm.packagekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import opm.base.Limits;
import opm.base.OpmException.BadRequest;
import opm.engine.Engine;
import opm.engine.Presolved;
import opm.engine.Watcher;
import opm.host.Host;
import opm.preflight.Finding;
import opm.solve.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

/// Lines of jobs, whole and broken.
final class JobsTest {
    private static final Path FIXTURES =
            Path.of(System.getProperty("opm.root", ".."), "fixtures/packagekit");

    /// No job of these tests comes as far as an engine.
    private static final Desk NO_ENGINE =
            new Desk() {
                @Override
                public @Nullable Presolved presolved(Engine engine) {
                    return null;
                }

                @Override
                public String text(String key, Object... values) {
                    return key;
                }

                @Override
                public Engine engine(
                        Watcher watcher, boolean unsignedToo, Map<String, String> beside) {
                    throw new IllegalStateException("an engine");
                }

                @Override
                public String sentence(Finding finding) {
                    return finding.toString();
                }

                @Override
                public List<String> explain(List<Problem> problems) {
                    return List.of();
                }
            };

    @TempDir Path folder;

    private String answer(byte[] question) throws IOException {
        var out = new ByteArrayOutputStream();
        var over = new CountDownLatch(1);
        boolean isWhole = new String(question, StandardCharsets.ISO_8859_1).contains("\ngo\n");
        new Jobs(NO_ENGINE, Host.ofThisMachine(), folder)
                .converse(
                        new SequenceInputStream(
                                new ByteArrayInputStream(question),
                                isWhole ? held(over) : InputStream.nullInputStream()),
                        out);
        over.countDown();
        return out.toString(StandardCharsets.UTF_8);
    }

    /// A client that says no more, and does not go away: that would cancel its job.
    private static InputStream held(CountDownLatch over) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return -1;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return read();
            }
        };
    }

    private String answer(String question) throws IOException {
        return answer(question.getBytes(StandardCharsets.UTF_8));
    }

    /// What stands in the examples is read as the format's page says, and written the same.
    @Test
    void examples() throws IOException {
        for (String file : List.of("question", "answer")) {
            String text = Files.readString(FIXTURES.resolve(file));
            var again = new ByteArrayOutputStream();
            for (String line : text.lines().toList()) {
                again.write(Wire.line(Wire.fields(line)));
            }
            assertThat(again.toString(StandardCharsets.UTF_8)).isEqualTo(text);
        }
        String asked = Files.readString(FIXTURES.resolve("question"));
        assertThat(Wire.fields(asked.lines().toList().get(2)))
                .containsExactly("arg", "as", "app;1-1;noarch;stub", "name with\ttab;1;x;");
        String said = Files.readString(FIXTURES.resolve("answer"));
        assertThat(Wire.fields(said.lines().toList().get(1)).getLast())
                .isEqualTo("One\\two\tthree\nfour");
    }

    /// Any text comes through a line as it was, but for control characters.
    @Test
    void anyTextComesThrough() {
        var random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            var fields = random.ints(1 + random.nextInt(4)).mapToObj(_ -> text(random)).toList();
            String line = new String(Wire.line(fields), StandardCharsets.UTF_8);
            assertThat(line).endsWith("\n");
            assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
            assertThat(Wire.fields(line.substring(0, line.length() - 1))).isEqualTo(fields);
        }
    }

    private static String text(Random random) {
        String letters = "a;\t\n\r\\né ";
        var text = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    /// Whatever arrives, a job ends, and no exception leaves it.
    @Test
    void brokenQuestionsEnd() throws IOException {
        assertThat(answer("")).isEmpty();
        assertThat(answer("go\n")).isEmpty();
        assertThat(answer("job\tresolve\n")).isEmpty();
        assertThat(answer("job\ngo\n")).contains("error\t").endsWith("finished\n");
        assertThat(answer("job\tget-categories\ngo\n")).endsWith("finished\n");
        assertThat(answer("job\tinstall-packages\ngo\n"))
                .contains("found argument 0 'none', expected t")
                .endsWith("finished\n");
        assertThat(answer("job\tinstall-packages\narg\tt\t-1\narg\tas\ngo\n"))
                .contains("error\t")
                .endsWith("finished\n");
        assertThat(answer("job\tinstall-files\narg\tt\t4\narg\tas\t/none.rpm\ngo\n"))
                .contains("error\tfile-not-found\t/none.rpm")
                .endsWith("finished\n");
        assertThat(answer("job\tget-details-local\narg\tas\t\0\ngo\n"))
                .contains("error\t")
                .endsWith("finished\n");
        assertThat(answer("job\tresolve\narg" + "\tx".repeat(Limits.JOB_TEXTS + 1) + "\ngo\n"))
                .contains("error\tnot-supported")
                .endsWith("finished\n");
        assertThat(answer("job\t" + "x".repeat(Limits.LINE_BYTES) + "\ngo\n")).isEmpty();
        byte[] noise = new byte[5_000];
        new Random(3).nextBytes(noise);
        assertThat(answer(noise)).isEmpty();
    }

    /// Ids are four parts; texts that are none are told apart, not guessed at.
    @Test
    void ids() throws BadRequest {
        PackageId id = PackageId.need("app;2:1.0-3;noarch;installed:stub");
        assertThat(id.isInstalled()).isTrue();
        assertThat(id.spec()).isEqualTo("app-2:1.0-3.noarch");
        assertThat(PackageId.of(id.nevra(), "stub")).isEqualTo("app;2:1.0-3;noarch;stub");
        for (String none : List.of("", "app", "app;1;x", ";1;x;", "a b;1-1;x;", "a;1;x;y;z")) {
            assertThat(PackageId.parse(none)).as(none).isNull();
        }
        assertThatThrownBy(() -> PackageId.need("app")).isInstanceOf(BadRequest.class);
    }

    /// One socket serves connections at the same time; without jobs it ends.
    @Test
    void leavesWhenIdle() throws Exception {
        var address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(address);
            var jobs = new Jobs(NO_ENGINE, Host.ofThisMachine(), folder);
            try (var one = SocketChannel.open(address);
                    var two = SocketChannel.open(address)) {
                OutputStream first = Channels.newOutputStream(one);
                first.write("job\tget-categories\n".getBytes(StandardCharsets.UTF_8));
                two.write(
                        ByteBuffer.wrap(
                                "job\tget-categories\ngo\n".getBytes(StandardCharsets.UTF_8)));
                Thread server =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                jobs.serve(socket, 0, () -> false);
                                            } catch (IOException e) {
                                                throw new java.io.UncheckedIOException(e);
                                            }
                                        });
                // Idle seconds are over at once: what waits was not accepted and is not lost.
                server.join();
                assertThat(one.isConnected()).isTrue();
                var again = new Jobs(NO_ENGINE, Host.ofThisMachine(), folder);
                Thread next =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try {
                                                again.serve(socket, 1, () -> false);
                                            } catch (IOException e) {
                                                throw new java.io.UncheckedIOException(e);
                                            }
                                        });
                assertThat(Channels.newInputStream(two).readAllBytes())
                        .isEqualTo("finished\n".getBytes(StandardCharsets.UTF_8));
                first.write("go\n".getBytes(StandardCharsets.UTF_8));
                assertThat(Channels.newInputStream(one).readAllBytes())
                        .isEqualTo("finished\n".getBytes(StandardCharsets.UTF_8));
                next.join();
            }
        }
    }
}
