package opm.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Host;
import opm.share.ShareServer;

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
                    "repoquery abc-* HERE",
                    "repoquery --whatprovides abc-songs HERE",
                    "repoquery --whatrequires abc-songs HERE",
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
        Digest.prepare();
        new Interrupt(host).close();
    }

    /// Serves the files of a folder, for as long as this process lives.
    private static String serve(Path folder) throws OpmException, IOException {
        var files = new HashMap<String, Path>();
        try (var all = Files.walk(folder)) {
            all.filter(Files::isRegularFile)
                    .forEach(file -> files.put(folder.relativize(file).toString(), file));
        }
        var rules = new ShareServer.Rules(16, 0, false);
        ShareServer server = ShareServer.open("127.0.0.1", 0, files, rules);
        Thread.ofPlatform().daemon().start(() -> server.run(() -> false));
        return "http://127.0.0.1:" + server.port();
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
