package opm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import opm.base.OpmException.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What rpm is asked, and what is known without asking it.
class RpmCommandTest {
    @TempDir Path root;

    /// A database that cannot be looked at is not "nothing installed". (A link to itself stands for
    /// a folder without permission, which means nothing to root.)
    @Test
    void aHiddenDatabaseIsNoEmptyOne() throws Exception {
        RpmCommand rpm = RpmCommand.at(root, "/db", new LocalCommands());
        assertThat(rpm.hasDatabase()).isFalse();
        Path file = Files.createDirectory(root.resolve("db")).resolve("rpmdb.sqlite");
        assertThat(rpm.hasDatabase()).isFalse();
        Files.createSymbolicLink(file, file);
        assertThatThrownBy(rpm::hasDatabase)
                .isInstanceOf(Refused.class)
                .hasMessageContaining("may not read");
        assertThatThrownBy(() -> rpm.queryAll("%{NAME}\\n")).isInstanceOf(Refused.class);
        Files.delete(file);
        Files.writeString(file, "");
        assertThat(rpm.hasDatabase()).isTrue();
    }
}
