package opm.cli;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import opm.base.OpmException;
import opm.engine.Watcher;
import opm.fetch.Progress;
import opm.fetch.UrlList;
import opm.fetch.Wanted;
import opm.repack.Regenerated;
import opm.words.Messages;

/// Shows on standard error what opm is doing: one line that is drawn again on a terminal, plain
/// lines now and then elsewhere, nothing with `--quiet`.
final class ProgressLines implements Watcher, Progress {
    private static final long PLAIN_MILLIS = 5_000;
    private static final int BAR = 20;

    /// Set by Ctrl-C; see [Interrupt].
    private final AtomicBoolean cancelled;
    private final Outside outside;
    private final Messages messages;
    private final InstantSource clock;
    private final boolean quiet;
    private final long startMillis;
    private long toldMillis;
    private boolean drawn;

    ProgressLines(
            Outside outside,
            Messages messages,
            InstantSource clock,
            boolean quiet,
            AtomicBoolean cancelled) {
        this.outside = outside;
        this.messages = messages;
        this.clock = clock;
        this.quiet = quiet;
        this.cancelled = cancelled;
        startMillis = clock.millis();
        toldMillis = startMillis;
    }

    @Override
    public boolean cancelled() {
        return cancelled.get();
    }

    @Override
    public Progress downloads() {
        return this;
    }

    @Override
    public synchronized void begins(Stage stage, String what) {
        String text =
                switch (stage) {
                    case CAPTURE -> messages.text("progress.capture");
                    case REFRESH -> messages.text("progress.refresh", what);
                    case FILES -> messages.text("progress.files", what);
                    case KEEP -> messages.text("progress.keep");
                    case SIGNATURES -> messages.text("progress.signatures");
                    case PROOF -> messages.text("progress.proof");
                    case WRITE -> messages.text("progress.write", what);
                };
        // A quick step is not worth a line where lines stay; on a terminal it goes away again.
        if (outside.errIsTerminal()) {
            draw(text);
        }
    }

    @Override
    public synchronized void skipped(String repo, OpmException why) {
        clear();
        outside.err()
                .println(messages.text("progress.skipped", repo, String.valueOf(why.getMessage())));
        outside.err().flush();
    }

    @Override
    public synchronized void rebased(java.nio.file.Path base, List<String> idle) {
        clear();
        outside.err().println(messages.text("progress.rebased", base));
        if (!idle.isEmpty()) {
            outside.err().println(messages.text("progress.idle", String.join(" ", idle)));
        }
        outside.err().flush();
    }

    @Override
    public synchronized void damaged(Wanted file) {
        clear();
        outside.err().println(messages.text("fetch.damaged", Screen.harmless(file.label())));
        outside.err().flush();
    }

    @Override
    public synchronized void missing(List<Wanted> files) {
        clear();
        outside.err().println(messages.count("fetch.missing", files.size()));
        for (Wanted file : files) {
            String size = file.sizeBytes() < 0 ? "" : "  " + Screen.size(file.sizeBytes());
            outside.err().println("  " + Screen.harmless(file.label()) + size);
            outside.err().println("    " + file.digest());
            for (var source : file.sources()) {
                outside.err().println("    " + Screen.harmless(UrlList.shown(source)));
            }
        }
        outside.err().flush();
    }

    @Override
    public synchronized void cannotKeep(Regenerated.Impossible one) {
        clear();
        if (!quiet) {
            String why = one.why().name().toLowerCase(Locale.ROOT).replace('_', '-');
            String text = messages.text("keep." + why, one.pkg(), one.detail());
            outside.err().println(Screen.harmless(text));
            outside.err().flush();
        }
    }

    @Override
    public synchronized void cannotBoot(String kernel, String lacks) {
        clear();
        outside.err().println(Screen.harmless(messages.text("keep.cannot-boot", kernel, lacks)));
        outside.err().flush();
    }

    @Override
    public synchronized void deltas(int packages, long savedBytes, int medianPercent) {
        clear();
        if (!quiet) {
            outside.err()
                    .println(
                            messages.count(
                                    "deltas", packages, Screen.size(savedBytes), medianPercent));
            outside.err().flush();
        }
    }

    @Override
    public synchronized void noRoomToKeep(int packages) {
        clear();
        if (!quiet) {
            outside.err().println(messages.count("keep.no-room", packages));
            outside.err().flush();
        }
    }

    @Override
    public synchronized void unreadable(String repo, int count) {
        clear();
        if (!quiet) {
            outside.err().println(messages.count("progress.unreadable", count, repo));
            outside.err().flush();
        }
    }

    @Override
    public synchronized void wentBack(String repo, long nowSeconds, long beforeSeconds) {
        tell("progress.went-back", repo, day(nowSeconds), day(beforeSeconds));
    }

    @Override
    public synchronized void quiet(String repo, long sinceSeconds, long days) {
        tell("progress.quiet", repo, day(sinceSeconds), days);
    }

    private static String day(long seconds) {
        return Instant.ofEpochSecond(seconds).toString().substring(0, 10);
    }

    private void tell(String key, Object... values) {
        clear();
        if (!quiet) {
            outside.err().println(messages.text(key, values));
            outside.err().flush();
        }
    }

    @Override
    public synchronized void at(Progress.State state) {
        boolean end = state.doneCount() + state.failedCount() == state.totalCount();
        long now = clock.millis();
        if (quiet) {
            return;
        }
        if (outside.errIsTerminal()) {
            draw(line(state));
            if (end) {
                clear();
            }
        } else if (!end && now - toldMillis >= PLAIN_MILLIS) {
            toldMillis = now;
            outside.err().println(line(state));
            outside.err().flush();
        }
    }

    private String line(Progress.State state) {
        var line = new StringBuilder();
        line.append(state.doneCount()).append('/').append(state.totalCount()).append(' ');
        if (state.totalBytes() > 0) {
            int filled = (int) Math.min(BAR, BAR * state.doneBytes() / state.totalBytes());
            line.append('[')
                    .repeat('=', filled)
                    .repeat(' ', BAR - filled)
                    .append("] ")
                    .append(Screen.size(state.doneBytes()))
                    .append(" / ")
                    .append(Screen.size(state.totalBytes()));
        } else {
            line.append(Screen.size(state.doneBytes()));
        }
        line.append("  ").append(Screen.size(state.bytesPerSecond())).append("/s");
        long left = state.secondsLeft();
        if (left >= 0) {
            line.append("  ").append(messages.text("progress.left", time(left)));
        }
        if (!state.active().isEmpty()) {
            line.append("  ").append(state.active().getFirst().label());
        }
        return line.toString();
    }

    static String time(long seconds) {
        return seconds < 3600
                ? "%d:%02d".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    private void draw(String text) {
        if (quiet) {
            return;
        }
        int most = outside.columns() - 1;
        String cut = text.length() > most ? text.substring(0, most) : text;
        outside.err().print("\r" + cut + "\033[K");
        outside.err().flush();
        drawn = true;
    }

    /// Takes the line away, before something else is written.
    synchronized void clear() {
        if (drawn) {
            outside.err().print("\r\033[K");
            outside.err().flush();
            drawn = false;
        }
    }
}
