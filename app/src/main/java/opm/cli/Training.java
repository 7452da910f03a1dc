package opm.cli;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.host.Host;

/// The run over which the AOT cache is trained: it must load the classes that people wait for.
///
/// Called by dev.d/launch.sh after a build, with an empty folder, in which the demo's repository is
/// laid down and looked at. Changes nothing else.
final class Training {
    private static final List<String> LINES =
            List.of(
                    "version",
                    "help",
                    "help install",
                    "nothing",
                    "install",
                    "refresh WORLD",
                    "search songs WORLD",
                    "info abc-songs WORLD",
                    "list WORLD",
                    "provides abc-songs WORLD",
                    "whatrequires abc-songs WORLD",
                    "install --assumeno abc-atlas WORLD",
                    "install --assumeno nonesuch WORLD",
                    "upgrade --assumeno WORLD",
                    "upgrade --check WORLD",
                    "install --assumeno abc-atlas HERE",
                    "install --assumeno abc-atlas HERE --arch x86_64",
                    "upgrade --assumeno HERE",
                    "search songs HERE",
                    "list HERE",
                    "info abc-songs HERE",
                    "download --store-only abc-songs WEB",
                    "cache add SONGS HERE",
                    "cache pin --name training SONGS HERE",
                    "cache unpin training --collect HERE",
                    "cache check HERE",
                    "cache summary HERE");

    private Training() {}

    public static void main(String[] arguments) throws OpmException, IOException {
        Host host = Host.ofThisMachine();
        var folder = Path.of(arguments[0]).toAbsolutePath();
        DemoSchool school = DemoSchool.in(folder, host);
        Path profile = folder.resolve(DemoSchool.SAMPLE_PROFILE);
        school.layDownProfile(profile);
        String here =
                "--state FOLDER/state --root FOLDER/root --repo town=" + school.town().toUri();
        String world =
                "--state FOLDER/state --profile "
                        + profile
                        + " --repo town="
                        + school.town().toUri();
        String web = here.replace(school.town().toUri().toString(), serve(school.town()));
        String songs =
                school.town().resolve("Packages/a/abc-songs-3.1-1.noarch.rpm").toString();
        for (String line : LINES) {
            String words =
                    line.replace("WORLD", world)
                            .replace("WEB", web)
                            .replace("SONGS", songs)
                            .replace("HERE", here)
                            .replace("FOLDER", folder.toString());
            int status = run(words, host);
            System.out.println(status + " " + line);
        }
        new Interrupt(host).close();
    }

    /// Answers GET with the files of a folder, for as long as this process lives.
    private static String serve(Path folder) throws IOException {
        var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            while (true) {
                                try (Socket client = socket.accept()) {
                                    answer(client, folder);
                                } catch (IOException e) {
                                    System.out.println(e);
                                }
                            }
                        });
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    private static void answer(Socket client, Path folder) throws IOException {
        var in =
                new BufferedReader(
                        new InputStreamReader(
                                client.getInputStream(), StandardCharsets.ISO_8859_1));
        String asked = in.readLine();
        for (String line = asked; line != null && !line.isEmpty(); line = in.readLine()) {
            // Its headers ask for nothing that matters here.
        }
        Path file = folder.resolve(asked == null ? "." : asked.split(" ")[1].substring(1));
        boolean there = Files.isRegularFile(file);
        byte[] body = there ? Files.readAllBytes(file) : new byte[0];
        String head =
                "HTTP/1.1 "
                        + (there ? "200 OK" : "404 Not Found")
                        + "\r\nConnection: close\r\nContent-Length: "
                        + body.length
                        + "\r\n\r\n";
        client.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        client.getOutputStream().write(body);
    }

    private static int run(String words, Host host) {
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        var outside =
                new Outside(
                        Map.of(),
                        new ByteArrayInputStream(new byte[0]),
                        nowhere,
                        nowhere,
                        "",
                        80,
                        System.getProperty("opm.home", ""));
        return Main.run(List.of(words.split(" ")), outside, host);
    }
}
