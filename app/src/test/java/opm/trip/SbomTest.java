package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What is in a bundle, in the words of others: CycloneDX, SPDX, a list of hashes.
final class SbomTest {
    private final Trip trip;

    SbomTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// The fields that the published schemas require are there, with values that they allow, and
    /// name exactly the packages of the bundle.
    @Test
    void theListsSayWhatIsInside() throws Exception {
        Trip.needs("rpm", "rpmbuild", "createrepo_c");
        Trip.needsRoot();
        new SmallPackages(trip, "echo NAME").build("repo", List.of("one 1", "two 1 Epoch: 3"));
        Path root = trip.newRoot("root");
        String box = trip.at("box.opm").toString();
        trip.opm(
                        "bundle",
                        "create",
                        "--root",
                        root.toString(),
                        "--allow-unsigned",
                        "--state",
                        trip.at("state").toString(),
                        "--install",
                        "one",
                        "two",
                        "--repo",
                        "r=" + trip.at("repo").toUri(),
                        "-o",
                        box)
                .mustEnd(0);

        String cyclone = trip.opm("bundle", "sbom", box).mustEnd(0).out();
        Map<String, String> facts = flat(cyclone);
        assertThat(facts)
                .containsEntry("/bomFormat", "CycloneDX")
                .containsEntry("/specVersion", "1.6")
                .containsEntry("/version", "1")
                .containsEntry("/components/0/name", "one")
                .containsEntry("/components/0/type", "library")
                .containsEntry("/components/1/version", "3:1-1")
                .containsEntry("/components/0/hashes/0/alg", "SHA-256")
                .containsEntry("/components/1/licenses/0/license/name", "Apache-2.0")
                .doesNotContainKeys("/opm", "/command", "/components/2/name");
        assertThat(facts.get("/serialNumber"))
                .matches("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
        assertThat(facts.get("/components/1/purl"))
                .startsWith("pkg:rpm/")
                .contains("two@1-1?arch=noarch")
                .endsWith("&epoch=3");
        String hash = facts.get("/components/0/hashes/0/content");
        assertThat(hash)
                .isEqualTo(sha256(Path.of(new SmallPackages(trip, "").rpm("repo", "one-1"))));
        assertThat(trip.opm("bundle", "sbom", box).out()).isEqualTo(cyclone);

        Path spdx = trip.at("box.spdx.json");
        trip.opm("bundle", "sbom", box, "--as", "spdx", "-o", spdx.toString()).mustEnd(0);
        facts = flat(Files.readString(spdx));
        assertThat(facts)
                .containsEntry("/spdxVersion", "SPDX-2.3")
                .containsEntry("/dataLicense", "CC0-1.0")
                .containsEntry("/SPDXID", "SPDXRef-DOCUMENT")
                .containsEntry("/creationInfo/creators/0", "Tool: opm")
                .containsEntry("/packages/0/downloadLocation", "NOASSERTION")
                .containsEntry("/packages/0/checksums/0/checksumValue", hash)
                .containsEntry("/relationships/1/relatedSpdxElement", "SPDXRef-Package-2")
                .containsKeys("/name", "/documentNamespace");
        assertThat(facts.get("/creationInfo/created"))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");

        trip.opm("bundle", "sbom", box, "--as", "xml").mustEnd(2);
        List<String> rows =
                trip.opm("bundle", "inspect", box, "--csv").mustEnd(0).out().lines().toList();
        assertThat(rows.getFirst()).isEqualTo("path,bytes,sha256");
        assertThat(rows.get(1))
                .isEqualTo("box.opm," + Files.size(Path.of(box)) + "," + sha256(Path.of(box)));
        assertThat(rows).anyMatch(row -> row.matches("Packages/.*one-1-1.noarch.rpm,\\d+," + hash));
    }

    private static String sha256(Path file) throws Exception {
        return Digest.sha256Of(Files.readAllBytes(file)).hex();
    }

    /// Returns every value of a document by its JSON pointer.
    private static Map<String, String> flat(String json) {
        var values = new HashMap<String, String>();
        var factory = JsonFactory.builder().build();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    String at = parser.streamReadContext().pathAsPointer().toString();
                    values.put(at, parser.getString());
                }
            }
        }
        return values;
    }
}
