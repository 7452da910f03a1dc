package opm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import opm.base.Nevra;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a repository says of a file is not taken as it comes.
final class PlanPackagesTest {
    /// No location makes `opm download` write anything but a package beside the user's files.
    @ParameterizedTest
    @CsvSource({
        "Packages/v/vim-9.1-1.x86_64.rpm, vim-9.1-1.x86_64.rpm",
        "vim 9.rpm, vim 9.rpm",
        "x/.bashrc, a-1-1.noarch.rpm",
        "x/.a.rpm, a-1-1.noarch.rpm",
        "x/-rf.rpm, a-1-1.noarch.rpm",
        "Packages/.., a-1-1.noarch.rpm",
        "Packages/, a-1-1.noarch.rpm",
        "Makefile, a-1-1.noarch.rpm"
    })
    void namesOfDownloads(String location, String name) {
        assertThat(PlanPackages.fileName(location, Nevra.parse("a-0:1-1.noarch"))).isEqualTo(name);
    }
}
