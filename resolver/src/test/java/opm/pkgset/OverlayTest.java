package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A machine's packages on a base: what it has in effect.
class OverlayTest {
    private static PackageSet base(String shell) {
        return new PackageSetBuilder()
                .installedSystem()
                .add("shell-" + shell + ".x86_64", "file: /bin/sh")
                .add("libtext-1-1.x86_64", "provides: libtext.so.1")
                .add("libtext-1-1.i686")
                .add("spell-3-1.noarch")
                .build();
    }

    private static PackageSet own() {
        return new PackageSetBuilder()
                .installedSystem()
                .add("editor-9-1.x86_64", "requires: libtext.so.1")
                .add("libtext-2-1.x86_64")
                .build();
    }

    private static List<String> names(PackageSet set) {
        return IntStream.range(0, set.packageCount())
                .mapToObj(pkg -> set.nevra(pkg).toString())
                .toList();
    }

    @Test
    void whatIsInEffect() throws Exception {
        // Own packages hide those of their name and architecture; whiteouts hide the others.
        PackageSet base = base("5-1");
        PackageSet all = new Overlay(own(), List.of()).on(base).build();
        assertThat(names(all))
                .containsExactly(
                        "editor-9-1.x86_64",
                        "libtext-1-1.i686",
                        "libtext-2-1.x86_64",
                        "shell-5-1.x86_64",
                        "spell-3-1.noarch");
        var overlay = new Overlay(own(), List.of("spell", "libtext.i686", "nothing"));
        PackageSet less = overlay.on(base).build();
        assertThat(names(less))
                .containsExactly("editor-9-1.x86_64", "libtext-2-1.x86_64", "shell-5-1.x86_64");
        assertThat(overlay.idle(base)).containsExactly("nothing");
        assertThat(less.facts().isInstalled()).isTrue();
        less.check();
    }

    @Test
    void keys() throws Exception {
        // Another base, other packages, other whiteouts: another key; and the same on another base.
        PackageSet base = base("5-1");
        var overlay = new Overlay(own(), List.of("b", "a"));
        assertThat(overlay.key(base)).isEqualTo(new Overlay(own(), List.of("a", "b")).key(base));
        assertThat(overlay.key(base))
                .isNotEqualTo(overlay.key(base("5-2")))
                .isNotEqualTo(new Overlay(base, List.of("b", "a")).key(base))
                .isNotEqualTo(new Overlay(own(), List.of("a")).key(base));
        assertThat(names(overlay.on(base("5-2")).build())).contains("shell-5-2.x86_64");
        var nothing = new Overlay(new PackageSetBuilder().installedSystem().build(), List.of());
        assertThat(nothing.on(base).build().digest()).isEqualTo(base.digest());
    }
}
