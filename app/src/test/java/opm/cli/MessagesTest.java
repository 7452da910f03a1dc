package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import opm.words.Messages;
import org.junit.jupiter.api.Test;

/// The catalogue is complete in every language, and says the same in each.
final class MessagesTest {
    private static final Path ROOT = Path.of(System.getProperty("opm.root", ".."));
    private static final Pattern HOLE = Pattern.compile("\\{\\d}");

    /// How sources name a message: `say("key"`, `text("key"`, `note(` and their like.
    private static final Pattern USE =
            Pattern.compile(
                    "\\b(say|text|note|count|ask|heading)\\(\\s*"
                            + "\"([a-z][a-z0-9.-]*\\.[a-z0-9.-]+[a-z0-9])\"");

    private static SequencedMap<String, String> catalogue(String language) throws IOException {
        return Messages.parse(Files.readString(ROOT.resolve("messages/" + language + ".txt")));
    }

    /// Whoever adds a key adds it in every language.
    @Test
    void everyLanguageHasTheSameKeysInTheSameOrder() throws IOException {
        for (String language : Messages.LANGUAGES) {
            assertThat(List.copyOf(catalogue(language).keySet()))
                    .as(language)
                    .isEqualTo(List.copyOf(catalogue("en").keySet()));
        }
    }

    /// A translation that forgets `{0}` would hide what the message is about.
    @Test
    void placeholdersAgree() throws IOException {
        for (String language : Messages.LANGUAGES) {
            for (Map.Entry<String, String> text : catalogue(language).entrySet()) {
                String english = String.valueOf(catalogue("en").get(text.getKey()));
                assertThat(holes(text.getValue()))
                        .as(language + " " + text.getKey())
                        .isEqualTo(holes(english));
            }
        }
    }

    private static TreeSet<String> holes(String text) {
        return new TreeSet<>(HOLE.matcher(text).results().map(MatchResult::group).toList());
    }

    /// No run can ask for a message that is not there.
    @Test
    void everyKeyInTheSourcesExists() throws IOException {
        var keys = catalogue("en").keySet();
        var missing = new TreeSet<String>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("app/src/main/java/opm/cli"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
                USE.matcher(Files.readString(file))
                        .results()
                        .map(use -> use.group(2))
                        .filter(key -> !keys.contains(key))
                        .filter(
                                key ->
                                        !keys.contains(key + ".one")
                                                || !keys.contains(key + ".many"))
                        .forEach(missing::add);
            }
        }
        assertThat(missing).isEmpty();
    }

    /// Every command and option has its description, which only making them shows.
    @Test
    void everyCommandAndOptionIsDescribed() {
        for (String language : Messages.LANGUAGES) {
            Messages messages = Messages.of(language);
            for (Verbs.Entry entry : Verbs.ALL) {
                entry.make().accept(Syntax.of(entry.name(), messages));
                assertThat(messages.text("command." + entry.key())).isNotEmpty();
            }
        }
    }

    /// The language follows POSIX: LC_ALL, then LC_MESSAGES, then LANG; `--lang` before all.
    @Test
    void theLanguageOfTheUserIsChosen() {
        assertThat(Messages.choose(null, Map.of())).isEqualTo("en");
        assertThat(Messages.choose(null, Map.of("LANG", "es_MX.UTF-8"))).isEqualTo("es");
        assertThat(Messages.choose(null, Map.of("LANG", "es_ES", "LC_ALL", "C"))).isEqualTo("en");
        assertThat(Messages.choose(null, Map.of("LC_MESSAGES", "pt_PT@euro"))).isEqualTo("pt_BR");
        assertThat(Messages.choose("pt-BR", Map.of("LANG", "es_MX.UTF-8"))).isEqualTo("pt_BR");
    }

    /// Holes are filled by number, wherever a language wants them.
    @Test
    void holesAreFilledByNumber() {
        assertThat(Messages.of("en").text("help.usage", "unused")).isEqualTo("Usage:");
    }
}
