package opm.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.engine.PlainOptions;
import opm.host.Host;
import opm.workshop.Basket;
import opm.workshop.Catalogue;
import opm.workshop.Visit;
import opm.workshop.Workshop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with a catalogue: each visitor gets the repositories of the own system, by mirror lists
/// and metalinks as distributions have them, here from a server of this machine.
final class CatalogueTest {
    @TempDir private Path folder;
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private HttpServer mirror;

    @BeforeEach
    void mirror() throws IOException {
        TinyWorld.in(folder);
        mirror =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        mirror.createContext(
                "/",
                exchange -> {
                    String path = exchange.getRequestURI().toString();
                    asked.add(path);
                    byte[] said = answer(path);
                    exchange.sendResponseHeaders(said.length == 0 ? 404 : 200, said.length);
                    exchange.getResponseBody().write(said);
                    exchange.close();
                });
        mirror.start();
    }

    @AfterEach
    void close() {
        mirror.stop(0);
    }

    private String address() {
        return "http://127.0.0.1:" + mirror.getAddress().getPort();
    }

    /// Release 1 has the base alone, release 2 the updates too.
    private byte[] answer(String path) throws IOException {
        if (path.startsWith("/mirrorlist?arch=x86_64&repo=base-")) {
            return (address() + "/1/base/\n").getBytes(UTF_8);
        }
        if (path.equals("/metalink?repo=updates-2&arch=x86_64")) {
            return ("<metalink version=\"3.0\" xmlns=\"http://www.metalinker.org/\"><files>"
                            + "<file name=\"repomd.xml\"><resources><url protocol=\"http\""
                            + " preference=\"100\">"
                            + address()
                            + "/2/updates/repodata/repomd.xml</url></resources></file></files>"
                            + "</metalink>")
                    .getBytes(UTF_8);
        }
        Path file = folder.resolve(path.replaceFirst("^/[12]/", "")).normalize();
        return file.startsWith(folder) && Files.isRegularFile(file)
                ? Files.readAllBytes(file)
                : new byte[0];
    }

    private Catalogue catalogue() throws OpmException {
        String text =
                "opm-catalogue 1\n# Two of them.\n"
                        + "system\ttiny\tTiny World\t3 2 1\tx86_64\n"
                        + "repo\tbase\tmirrorlist\tBASE/mirrorlist?arch=$basearch&repo=base-"
                        + "$releasever\t\tall\n"
                        + "repo\tupdates\tmetalink\tBASE/metalink?repo=updates-$releasever"
                        + "&arch=$basearch\t\town\n"
                        + "system\tother\tAnother\t\tx86_64\n"
                        + "repo\tbase\tbaseurl\tBASE/nobody/\t\tall\n";
        return Catalogue.read(text.replace("BASE", address()).getBytes(UTF_8), "test");
    }

    private Workshop workshop(Catalogue catalogue) throws OpmException {
        var options =
                PlainOptions.of(folder, folder.resolve("state"))
                        .of(folder.resolve("nothing"), List.of());
        var offer = new Workshop.Offer(List.of(), catalogue);
        var workshop =
                new Workshop(
                        Host.ofThisMachine(), options, List.of(), offer, 1, System::nanoTime);
        workshop.keepFresh("x86_64", 3600, _ -> {});
        return workshop;
    }

    private byte[] profile() throws IOException {
        return Files.readAllBytes(folder.resolve("tiny.opmprofile"));
    }

    /// A visitor sees the repositories of the own system and release, asked for at the addresses of
    /// the catalogue; an optional one stays away from who does not have it; newer releases are
    /// offered, and are another plan.
    @Test
    void ownSystem() throws Exception {
        try (Workshop workshop = workshop(catalogue())) {
            assertThat(asked).as("before anybody comes").isEmpty();
            Visit visit = workshop.open(profile());
            assertThat(visit.repositories().keySet()).containsExactly("base");
            assertThat(asked).contains("/mirrorlist?arch=x86_64&repo=base-1");
            assertThat(visit.releases()).containsExactly("2", "3");
            visit.choose(Basket.EMPTY.with(Basket.item("install", "editor")).withRelease("2"));
            assertThat(visit.answer()).isNotNull();
            assertThat(asked).contains("/mirrorlist?arch=x86_64&repo=base-2");
            assertThat(asked.stream().filter(path -> path.contains("metalink"))).isEmpty();
        }
    }

    /// Who has a system that is not in the catalogue is told which are.
    @Test
    void unknownSystem() throws Exception {
        try (Workshop workshop = workshop(Catalogue.builtin())) {
            assertThatThrownBy(() -> workshop.open(profile()))
                    .isInstanceOf(BadRequest.class)
                    .hasMessageContaining("found the system 'tiny'")
                    .hasMessageContaining("expected one of almalinux, centos, fedora");
        }
    }

    /// The catalogue that opm brings has the well-known systems, and nothing but secure addresses.
    @Test
    void builtin() throws OpmException {
        Catalogue builtin = Catalogue.builtin();
        assertThat(new TreeSet<>(builtin.systems().keySet()))
                .containsExactly(
                        "almalinux",
                        "centos",
                        "fedora",
                        "opensuse-leap",
                        "opensuse-tumbleweed",
                        "rocky");
        for (Catalogue.Distribution system : builtin.systems().values()) {
            assertThat(system.arches()).contains("x86_64");
            for (Catalogue.Place repo : system.repos()) {
                assertThat(repo.address()).startsWith("https://").doesNotContain(" ");
            }
        }
        assertThat(builtin.systems().values())
                .anyMatch(
                        system ->
                                system.id().equals("rocky")
                                        && system.repos().stream()
                                                .anyMatch(
                                                        repo ->
                                                                repo.id().equals("epel")
                                                                        && repo.own()));
    }

    /// What is no catalogue is refused with its line: also what would write a line of its own into
    /// a `.repo` file.
    @Test
    void refused() {
        String begin = "opm-catalogue 1\nsystem\ttiny\tTiny\t1\tx86_64\n";
        for (String bad :
                List.of(
                        "",
                        "opm-catalogue 2\n",
                        "opm-catalogue 1\nrepo\tbase\tbaseurl\thttps://a/\t\tall\n",
                        "opm-catalogue 1\nsystem\t../x\tTiny\t1\tx86_64\n",
                        begin + "repo\tbase\tftp\thttps://a/\t\tall\n",
                        begin + "repo\ta]b\tbaseurl\thttps://a/\t\tall\n",
                        begin + "repo\tbase\tbaseurl\tgopher://a/\t\tall\n",
                        begin + "repo\tbase\tbaseurl\thttps://a/ b\t\tall\n",
                        begin + "repo\tbase\tbaseurl\thttps://a/\t\tsome\n")) {
            assertThatThrownBy(() -> Catalogue.read(bad.getBytes(UTF_8), "bad"))
                    .as(bad)
                    .isInstanceOf(Damaged.class)
                    .hasMessageStartingWith("bad, line ");
        }
    }
}
