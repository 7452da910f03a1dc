package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Nevra;
import opm.base.RpmDep;
import opm.pkgset.PackageSet;
import opm.profile.InstalledPackage;
import opm.profile.InstalledPackage.Reason;
import org.junit.jupiter.api.Test;

/// What is installed becomes a set like any other.
class InstalledSetTest {
    private static InstalledPackage installed(
            String nevra, Reason reason, Map<DepKind, List<RpmDep>> deps, List<String> files) {
        return new InstalledPackage(
                Nevra.parse(nevra),
                "Vendor",
                5,
                7,
                9,
                "s.src.rpm",
                null,
                reason,
                "",
                "",
                deps,
                files);
    }

    @Test
    void everythingThatASolverAsks() throws Exception {
        // Dependencies with their flags, files, times and reasons are those of the profile.
        int greaterEqual = 12;
        int pre = 1 << 9;
        PackageSet set =
                InstalledSet.of(
                        List.of(
                                installed("b-1-1.noarch", Reason.UNKNOWN, Map.of(), List.of()),
                                installed(
                                        "a-2:1-1.x86_64",
                                        Reason.USER,
                                        Map.of(
                                                DepKind.REQUIRES,
                                                List.of(
                                                        new RpmDep("b", greaterEqual | pre, "1"),
                                                        new RpmDep("(c if d)", 0, ""),
                                                        new RpmDep("(broken", 0, "")),
                                                DepKind.PROVIDES,
                                                List.of(new RpmDep("a", 8, "2:1-1"))),
                                        List.of("/usr/bin/a"))));
        assertThat(set.facts().isInstalled()).isTrue();
        assertThat(set.packageCount()).isEqualTo(2);
        assertThat(set.deps(0, DepKind.REQUIRES).stream().map(Dep::toString))
                .containsExactly("(broken", "b >= 1", "(c if d)");
        assertThat(set.items(set.prerequires(0))).hasSize(1);
        assertThat(set.ref(0).reason()).isEqualTo("user");
        assertThat(set.ref(1).reason()).isEmpty();
        assertThat(set.ref(0).installSeconds()).isEqualTo(7);
        assertThat(set.ref(0).buildSeconds()).isEqualTo(5);
        assertThat(set.ref(0).installedBytes()).isEqualTo(9);
        assertThat(set.ref(0).sourceRpm()).isEqualTo("s.src.rpm");
        assertThat(set.ref(0).checksum()).isNull();
        assertThat(set.ref(0).location()).isEmpty();
        assertThat(set.files().owners("/usr/bin/a")).containsExactly(0);
        set.check();
    }

    @Test
    void anEmptyMachine() {
        // A machine without packages has an installed set too.
        PackageSet set = InstalledSet.of(List.of());
        assertThat(set.facts().isInstalled()).isTrue();
        assertThat(set.packageCount()).isZero();
    }
}
