package opm.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Host;
import opm.host.RpmCommand;
import opm.plan.Plan;
import opm.plan.PlanText;
import org.jspecify.annotations.Nullable;

/// `opm demo`: the whole trip on sample data, in a folder of its own.
///
/// It runs the very commands that it shows: profile, bundle create, bundle verify in this process,
/// then `sh school.opm`. Where there is no rpm, or no right to change to another root, it goes as
/// far as the verified bundle, from a sample profile, and says what is missing.
final class DemoVerb implements Verb {
    private static final List<String> WANTED = List.of("abc-dictionary-es", "abc-atlas");

    @Override
    public void accept(Syntax syntax) {
        syntax.value("DIR", "--dir");
    }

    @Override
    public int run(Session session) throws OpmException {
        return new Run(session).all();
    }

    /// One run: what it was given, and what it finds out on the way.
    private static final class Run {
        private final Session session;
        private final Screen screen;
        private final Path folder;
        private final DemoSchool school;
        private final @Nullable Host rpmHost;
        private @Nullable RpmCommand rpm;
        private @Nullable Plan plan;
        private List<Nevra> before = List.of();
        private List<Nevra> after = List.of();

        Run(Session session) throws OpmException {
            this.session = session;
            this.screen = session.screen().forPeople();
            this.folder = folder(session.value("--dir"));
            this.school = DemoSchool.in(folder, session.host());
            this.rpmHost =
                    session.host().commands().has("rpm")
                            ? DemoSchool.privileged(session.host())
                            : null;
        }

        private static Path folder(@Nullable String wanted) throws OpmException {
            try {
                if (wanted == null) {
                    return Files.createTempDirectory("opm-demo-").toRealPath();
                }
                Path folder = Path.of(wanted).toAbsolutePath().normalize();
                Files.createDirectories(folder);
                try (var list = Files.list(folder)) {
                    if (list.findAny().isPresent()) {
                        throw new BadRequest(
                                "--dir: found files in " + folder + ", expected an empty folder",
                                "Name a folder that is not there yet.");
                    }
                }
                return folder.toRealPath();
            } catch (IOException e) {
                throw new Refused(
                        "the demo's folder cannot be made: " + e.getMessage(),
                        "Name another with --dir.");
            }
        }

        private Path profile() {
            return folder.resolve("school.opmprofile");
        }

        private Path bundle() {
            return folder.resolve("school.opm");
        }

        int all() throws OpmException {
            screen.say("demo.intro");
            screen.say("demo.folder", folder);
            atSchool();
            inTown();
            if (rpmHost != null && rpm != null) {
                backAtSchool(rpmHost, rpm);
            }
            plan = plan();
            picture(plan);
            whatNext();
            if (session.settings().json()) {
                document(plan);
            }
            return 0;
        }

        private void atSchool() throws OpmException {
            heading("1", "demo.at-school");
            if (rpmHost == null) {
                school.layDownProfile(profile());
                screen.say("demo.sample-profile", profile());
                return;
            }
            rpm = RpmCommand.at(school.root(), rpmHost.commands());
            school.install(rpm);
            before = DemoSchool.installed(rpm);
            opm(rpmHost, "profile", "--root", school.root().toString(), "-o", profile().toString());
        }

        private void inTown() throws OpmException {
            heading("2", "demo.in-town");
            var create = new ArrayList<String>(List.of("bundle", "create"));
            create.addAll(List.of("--profile", profile().toString()));
            create.addAll(List.of("--repo", "town=" + school.town().toUri()));
            create.addAll(List.of("--state", folder.resolve("state").toString()));
            create.addAll(List.of("--upgrade", "--install"));
            create.addAll(WANTED);
            create.addAll(List.of("-o", bundle().toString()));
            opm(session.host(), create.toArray(String[]::new));
            opm(session.host(), "bundle", "verify", bundle().toString());
        }

        private void backAtSchool(Host host, RpmCommand rpm) throws OpmException {
            heading("3", "demo.back-at-school");
            var argv =
                    List.of("sh", bundle().toString(), "--root", school.root().toString(), "--yes");
            typed(argv);
            Commands.Result said = host.commands().run(Command.of(argv).withEnv(language()));
            show(said.outText() + said.errText());
            if (said.exitStatus() != 0) {
                throw new Refused(
                        "sh school.opm: found exit status " + said.exitStatus() + ", expected 0",
                        "The lines above say why; the root is " + school.root());
            }
            after = DemoSchool.installed(rpm);
        }

        /// The program at the front of a bundle asks the environment for its language.
        private Map<String, String> language() {
            String language = screen.messages().language();
            return language.equals("en") ? Map.of() : Map.of("LC_ALL", language + ".UTF-8");
        }

        /// Shows a command of opm as one would type it, runs it here, and shows what it says.
        private void opm(Host host, String... words) throws OpmException {
            var argv = new ArrayList<String>(List.of("opm"));
            argv.addAll(List.of(words));
            typed(argv);
            var bytes = new ByteArrayOutputStream();
            var said = new PrintStream(bytes, false, StandardCharsets.UTF_8);
            Outside here = session.outside();
            var inside =
                    new Outside(
                            here.environment(),
                            new ByteArrayInputStream(new byte[0]),
                            said,
                            said,
                            "",
                            here.columns(),
                            here.home());
            var all = new ArrayList<>(List.of(words));
            all.addAll(List.of("--lang", screen.messages().language()));
            int status = Main.run(all, inside, host);
            said.flush();
            show(bytes.toString(StandardCharsets.UTF_8));
            if (status != 0) {
                throw new Refused(
                        "opm " + words[0] + ": found exit status " + status + ", expected 0",
                        "The lines above say why.");
            }
        }

        private void heading(String number, String key) {
            screen.line("");
            screen.line(screen.bold(number + ". " + screen.messages().text(key)));
        }

        private void typed(List<String> argv) {
            var shown = argv.stream().map(word -> word.replace(folder + "/", "")).toList();
            screen.line(screen.blue("   $ " + String.join(" ", shown)));
        }

        private void show(String said) {
            said.lines().forEach(line -> screen.line("     " + line.replace(folder + "/", "")));
        }

        /// Reads the plan out of the bundle, as anybody can: a bundle is a ZIP.
        private Plan plan() throws OpmException {
            try (var zip = new ZipFile(bundle().toFile())) {
                var entry = zip.getEntry("plan");
                if (entry == null) {
                    throw new Damaged("school.opm: found no plan in it", "Report this.");
                }
                try (InputStream in = zip.getInputStream(entry)) {
                    return PlanText.read(in.readNBytes(Limits.PLAN_BYTES));
                }
            } catch (IOException e) {
                throw new Damaged("school.opm: " + e.getMessage(), "Report this.");
            }
        }

        private void picture(Plan plan) throws OpmException {
            screen.line("");
            screen.line(screen.bold(screen.messages().text("demo.picture")));
            screen.line("");
            var picture = new DemoPicture(screen, plan);
            picture.way(
                    size(profile()), size(bundle()), before.size(), school.offered(), after.size());
            picture.changes();
            if (!after.isEmpty()) {
                picture.kept(before, after);
            }
        }

        private long size(Path file) throws OpmException {
            return session.host().disk().size(file);
        }

        private void whatNext() throws OpmException {
            screen.line("");
            if (rpm == null) {
                boolean absent = !session.host().commands().has("rpm");
                screen.say(absent ? "demo.no-rpm" : "demo.no-root");
                if (absent) {
                    screen.line("   " + howToGetRpm());
                }
                screen.line("");
            }
            screen.line(screen.bold(screen.messages().text("demo.look")));
            if (rpm != null) {
                String database = rpm.databaseFolder().toString();
                command("rpm --dbpath " + database + " -qa", "demo.look.qa");
                command("rpm --dbpath " + database + " -qi abc-reader", "demo.look.qi");
                command(
                        (session.host().equals(rpmHost) ? "" : "unshare -r ")
                                + "sh "
                                + bundle()
                                + " --root "
                                + school.root()
                                + " --dry-run",
                        "demo.look.again");
            }
            command(opm() + " bundle inspect " + bundle(), "demo.look.inspect");
            if (session.host().commands().has("unzip")) {
                command("unzip -l " + bundle(), "demo.look.unzip");
                command("unzip -p " + bundle() + " plan", "demo.look.plan");
            }
            screen.line("");
            screen.line(screen.bold(screen.messages().text("demo.next")));
            command(opm() + " profile -o mine.opmprofile", "demo.next.profile");
            command(
                    opm() + " bundle create --profile mine.opmprofile --upgrade -o mine.opm",
                    "demo.next.bundle");
            command("rm -r " + folder, "demo.next.remove");
        }

        /// Returns what to type for opm: the launcher that started us, where we know it.
        private String opm() {
            String home = session.outside().home();
            return home.isEmpty() ? "opm" : home + "/opm";
        }

        private void command(String line, String key) {
            screen.line("   " + screen.blue(line));
            screen.line("      " + screen.messages().text(key));
        }

        private String howToGetRpm() {
            Commands commands = session.host().commands();
            for (String manager : List.of("apt-get", "dnf", "zypper", "apk", "pacman", "brew")) {
                if (commands.has(manager)) {
                    return switch (manager) {
                        case "apk" -> "apk add rpm";
                        case "pacman" -> "pacman -S rpm-tools";
                        case "brew" -> "brew install rpm";
                        default -> manager + " install rpm";
                    };
                }
            }
            return "https://rpm.org/download.html";
        }

        private void document(Plan plan) throws OpmException {
            try (Json json = session.json()) {
                json.text("folder", folder.toString())
                        .text("profile", profile().toString())
                        .text("bundle", bundle().toString())
                        .text("root", school.root().toString())
                        .text("dbpath", rpm == null ? null : rpm.databaseFolder().toString())
                        .flag("applied", !after.isEmpty())
                        .number("steps", plan.stepCount())
                        .texts("installed", after.stream().map(Nevra::full).toList());
            }
        }
    }
}
