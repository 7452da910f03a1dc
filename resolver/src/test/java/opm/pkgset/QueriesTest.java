package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
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
        assertThat(queries.namesFrom("j", 9)).containsExactly("jq", "json-c");
        assertThat(queries.namesFrom("j", 1)).containsExactly("jq");
    }

    /// Who wants the first few alone gets those that stand first among all.
    @Test
    void firstFound() throws OpmException {
        Queries queries = randomQueries();
        for (String word : List.of("a", "b", "ab", "ca")) {
            List<Queries.Found> all = queries.search(List.of(word), true);
            assertThat(all).hasSizeGreaterThan(20);
            for (int most : new int[] {1, 5, 20}) {
                assertThat(queries.search(List.of(word), true, most).subList(0, most))
                        .isEqualTo(all.subList(0, most));
            }
        }
    }

    private static Queries randomQueries() throws OpmException {
        return new Queries(randomSets());
    }

    private static List<PackageSet> randomSets() throws OpmException {
        var random = new Random(20261122);
        var sets = new ArrayList<PackageSet>();
        for (int at = 0; at < 3; at++) {
            var builder = new PackageSetBuilder();
            for (int pkg = 0; pkg < 200; pkg++) {
                String name = letters(random) + "-" + letters(random) + pkg;
                builder.begin(opm.base.Nevra.parse(name + "-1-" + at + ".noarch"));
                builder.text(TextKind.SUMMARY, letters(random) + " " + letters(random));
                builder.text(TextKind.DESCRIPTION, letters(random)).end();
            }
            sets.add(builder.build());
        }
        return sets;
    }

    /// Who remembers what was read finds the same in the same order, be a word in names, in
    /// summaries or across the end of one.
    @Test
    void whatIsRememberedIsFound() throws OpmException {
        List<PackageSet> sets = randomSets();
        var remembering = new Queries(sets, new SearchMemory(1));
        Queries reading = new Queries(sets);
        for (int round = 0; round < 2; round++) {
            for (String words : List.of("a", "b", "abca", "-a", "c a", "a c", "ab ba c", "bc1")) {
                List<String> each = List.of(words.split(" "));
                for (boolean deep : new boolean[] {false, true}) {
                    assertThat(remembering.search(each, deep))
                            .as(words)
                            .isEqualTo(reading.search(each, deep));
                }
                assertThat(remembering.search(List.of(words), false))
                        .isEqualTo(reading.search(List.of(words), false));
            }
        }
        assertThat(remembering.search(List.of("1a", "a1"), false)).isEmpty();
        assertThat(new Queries(sets, new SearchMemory(9999)).search(List.of("ab"), false))
                .isEqualTo(reading.search(List.of("ab"), false));
    }

    /// Several words give what all of them give, in the order of what each says alone; whether few
    /// or many packages are left after the first.
    @Test
    void severalWords() throws OpmException {
        Queries queries = randomQueries();
        for (List<String> words :
                List.of(
                        List.of("b", "caba", "abc", "a"),
                        List.of("b", "caba"),
                        List.of("a", "b"))) {
            var left = new HashMap<PackageRef, Queries.Found>();
            queries.search(List.of(words.getFirst()), true).forEach(f -> left.put(f.pkg(), f));
            for (String word : words.subList(1, words.size())) {
                var one = new HashMap<PackageRef, Queries.Found>();
                queries.search(List.of(word), true).forEach(f -> one.put(f.pkg(), f));
                left.keySet().retainAll(one.keySet());
                left.replaceAll(
                        (pkg, f) -> {
                            Queries.Found other = Objects.requireNonNull(one.get(pkg));
                            return new Queries.Found(
                                    pkg,
                                    f.inName() && other.inName(),
                                    f.inSummary() && other.inSummary());
                        });
            }
            assertThat(left).isNotEmpty();
            assertThat(queries.search(words, true))
                    .containsExactlyInAnyOrderElementsOf(left.values());
        }
    }

    /// A word is found wherever it stands, whatever else does, as a look at each place finds it.
    @Test
    void everyPlace() {
        var random = new Random(20261122);
        for (int round = 0; round < 2000; round++) {
            String word = letters(random).substring(random.nextInt(4));
            String text = letters(random) + letters(random).toUpperCase(Locale.ROOT) + "ü" + word;
            byte[] bytes = opm.base.ByteText.encode(text);
            var places = new ArrayList<Integer>();
            var looked = new SearchWord(word.toUpperCase(Locale.ROOT));
            for (int at = looked.next(bytes, 0, bytes.length);
                    at >= 0;
                    at = looked.next(bytes, at + 1, bytes.length)) {
                places.add(at);
            }
            String plain = opm.base.ByteText.decode(bytes).toLowerCase(Locale.ROOT);
            var wanted = new ArrayList<Integer>();
            for (int at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + 1)) {
                wanted.add(at + (at > 8 ? 1 : 0)); // the u with dots has two bytes
            }
            assertThat(places).as(word + " in " + text).isEqualTo(wanted);
        }
    }

    private static String letters(Random random) {
        var text = new StringBuilder();
        for (int at = 0; at < 4; at++) {
            text.append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
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
