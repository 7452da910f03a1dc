package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import opm.plan.PlanText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `opm presolve get` and `install`: what sh/opm-thin.sh does, with history and a way back.
final class PresolveInstallTest extends PresolveTrip {
    PresolveInstallTest(@TempDir Path folder) {
        super(folder);
    }

    /// From a server or a folder: shown, written, installed, known why, undone.
    @Test
    void whatWasSolvedIsInstalledAndUndone() throws Exception {
        build(repo).mustEnd(0);
        String stick = trip.at("tree").toString();
        String server = serve(trip.at("tree"));
        Path file = trip.at("app.plan");
        java(stick, "get", "app", "-o", file + "").mustEnd(0);
        assertThat(PlanText.read(Files.readAllBytes(file)).artifacts()).hasSize(3);
        assertThat(java(server, "get", "app").mustEnd(0).out()).isEqualTo(Files.readString(file));
        String json = java(server, "install", "app", "--dry-run", "--json").mustEnd(0).out();
        assertThat(json).contains("\"planned\"").contains("lib-0:1-1.noarch");
        assertThat(trip.installed(root)).hasSize(1);

        assertThat(java(server, "install", "app", "tool").mustEnd(0).out()).contains("app");
        assertThat(trip.installed(root)).hasSize(5);
        // Both clients keep one list, and nobody has to ask for what is there.
        assertThat(thin("dash", server, "list").mustEnd(0).out())
                .isEqualTo(
                        "app\tuser\tapp\nextra\tweak\tapp\nlib\tdependency\tapp\n"
                                + "tool\tuser\ttool\n");
        java("http://127.0.0.1:1", "install", "app").mustEnd(0);
        assertThat(java(server, "install", "lonely").mustEnd(6).err()).contains("lonely");

        // Newer answers replace what is here; then all of it goes, without the server.
        String newer = RECIPE.replace("lib-1-1", "lib-2-1").replace("lib = 1", "lib = 2");
        build(repo("newer", newer.replace("app-1-1", "app-1-2"))).mustEnd(0);
        trip.rpm(root, "-e", "app").mustEnd(0);
        java(stick, "install", "app").mustEnd(0);
        assertThat(trip.installed(root)).contains("lib-0:2-1.noarch", "app-0:1-2.noarch");
        String[] undo = {"undo", "--root", root + "", "--state", trip.at("machine") + "", "-y"};
        trip.opm(undo).mustEnd(0);
        assertThat(trip.installed(root))
                .containsExactly(
                        "base-0:1-1.noarch",
                        "extra-0:1-1.noarch",
                        "lib-0:1-1.noarch",
                        "tool-0:1-1.noarch");
    }

    /// A package that the answer did not know of gives way to one that obsoletes it, and what is
    /// newer here stays.
    @Test
    void anotherMachineThanTheBaseline() {
        String recipe =
                RECIPE.replace(
                        "file /usr/share/tool: tool",
                        "requires: extra\nobsoletes: old < 2\nfile /usr/share/tool: tool");
        Path more = repo("more", recipe + "package old-1-1.noarch\npackage extra-2-1.noarch\n");
        trip.install(root, List.of(rpm(more, "old-1-1"), rpm(more, "extra-2-1")));
        build(repo("with-tool", recipe)).mustEnd(0);
        java(serve(trip.at("tree")), "install", "tool").mustEnd(0);
        assertThat(trip.installed(root))
                .containsExactly("base-0:1-1.noarch", "extra-0:2-1.noarch", "tool-0:1-1.noarch");
    }

    /// A kernel that the baseline does not have comes beside the one that runs, by either client;
    /// so does a library of another architecture.
    @Test
    void theRunningKernelStays() throws IOException {
        String kernels =
                """
                package kernel-VER-1.x86_64
                provides: installonlypkg(kernel)
                requires: firmware >= VER
                file /lib/modules/VER/vmlinuz: VER
                package modules-VER-1.noarch
                requires: kernel = VER
                package firmware-VER-1.noarch
                package twin-VER-1.i686
                file /usr/lib/twin: VER
                package any-kernel-VER-1.noarch
                requires: kernel
                """;
        String running = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        String one = kernels.replace("modules/VER", "modules/" + running).replace("VER", "1");
        one += "package twin-1-1.x86_64\n";
        Path first = repo("first", one);
        List<String> here = List.of("kernel-1", "firmware-1", "twin-1-1.x86_64");
        trip.install(root, here.stream().map(name -> rpm(first, name)).toList());
        build(repo("second", RECIPE + kernels.replace("VER", "2"))).mustEnd(0);
        String server = serve(trip.at("tree"));
        thin("dash", server, "install", "modules").mustEnd(0);
        assertThat(trip.installed(root))
                .contains("kernel-0:1-1.x86_64", "kernel-0:2-1.x86_64", "firmware-0:2-1.noarch");
        thin("dash", server, "update", "twin").mustEnd(0);
        assertThat(trip.installed(root)).contains("twin-0:1-1.x86_64", "twin-0:2-1.i686");
        build(repo("third", RECIPE + kernels.replace("VER", "3"))).mustEnd(0);
        thin("busybox ash", server, "update", "kernel").mustEnd(0);
        build(repo("fourth", RECIPE + kernels.replace("VER", "4"))).mustEnd(0);
        java(server, "install", "any-kernel").mustEnd(0);
        assertThat(trip.installed(root).stream().filter(name -> name.startsWith("kernel-")))
                .hasSize(4);
        // PackageKit takes packages away without a server, and this kernel not at all.
        assertThat(removed("any-kernel;4-1;noarch")).contains("package\tremoving\tany-kernel");
        assertThat(removed("kernel;3-1;x86_64")).contains("package\tremoving\tkernel");
        assertThat(removed("kernel;1-1;x86_64")).contains("error\tcannot-remove-system-package");
        Files.createDirectories(root.resolve("etc/dnf/protected.d"));
        Trip.write(root.resolve("etc/dnf/protected.d/x.conf"), "firmware\nmodules\n");
        assertThat(removed("modules;2-1;noarch")).contains("modules is protected");
        assertThat(trip.installed(root)).contains("kernel-0:1-1.x86_64").hasSize(8);
    }

    /// What the machine excludes or locks does not come, though the server knew nothing of that;
    /// and what is locked in the version that comes does.
    @Test
    void whatIsKeptOutStaysOut() throws IOException {
        build(repo).mustEnd(0);
        String server = serve(trip.at("tree"));
        Path conf = root.resolve("etc/dnf/dnf.conf");
        Path locks = root.resolve("etc/dnf/plugins/versionlock.list");
        Files.createDirectories(locks.getParent());
        for (String rule : List.of("lib", "other, l*b", "lib-1-1.noarch", "lib.noarch", "lib-1")) {
            Trip.write(conf, "[main]\nexclude=" + rule + "\n");
            mustKeepOut(server);
        }
        Trip.write(conf, "[main]\n");
        for (String rule : List.of("lib-0:2-*", "lib-2*", "!lib-0:1-1.*")) {
            Trip.write(locks, "# locked\n" + rule + "\n");
            mustKeepOut(server);
        }
        Trip.write(locks, "lib-0:1-1.*\nlibother-0:7-1.*\n");
        thin("busybox ash", server, "install", "app").mustEnd(0);
        trip.rpm(root, "-e", "app", "lib", "extra").mustEnd(0);
        java(server, "install", "app").mustEnd(0);
    }

    /// Whoever may not write is told so, in the words of a person and with a status of its own.
    @Test
    void whoMayNotWriteIsTold() {
        String script = Trip.project().resolve("sh/opm-thin.sh").toString();
        Trip.Said said = trip.run("dash", script, "--root", "/dev/null", "list").mustEnd(5);
        assertThat(said.err()).contains("/dev/null/var/lib/opm-thin cannot be written", "hint: ");
    }

    /// Of two at once the second waits; and what one that was cut off left is cleared away.
    @Test
    void oneAfterTheOther() throws Exception {
        Trip.needs("flock");
        build(repo).mustEnd(0);
        String server = serve(trip.at("tree"));
        Path state = Files.createDirectories(root.resolve("var/lib/opm-thin"));
        Path left = Files.createDirectory(state.resolve("work.999999999.abc"));
        String lock = state.resolve("lock").toString();
        Process other =
                new ProcessBuilder("flock", lock, "sh", "-c", "echo has it; read -r end").start();
        try (var said = other.inputReader(); var tells = other.outputWriter()) {
            assertThat(said.readLine()).isEqualTo("has it");
            var command = new ProcessBuilder(thinWords("dash", server, "install", "app"));
            command.environment().put("HOME", "/root"); // as in Trip
            Process second = command.start();
            assertThat(second.errorReader().readLine()).contains("this one waits");
            assertThat(trip.installed(root)).doesNotContain("app-0:1-1.noarch");
            tells.write("end\n");
            tells.flush();
            assertThat(second.waitFor()).isZero();
        }
        assertThat(trip.installed(root)).contains("app-0:1-1.noarch");
        assertThat(left).doesNotExist();
    }

    private void mustKeepOut(String server) {
        List<String> before = trip.installed(root);
        assertThat(thin("dash", server, "install", "app").mustEnd(6).err()).contains("locks");
        assertThat(java(server, "install", "app").mustEnd(6).err()).contains("locks");
        assertThat(trip.installed(root)).isEqualTo(before);
    }

    /// Says what a job of the thin client said, that was to remove a package.
    private String removed(String id) throws IOException {
        Path job = trip.at("job");
        Trip.write(
                job, "job\tremove-packages\narg\tt\t0\narg\tas\t" + id + ";installed\ngo\n");
        String script = Trip.project().resolve("sh/opm-thin.sh").toString();
        String words = " --server http://127.0.0.1:1 --platform stub/1 --key none packagekit";
        String line = "dash " + script + " --root " + root + words + " <" + job;
        return trip.run("sh", "-c", line).mustEnd(0).out();
    }

    /// A machine that lacks what the answer relies on sends its profile to `opm serve --solve`, by
    /// either client, and gets a plan of its own; a tree that nobody solves at gives it none.
    @Test
    void aDriftedMachineIsSolvedForAnew() {
        build(repo).mustEnd(0);
        String stub = "stub=" + repo.toUri();
        trip.rpm(root, "-e", "--nodeps", "base").mustEnd(0);
        String[] options = {
            "--presolve", trip.at("tree") + "",
            "--solve",
            "--repo", stub,
            "--state", trip.at("served") + ""
        };
        try (var server = WebClient.serve(trip.at("serve.log"), options)) {
            var said = thin("dash", server.address(), "install", "tool").mustEnd(0);
            assertThat(said.out()).contains("base-0:1-1.noarch; asking");
            var both = List.of("base-0:1-1.noarch", "tool-0:1-1.noarch");
            assertThat(trip.installed(root)).isEqualTo(both);
            trip.rpm(root, "-e", "base", "tool").mustEnd(0);
            said = java(server.address(), "install", "tool").mustEnd(0);
            assertThat(said.err()).contains("base-0:1-1.noarch; asking", "Sending", "0 pac");
            assertThat(trip.installed(root)).isEqualTo(both);
            trip.rpm(root, "-e", "base", "tool").mustEnd(0);
        }
        String stick = trip.at("tree") + "";
        assertThat(java(stick, "install", "tool").mustEnd(6).err()).contains("does not solve tool");
        assertThat(trip.installed(root)).isEmpty();
    }

    /// Jobs of PackageKit are done alike by the helper in Java and by the one in sh, without a
    /// repository: asked, simulated, done, refused.
    @Test
    void helpersOfPackageKitAgree() {
        Trip.needs("busybox");
        build(repo).mustEnd(0);
        String server = serve(trip.at("tree"));
        String thin =
                "busybox ash "
                        + Trip.project().resolve("sh/opm-thin.sh")
                        + options(server)
                        + " packagekit";
        String java =
                String.join(" ", Trip.opmCommand())
                        + " packagekit --state "
                        + trip.at("machine")
                        + options(server);
        String app = "app;1-1;noarch;presolve";
        for (String helper : List.of(thin, java)) {
            assertThat(job(helper, "resolve", "t\t0", "as\tapp\tnothing"))
                    .containsExactly("available " + app);
            assertThat(job(helper, "search-name", "t\t0", "as\tbas"))
                    .containsExactly("installed base;1-1;noarch;installed");
            assertThat(job(helper, "install-packages", "t\t4", "as\t" + app))
                    .containsExactly(
                            "installing app;1-1;noarch;presolve",
                            "installing extra;1-1;noarch;presolve",
                            "installing lib;1-1;noarch;presolve");
            assertThat(trip.installed(root)).hasSize(1);
            assertThat(job(helper, "install-packages", "t\t0", "as\t" + app))
                    .contains("installing app;1-1;noarch;presolve");
            assertThat(trip.installed(root)).hasSize(4);
            assertThat(job(helper, "install-packages", "t\t0", "as\t" + app))
                    .containsExactly("error package-already-installed");
            var lib = "as\tlib;1-1;noarch;installed";
            assertThat(job(helper, "remove-packages", "t\t0", lib, "b\tfalse", "b\tfalse"))
                    .containsExactly("error dep-resolution-failed");
            trip.rpm(root, "-e", "app", "lib", "extra").mustEnd(0);
        }
    }

    private String options(String server) {
        return " --root "
                + root
                + " --platform stub/1 --server "
                + server
                + " --key "
                + trip.at("tree/key.pub");
    }

    /// Gives a helper one job, and returns what it says about packages, sorted, or the error.
    private List<String> job(String helper, String role, String... arguments) {
        var lines = new StringBuilder("job\t" + role + "\tuid=0\n");
        for (String argument : arguments) {
            lines.append("arg\t").append(argument).append('\n');
        }
        Trip.write(trip.at("job"), lines + "go\n");
        // The connection stays open until the answer is there; its end would cancel the job.
        String script =
                "rm -f over; mkfifo over; { cat job; read -r _ <over; } | { "
                        + helper
                        + "; echo >over; }";
        var said = trip.run("sh", "-c", script).mustEnd(0);
        assertThat(said.out()).endsWith("finished\n");
        return said.out()
                .lines()
                .filter(line -> line.matches("(package|error)\t.*"))
                .filter(line -> !line.matches("package\t(downloading|finished)\t.*"))
                .map(line -> line.split("\t"))
                .map(part -> part[0].equals("error") ? "error " + part[1] : part[1] + " " + part[2])
                .sorted()
                .toList();
    }
}
