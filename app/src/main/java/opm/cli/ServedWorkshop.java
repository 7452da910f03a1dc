package opm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.engine.Options;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;
import opm.workshop.Catalogue;
import opm.workshop.Workshop;
import org.jspecify.annotations.Nullable;

/// The workshop that `opm serve` opens: over the repositories that were named, or over the demo's.
final class ServedWorkshop {
    private final Session session;
    private final List<Workshop.Stock> stock = new ArrayList<>();

    ServedWorkshop(Session session) {
        this.session = session;
    }

    Workshop open() throws OpmException {
        Options options = session.engine().options();
        if (session.has("--demo")) {
            Path folder = demoFolder();
            DemoSchool school = DemoSchool.in(folder, session.host());
            Path profile = folder.resolve("school.opmprofile");
            school.layDownProfile(profile);
            stock.add(stock("demo", profile));
            options = options.only("town", school.town().toUri().toString());
            options = options.in(folder.resolve("state"));
        }
        int number = 1;
        for (String file : session.values("--stock")) {
            stock.add(stock("stock" + number++, Path.of(file).toAbsolutePath().normalize()));
        }
        // The solver keeps one core busy; what waits for disks and mirrors does not count.
        int lanes = Math.max(1, Runtime.getRuntime().availableProcessors());
        var offer = new Workshop.Offer(session.values("--release"), catalogue());
        if (offer.catalogue() != null) {
            // Nobody sees these: each visitor has the folder of the own system.
            options = options.of(options.state().resolve("catalogue"), List.of());
        }
        var workshop =
                new Workshop(session.host(), options, stock, offer, lanes, System::nanoTime);
        String arch = options.arch();
        int seconds =
                ServeVerb.number(session, "--look-every", Limits.WORKSHOP_REFRESH_SECONDS);
        workshop.keepFresh(arch == null ? "x86_64" : arch, Math.max(1, seconds), this::tell);
        return workshop;
    }

    private @Nullable Catalogue catalogue() throws OpmException {
        String named = session.value("--catalogue");
        if (named == null) {
            return null;
        }
        if (named.equals("builtin")) {
            return Catalogue.builtin();
        }
        Path file = Path.of(named).toAbsolutePath().normalize();
        byte[] bytes = session.host().disk().readAll(file, Catalogue.MOST_BYTES);
        return Catalogue.read(bytes, named);
    }

    private void tell(String trouble) {
        if (trouble.isEmpty()) {
            session.screen().note("serve.repositories-well");
        } else {
            session.screen().note("serve.repositories-ill", trouble);
        }
    }

    private Workshop.Stock stock(String id, Path file) throws OpmException {
        byte[] bytes = session.host().disk().readAll(file, Limits.PROFILE_BYTES);
        SystemProfile machine = ProfileText.read(bytes, file.toString());
        String pretty = machine.distro().prettyName();
        return new Workshop.Stock(
                id, pretty.isEmpty() ? file.getFileName().toString() : pretty, bytes);
    }

    private static Path demoFolder() throws OpmException {
        try {
            Path folder = Files.createTempDirectory("opm-serve-").toRealPath();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            return folder;
        } catch (IOException e) {
            throw new Refused(
                            "the demo's folder cannot be made: " + e.getMessage(),
                            "Is there room in the folder for temporary files?")
                    .because(e);
        }
    }

    private static void remove(Path folder) {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException _) {
            // It lies in the folder for temporary files.
        }
    }
}
