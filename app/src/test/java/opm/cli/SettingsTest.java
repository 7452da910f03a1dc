package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.words.Messages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The options that every command has are checked when they are read, not when they are used.
final class SettingsTest {
    private static Settings settings(String... words) throws OpmException {
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        var outside =
                new Outside(
                        Map.of(),
                        new ByteArrayInputStream(new byte[0]),
                        nowhere,
                        nowhere,
                        "01",
                        80,
                        "");
        var given =
                Syntax.of("install", Messages.of("en"))
                        .arguments("SPEC", 0, -1)
                        .read(List.of(words));
        return Settings.of(given, outside);
    }

    /// A variable that is not set names no root; least of all the working directory.
    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void anEmptyRootIsRefused(String root) {
        assertThatThrownBy(() -> settings("--root", root)).isInstanceOf(BadRequest.class);
    }

    /// Rates are bytes a second, K and M of 1024, as curl reads them.
    @ParameterizedTest
    @CsvSource({"1,1", "500K,512000", "2M,2097152", "1.5m,1572864", "1G,1073741824", "0.001,1"})
    void ratesAreRead(String text, long bytes) throws OpmException {
        assertThat(settings("--limit-rate", text).limitBytesPerSecond()).isEqualTo(bytes);
    }

    /// What is no rate is said to be none.
    @ParameterizedTest
    @ValueSource(strings = {"", "0", "fast", "-1", "1KB", "1e9", "99999999999"})
    void otherRatesAreRefused(String text) {
        assertThatThrownBy(() -> settings("--limit-rate=" + text))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("'" + text + "'");
    }

    /// A repository is an id and an address; a folder is an address too, and dnf's comma works.
    @Test
    void repositoriesAreRead() throws OpmException {
        var repos = settings("--repo", "a=https://x.example/os", "--repo=b,/some/where").repos();
        assertThat(repos).containsEntry("a", "https://x.example/os").hasSize(2);
        assertThat(repos.get("b")).startsWith("file:/").endsWith("/some/where");
        assertThat(List.copyOf(repos.keySet())).containsExactly("a", "b");
    }

    /// Ids are folder names later, so they hold nothing that a folder name may not.
    @ParameterizedTest
    @ValueSource(strings = {"x", "=y", "a b=/x", "../a=/x", "a="})
    void badRepositoriesAreRefused(String text) {
        assertThatThrownBy(() -> settings("--repo=" + text)).isInstanceOf(BadRequest.class);
    }

    /// The same id twice would leave one unseen.
    @Test
    void anIdStandsOnce() {
        assertThatThrownBy(() -> settings("--repo", "a=/x", "--repo", "a=/y"))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("twice");
    }

    /// `--allow-unsigned` takes names behind `=` only, so a package that follows is a package.
    @Test
    void unsignedPackagesAreNamedBehindAnEqualsSign() throws OpmException {
        assertThat(settings("vim").unsigned()).isNull();
        assertThat(settings("--allow-unsigned", "vim").unsigned()).isEmpty();
        assertThat(settings("--allow-unsigned=a,b", "vim").unsigned()).containsExactly("a", "b");
    }

    /// What contradicts itself is not guessed at.
    @Test
    void contradictionsAreRefused() {
        assertThatThrownBy(() -> settings("--best", "--no-best")).isInstanceOf(BadRequest.class);
        assertThatThrownBy(() -> settings("--yes", "--assumeno")).isInstanceOf(BadRequest.class);
    }

    /// Colours are for terminals, and for those who want them.
    @Test
    void coloursAreForTerminals() throws OpmException {
        assertThat(settings("vim").color()).isTrue();
        assertThat(settings("vim", "--no-color").color()).isFalse();
    }

    /// Excludes may be given again and again, or with commas, as in dnf.
    @Test
    void excludesAddUp() throws OpmException {
        assertThat(settings("-x", "a*,b", "--exclude=c").excludes())
                .containsExactly("a*", "b", "c");
    }

    /// Paths do not depend on where a later step happens to be.
    @Test
    void pathsAreAbsolute() throws OpmException {
        assertThat(settings("--root", "here").root())
                .isAbsolute()
                .isEqualTo(Path.of("here").toAbsolutePath());
    }
}
