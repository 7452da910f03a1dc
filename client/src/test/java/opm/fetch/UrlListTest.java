package opm.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import opm.base.Digest;
import opm.host.LocalDisk;
import opm.host.LocalNet;
import opm.store.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lists for other programs say what they have to, and nothing that a name smuggles in.
class UrlListTest {
    private static final Digest ONE = Digest.sha256("1".repeat(64));
    private static final Digest TWO = new Digest(Digest.Algorithm.SHA1, "2".repeat(40));
    private static final List<Wanted> WANTED =
            List.of(
                    new Wanted(
                            ONE,
                            5,
                            List.of(URI.create("http://a/x%20y.rpm"), URI.create("http://b/x?a&b")),
                            "x y.rpm"),
                    new Wanted(
                            TWO, Store.ANY_SIZE, List.of(URI.create("file:/z")), "../z\n  dir=/"),
                    new Wanted(ONE, 5, List.of(), "nowhere"));

    // One line a file, the first address of each that has one.
    @Test
    void listsAddresses() {
        assertThat(UrlList.plain(WANTED)).isEqualTo("http://a/x%20y.rpm\nfile:/z\n");
    }

    // aria2 gets all addresses, the name and the digest.
    @Test
    void listsForAria2() {
        assertThat(UrlList.aria2(WANTED))
                .isEqualTo(
                        "http://a/x%20y.rpm\thttp://b/x?a&b\n  out=x y.rpm\n  checksum=sha-256="
                                + ONE.hex()
                                + "\nfile:/z\n  out=_.._z_  dir=_\n  checksum=sha-1="
                                + TWO.hex()
                                + "\n");
    }

    // A metalink is XML, with sizes where they are known.
    @Test
    void listsAsMetalink() {
        String one = "1".repeat(64);
        String two = "2".repeat(40);
        assertThat(UrlList.metalink(WANTED).lines())
                .containsExactly(
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
                        "<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">",
                        "  <file name=\"x y.rpm\">",
                        "    <size>5</size>",
                        "    <hash type=\"sha-256\">" + one + "</hash>",
                        "    <url>http://a/x%20y.rpm</url>",
                        "    <url>http://b/x?a&amp;b</url>",
                        "  </file>",
                        "  <file name=\"_.._z_  dir=_\">",
                        "    <hash type=\"sha-1\">" + two + "</hash>",
                        "    <url>file:/z</url>",
                        "  </file>",
                        "</metalink>");
    }

    // The real aria2c fetches from the list, and what it brings is taken without another byte.
    @Test
    void isReadByAria2(@TempDir Path folder) throws Exception {
        assumeTrue(isInstalled("aria2c"), "aria2c is not installed");
        byte[] file = {1, 2, 3};
        Digest digest =
                Digest.of(
                        Digest.Algorithm.SHA256, MessageDigest.getInstance("SHA-256").digest(file));
        try (var server = new FaultyServer()) {
            var wanted = new Wanted(digest, 3, List.of(server.serve("/f", file)), "f.rpm");
            Path list = Files.writeString(folder.resolve("list"), UrlList.aria2(List.of(wanted)));
            Process aria2 =
                    new ProcessBuilder(
                                    "aria2c",
                                    "--no-conf",
                                    "-q",
                                    "-d",
                                    folder.resolve("d").toString(),
                                    "-i",
                                    list.toString())
                            .inheritIO()
                            .start();
            assertThat(aria2.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(aria2.exitValue()).isZero();
            var disk = new LocalDisk();
            var store = new Store(disk, folder.resolve("store"));
            int before = server.requests().size();
            Wanted found = new Folders(disk, List.of(folder.resolve("d"))).with(wanted);
            var fetcher = new Fetcher(store, new LocalNet(Map.of()), java.time.Clock.systemUTC());
            assertThat(fetcher.fetch(List.of(found), Progress.NONE, () -> false))
                    .allMatch(Outcome.Fetched.class::isInstance);
            assertThat(server.requests()).hasSize(before);
        }
    }

    private static boolean isInstalled(String program) {
        for (String folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
