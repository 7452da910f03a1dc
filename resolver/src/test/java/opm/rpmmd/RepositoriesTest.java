package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import opm.host.LocalDisk;
import opm.pkgset.PackageSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Real repositories go into sets whole.
class RepositoriesTest {
    @ParameterizedTest
    @CsvSource({
        "centos7.7-minimal, 509",
        "cs9-appstream, 17649",
        "cs9-baseos-subset, 1125",
        "epel8-20250302, 10327",
        "fedora32-subset, 301",
        "opensuse-obs-virtualbox-11.1, 78",
        "rpmsphere-noarch, 1055",
        "suse-missing-packages, 23",
    })
    void everyPackageIsThere(String name, int packages) throws Exception {
        // A real repository has as many packages in the set as its primary says.
        Path folder = Shared.path("corpus/real/repos/" + name);
        PackageSet set = new Importer(new LocalDisk()).folder(folder, false).build();
        assertThat(set.packageCount()).isEqualTo(packages);
        set.check();
    }

    @ParameterizedTest
    @CsvSource({"base, 63440", "updates, 5138", "installed, 1858"})
    void universe(String name, int packages) throws Exception {
        // A release-sized repository is read whole.
        Path folder = Shared.path("universe/" + name);
        long start = System.nanoTime();
        PackageSet set =
                new Importer(new LocalDisk()).folder(folder, name.equals("installed")).build();
        System.out.println(name + " " + (System.nanoTime() - start) / 1_000_000 + " ms");
        for (var info : set.sections()) {
            System.out.println(info);
        }
        System.out.println(set.fileBytes());
        assertThat(set.packageCount()).isEqualTo(packages);
        set.check();
    }
}
