package opm.preflight;

import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import opm.preflight.Finding.Worry;

/// Reads scripts for words that mean trouble on a machine without a network or without somebody at
/// its keyboard. A guess: it flags, it never stops.
final class ScriptWords {
    /// A program that fetches, at the beginning of a command.
    private static final Pattern NETWORK =
            command(
                    "curl|wget|aria2c|ftp|lftp|scp|sftp|ssh|rsync|subscription-manager"
                            + "|git\\s+(?:clone|fetch|pull)|pip3?\\s+(?:install|download)"
                            + "|npm\\s+(?:install|i|ci)|gem\\s+install|cargo\\s+install"
                            + "|go\\s+(?:get|install)|(?:dnf5?|yum|zypper|apt-get)\\s+\\S+"
                            + "|(?:docker|podman)\\s+pull|(?:flatpak|snap)\\s+install"
                            + "|nc|telnet|nslookup|host|dig");

    private static final Pattern ADDRESS = Pattern.compile("\\b(?:https?|ftp)://[^\\s'\"]+");

    private static final Pattern ASKS =
            Pattern.compile(
                    "(?m)(?:^|[;&|({]|\\bdo|\\bthen|\\belse)\\s*(?:select\\s+\\w+\\s+in\\b"
                            + "|(?:dialog|whiptail|zenity|kdialog|passwd)\\b)"
                            + "|</dev/tty|/dev/console\\s*<|\\bio\\.read\\s*\\(");

    /// `read` that is not the end of a pipe and has no file to read from on its line.
    private static final Pattern READ =
            Pattern.compile(
                    "(?:^|;|&&|\\|\\||\\bthen|\\belse)\\s*read(?:\\s+-[a-zA-Z]+)*"
                            + "\\s+\\w+\\s*(?:;|$)");

    private ScriptWords() {}

    private static Pattern command(String words) {
        return Pattern.compile(
                "(?m)(?:^|[;&|({`]|\\$\\(|\\bdo|\\bthen|\\belse|\\bif|\\bexec|\\bnohup)"
                        + "\\s*!?\\s*(?:/\\S*/)?(?:"
                        + words
                        + ")(?=\\s|$)");
    }

    static Set<Worry> worries(Parcel.Script script) {
        String text = withoutComments(script.text());
        var worries = EnumSet.noneOf(Worry.class);
        boolean fetches = NETWORK.matcher(text).find();
        // An address alone is often only printed.
        boolean calls =
                ADDRESS.matcher(text).find()
                        && !text.lines()
                                .filter(line -> ADDRESS.matcher(line).find())
                                .allMatch(line -> line.strip().matches("(?:echo|printf|cat).*"));
        if (fetches || calls) {
            worries.add(Worry.NETWORK);
        }
        boolean reads =
                !text.contains("done <")
                        && text.lines()
                                .anyMatch(line -> !line.contains("<") && READ.matcher(line).find());
        if (ASKS.matcher(text).find() || reads) {
            worries.add(Worry.ASKS);
        }
        return worries;
    }

    private static String withoutComments(String text) {
        return Pattern.compile("(?m)^\\s*(?:#|--).*$").matcher(text).replaceAll("");
    }
}
