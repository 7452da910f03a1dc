package opm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import opm.base.Sense;
import opm.host.LocalDisk;
import opm.profile.ProfileCapture;
import opm.profile.SystemProfile;
import opm.rpmmd.RepoFiles;
import opm.rpmmd.Variables;
import opm.solve.Filter;
import opm.solve.Filter.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What package managers were told to keep out stays out here as well.
class ConfiguredFiltersTest {
    @TempDir Path root;

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private SystemProfile machine() throws OpmException {
        return ProfileCapture.configuration(root, new LocalDisk());
    }

    @Test
    void versionLocksOfDnf() throws Exception {
        // Lines are versions that may come; those with an exclamation mark may not.
        file(
                "/etc/dnf/plugins/versionlock.list",
                "# Added lock on Sat Nov 21\nbash-0:5.1.8-6.el9.*\n!vim-2:8.2*\n");
        assertThat(ConfiguredFilters.of(machine(), List.of()))
                .containsExactly(
                        new Filter(Kind.LOCK, "", "bash-0:5.1.8-6.el9.*"),
                        new Filter(Kind.EXCLUDE, "", "vim-2:8.2*"));
    }

    @Test
    void versionLocksOfDnf5() throws Exception {
        // Each table of a package is one lock with all of its conditions.
        file(
                "/etc/dnf/versionlock.toml",
                """
                version = "1.0"
                [[packages]]
                name = "bash"
                comment = "as it is"
                [[packages.conditions]]
                key = "evr"
                comparator = "<"
                value = "5.3"
                [[packages.conditions]]
                key = "arch"
                comparator = "!="
                value = 'i?86'
                [[packages]]
                name = "vim*"
                """);
        assertThat(ConfiguredFilters.of(machine(), List.of()))
                .containsExactly(
                        new Filter(
                                Kind.LOCK,
                                "",
                                "bash",
                                List.of(
                                        new Filter.Condition("evr", Sense.LT, "5.3"),
                                        new Filter.Condition("arch", Sense.NE, "i?86"))),
                        new Filter(Kind.LOCK, "", "vim*"));
    }

    @Test
    void locksOfZypper() throws Exception {
        // Nothing of such a name comes or goes.
        file(
                "/etc/zypp/locks",
                """
                type: package
                match_type: glob
                case_sensitive: on
                solvable_name: kernel-default

                type: package
                match_type: substring
                case_sensitive: on
                solvable_name: nvidia
                """);
        assertThat(ConfiguredFilters.kept(machine())).containsExactly("kernel-default", "*nvidia*");
        assertThat(ConfiguredFilters.of(machine(), List.of())).isEmpty();
    }

    @Test
    void excludesAndIncludesOfRepositories() throws Exception {
        // They are about their own repository, those of [main] about all.
        file("/etc/dnf/dnf.conf", "[main]\nincludepkgs=a*\n");
        file(
                "/etc/yum.repos.d/x.repo",
                "[x]\nbaseurl=http://x/\nexcludepkgs=a1,a2\nincludepkgs=b\n");
        var repos =
                new RepoFiles(
                                new LocalDisk(),
                                Variables.of("9", "x86_64", java.util.Map.of()))
                        .read(RepoFiles.usualFolders(root));
        assertThat(ConfiguredFilters.of(machine(), repos))
                .containsExactly(
                        new Filter(Kind.INCLUDE, "", "a*"),
                        new Filter(Kind.EXCLUDE, "x", "a1"),
                        new Filter(Kind.EXCLUDE, "x", "a2"),
                        new Filter(Kind.INCLUDE, "x", "b"));
    }
}
