package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import opm.base.Dep;
import opm.base.DepKind;
import opm.host.LocalDisk;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.pkgset.SetCopier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        PackageSet set =
                new Importer(new LocalDisk()).folder(folder, name.equals("installed")).build();
        assertThat(set.packageCount()).isEqualTo(packages);
        set.check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"corpus/real/repos/epel8-20250302", "universe/installed"})
    void orderDoesNotShow(String name) throws Exception {
        // Packages in any order, some of them twice, give the same bytes.
        Path folder = Shared.path(name);
        PackageSet set =
                new Importer(new LocalDisk()).folder(folder, name.endsWith("installed")).build();
        var order = new ArrayList<Integer>();
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            order.add(pkg);
            if (pkg % 10 == 0) {
                order.add(pkg);
            }
        }
        for (long seed = 1; seed <= 2; seed++) {
            Collections.shuffle(order, new Random(seed));
            var builder = new PackageSetBuilder();
            var copier = new SetCopier(set, builder);
            for (int pkg : order) {
                copier.begin(pkg).end();
            }
            assertThat(builder.build().digest()).as("seed %d", seed).isEqualTo(set.digest());
        }
    }

    @Test
    void aMalformedDependencyStaysAsItsText() throws Exception {
        // A dependency that cannot be read makes one package uninstallable, not a whole repository.
        var builder = new PackageSetBuilder();
        String xml =
                "<metadata xmlns:rpm='http://linux.duke.edu/metadata/rpm'>"
                        + "<package type='rpm'><name>a</name><arch>noarch</arch>"
                        + "<version epoch='0' ver='1' rel='1'/><format><rpm:requires>"
                        + "<rpm:entry name='(b and'/>"
                        + "<rpm:entry name='("
                        + "x or ".repeat(2000)
                        + "x)'/>"
                        + "<rpm:entry name='("
                        + "x or ".repeat(13000)
                        + "x)'/>"
                        + "<rpm:entry name='c' flags='GE' epoch='99999999999' ver='1'/>"
                        + "<rpm:entry name='d' flags='GE'/>"
                        + "<rpm:entry name='e' flags='EQ' ver='1' rel='2' pre='1'/>"
                        + "<rpm:entry name='e' flags='EQ' epoch='0' ver='1' rel='2'/>"
                        + "</rpm:requires></format></package></metadata>";
        var in = new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8));
        var reader = new PrimaryReader(in, "test", builder, false);
        reader.read();
        assertThat(reader.unreadable()).isEqualTo(4);
        assertThat(reader.firstUnreadable()).isEqualTo("(b and");
        PackageSet set = builder.build();
        assertThat(
                        set.deps(0, DepKind.REQUIRES).stream()
                                .map(Dep::toString)
                                .filter(dep -> dep.length() < 100))
                .containsExactly("(b and", "c epoch 99999999999", "d", "e = 1-2");
        assertThat(set.items(set.prerequires(0))).hasSize(1);
    }
}
