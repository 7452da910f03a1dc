package opm.words;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// What opm says, in the language of the user.
///
/// The catalogue is one plain file per language, `messages/en.txt` and its sisters:
/// `key = text with {0}`; lines that begin with `#` and empty lines are skipped. A test holds the
/// keys and placeholders of all languages equal, so a key is never missing at run time. Formats,
/// `--json` and the failures of the rooms below do not depend on the language.
public final class Messages {
    /// The languages that are complete, English first.
    public static final List<String> LANGUAGES = List.of("en", "es", "pt_BR");

    private final String language;
    private final Map<String, String> texts;

    private Messages(String language, Map<String, String> texts) {
        this.language = language;
        this.texts = texts;
    }

    /// Returns the catalogue of one of [#LANGUAGES].
    public static Messages of(String language) {
        return new Messages(language, read(language));
    }

    /// Chooses the language: what the user wrote after `--lang`, else `LC_ALL`, `LC_MESSAGES`,
    /// `LANG` in the order of POSIX, else English.
    public static String choose(@Nullable String wanted, Map<String, String> environment) {
        if (wanted != null) {
            return known(wanted);
        }
        for (String name : List.of("LC_ALL", "LC_MESSAGES", "LANG")) {
            String value = environment.get(name);
            if (value != null && !value.isEmpty()) {
                return known(value);
            }
        }
        return LANGUAGES.getFirst();
    }

    /// Maps `es_MX.UTF-8`, `pt-BR`, `pt` to the nearest complete language.
    private static String known(String locale) {
        String word = locale.split("[.@]", 2)[0].replace('-', '_').toLowerCase(Locale.ROOT);
        for (String language : LANGUAGES) {
            String mine = language.toLowerCase(Locale.ROOT);
            if (word.equals(mine) || word.split("_", 2)[0].equals(mine.split("_", 2)[0])) {
                return language;
            }
        }
        return LANGUAGES.getFirst();
    }

    /// Returns `en`, `es` or `pt_BR`.
    public String language() {
        return language;
    }

    /// Returns the text of `key` with `{0}`, `{1}` … replaced.
    public String text(String key, Object... values) {
        String text = texts.get(key);
        if (text == null) {
            throw new IllegalArgumentException("no message '" + key + "' in " + language);
        }
        return fill(text, values);
    }

    /// Returns the text of `key.one` for a count of 1, else of `key.many`; `{0}` is the count.
    public String count(String key, long count, Object... more) {
        var values = new Object[more.length + 1];
        values[0] = count;
        System.arraycopy(more, 0, values, 1, more.length);
        return text(count == 1 ? key + ".one" : key + ".many", values);
    }

    /// Returns the texts whose keys begin so, by the rest of their keys; in the catalogue's order.
    public Map<String, String> under(String prefix) {
        var found = new LinkedHashMap<String, String>();
        texts.forEach(
                (key, text) -> {
                    if (key.startsWith(prefix)) {
                        found.put(key.substring(prefix.length()), text);
                    }
                });
        return found;
    }

    private static String fill(String text, Object[] values) {
        int brace = text.indexOf('{');
        if (brace < 0) {
            return text;
        }
        var out = new StringBuilder(text.length() + 32);
        int from = 0;
        while (brace >= 0) {
            boolean digit = brace + 2 < text.length() && text.charAt(brace + 2) == '}';
            int index = digit ? text.charAt(brace + 1) - '0' : -1;
            if (index >= 0 && index < values.length) {
                out.append(text, from, brace).append(values[index]);
                from = brace + 3;
            }
            brace = text.indexOf('{', brace + 1);
        }
        return out.append(text, from, text.length()).toString();
    }

    private static Map<String, String> read(String language) {
        // Looking into a jar for the first time costs 5 ms; the launcher knows a plain file.
        String folder = System.getProperty("opm.messages", "");
        if (!folder.isEmpty()) {
            try {
                return parse(Files.readString(Path.of(folder, language + ".txt")));
            } catch (IOException _) {
                // The jar has it too.
            }
        }
        String name = "/opm/cli/messages/" + language + ".txt";
        try (InputStream in = Messages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the catalogue " + name + " is not in the jar");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads the lines of a catalogue, in their order.
    public static SequencedMap<String, String> parse(String catalogue) {
        var texts = new LinkedHashMap<String, String>(512);
        int start = 0;
        int length = catalogue.length();
        while (start < length) {
            int end = catalogue.indexOf('\n', start);
            end = end < 0 ? length : end;
            if (end > start && catalogue.charAt(start) != '#') {
                int equals = catalogue.indexOf(" = ", start);
                if (equals < 0 || equals > end) {
                    throw new IllegalStateException(
                            "not 'key = text': " + catalogue.substring(start, end));
                }
                String key = catalogue.substring(start, equals);
                if (texts.put(key, catalogue.substring(equals + 3, end)) != null) {
                    throw new IllegalStateException("twice: " + key);
                }
            }
            start = end + 1;
        }
        return texts;
    }
}
