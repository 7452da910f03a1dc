package opm.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import opm.words.Messages;
import opm.words.Sizes;

/// Where opm writes: results to standard output, everything about the work to standard error.
final class Screen {
    private final Outside outside;
    private final Messages messages;
    private final boolean quiet;
    private final boolean json;
    private final boolean color;

    Screen(Outside outside, Messages messages, boolean quiet, boolean json, boolean color) {
        this.outside = outside;
        this.messages = messages;
        this.quiet = quiet;
        this.json = json;
        this.color = color;
    }

    Messages messages() {
        return messages;
    }

    PrintStream out() {
        return outside.out();
    }

    boolean isTerminal() {
        return outside.outIsTerminal();
    }

    int columns() {
        return outside.columns();
    }

    /// Writes a line of the result. With `--json` there is one document instead of lines.
    void line(String text) {
        if (!json) {
            // Not println: it takes each line through two more buffers and an encoder.
            byte[] bytes = (harmless(text) + "\n").getBytes(StandardCharsets.UTF_8);
            outside.out().write(bytes, 0, bytes.length);
        }
    }

    /// Replaces what a terminal would obey, colors excepted: repositories, profiles and bundles
    /// hold what anybody wrote.
    static String harmless(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (Character.isISOControl(c) && c != '\t' && c != '\n') {
                return Commands.PATTERN.matcher(text).replaceAll("?");
            }
        }
        return text;
    }

    /// A class of its own, because nearly no text needs it.
    private static final class Commands {
        /// Control characters but tab and line feed; an escape only where no color follows.
        private static final Pattern PATTERN =
                Pattern.compile("\033(?!\\[[0-9;]{1,8}m)|[\\p{Cc}&&[^\t\n\033]]");
    }

    /// Returns the same for what only people want to know; it writes nothing with `--quiet`.
    Screen forPeople() {
        return new Screen(outside, messages, quiet, json || quiet, color);
    }

    /// Writes a message as a line of the result.
    void say(String key, Object... values) {
        line(messages.text(key, values));
    }

    /// Writes a message about the work to standard error, unless `--quiet`.
    void note(String key, Object... values) {
        if (!quiet) {
            outside.out().flush();
            outside.err().println(harmless(messages.text(key, values)));
            outside.err().flush();
        }
    }

    /// Writes a failure: what was found and expected, then what to do.
    static void fail(PrintStream err, String message, String hint) {
        err.println("opm: " + oneLine(message));
        err.println("hint: " + oneLine(hint));
        err.flush();
    }

    private static String oneLine(String text) {
        return harmless(text.strip().replaceAll("\\s*\\R\\s*", "; "));
    }

    /// Asks for consent; the answer is no unless it is clearly yes.
    boolean ask(String key, Object... values) {
        PrintStream to = json ? outside.err() : outside.out();
        to.print(messages.text(key, values) + " ");
        to.flush();
        try {
            var reader =
                    new BufferedReader(new InputStreamReader(outside.in(), StandardCharsets.UTF_8));
            String answer = reader.readLine();
            if (answer == null) {
                to.println();
                return false;
            }
            String yes = messages.text("ask.yes");
            String word = answer.strip().toLowerCase(Locale.ROOT);
            return word.equals("y") || word.equals(yes) || word.equals(yes.substring(0, 1));
        } catch (IOException e) {
            return false;
        }
    }

    String bold(String text) {
        return painted("1", text);
    }

    String green(String text) {
        return painted("32", text);
    }

    String red(String text) {
        return painted("31", text);
    }

    String blue(String text) {
        return painted("34", text);
    }

    private String painted(String code, String text) {
        return color ? "\033[" + code + "m" + text + "\033[0m" : text;
    }

    /// Writes a size as dnf does: `1.9 M`, `640 k`, `12 B`.
    static String size(long bytes) {
        return Sizes.of(bytes);
    }
}
