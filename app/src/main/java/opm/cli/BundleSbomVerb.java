package opm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.host.StreamFailure;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.rpm.RpmFile;
import opm.rpm.RpmWords;

/// `opm bundle sbom FILE --as cyclonedx|spdx`: what is in a bundle, for who keeps such lists.
///
/// A function of the bundle: no clock, no chance. CycloneDX 1.6 and SPDX 2.3, both as JSON.
final class BundleSbomVerb implements Verb {
    private static final String PACKAGES = "Packages/";
    private static final String NOTHING = "NOASSERTION";

    /// A package of the bundle.
    private record Item(Nevra pkg, String license, String vendor, Digest sha256, String purl) {}

    @Override
    public void accept(Syntax syntax) {
        syntax.value("FORMAT", "--as").value("FILE", "--output", "-o").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String format = session.value("--as");
        if (format != null && !format.equals("cyclonedx") && !format.equals("spdx")) {
            throw new BadRequest(
                    "--as: found '" + format + "', expected cyclonedx or spdx",
                    "Both are written as JSON; without --as it is cyclonedx.");
        }
        Path file = Path.of(session.arguments().getFirst());
        var whole = BundleReader.open(session.host().disk(), file);
        Plan plan = firstPlan(whole);
        List<Item> items = items(whole, plan.target());
        String output = session.value("--output");
        if (output == null) {
            write("spdx".equals(format), session.outside().out(), whole, plan, items);
            return 0;
        }
        var bytes = new java.io.ByteArrayOutputStream();
        write("spdx".equals(format), bytes, whole, plan, items);
        session.engine().write(Path.of(output).toAbsolutePath().normalize(), bytes.toByteArray());
        return 0;
    }

    /// All machines of a bundle have packages of one distribution: the first one's plan will do.
    private static Plan firstPlan(BundleReader whole) throws OpmException {
        for (Entry entry : whole.entries()) {
            if (entry.path().equals("plan") || entry.path().endsWith("/plan")) {
                try (InputStream in = whole.read(entry)) {
                    return PlanText.read(in.readNBytes(Limits.PLAN_BYTES));
                } catch (IOException e) {
                    throw StreamFailure.of(e, entry.path());
                }
            }
        }
        return whole.plan();
    }

    private static void write(
            boolean spdx, OutputStream out, BundleReader bundle, Plan plan, List<Item> items)
            throws OpmException {
        try (Json json = Json.bare(out)) {
            if (spdx) {
                spdx(json, bundle.seal().hex(), plan, items);
            } else {
                cycloneDx(json, bundle.seal().hex(), items);
            }
        }
    }

    private static List<Item> items(BundleReader bundle, Plan.Target target) throws OpmException {
        var items = new ArrayList<Item>();
        for (Entry entry : bundle.entries()) {
            if (!entry.path().startsWith(PACKAGES)) {
                continue;
            }
            try (InputStream in = bundle.read(entry)) {
                RpmWords words = RpmFile.read(in, entry.path()).words();
                Nevra pkg = words.nevra();
                items.add(
                        new Item(
                                pkg,
                                words.license(),
                                words.vendor(),
                                entry.sha256(),
                                purl(pkg, target)));
            } catch (IOException e) {
                throw StreamFailure.of(e, entry.path());
            }
        }
        return items;
    }

    /// Package URL, type rpm: github.com/package-url/purl-spec.
    private static String purl(Nevra pkg, Plan.Target target) {
        String distro = target.distro().isEmpty() ? "" : target.distro() + "/";
        String epoch = pkg.evr().epoch() == 0 ? "" : "&epoch=" + pkg.evr().epoch();
        String release =
                target.distro().isEmpty()
                        ? ""
                        : "&distro=" + word(target.distro() + "-" + target.release());
        return "pkg:rpm/"
                + distro
                + word(pkg.name())
                + "@"
                + word(pkg.evr().versionRelease())
                + "?arch="
                + word(pkg.arch())
                + release
                + epoch;
    }

    private static String word(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%7E", "~");
    }

    /// Source: cyclonedx.org/docs/1.6/json.
    private static void cycloneDx(Json json, String seal, List<Item> items) {
        json.text("bomFormat", "CycloneDX")
                .text("specVersion", "1.6")
                .text("serialNumber", "urn:uuid:" + uuid(seal))
                .number("version", 1);
        json.begin("metadata").begin("component").text("type", "file").text("name", "bundle");
        json.beginList("hashes").beginItem();
        json.text("alg", "SHA-256").text("content", seal).end().endList();
        json.end().end();
        json.beginList("components");
        for (Item item : items) {
            json.beginItem()
                    .text("type", "library")
                    .text("bom-ref", item.purl() + "#" + item.sha256().hex().substring(0, 16));
            if (!item.vendor().isEmpty()) {
                json.begin("supplier").text("name", item.vendor()).end();
            }
            json.text("name", item.pkg().name()).text("version", version(item.pkg()));
            json.beginList("hashes").beginItem();
            json.text("alg", "SHA-256").text("content", item.sha256().hex()).end().endList();
            if (!item.license().isEmpty()) {
                json.beginList("licenses").beginItem();
                json.begin("license").text("name", item.license()).end().end().endList();
            }
            json.text("purl", item.purl()).end();
        }
        json.endList();
    }

    private static String version(Nevra pkg) {
        return (pkg.evr().epoch() == 0 ? "" : pkg.evr().epoch() + ":") + pkg.evr().versionRelease();
    }

    /// Says by its version digit that it is made of other data than time and chance (RFC 9562, 8).
    private static String uuid(String hex) {
        return hex.substring(0, 8)
                + "-"
                + hex.substring(8, 12)
                + "-8"
                + hex.substring(13, 16)
                + "-8"
                + hex.substring(17, 20)
                + "-"
                + hex.substring(20, 32);
    }

    /// Source: spdx.github.io/spdx-spec/v2.3. Licences are the packages' own words, which need not
    /// be SPDX's, so they stand where comments do. The time is that of the newest repository.
    private static void spdx(Json json, String seal, Plan plan, List<Item> items) {
        long seconds = 0;
        for (Plan.Source source : plan.sources()) {
            seconds = Math.max(seconds, source.revisionSeconds());
        }
        json.text("spdxVersion", "SPDX-2.3")
                .text("dataLicense", "CC0-1.0")
                .text("SPDXID", "SPDXRef-DOCUMENT")
                .text("name", "opm-bundle-" + seal.substring(0, 16))
                .text("documentNamespace", "urn:opm:bundle:sha256:" + seal);
        json.begin("creationInfo")
                .text("created", Instant.ofEpochSecond(seconds).toString())
                .texts("creators", List.of("Tool: opm"))
                .end();
        json.beginList("packages");
        for (int number = 0; number < items.size(); number++) {
            Item item = items.get(number);
            json.beginItem()
                    .text("SPDXID", id(number))
                    .text("name", item.pkg().name())
                    .text("versionInfo", version(item.pkg()))
                    .text("supplier", supplier(item.vendor()))
                    .text("downloadLocation", NOTHING)
                    .flag("filesAnalyzed", false)
                    .text("licenseConcluded", NOTHING)
                    .text("licenseDeclared", NOTHING)
                    .text("licenseComments", item.license())
                    .text("copyrightText", NOTHING);
            json.beginList("checksums").beginItem();
            json.text("algorithm", "SHA256").text("checksumValue", item.sha256().hex());
            json.end().endList();
            json.beginList("externalRefs").beginItem();
            json.text("referenceCategory", "PACKAGE-MANAGER")
                    .text("referenceType", "purl")
                    .text("referenceLocator", item.purl());
            json.end().endList().end();
        }
        json.endList();
        json.beginList("relationships");
        for (int number = 0; number < items.size(); number++) {
            json.beginItem()
                    .text("spdxElementId", "SPDXRef-DOCUMENT")
                    .text("relationshipType", "DESCRIBES")
                    .text("relatedSpdxElement", id(number))
                    .end();
        }
        json.endList();
    }

    private static String supplier(String vendor) {
        return vendor.isEmpty() ? NOTHING : "Organization: " + vendor;
    }

    private static String id(int number) {
        return String.format(Locale.ROOT, "SPDXRef-Package-%d", number + 1);
    }
}
