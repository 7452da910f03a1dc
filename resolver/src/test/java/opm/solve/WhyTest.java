package opm.solve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import org.junit.jupiter.api.Test;

/// Why a package is there.
class WhyTest {
    private final PackageSet installed =
            new PackageSetBuilder()
                    .installedSystem()
                    .add("app-1-1.noarch", "requires: lib >= 1")
                    .add("lib-1-1.noarch", "recommends: icons")
                    .add("icons-1-1.noarch")
                    .add("alone-1-1.noarch")
                    .build();
    private final Solver solver = new Solver(new Universe("x86_64", installed, List.of()));

    private List<String> why(String name, String... askedFor) {
        Policy policy = Policy.dnf().withUserInstalled(List.of(askedFor));
        int pkg = installed.packagesStart(installed.nameId(name));
        return solver.why(installed.ref(pkg), policy).stream()
                .map(
                        reason ->
                                reason.pkg()
                                        + " "
                                        + reason.kind()
                                        + " "
                                        + reason.by()
                                        + " "
                                        + reason.dep())
                .toList();
    }

    @Test
    void chainEndsWithWhatSomebodyAskedFor() {
        // From the package to the request, one step a line.
        assertThat(why("icons", "app"))
                .containsExactly(
                        "icons-1-1.noarch RECOMMENDED lib-1-1.noarch icons",
                        "lib-1-1.noarch REQUIRED app-1-1.noarch lib >= 1",
                        "app-1-1.noarch REQUESTED null app");
    }

    @Test
    void chainEndsWhereNothingPulls() {
        // Without knowing who asked, the chain goes up as far as it can.
        assertThat(why("lib")).containsExactly("lib-1-1.noarch REQUIRED app-1-1.noarch lib >= 1");
    }

    @Test
    void nothingPullsIt() {
        // What nothing pulls in has no chain.
        assertThat(why("alone", "app")).isEmpty();
        assertThat(why("alone")).isEmpty();
    }
}
