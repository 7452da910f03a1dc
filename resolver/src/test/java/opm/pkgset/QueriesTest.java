package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import opm.base.OpmException;
import org.junit.jupiter.api.Test;

/// People's questions are answered from several sets as from one.
class QueriesTest {
    private static final PackageSet BASE =
            new PackageSetBuilder()
                    .add(
                            "gcc-12.1-1.x86_64",
                            "requires: binutils >= 2.35",
                            "requires: (glibc-devel or musl-devel)",
                            "file: /usr/bin/gcc",
                            "provides: cc = 12")
                    .add("gcc-c++-12.1-1.x86_64", "requires: gcc = 12.1-1")
                    .add("binutils-2.38-1.x86_64", "file: /usr/bin/ld", "provides: ld(elf)")
                    .add("glibc-devel-1:2.37-3.i686", "file: /usr/lib/libc.so")
                    .add("tool-1-1.noarch", "requires: /usr/bin/ld", "requires: cc < 12")
                    .build();
    private static final PackageSet UPDATES =
            new PackageSetBuilder()
                    .add("gcc-12.2-1.x86_64", "provides: cc = 12.2")
                    .add("make-4-1.x86_64", "requires: cc >= 12")
                    .build();
    private static final Queries QUERIES = new Queries(List.of(BASE, UPDATES));

    private static List<String> names(List<PackageRef> refs) {
        return refs.stream().map(PackageRef::toString).toList();
    }

    @Test
    void namesAndGlobs() throws OpmException {
        // Every form of a package's name finds it, exactly or by a glob.
        assertThat(names(QUERIES.named("gcc")))
                .containsExactly("gcc-12.1-1.x86_64", "gcc-12.2-1.x86_64");
        assertThat(names(QUERIES.named("gcc*")))
                .containsExactly("gcc-12.1-1.x86_64", "gcc-12.2-1.x86_64", "gcc-c++-12.1-1.x86_64");
        assertThat(names(QUERIES.named("gcc-*"))).containsExactly("gcc-c++-12.1-1.x86_64");
        assertThat(names(QUERIES.named("gcc-12*")))
                .containsExactly("gcc-12.1-1.x86_64", "gcc-12.2-1.x86_64");
        for (String form :
                List.of(
                        "glibc-devel.i686",
                        "glibc-devel-2.37",
                        "glibc-devel-2.37-3",
                        "glibc-devel-2.37-3.i686",
                        "glibc-devel-1:2.37-3",
                        "glibc-devel-1:2.37-3.i686",
                        "glibc-devel-1:2.*",
                        "gl*.i686",
                        "[g]libc-d?vel")) {
            assertThat(names(QUERIES.named(form)))
                    .as(form)
                    .containsExactly("glibc-devel-1:2.37-3.i686");
        }
        assertThat(QUERIES.named("gc")).isEmpty();
        assertThat(QUERIES.named("gcc-12")).isEmpty();
        assertThat(QUERIES.named("*")).hasSize(7);
        assertThat(QUERIES.all()).hasSize(7);
    }

    @Test
    void providers() throws OpmException {
        // Provides count with their versions, files count as provides.
        assertThat(names(QUERIES.whatProvides("cc")))
                .containsExactly("gcc-12.1-1.x86_64", "gcc-12.2-1.x86_64");
        assertThat(names(QUERIES.whatProvides("cc > 12"))).containsExactly("gcc-12.2-1.x86_64");
        assertThat(names(QUERIES.whatProvides("/usr/bin/ld")))
                .containsExactly("binutils-2.38-1.x86_64");
        assertThat(names(QUERIES.whatProvides("ld(elf)")))
                .containsExactly("binutils-2.38-1.x86_64");
        assertThat(names(QUERIES.whatProvides("*(elf)"))).containsExactly("binutils-2.38-1.x86_64");
        assertThat(names(QUERIES.whatProvides("/usr/*/ld")))
                .containsExactly("binutils-2.38-1.x86_64");
        assertThat(QUERIES.whatProvides("")).isEmpty();
    }

    @Test
    void whoNeeds() throws OpmException {
        // A package is needed by its name, by what it provides and by the files it owns.
        assertThat(names(QUERIES.whatRequires("binutils")))
                .containsExactly("gcc-12.1-1.x86_64", "tool-1-1.noarch");
        assertThat(names(QUERIES.whatRequires("gcc")))
                .containsExactly("gcc-c++-12.1-1.x86_64", "make-4-1.x86_64");
        assertThat(names(QUERIES.whatRequires("musl-devel"))).containsExactly("gcc-12.1-1.x86_64");
        assertThat(names(QUERIES.whatRequires("cc < 11"))).containsExactly("tool-1-1.noarch");
        assertThat(names(QUERIES.whatRequires("c*")))
                .containsExactly("make-4-1.x86_64", "tool-1-1.noarch");
    }

    @Test
    void owners() throws OpmException {
        // Paths are found exactly and by globs, in directories of any depth.
        assertThat(names(QUERIES.owners("/usr/bin/gcc"))).containsExactly("gcc-12.1-1.x86_64");
        assertThat(names(QUERIES.owners("/usr/bin/*")))
                .containsExactly("binutils-2.38-1.x86_64", "gcc-12.1-1.x86_64");
        assertThat(QUERIES.paths("/usr/*l[di]*").keySet())
                .containsExactly("/usr/bin/ld", "/usr/lib/libc.so");
        assertThat(QUERIES.owners("/usr/bin")).isEmpty();
    }

    @Test
    void search() throws OpmException {
        // All words must stand somewhere; names count before summaries, those before the rest.
        PackageSet set =
                new PackageSetBuilder()
                        .begin(opm.base.Nevra.parse("jq-1-1.x86_64"))
                        .text(TextKind.SUMMARY, "Command-line JSON processor")
                        .end()
                        .begin(opm.base.Nevra.parse("json-c-1-1.x86_64"))
                        .text(TextKind.SUMMARY, "A C library")
                        .text(TextKind.DESCRIPTION, "Reads Json and writes json.")
                        .end()
                        .begin(opm.base.Nevra.parse("vim-1-1.x86_64"))
                        .text(TextKind.SUMMARY, "An editor")
                        .text(TextKind.DESCRIPTION, "Knows json")
                        .end()
                        .build();
        var queries = new Queries(List.of(set));
        assertThat(queries.search(List.of("JSON"), false).stream().map(f -> f.pkg().nevra().name()))
                .containsExactly("json-c", "jq");
        assertThat(queries.search(List.of("json"), true).stream().map(f -> f.pkg().nevra().name()))
                .containsExactly("json-c", "jq", "vim");
        assertThat(queries.search(List.of("json", "line"), true)).hasSize(1);
        assertThat(queries.namesFrom("j")).containsExactly("jq", "json-c");
    }

    @Test
    void globs() {
        // Patterns mean what they mean to a shell.
        assertThat(new Glob("a*b*c").matches("aXbYbZc")).isTrue();
        assertThat(new Glob("a*b*c").matches("aXbYbZ")).isFalse();
        assertThat(new Glob("[!a-c]x").matches("dx")).isTrue();
        assertThat(new Glob("[!a-c]x").matches("bx")).isFalse();
        assertThat(new Glob("[]a]").matches("]")).isTrue();
        assertThat(new Glob("\\*x").matches("*x")).isTrue();
        assertThat(new Glob("\\*x").matches("yx")).isFalse();
        assertThat(new Glob("?").matches("")).isFalse();
        assertThat(new Glob("*").matches("")).isTrue();
        assertThat(new Glob("[a").matches("[a")).isTrue();
        assertThat(new Glob("/usr/[l").prefix()).isEqualTo("/usr/");
    }
}
