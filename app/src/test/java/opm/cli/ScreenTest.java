package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What others wrote reaches a terminal as text.
final class ScreenTest {
    /// Titles, cursors, bells, backspaces and C1 controls are shown as `?`; colors and text stay.
    @Test
    void commandsAreNotObeyed() {
        assertThat(Screen.harmless("a\033]0;title\007b")).isEqualTo("a?]0;title?b");
        assertThat(Screen.harmless("a\033[2Jb\033")).isEqualTo("a?[2Jb?");
        assertThat(Screen.harmless("a\b\r\u009b31mb")).isEqualTo("a???31mb");
        assertThat(Screen.harmless("\033[1;32mok\033[0m")).isEqualTo("\033[1;32mok\033[0m");
        assertThat(Screen.harmless("año\t✓\n")).isEqualTo("año\t✓\n");
    }
}
