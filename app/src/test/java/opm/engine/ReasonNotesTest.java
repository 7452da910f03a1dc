package opm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import opm.plan.Reason;
import org.junit.jupiter.api.Test;

/// dnf 5's file keeps everything that opm does not know, and says why packages came.
final class ReasonNotesTest {
    /// Both forms that libdnf5 and toml11 write: entries on one line, and tables.
    @Test
    void bothForms() {
        String old =
                """
                version = "1.0"
                [packages]
                "bash.x86_64" = {reason = "User"}
                "gone.x86_64" = {reason = "Dependency"}
                [packages."table.x86_64"]
                reason = "User"
                [packages."other.noarch"]
                reason = "Group"
                """;
        var came = Map.of("new.x86_64", Reason.WEAK, "table.x86_64", Reason.DEPENDENCY);
        assertThat(ReasonNotes.edited(old, came, List.of("gone.x86_64")))
                .isEqualTo(
                        """
                        version = "1.0"
                        [packages]
                        "new.x86_64" = {reason = "Weak Dependency"}
                        "table.x86_64" = {reason = "Dependency"}
                        "bash.x86_64" = {reason = "User"}
                        [packages."other.noarch"]
                        reason = "Group"
                        """);
    }

    /// A file without packages gets its table.
    @Test
    void empty() {
        assertThat(
                        ReasonNotes.edited(
                                "version = \"1.0\"\n", Map.of("a.noarch", Reason.USER), List.of()))
                .isEqualTo(
                        "version = \"1.0\"\n[packages]\n\"a.noarch\" = {reason = \"User\"}\n");
    }
}
