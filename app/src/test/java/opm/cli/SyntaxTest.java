package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.words.Messages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Words of a command line become options and arguments as people know it from other programs.
class SyntaxTest {
    private static Syntax.Given read(String words) throws OpmException {
        return Syntax.of("bundle create", Messages.of("en"))
                .several("SPEC", "--install")
                .arguments("SPEC", 0, 2)
                .read(words.isEmpty() ? List.of() : List.of(words.split(" ")));
    }

    @Test
    void valuesStandBehindAnEqualsSignOrInTheNextWord() throws OpmException {
        // Both forms, other names of an option, repeated options, values that look like options.
        var given = read("--root=/a --installroot /b -x a --exclude=b --arch -q -y vim");
        assertThat(given.value("--root")).isEqualTo("/b");
        assertThat(given.values("--exclude")).containsExactly("a", "b");
        assertThat(given.value("--arch")).isEqualTo("-q");
        assertThat(given.has("--yes")).isTrue();
        assertThat(given.has("--quiet")).isFalse();
        assertThat(given.value("--state")).isNull();
        assertThat(given.values("--repo")).isEmpty();
        assertThat(given.arguments()).containsExactly("vim");
    }

    @Test
    void optionsThatMayStandAlone() throws OpmException {
        // A bare --allow-unsigned does not swallow the word behind it.
        assertThat(read("--allow-unsigned vim").value("--allow-unsigned")).isEqualTo("*");
        assertThat(read("--allow-unsigned vim").arguments()).containsExactly("vim");
        assertThat(read("--allow-unsigned=a,b").value("--allow-unsigned")).isEqualTo("a,b");
    }

    @Test
    void severalWords() throws OpmException {
        // All words up to the next option belong to it.
        var given = read("--install vim git --yes emacs --install=nano");
        assertThat(given.values("--install")).containsExactly("vim", "git", "nano");
        assertThat(given.arguments()).containsExactly("emacs");
    }

    @Test
    void nothingIsAnOptionBehindTwoDashes() throws OpmException {
        // Names of files may begin with a dash; a dash alone is one.
        assertThat(read("- -- --yes").arguments()).containsExactly("-", "--yes");
        assertThat(read("@core").arguments()).containsExactly("@core");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "--frob, Unknown option: '--frob'",
                "-z, Unknown option: '-z'",
                "--yes=1, '--yes' takes no value",
                "--root, '--root': found no value",
                "--install --yes, '--install': found no value",
                "a b c, 'c'",
            })
    void whatCannotBeReadIsNamed(String words, String said) {
        // The word at fault stands in the message, the command in the hint.
        assertThatThrownBy(() -> read(words))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining(said)
                .satisfies(e -> assertThat(((BadRequest) e).hint()).contains("bundle create"));
    }
}
