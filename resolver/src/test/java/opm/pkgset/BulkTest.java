package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import opm.FuzzRounds;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// What a repository says beside its packages, as sections of its set.
class BulkTest {
    private static final Path FIXTURE =
            Path.of(System.getProperty("opm.root", ".")).resolve("fixtures/opmset/bulk-1.opmset");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] world() throws OpmException {
        PackageSet set = Worlds.everything().build();
        var builder = new BulkBuilder(set);
        builder.add(Bulk.Kind.ADVISORY, bytes("one"));
        builder.add(Bulk.Kind.ADVISORY, bytes("two ".repeat(6000)));
        builder.add(Bulk.Kind.GROUP, new byte[] {0, 1, 0});
        builder.add(Bulk.Kind.MODULES, bytes("---\n"));
        byte[] vim = bytes("0123456789abcdef".repeat(4));
        builder.changelog(vim, 0, vim.length, bytes("- made"));
        builder.changelog(bytes("ff"), 0, 2, bytes("- nobody's"));
        var out = new ByteArrayOutputStream();
        builder.writeTo(out::write);
        return out.toByteArray();
    }

    private static void look(PackageSet set) {
        Bulk bulk = Objects.requireNonNull(set.bulk());
        assertThat(bulk.records(Bulk.Kind.ADVISORY))
                .containsExactly(bytes("one"), bytes("two ".repeat(6000)));
        assertThat(bulk.records(Bulk.Kind.GROUP)).containsExactly(new byte[] {0, 1, 0});
        assertThat(bulk.records(Bulk.Kind.MODULES)).containsExactly(bytes("---\n"));
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            boolean vim = set.nevra(pkg).toString().equals("vim-2:9.1.031-1.fc40.x86_64");
            assertThat(bulk.changelog(pkg)).isEqualTo(bytes(vim ? "- made" : ""));
        }
    }

    @Test
    void fixture() throws Exception {
        // The sections open for ever, hold what was put in, and change nothing else.
        if (!System.getProperty("opm.accept", "").isEmpty()) {
            Files.write(FIXTURE, world());
        }
        PackageSet set = PackageSet.open(FIXTURE);
        set.check();
        look(set);
        assertThat(Files.readAllBytes(FIXTURE)).isEqualTo(world());
        List<String> plain = Worlds.dump(Worlds.everything().build());
        List<String> lines = Worlds.dump(set);
        assertThat(lines.subList(1, lines.size())).isEqualTo(plain.subList(1, plain.size()));
        assertThat(Worlds.everything().build().bulk()).isNull();
    }

    @Test
    void hostile() throws Exception {
        // Whatever the sections hold, reading all of them ends as damage or with an answer.
        byte[] whole = world();
        long seed = Long.getLong("opm.fuzz.seed", 31);
        var rounds = new FuzzRounds("sets with advisories", 2000);
        var random = new Random(seed);
        for (int round = 0; rounds.more(); round++) {
            byte[] bad = whole.clone();
            for (int change = 1 + random.nextInt(5); change > 0; change--) {
                SetFuzzTest.mutate(bad, random);
            }
            SetFuzzTest.sealTable(bad);
            try {
                PackageSet set = PackageSet.of(MemorySegment.ofArray(bad));
                PackageSet.reading(
                        () -> {
                            Bulk bulk = set.bulk();
                            for (Bulk.Kind kind : Bulk.Kind.values()) {
                                if (bulk != null) {
                                    bulk.records(kind);
                                }
                            }
                            for (int pkg = 0; bulk != null && pkg < set.packageCount(); pkg++) {
                                bulk.changelog(pkg);
                            }
                            return true;
                        });
            } catch (Damaged e) {
                assertThat(e).hasMessageContaining("package set");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + round, e);
            }
        }
    }
}
