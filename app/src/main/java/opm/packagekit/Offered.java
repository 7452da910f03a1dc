package opm.packagekit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.engine.Engine;
import opm.engine.Everything;
import opm.engine.Solution;
import opm.pkgset.PackageRef;
import opm.pkgset.Queries;
import opm.rpmmd.Advisory;
import opm.solve.Change;
import opm.solve.Request;
import opm.solve.Verdict;

/// What an upgrade of everything would bring, and what publishers say about it.
final class Offered {
    private final Engine engine;
    private final Answer answer;

    Offered(Engine engine, Answer answer) {
        this.engine = engine;
        this.answer = answer;
    }

    /// Tells what comes with an upgrade: newer versions, and what takes another's place.
    void updates(long filters) throws OpmException, Failure {
        answer.status("dep-resolve");
        Solution solution = engine.solve(Request.all(Request.Verb.UPGRADE), List.of("upgrade"));
        if (!(solution.verdict() instanceof Verdict.Solved solved)) {
            throw new Failure(
                    "dep-resolution-failed",
                    "no upgrade of everything is possible",
                    "`opm upgrade` says why.");
        }
        Map<Nevra, Advisory> advised = advised();
        var coming = new ArrayList<PackageRef>();
        for (Change change : solved.changes()) {
            PackageRef pkg = change.comes();
            boolean replaces =
                    change instanceof Change.Upgrade
                            || change instanceof Change.Install install
                                    && !install.obsoletes().isEmpty();
            if (pkg != null && replaces) {
                coming.add(pkg);
            }
        }
        var wanted = new Filters(filters, engine.installed(), engine.arch());
        for (PackageRef pkg : wanted.keep(coming)) {
            answer.pkg(info(advised.get(pkg.nevra())), PackageId.of(pkg, engine), pkg.summary());
        }
    }

    /// The gravest advisory counts where several hold one package.
    private Map<Nevra, Advisory> advised() throws OpmException {
        var advised = new HashMap<Nevra, Advisory>();
        for (Advisory advisory : engine.advisories()) {
            for (Advisory.Item item : advisory.packages()) {
                advised.merge(item.pkg(), advisory, (one, two) -> two.isSecurity() ? two : one);
            }
        }
        return advised;
    }

    private static String info(@org.jspecify.annotations.Nullable Advisory advisory) {
        if (advisory == null) {
            return "normal";
        }
        return switch (advisory.kind()) {
            case "security" -> "security";
            case "bugfix", "recommended" -> "bugfix";
            case "enhancement", "newpackage", "optional", "feature" -> "enhancement";
            default -> "normal";
        };
    }

    void details(List<String> ids) throws OpmException, Failure {
        Queries everything = new Queries(Everything.sets(engine));
        Map<Nevra, Advisory> advised = advised();
        for (String text : ids) {
            PackageRef pkg = PackageId.need(text).find(everything, engine);
            if (pkg == null) {
                throw new Failure(
                        "package-not-found", text + " is not there", "Refresh, and search again.");
            }
            detail(pkg, advised.get(pkg.nevra()));
        }
    }

    private void detail(PackageRef pkg, @org.jspecify.annotations.Nullable Advisory advisory)
            throws OpmException {
        String updates =
                new Queries(List.of(engine.installed()))
                        .named(pkg.nevra().name()).stream()
                                .filter(old -> old.nevra().arch().equals(pkg.nevra().arch()))
                                .map(old -> PackageId.of(old.nevra(), PackageId.INSTALLED))
                                .collect(Collectors.joining("\n"));
        answer.say(
                "update-detail",
                PackageId.of(pkg, engine),
                updates,
                "",
                advisory == null ? "" : addresses(advisory, "vendor", "self", "other"),
                advisory == null ? "" : addresses(advisory, "bugzilla"),
                advisory == null ? "" : addresses(advisory, "cve"),
                advisory == null ? "none" : restart(pkg.nevra(), advisory),
                advisory == null ? "" : text(advisory),
                "",
                "stable",
                advisory == null ? "" : day(advisory.issued()),
                "");
    }

    private static String text(Advisory advisory) {
        String grave =
                advisory.severity().isEmpty()
                        ? ""
                        : " (" + advisory.severity().toLowerCase(Locale.ROOT) + ")";
        return advisory.id() + grave + ": " + advisory.title();
    }

    private static String restart(Nevra pkg, Advisory advisory) {
        for (Advisory.Item item : advisory.packages()) {
            if (item.pkg().equals(pkg)) {
                return item.reboot() ? "system" : item.relogin() ? "session" : "none";
            }
        }
        return "none";
    }

    /// PackageKit takes days and times as ISO 8601 has them; publishers write a space for the T.
    private static String day(String issued) {
        return issued.length() >= 10 && issued.substring(0, 10).matches("\\d{4}-\\d{2}-\\d{2}")
                ? issued.substring(0, 10)
                : "";
    }

    private static String addresses(Advisory advisory, String... kinds) {
        List<String> wanted = Stream.of(kinds).toList();
        return advisory.references().stream()
                .filter(reference -> wanted.contains(reference.kind()))
                .map(Advisory.Reference::address)
                .filter(address -> !address.isEmpty())
                .distinct()
                .collect(Collectors.joining("\n"));
    }
}
