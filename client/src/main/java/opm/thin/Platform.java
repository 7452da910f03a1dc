package opm.thin;

import java.nio.file.Path;
import java.util.regex.Pattern;
import opm.base.OpmException.BadRequest;

/// A system and its release, as clients name them in addresses: `fedora`, `43`.
public record Platform(String os, String release) {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+~-]{0,63}");

    public Platform {
        if (!isWord(os) || !isWord(release)) {
            throw new IllegalArgumentException(os + "/" + release);
        }
    }

    /// Reads `OS/RELEASE`.
    public static Platform parse(String text) throws BadRequest {
        String[] words = text.split("/", -1);
        if (words.length != 2 || !isWord(words[0]) || !isWord(words[1])) {
            throw new BadRequest(
                    "--platform: found '" + text + "', expected OS/RELEASE",
                    "For example --platform fedora/43.");
        }
        return new Platform(words[0], words[1]);
    }

    /// Tells whether this can stand in an address as one of both.
    public static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }

    /// Returns what lists of platforms say: `fedora-43`.
    public String word() {
        return os + "-" + release;
    }

    /// Returns where its answers lie in a tree.
    public Path in(Path tree) {
        return tree.resolve("packages").resolve(os).resolve(release);
    }

    @Override
    public String toString() {
        return os + "/" + release;
    }
}
