package opm.workshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.engine.PlainOptions;
import opm.host.Host;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Mirrors that turn hostile while people use the workshop.
final class HostileRepositoriesTest {
    static final byte[] PROFILE = ProfileText.write(SystemProfile.blank("x86_64"));

    @TempDir Path folder;
    private final List<String> told = new ArrayList<>();

    private Workshop workshop(Map<String, String> repos) {
        return workshop(folder.resolve("state"), repos);
    }

    static Workshop workshop(Path state, Map<String, String> repos) {
        var options = PlainOptions.of(Path.of("/"), state, new LinkedHashMap<>(repos));
        return new Workshop(Host.ofThisMachine(), options, List.of(), 2, System::nanoTime);
    }

    private static void finds(Visit visit) throws OpmException {
        assertThat(visit.search("vim", false)).hasSize(1);
        visit.choose(Basket.EMPTY.with(Basket.item("install", "vim")));
        assertThat(Visit.rows(java.util.Objects.requireNonNull(visit.solution()))).hasSize(1);
    }

    /// Whatever the mirror does, it is refused with a message that names the repository, those who
    /// are here and those who come are served what was good last; and once it is good again, that.
    @Test
    void theLastGoodOnesAreServed() throws Exception {
        try (var mirror = new HostileMirror();
                Workshop workshop = workshop(Map.of("hostile", mirror.address()))) {
            workshop.refresh("x86_64", told::add);
            assertThat(workshop.trouble()).isEmpty();
            Visit old = workshop.open(PROFILE);
            finds(old);
            for (HostileMirror.Way way : HostileMirror.Way.values()) {
                if (way == HostileMirror.Way.GOOD || way.name().startsWith("PACKAGE_")) {
                    continue;
                }
                mirror.become(way);
                long begun = System.nanoTime();
                workshop.refresh("x86_64", told::add);
                long millis = (System.nanoTime() - begun) / 1_000_000;
                if (Boolean.getBoolean("opm.soak")) {
                    System.out.println(way + " " + millis + " ms: " + workshop.trouble());
                }
                assertThat(workshop.trouble()).as("%s", way).contains("hostile");
                assertThat(told.getLast()).isEqualTo(workshop.trouble());
                assertThat(workshop.metrics()).contains("opm_repositories_fresh 0");
                finds(old);
                Visit fresh = workshop.open(PROFILE);
                finds(fresh);
                workshop.end(fresh.id());
            }
            mirror.become(HostileMirror.Way.GOOD);
            workshop.refresh("x86_64", told::add);
            assertThat(workshop.trouble()).isEmpty();
            assertThat(told.getLast()).isEmpty();
            finds(old);
        }
    }

    /// Where nothing good was ever there, people are told what is wrong; the other repository's
    /// state does not depend on it.
    @Test
    void hostileFromTheStart() throws Exception {
        try (var mirror = new HostileMirror();
                var good = new HostileMirror()) {
            mirror.become(HostileMirror.Way.BAD_CHECKSUM);
            var repos = new LinkedHashMap<String, String>();
            repos.put("hostile", mirror.address());
            repos.put("good", good.address());
            try (Workshop workshop = workshop(repos)) {
                workshop.refresh("x86_64", told::add);
                assertThat(workshop.trouble()).contains("hostile").doesNotContain("good:");
                assertThatThrownBy(() -> workshop.open(PROFILE))
                        .isInstanceOf(OpmException.class)
                        .hasMessageContaining("primary.xml.gz");
                mirror.become(HostileMirror.Way.GOOD);
                finds(workshop.open(PROFILE));
            }
        }
    }

    /// A package that is a file of the server, or lies in its network, is not passed on: strangers
    /// would read what only the server may.
    @Test
    void packagesThatAreElsewhere() throws Exception {
        for (HostileMirror.Way way :
                List.of(
                        HostileMirror.Way.PACKAGE_CLIMBS,
                        HostileMirror.Way.PACKAGE_IS_OURS,
                        HostileMirror.Way.PACKAGE_INSIDE)) {
            try (var mirror = new HostileMirror();
                    Workshop workshop = workshop(Map.of("hostile", mirror.address()))) {
                mirror.become(way);
                workshop.refresh("x86_64", told::add);
                Visit visit = workshop.open(PROFILE);
                finds(visit);
                assertThatThrownBy(visit::files)
                        .as("%s", way)
                        .isInstanceOf(Damaged.class)
                        .hasMessageContaining("hostile: names")
                        .hasMessageContaining("outside the repository");
            }
        }
    }

    /// A profile of a million packages, or with a million dependencies, is refused before it takes
    /// memory; a search for hundreds of words is one for a few.
    @Test
    void profilesWithoutEnd() throws Exception {
        try (var mirror = new HostileMirror();
                Workshop workshop = workshop(Map.of("hostile", mirror.address()))) {
            workshop.refresh("x86_64", told::add);
            String pkg = "pkg\tp-0:1-1.noarch\t\t0\t0\t0\t\t-\t\t\t\n";
            for (String more : List.of(pkg.repeat(250_000), "R\tx\n".repeat(250_001))) {
                var packed = new java.io.ByteArrayOutputStream();
                try (var zip = new java.util.zip.GZIPOutputStream(packed)) {
                    zip.write(PROFILE);
                    zip.write(more.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                }
                assertThat(packed.size()).isLessThan(100_000);
                assertThatThrownBy(() -> workshop.open(packed.toByteArray()))
                        .isInstanceOf(BadRequest.class)
                        .hasMessageContaining("more than this server takes");
            }
            Visit visit = workshop.open(PROFILE);
            assertThat(visit.search("a b ".repeat(50), true)).isEmpty();
        }
    }
}
