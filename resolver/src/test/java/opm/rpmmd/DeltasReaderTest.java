package opm.rpmmd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.XZInputStream;

/// What repositories say about deltas, true or hostile.
final class DeltasReaderTest {
    private static final String ONE =
            "<newpackage name='a' epoch='0' version='2' release='1' arch='noarch'>"
                    + "<delta oldepoch='0' oldversion='1' oldrelease='1'>"
                    + "<filename>%s</filename><sequence>a-1-1-00</sequence><size>%s</size>"
                    + "<checksum type='sha256'>%s</checksum></delta></newpackage>";
    private static final String SHA256 = "0f".repeat(32);

    private static List<OfferedDelta> read(String items) throws Exception {
        byte[] text = ("<prestodelta>" + items + "</prestodelta>").getBytes(UTF_8);
        return new DeltasReader(new ByteArrayInputStream(text), "test", _ -> true).read();
    }

    /// A delta comes with all that it takes to decide about it.
    @Test
    void aDeltaIsRead() throws Exception {
        OfferedDelta one = read(ONE.formatted("drpms/a.drpm", "77", SHA256)).getFirst();
        assertThat(one.target().full()).isEqualTo("a-0:2-1.noarch");
        assertThat(one.from().versionRelease()).isEqualTo("1-1");
        assertThat(one.sizeBytes()).isEqualTo(77);
        assertThat(one.digest().hex()).isEqualTo(SHA256);
        assertThat(one.sequence()).isEqualTo("a-1-1-00");
    }

    /// What names no file of the repository, no size or no checksum is left out.
    @Test
    void uselessDeltasAreLeftOut() throws Exception {
        for (String place :
                List.of("../a.drpm", "/etc/passwd", "http://elsewhere/a", "a/../b", "")) {
            assertThat(read(ONE.formatted(place, "77", SHA256))).as(place).isEmpty();
        }
        assertThat(read(ONE.formatted("a", "-1", SHA256))).isEmpty();
        assertThat(read(ONE.formatted("a", "many", SHA256))).isEmpty();
        assertThat(read(ONE.formatted("a", "77", "short"))).isEmpty();
        assertThatThrownBy(() -> read("<newpackage")).isInstanceOf(Damaged.class);
    }

    /// A real list, of EPEL 8: every delta of the names that matter, and of no others.
    @Test
    void aRealListIsRead() throws Exception {
        Path folder = Shared.path("corpus/real/repos/epel8-20250302/repodata");
        Path file;
        try (var all = Files.list(folder)) {
            file = all.filter(f -> f.toString().contains("prestodelta")).findFirst().orElseThrow();
        }
        List<OfferedDelta> deltas;
        try (var in = new XZInputStream(Files.newInputStream(file))) {
            deltas = new DeltasReader(in, "EPEL", "libgo-static"::equals).read();
        }
        assertThat(deltas)
                .isNotEmpty()
                .allMatch(delta -> delta.target().name().equals("libgo-static"))
                .allMatch(delta -> delta.location().startsWith("drpms/"));
    }
}
