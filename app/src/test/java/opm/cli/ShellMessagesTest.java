package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import opm.words.Messages;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The sh programs carry their part of the catalogue in themselves, because each is one file.
///
/// Between `# >>> messages PREFIX` and `# <<< messages` stands a function `text KEY [VALUE]...`,
/// written by `./dev accept` from the keys that begin with PREFIX; PREFIX is cut off.
final class ShellMessagesTest {
    private static final Path ROOT = Path.of(System.getProperty("opm.root", ".."));
    private static final boolean ACCEPT = !System.getProperty("opm.accept", "").isEmpty();
    private static final Pattern BLOCK =
            Pattern.compile("(?ms)^# >>> messages (\\S+).*?^# <<< messages$");

    /// Whoever changes a message runs `./dev accept`, and the programs follow.
    @TestFactory
    Stream<DynamicTest> programsCarryTheCatalogue() throws IOException {
        if (!Files.isDirectory(ROOT.resolve("sh"))) {
            return Stream.of();
        }
        try (Stream<Path> files = Files.walk(ROOT.resolve("sh"))) {
            List<Path> programs =
                    files.filter(file -> file.toString().endsWith(".sh")).sorted().toList();
            return programs.stream()
                    .map(file -> DynamicTest.dynamicTest(file.toString(), () -> check(file)));
        }
    }

    private static void check(Path file) throws IOException {
        String now = Files.readString(file);
        Matcher blocks = BLOCK.matcher(now);
        var wanted = new StringBuilder();
        while (blocks.find()) {
            blocks.appendReplacement(wanted, Matcher.quoteReplacement(block(blocks.group(1))));
        }
        blocks.appendTail(wanted);
        if (ACCEPT && !wanted.toString().equals(now)) {
            Files.writeString(file, wanted);
            return;
        }
        assertThat(now).as("run ./dev accept").isEqualTo(wanted.toString());
    }

    private static String block(String prefix) throws IOException {
        var lines = new StringBuilder();
        lines.append("# >>> messages ").append(prefix);
        lines.append(" (written by ./dev accept from messages/*.txt)\n");
        lines.append("case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in\n");
        lines.append("    es*) language=es ;;\n");
        lines.append("    pt*) language=pt_BR ;;\n");
        lines.append("    *) language=en ;;\n");
        lines.append("esac\n\n");
        lines.append("# Prints the message $1 with $2 for {0}, $3 for {1} and so on.\n");
        lines.append("text() {\n");
        lines.append("    case $language:$1 in\n");
        int count = 0;
        for (String key : catalogue("en").keySet()) {
            if (!key.startsWith(prefix)) {
                continue;
            }
            count++;
            String name = key.substring(prefix.length());
            for (String language : List.of("es", "pt_BR", "en")) {
                String text = quoted(String.valueOf(catalogue(language).get(key)));
                lines.append("        ")
                        .append(language.equals("en") ? "*" : language)
                        .append(":")
                        .append(name)
                        .append(") printf '%s\\n' \"")
                        .append(text)
                        .append("\" ;;\n");
            }
        }
        assertThat(count).as("messages that begin with " + prefix).isPositive();
        lines.append("    esac\n}\n# <<< messages");
        return lines.toString();
    }

    /// Makes a text safe between double quotes, then puts the arguments of `text` in its holes.
    private static String quoted(String text) {
        String safe =
                text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("$", "\\$")
                        .replace("`", "\\`");
        return Pattern.compile("\\{(\\d)}")
                .matcher(safe)
                .replaceAll(hole -> "\\${" + (Integer.parseInt(hole.group(1)) + 2) + "-}");
    }

    private static java.util.SequencedMap<String, String> catalogue(String language)
            throws IOException {
        return Messages.parse(Files.readString(ROOT.resolve("messages/" + language + ".txt")));
    }
}
