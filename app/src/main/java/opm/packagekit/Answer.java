package opm.packagekit;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is told to the client, line by line. Where it went away, what is said is lost and work goes
/// on: somebody who closes a window does not stop rpm.
final class Answer {
    private final OutputStream out;
    private boolean isGone;
    private int percent = -1;
    private String status = "";

    Answer(OutputStream out) {
        this.out = out;
    }

    synchronized void say(String... fields) {
        say(List.of(fields));
    }

    private synchronized void say(List<String> fields) {
        if (isGone) {
            return;
        }
        try {
            out.write(Wire.line(fields));
            out.flush();
        } catch (IOException e) {
            isGone = true;
        }
    }

    /// Says what is being done, in the words of PackageKit.
    synchronized void status(String word) {
        if (!status.equals(word)) {
            status = word;
            say("status", word);
        }
    }

    /// Says how much is done; never less than before.
    synchronized void percentage(long of100) {
        int now = Math.clamp(of100, 0, 100);
        if (now > percent) {
            percent = now;
            say("percentage", Integer.toString(now));
        }
    }

    /// Says something about a package.
    ///
    /// @param info PackageKit's word: `installed`, `available`, `installing`, `security`
    void pkg(String info, String id, String summary) {
        say("package", info, id, summary);
    }

    void files(String id, List<String> paths) {
        var fields = new ArrayList<>(List.of("files", id));
        fields.addAll(paths);
        say(fields);
    }

    /// Says why the job failed.
    ///
    /// @param word PackageKit's: `package-not-found`
    /// @param hint what to do; null where there is nothing
    void error(String word, String text, @Nullable String hint) {
        say("error", word, hint == null ? text : text + "\n" + hint);
    }

    void finished() {
        say("finished");
    }
}
