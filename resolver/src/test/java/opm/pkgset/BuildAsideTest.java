package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Sense;
import org.junit.jupiter.api.Test;

/// A builder on a thread of its own gets what it would be told directly.
class BuildAsideTest {
    private static final int NAMES = 400;

    private static int string(PackageSink to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return to.string(bytes, 0, bytes.length);
    }

    private static void text(PackageSink to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        to.text(TextKind.DESCRIPTION, bytes, 0, bytes.length);
        to.vendor(bytes, 0, Math.min(bytes.length, 2));
    }

    /// Says the same, whoever listens.
    private static void tell(PackageSink to, int packages, int mostText) {
        var random = new Random(5);
        for (int pkg = 0; pkg < packages; pkg++) {
            to.begin();
            to.identity(string(to, "p" + pkg), pkg % 3, string(to, "1"), 0, string(to, "noarch"));
            text(to, "x".repeat(random.nextInt(mostText)));
            to.checksum(Digest.sha256("%064x".formatted(pkg)));
            to.sizes(pkg, 1L << 40 | pkg, 0xffff_ffffL);
            to.buildSeconds(-1L >>> 20).headerRange(pkg, pkg + 1);
            byte[] file = ("/usr/share/p" + pkg % 7 + "/f").getBytes(StandardCharsets.UTF_8);
            to.file(file, 0, file.length).location(file, 1, file.length - 1);
            to.installed(1L << 33, "user");
            int name = string(to, "n" + random.nextInt(NAMES));
            int version = string(to, "2");
            int needed = to.relation(name, Sense.GE, 1, version, string(to, ""));
            to.dep(DepKind.REQUIRES, true, needed).dep(DepKind.PROVIDES, false, needed);
            to.dep(DepKind.SUGGESTS, false, to.relation(Dep.parse("(a or b" + pkg % 5 + ")")));
            to.end();
        }
    }

    private static Digest aside(int packages, int mostText) {
        var builder = new PackageSetBuilder();
        try (var aside = new BuildAside(builder)) {
            tell(aside, packages, mostText);
            aside.finish();
        }
        return builder.build().digest();
    }

    private static Digest directly(int packages, int mostText) {
        var builder = new PackageSetBuilder();
        tell(builder, packages, mostText);
        return builder.build().digest();
    }

    @Test
    void equalSets() {
        // Through many pieces, and with texts that are longer than one.
        assertThat(aside(1, 2)).isEqualTo(directly(1, 2));
        assertThat(aside(6000, 200)).isEqualTo(directly(6000, 200));
        assertThat(aside(20, 900_000)).isEqualTo(directly(20, 900_000));
    }

    @Test
    void oldRelationsAreForgotten() {
        // No more of them are kept than are said to be remembered, and these mean what they did.
        var builder = new PackageSetBuilder();
        try (var aside = new BuildAside(builder)) {
            aside.begin();
            aside.identity(string(aside, "p"), 0, string(aside, "1"), 0, 0);
            int first = aside.relation(string(aside, "first"), Sense.NONE, 0, 0, 0);
            int second = aside.relation(string(aside, "second"), Sense.NONE, 0, 0, 0);
            int other = string(aside, "other");
            while (aside.remembers(first)) {
                aside.relation(other, Sense.NONE, 0, 0, 0);
            }
            assertThat(aside.remembers(second)).isTrue();
            aside.dep(DepKind.REQUIRES, false, second).end();
            aside.finish();
        }
        PackageSet set = builder.build();
        assertThat(set.deps(0, DepKind.REQUIRES)).containsExactly(Dep.on("second"));
    }

    @Test
    void failuresComeOut() {
        // What the builder refuses ends the import, and nobody waits for ever.
        try (var aside = new BuildAside(new PackageSetBuilder())) {
            aside.begin();
            assertThatThrownBy(() -> tell(aside, 100_000, 10))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the package before was not ended");
        }
        var late = new BuildAside(new PackageSetBuilder());
        late.begin().end();
        assertThatThrownBy(late::finish)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a package without a name");
        late.close();
        new BuildAside(new PackageSetBuilder()).close();
    }

    @Test
    void towersAreRefusedAtOnce() {
        // Who says it learns that no set can hold it, as from a builder.
        Dep tower = Dep.on("a");
        for (int height = 0; height <= RelationTable.MOST_DEPTH; height++) {
            tower = new Dep.Rich(Dep.RichOp.OR, tower, new Dep.Simple("b", Sense.EQ, Evr.NONE));
        }
        Dep tooHigh = tower;
        assertThatThrownBy(() -> new PackageSetBuilder().relation(tooHigh))
                .isInstanceOf(IllegalArgumentException.class);
        try (var aside = new BuildAside(new PackageSetBuilder())) {
            assertThatThrownBy(() -> aside.relation(tooHigh))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void oneThreadWhereThereIsOne() {
        assertThat(new PackageSetBuilder().threads(1).worksAside()).isFalse();
    }
}
