package opm.trip;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.RpmDep;
import opm.base.Sense;
import opm.profile.InstalledPackage;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;

/// A repository that has everything of a machine in a newer build: stub packages with the headers
/// of its rpm database, each release one higher, and so is what they need of each other.
final class NextRelease {
    private static final String MORE = ".1";
    private static final Map<Sense, String> FLAGS =
            Map.of(
                    Sense.LT, "LT", Sense.LE, "LE", Sense.EQ, "EQ", Sense.GE, "GE", Sense.GT, "GT");

    private NextRelease() {}

    /// Makes the repository of a profile's machine.
    static Path of(Trip trip, Path profile, String name) throws Exception {
        SystemProfile machine =
                ProfileText.read(Files.readAllBytes(profile), profile.toString());
        var xml = new StringBuilder("<metadata>\n");
        for (InstalledPackage pkg : machine.packages()) {
            add(pkg, xml);
        }
        Path primary = trip.at(name + "-primary.xml");
        Files.writeString(primary, xml.append("</metadata>\n"));
        return trip.stubRepo(name, "--from", primary.toString());
    }

    private static void add(InstalledPackage pkg, StringBuilder xml) {
        Nevra old = pkg.nevra();
        String id = Digest.sha256Of(old.full().getBytes(StandardCharsets.UTF_8)).hex();
        xml.append("<package type=\"rpm\"><name>" + text(old.name()) + "</name>");
        xml.append("<arch>" + old.arch() + "</arch><version" + evr(newer(old.evr() + "")) + "/>");
        xml.append("<checksum type=\"sha256\" pkgid=\"YES\">" + id + "</checksum>");
        xml.append("<time build=\"" + (pkg.buildTimeSeconds() + 86_400) + "\"/><format>");
        xml.append("<rpm:vendor>" + text(pkg.vendor()) + "</rpm:vendor>");
        xml.append("<rpm:sourcerpm>" + text(pkg.sourceRpm()) + "</rpm:sourcerpm>");
        for (DepKind kind : DepKind.values()) {
            String word = kind.name().toLowerCase(Locale.ROOT);
            xml.append("<rpm:" + word + ">");
            pkg.dependencies(kind).forEach(dep -> add(dep, xml));
            xml.append("</rpm:" + word + ">");
        }
        pkg.files().forEach(file -> xml.append("<file>" + text(file) + "</file>"));
        xml.append("</format></package>\n");
    }

    private static void add(RpmDep dep, StringBuilder xml) {
        if (dep.isRpmlib()) {
            return;
        }
        xml.append("<rpm:entry name=\"" + text(dep.name()) + '"');
        Sense sense = dep.sense();
        if (sense != Sense.NONE) {
            String evr = sense == Sense.EQ ? newer(dep.evr()) : dep.evr();
            xml.append(" flags=\"" + FLAGS.get(sense) + '"' + evr(evr));
        }
        xml.append(dep.isPre() ? " pre=\"1\"/>" : "/>");
    }

    /// Raises the release of a version that has one.
    private static String newer(String evr) {
        return evr.contains("-") ? evr + MORE : evr;
    }

    private static String evr(String evr) {
        int colon = evr.indexOf(':');
        int hyphen = evr.lastIndexOf('-');
        String version = evr.substring(colon + 1, hyphen < 0 ? evr.length() : hyphen);
        return (" epoch=\"" + (colon < 0 ? "0" : evr.substring(0, colon)) + '"')
                + (" ver=\"" + text(version) + '"')
                + (hyphen < 0 ? "" : " rel=\"" + text(evr.substring(hyphen + 1)) + '"');
    }

    private static String text(String raw) {
        return raw.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
