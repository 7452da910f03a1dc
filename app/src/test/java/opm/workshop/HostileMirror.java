package opm.workshop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import opm.base.Digest;

/// A mirror on loopback that is good, or hostile in one way at a time.
final class HostileMirror implements AutoCloseable {
    static final int BOMB_MEGABYTES = Boolean.getBoolean("opm.soak") ? 6000 : 8;
    private static final String PKGID = "ab".repeat(32);
    private static final byte[] MEGABYTE = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private static final byte[] FILE_LISTS =
            """
            <filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="1">
            <package pkgid="%s" name="vim" arch="noarch"><version epoch="0" ver="9" rel="1"/>
            <file>/usr/share/vim/words</file></package></filelists>
            """
                    .formatted(PKGID)
                    .getBytes(StandardCharsets.UTF_8);

    private volatile Way way = Way.GOOD;

    /// How it behaves.
    enum Way {
        GOOD,
        /// The file is another one than the list names.
        BAD_CHECKSUM,
        CUT,
        ENDLESS_LIST,
        ENDLESS_FILE,
        /// One name of many megabytes, a few kilobytes packed.
        BOMB,
        DEEP,
        ENTITIES,
        /// The list names a file of the server that asks.
        LIST_CLIMBS,
        ANOTHER_SERVER,
        NO_XML,
        NOTHING,
        /// The list of packages is well made; a package of it is a file of the server that asks.
        PACKAGE_CLIMBS,
        PACKAGE_IS_OURS,
        PACKAGE_INSIDE
    }

    HostileMirror() throws IOException {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = HttpServer.create(loopback, 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    void become(Way other) {
        way = other;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Way now = way;
            boolean list = path.equals("/repodata/repomd.xml");
            if (path.equals("/repodata/filelists.xml")) {
                exchange.sendResponseHeaders(200, FILE_LISTS.length);
                exchange.getResponseBody().write(FILE_LISTS);
            } else if (now == Way.NOTHING || !list && !path.equals("/repodata/primary.xml.gz")) {
                exchange.sendResponseHeaders(404, -1);
            } else if (list && now == Way.ENDLESS_LIST || !list && now == Way.ENDLESS_FILE) {
                exchange.sendResponseHeaders(200, 0);
                OutputStream out = exchange.getResponseBody();
                while (true) { // until the other side has enough
                    out.write(MEGABYTE);
                }
            } else {
                byte[] said = list ? list(now) : primary(now);
                exchange.sendResponseHeaders(200, said.length);
                exchange.getResponseBody().write(said);
            }
        }
    }

    private static byte[] list(Way way) {
        if (way == Way.NO_XML) {
            return "<html>the portal of this café</html>".getBytes(StandardCharsets.UTF_8);
        }
        byte[] file = primary(way);
        byte[] sum = way == Way.BAD_CHECKSUM ? new byte[] {1} : file;
        String location =
                switch (way) {
                    case LIST_CLIMBS -> "../../../../../../../etc/passwd";
                    case ANOTHER_SERVER -> "file:///etc/passwd";
                    default -> "repodata/primary.xml.gz";
                };
        return """
                <repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>
                <data type="primary"><checksum type="sha256">%s</checksum>
                <location href="%s"/><size>%d</size></data>
                <data type="filelists"><checksum type="sha256">%s</checksum>
                <location href="repodata/filelists.xml"/><size>%d</size></data></repomd>
                """
                .formatted(
                        Digest.sha256Of(sum).hex(),
                        location,
                        file.length,
                        Digest.sha256Of(FILE_LISTS).hex(),
                        FILE_LISTS.length)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] primary(Way way) {
        String name =
                switch (way) {
                    case PACKAGE_CLIMBS -> "../../../etc/passwd";
                    case PACKAGE_IS_OURS -> "file:///etc/passwd";
                    case PACKAGE_INSIDE -> "http://127.0.0.1:1/secret";
                    default -> "vim-9-1.noarch.rpm";
                };
        String head =
                way == Way.ENTITIES
                        ? "<!DOCTYPE m [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b"
                                + " \"&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]>"
                        : "";
        String summary = way == Way.ENTITIES ? "&b;&c;" : "Writes text";
        // Another text for each way: equal metadata would not be read again.
        String text =
                head
                        + """
                        <metadata xmlns="http://linux.duke.edu/metadata/common"
                        xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
                        <package type="rpm"><name>vim</name><arch>noarch</arch>
                        <version epoch="0" ver="9" rel="1"/>
                        <checksum type="sha256" pkgid="YES">%s</checksum>
                        <summary>%s</summary><description/><packager/><url/>
                        <time file="1" build="1"/>
                        <size package="1000" installed="1000" archive="1000"/>
                        <location href="%s"/>
                        <format><rpm:header-range start="100" end="200"/>
                        <rpm:provides><rpm:entry name="vim" flags="EQ" epoch="0" ver="9" rel="1"/>
                        </rpm:provides></format></package>
                        """
                                .formatted(PKGID, summary, name);
        var bytes = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(bytes)) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
            if (way == Way.DEEP) {
                zip.write("<a>".repeat(100_000).getBytes(StandardCharsets.UTF_8));
            }
            if (way == Way.BOMB) {
                zip.write("<package type=\"rpm\"><name>".getBytes(StandardCharsets.UTF_8));
                for (int at = 0; at < BOMB_MEGABYTES; at++) {
                    zip.write(MEGABYTE);
                }
            }
            if (way != Way.CUT) {
                zip.write("</metadata>".getBytes(StandardCharsets.UTF_8));
            }
            zip.write(("<!-- " + way + " -->").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] all = bytes.toByteArray();
        return way == Way.CUT ? Arrays.copyOf(all, all.length - 20) : all;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
