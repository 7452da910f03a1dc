package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.pkgset.PackageRef;

/// `opm info SPEC...`: everything that a person wants to know of a package.
final class InfoVerb implements Verb {
    private static final int LABEL_COLUMNS = 14;

    @Override
    public void accept(Syntax syntax) {
        Look.accept(syntax).flag("--all-versions", "--showduplicates").arguments("SPEC", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var look = Look.of(session);
        List<PackageRef> found = look.named(session.arguments());
        if (!session.has("--all-versions")) {
            found = fewest(look, found);
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("packages");
                for (PackageRef pkg : found) {
                    write(look.item(json, pkg), pkg).end();
                }
                json.endList();
            }
            return 0;
        }
        boolean first = true;
        for (PackageRef pkg : found) {
            if (!first) {
                session.screen().line("");
            }
            first = false;
            print(session.screen(), look, pkg);
        }
        return 0;
    }

    /// Keeps what is installed, and the newest of what is on offer.
    private static List<PackageRef> fewest(Look look, List<PackageRef> found) throws OpmException {
        var kept = new java.util.ArrayList<PackageRef>();
        var offered = new java.util.ArrayList<PackageRef>();
        for (PackageRef pkg : found) {
            (look.repo(pkg).startsWith("@") ? kept : offered).add(pkg);
        }
        for (PackageRef pkg : Look.newest(offered)) {
            if (kept.stream().noneMatch(other -> other.nevra().equals(pkg.nevra()))) {
                kept.add(pkg);
            }
        }
        return kept;
    }

    private static Json write(Json json, PackageRef pkg) {
        return json.text("summary", pkg.summary())
                .text("description", pkg.description())
                .text("url", pkg.url())
                .text("license", pkg.license())
                .text("vendor", pkg.vendor())
                .text("source", pkg.sourceRpm())
                .number("downloadBytes", pkg.packageBytes())
                .number("installedBytes", pkg.installedBytes())
                .number("buildSeconds", pkg.buildSeconds());
    }

    private static void print(Screen screen, Look look, PackageRef pkg) throws OpmException {
        field(screen, "info.name", pkg.nevra().name());
        if (pkg.nevra().evr().epoch() != 0) {
            field(screen, "info.epoch", Integer.toString(pkg.nevra().evr().epoch()));
        }
        field(screen, "info.version", pkg.nevra().evr().version());
        field(screen, "info.release", pkg.nevra().evr().release());
        field(screen, "info.arch", pkg.nevra().arch());
        if (pkg.packageBytes() > 0) {
            field(screen, "info.download", Screen.size(pkg.packageBytes()));
        }
        field(screen, "info.installed", Screen.size(pkg.installedBytes()));
        field(screen, "info.source", pkg.sourceRpm());
        field(screen, "info.repository", look.repo(pkg));
        field(screen, "info.summary", pkg.summary());
        field(screen, "info.url", pkg.url());
        field(screen, "info.license", pkg.license());
        field(screen, "info.vendor", pkg.vendor());
        field(screen, "info.description", pkg.description());
    }

    private static void field(Screen screen, String key, String value) {
        if (value.isEmpty()) {
            return;
        }
        String label = screen.messages().text(key);
        label += " ".repeat(Math.max(0, LABEL_COLUMNS - label.length()));
        for (String line : value.split("\n")) {
            screen.line(label + ": " + line);
            label = " ".repeat(LABEL_COLUMNS);
        }
    }
}
