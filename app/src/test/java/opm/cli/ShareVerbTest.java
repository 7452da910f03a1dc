package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import opm.host.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShareVerbTest {
    @TempDir Path folder;

    /// With `--json`, where it listens is said at once, as a whole document, and not when it ends:
    /// the program that started it waits for that.
    @Test
    void saysWhereItListens() {
        var interrupted = new AtomicBoolean();
        var said = new CompletableFuture<String>();
        var out =
                new ByteArrayOutputStream() {
                    @Override
                    public synchronized void write(byte[] bytes, int from, int count) {
                        super.write(bytes, from, count);
                        said.complete(toString(StandardCharsets.UTF_8));
                        interrupted.set(true);
                    }
                };
        var silent = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        var outside =
                new Outside(
                        Map.of("XDG_STATE_HOME", folder.resolve("state").toString()),
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        silent,
                        "",
                        Ran.COLUMNS,
                        "",
                        interrupted);
        var words =
                List.of("share", "--everything", "--json", "--listen", "127.0.0.1:0", "--cache",
                        folder.resolve("store").toString());
        // One that keeps its document to itself is not waited for.
        CompletableFuture.delayedExecutor(20, TimeUnit.SECONDS)
                .execute(
                        () -> {
                            said.complete("nothing");
                            interrupted.set(true);
                        });
        assertThat(Main.run(words, outside, Host.ofThisMachine())).isZero();
        assertThat(said.join()).containsPattern("\"port\": ?[1-9][0-9]+.*\"packages\": ?0.*}\n$");
    }
}
