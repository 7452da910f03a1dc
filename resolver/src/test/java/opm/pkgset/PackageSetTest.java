package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Evr;
import opm.base.Sense;
import org.junit.jupiter.api.Test;

/// A small world goes into a set and comes out the same.
class PackageSetTest {
    private static PackageSet world() {
        return new PackageSetBuilder()
                .add(
                        "vim-2:9.1-1.x86_64",
                        "requires: libc.so.6()(64bit)",
                        "requires: vim-common = 2:9.1-1",
                        "prerequires: /bin/sh",
                        "recommends: (gpm if (xorg or wayland) else vim-minimal >= 8)",
                        "provides: editor",
                        "file: /usr/bin/vim",
                        "file: /etc/vimrc",
                        "vendor: Fedora")
                .add("vim-common-2:9.1-1.noarch", "file: /etc/vimrc", "obsoletes: vim-old < 9")
                .add("vim-2:8.2-3.x86_64", "provides: editor = 1")
                .add("bash-5.2-1.x86_64", "file: /bin/sh", "file: /")
                .build();
    }

    @Test
    void packagesAreSortedByNameAndVersion() {
        // Package ids ascend by name, version, architecture.
        PackageSet set = world();
        assertThat(set.packageCount()).isEqualTo(4);
        assertThat(
                        java.util.stream.IntStream.range(0, 4)
                                .mapToObj(set::nevra)
                                .map(Object::toString))
                .containsExactly(
                        "bash-5.2-1.x86_64",
                        "vim-2:8.2-3.x86_64",
                        "vim-2:9.1-1.x86_64",
                        "vim-common-2:9.1-1.noarch");
        assertThat(set.packagesStart(set.nameId("vim"))).isEqualTo(1);
        assertThat(set.packagesEnd(set.nameId("vim"))).isEqualTo(3);
    }

    @Test
    void dependenciesComeBack() throws Exception {
        // Every kind of dependency is read back as it was given.
        PackageSet set = world();
        PackageRef vim = set.ref(2);
        assertThat(vim.deps(DepKind.REQUIRES).stream().map(Dep::toString))
                .containsExactly("/bin/sh", "libc.so.6()(64bit)", "vim-common = 2:9.1-1");
        assertThat(set.items(set.prerequires(2))).hasSize(1);
        assertThat(set.dep(set.items(set.prerequires(2))[0])).isEqualTo(Dep.on("/bin/sh"));
        assertThat(vim.deps(DepKind.RECOMMENDS))
                .containsExactly(Dep.parse("(gpm if (xorg or wayland) else vim-minimal >= 8)"));
        assertThat(set.ref(3).deps(DepKind.OBSOLETES))
                .containsExactly(new Dep.Simple("vim-old", Sense.LT, Evr.parse("9")));
        assertThat(vim.vendor()).isEqualTo("Fedora");
        set.check();
    }

    @Test
    void providersOfAName() {
        // The provides index gives for a name all packages with the relation that provides it.
        PackageSet set = world();
        int name = set.nameId("editor");
        assertThat(set.providersEnd(name) - set.providersStart(name)).isEqualTo(2);
        int row = set.providersStart(name);
        assertThat(set.provider(row)).isEqualTo(1);
        assertThat(set.dep(set.providerRelation(row)).toString()).isEqualTo("editor = 1");
        assertThat(set.provider(row + 1)).isEqualTo(2);
        assertThat(set.relationSense(set.providerRelation(row + 1))).isEqualTo(Sense.NONE);
    }

    @Test
    void ownersOfAPath() {
        // A path is found exactly, with all its owners.
        PackageSet set = world();
        assertThat(set.files().owners("/etc/vimrc")).containsExactly(2, 3);
        assertThat(set.files().owners("/bin/sh")).containsExactly(0);
        assertThat(set.files().owners("/")).containsExactly(0);
        assertThat(set.files().owners("/etc")).isEmpty();
        assertThat(set.files().owners("/etc/")).isEmpty();
        assertThat(set.files().owners("etc/vimrc")).isEmpty();
        assertThat(set.ref(2).files()).isEqualTo(List.of("/etc/vimrc", "/usr/bin/vim"));
    }

    @Test
    void versionsCompareAsRpmDoes() {
        // Comparing ids gives what comparing versions gives, inside a set and between two.
        String[] versions = {
            "1-1",
            "1.0-1",
            "1.00-1",
            "1~rc1-1",
            "1^git1-1",
            "2:0.1-1",
            "1-2",
            "10-1",
            "1a-1",
            "1.a-1",
            "9-1"
        };
        var builder = new PackageSetBuilder();
        for (String version : versions) {
            builder.add("a-" + version + ".noarch", "requires: b = " + version.substring(0, 1));
        }
        PackageSet set = builder.build();
        PackageSet other =
                new PackageSetBuilder().add("z-1.0-1.noarch", "requires: q > 1~").build();
        for (int one = 0; one < set.evrCount(); one++) {
            for (int two = 0; two < set.evrCount(); two++) {
                Evr left = set.evrValue(one);
                Evr right = set.evrValue(two);
                assertThat(Integer.signum(set.compareEvr(one, two)))
                        .isEqualTo(Integer.signum(left.compareTo(right)));
                assertThat(Integer.signum(set.matchEvr(one, two)))
                        .isEqualTo(Integer.signum(left.matches(right)));
            }
            for (int two = 0; two < other.evrCount(); two++) {
                Evr left = set.evrValue(one);
                Evr right = other.evrValue(two);
                assertThat(Integer.signum(set.compareEvr(one, other, two)))
                        .isEqualTo(Integer.signum(left.compareTo(right)));
                assertThat(Integer.signum(set.matchEvr(one, other, two)))
                        .isEqualTo(Integer.signum(left.matches(right)));
            }
            assertThat(set.evrId(set.evrValue(one))).isEqualTo(one);
        }
        assertThat(set.evrId(Evr.parse("77"))).isEqualTo(-1);
    }

    @Test
    void stringsAreFound() {
        // Every string of a set is found by its text, also from another set.
        PackageSet set = world();
        PackageSet other = new PackageSetBuilder().add("vim-1-1.x86_64").build();
        assertThat(set.string(0)).isEmpty();
        for (int id = 0; id < set.stringCount(); id++) {
            assertThat(set.stringId(set.string(id))).isEqualTo(id);
        }
        assertThat(set.stringId("nowhere")).isEqualTo(-1);
        assertThat(other.translateName(set, set.nameId("vim"))).isEqualTo(other.nameId("vim"));
        assertThat(other.translateName(set, set.nameId("bash"))).isEqualTo(-1);
    }

    @Test
    void orderAndDoublesDoNotShow() {
        // Equal content gives equal bytes whatever the order, with or without doubles.
        PackageSet one =
                new PackageSetBuilder()
                        .add("a-1-1.noarch", "requires: x", "requires: y = 1")
                        .add(
                                "b-1-1.noarch",
                                "requires: (p and q)",
                                "file: /usr/a",
                                "file: /usr/b/c")
                        .build();
        var builder =
                new PackageSetBuilder()
                        .add(
                                "b-1-1.noarch",
                                "file: /usr/b/c",
                                "file: /usr/a",
                                "requires: (p and q)",
                                "file: /usr/a")
                        .add("a-1-1.noarch", "requires: y = 1", "requires: x", "requires: x")
                        .add("a-1-1.noarch", "requires: x", "requires: y = 1");
        PackageSet two = builder.build();
        assertThat(two.digest()).isEqualTo(one.digest());
        assertThat(builder.addedOrder()).containsExactly(1, 0, 0);
    }

    @Test
    void anEmptySetIsASet() throws Exception {
        // No packages at all is a valid content.
        PackageSet set = new PackageSetBuilder().build();
        assertThat(set.packageCount()).isZero();
        assertThat(set.nameId("a")).isEqualTo(-1);
        assertThat(set.files().owners("/a")).isEmpty();
        set.check();
    }
}
