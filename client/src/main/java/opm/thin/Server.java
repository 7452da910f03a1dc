package opm.thin;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import opm.sign.VerifyKey;
import org.jspecify.annotations.Nullable;

/// Where a presolved tree is, for which system it answers, and who must have signed.
///
/// @param address `http://school:27621/`, or that of a folder; ends with `/`
/// @param key null when any server is believed, and packages alone are checked
public record Server(URI address, Platform platform, @Nullable VerifyKey key) {
    /// Reads a word of the user's: an address, or a folder: a stick.
    ///
    /// @throws IllegalArgumentException when it is neither
    public static URI address(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        boolean web = lower.startsWith("http://") || lower.startsWith("https://");
        if (!web && lower.contains("://") && !lower.startsWith("file://")) {
            throw new IllegalArgumentException(word);
        }
        String text =
                web || lower.startsWith("file://")
                        ? word
                        : "file://" + Addresses.of(Path.of(word).toAbsolutePath().normalize() + "");
        return URI.create(text.endsWith("/") ? text : text + "/");
    }

    /// Returns the address of what lies beside the answers.
    URI at(String path) {
        return URI.create(folder() + Addresses.of(path));
    }

    /// Returns the address at which names are searched.
    URI search(String word) {
        String text = URLEncoder.encode(word, StandardCharsets.UTF_8);
        return URI.create(address + "search/" + platform.word() + "?q=" + text);
    }

    /// Returns the address of the list of all names.
    URI names() {
        return URI.create(address + "packages/" + platform.word() + "/index.html");
    }

    /// Returns the folder of the answers, for people too.
    String folder() {
        return address + "packages/" + platform + "/";
    }
}
