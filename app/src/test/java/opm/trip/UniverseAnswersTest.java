package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What the command line answers on a release of 63,440 packages: golden answers, and dnf's.
///
/// All 400 golden requests are asked in process, by a test of `opm.solve`; here a few of each kind
/// go through metadata, profile, policy and output.
final class UniverseAnswersTest {
    /// Whether dnf is asked all, and opm much.
    private static final boolean WHOLE = Boolean.getBoolean("opm.soak");

    private static final int SAMPLE = WHOLE ? 10 : 3;

    @TempDir private static Path folder;

    private static Trip trip;
    private static Path universe;

    /// A root without packages, and one whose rpm database holds 1,858.
    private static Path empty;

    private static Path home;

    @BeforeAll
    static void universe() {
        Trip.needs("rpm", "python3", "createrepo_c");
        Trip.needsRoot();
        universe = Trip.shared("universe");
        trip = new Trip(folder);
        empty = trip.newRoot("empty");
        home = LargeRoot.make(trip, "home");
    }

    private static List<String> repos(boolean updates) {
        var repos = new ArrayList<>(List.of("base=" + universe.resolve("base").toUri()));
        if (updates) {
            repos.add("updates=" + universe.resolve("updates").toUri());
        }
        return repos;
    }

    /// Asks opm, which only plans; returns the answer in the form of the golden ones.
    private static Golden opm(Path root, boolean updates, String... request) {
        var words = new ArrayList<>(List.of(request));
        words.addAll(List.of("--assumeno", "--json", "--arch", "x86_64"));
        words.addAll(List.of("--root", root.toString(), "--state", trip.at("state").toString()));
        for (String repo : repos(updates)) {
            words.addAll(List.of("--repo", repo));
        }
        return answer(trip.opm(words.toArray(String[]::new)).mustEnd(0).out());
    }

    private static Golden answer(String document) {
        var comes = new TreeSet<String>();
        var goes = new TreeSet<String>();
        try (JsonParser json =
                new JsonFactory().createParser(ObjectReadContext.empty(), document)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.PROPERTY_NAME
                        && json.currentName().equals("steps")) {
                    json.nextToken();
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        step(json, comes, goes);
                    }
                }
            }
        }
        return new Golden(comes, goes, true);
    }

    private static void step(JsonParser json, Set<String> comes, Set<String> goes) {
        String action = "";
        String nevra = "";
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("action")) {
                action = json.getString();
            } else if (name.equals("nevra")) {
                nevra = json.getString();
            } else {
                json.skipChildren();
            }
        }
        (List.of("replaced", "remove").contains(action) ? goes : comes).add(nevra);
    }

    /// Where libsolv found no free choice, ours is the same answer; where it did, no larger one.
    @Test
    void goldenAnswersThroughTheCommandLine() {
        sample("golden/empty.json", empty, false);
        sample("golden/installed.json", home, true);
    }

    private static void sample(String file, Path root, boolean updates) {
        int asked = 0;
        for (Map.Entry<String, Golden> entry :
                Golden.read(universe.resolve(file), null).entrySet()) {
            Golden golden = entry.getValue();
            if (golden.unique() && !golden.install().isEmpty() && asked < SAMPLE) {
                asked++;
                Golden ours = opm(root, updates, "install", entry.getKey(), "--no-weak");
                assertThat(ours.install()).as(entry.getKey()).isEqualTo(golden.install());
                assertThat(ours.erase()).as(entry.getKey()).isEqualTo(golden.erase());
            }
        }
        assertThat(asked).isEqualTo(SAMPLE);
    }

    /// `install vim` and `upgrade` bring what dnf would bring, weak dependencies included.
    @Test
    void asDnfAnswers() {
        Trip.needs("dnf");
        var inEmpty = new Dnf(trip, empty, Dnf.withoutFileLists(repos(false)));
        assertThat(opm(empty, false, "install", "vim").install())
                .isEqualTo(inEmpty.wouldBring("install", "vim"));
        var atHome = new Dnf(trip, home, Dnf.withoutFileLists(repos(true)));
        assertThat(opm(home, true, "upgrade").install()).isEqualTo(atHome.wouldBring("upgrade"));
        assertThat(opm(home, true, "install", "nginx").install())
                .isEqualTo(atHome.wouldBring("install", "nginx"));
    }

    /// Updates chosen by what their publishers say are those that dnf would choose.
    @Test
    void advisoriesAsDnfTakesThem() {
        Trip.needs("dnf");
        var dnf = new Dnf(trip, home, Dnf.withoutFileLists(repos(true)));
        assertThat(opm(home, true, "upgrade", "--security").install())
                .isEqualTo(dnf.wouldBring("upgrade", "--security"));
        if (WHOLE) {
            assertThat(opm(home, true, "upgrade", "--cve", "CVE-2023-00117").install())
                    .isEqualTo(dnf.wouldBring("upgrade", "--cve", "CVE-2023-00117"));
        }
        assertThat(opm(home, true, "upgrade", "--advisory", "OPM-2023-00228").install())
                .isEqualTo(dnf.wouldBring("upgrade", "--advisory", "OPM-2023-00228"));
        var words = new ArrayList<>(List.of("advisories", "--arch", "x86_64"));
        words.addAll(List.of("--root", home.toString(), "--state", trip.at("state").toString()));
        repos(true).forEach(repo -> words.addAll(List.of("--repo", repo)));
        Trip.Said ours = trip.opm(words.toArray(String[]::new)).mustEnd(0);
        assertThat(idAndPackage(ours.out()))
                .isEqualTo(idAndPackage(dnf.says("updateinfo", "list")));
    }

    /// Returns `ADVISORY PACKAGE` of every line that is about one, sorted; both write the kind
    /// between them.
    private static TreeSet<String> idAndPackage(String list) {
        var rows = new TreeSet<String>();
        for (String line : list.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words[0].matches("OPM-\\d+-\\d+")) {
                rows.add(words[0] + " " + words[2].replaceFirst("-\\d+:", "-"));
            }
        }
        return rows;
    }

    /// Groups, syncing and removing give what dnf gives.
    @Test
    void otherVerbsAsDnfAnswers() {
        Trip.needs("dnf");
        var dnf = new Dnf(trip, home, Dnf.withoutFileLists(repos(true)));
        if (WHOLE) {
            assertThat(opm(home, true, "distro-sync").install())
                    .isEqualTo(dnf.wouldBring("distro-sync"));
            assertThat(dnf.says("autoremove")).contains("Nothing to do");
        }
        var inEmpty = new Dnf(trip, empty, Dnf.withoutFileLists(repos(true)));
        assertThat(opm(empty, true, "group", "install", "standard").install())
                .isEqualTo(inEmpty.wouldBring("group", "install", "standard"));
        assertThat(opm(home, true, "autoremove").erase()).isEmpty();
    }

    /// Less to download is less, and never more than the usual answer.
    @Test
    void smallestDownloads() {
        long usual = bytes(opmSaid(empty, "install", "vim"));
        long least = bytes(opmSaid(empty, "install", "vim", "--smallest-download"));
        long plain = bytes(opmSaid(empty, "install", "vim", "--no-weak"));
        assertThat(least).isLessThan(usual).isLessThanOrEqualTo(plain).isPositive();
    }

    private static String opmSaid(Path root, String... request) {
        var words = new ArrayList<>(List.of(request));
        words.addAll(List.of("--assumeno", "--json", "--arch", "x86_64"));
        words.addAll(List.of("--root", root.toString(), "--state", trip.at("state").toString()));
        words.addAll(List.of("--repo", repos(false).getFirst()));
        return trip.opm(words.toArray(String[]::new)).mustEnd(0).out();
    }

    private static long bytes(String document) {
        var found = java.util.regex.Pattern.compile("\"batches\":\\d+,\"downloadBytes\":(\\d+)");
        var matcher = found.matcher(document);
        assertThat(matcher.find()).as(document).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    /// What people read has the rows, sizes and totals that a dnf user looks for.
    @Test
    void tablesThatADnfUserRecognises() {
        var words = new ArrayList<>(List.of("install", "--assumeno", "vim", "--arch", "x86_64"));
        words.addAll(List.of("--root", empty.toString(), "--state", trip.at("state").toString()));
        words.addAll(List.of("--repo", repos(false).getFirst()));
        String said = trip.opm(words.toArray(String[]::new)).mustEnd(0).out();
        assertThat(said)
                .contains("Installing:", "Installing dependencies:", "Transaction Summary")
                .containsPattern(" vim +x86_64 +2:9\\.0\\.1378-2\\+deb12u2 +base +1\\.\\d M")
                .containsPattern("Install +\\d+ Packages")
                .containsPattern("Total download size: \\d+ M");
        assertThat(Files.exists(empty.resolve("usr"))).isFalse();
    }

    /// What is solved from a profile is what the machine itself would solve: the same document.
    @Test
    void aProfileAnswersAsItsMachine() {
        int requests = WHOLE ? 200 : 6;
        Path profile = trip.at("home.opmprofile");
        trip.opm("profile", "--root", home.toString(), "-o", profile.toString()).mustEnd(0);
        Path golden = universe.resolve("golden/installed.json");
        var names = new ArrayList<>(Golden.read(golden, null).keySet());
        var asked = new ArrayList<>(List.of(List.of("upgrade"), List.of("distro-sync")));
        List<String> there = trip.installed(home);
        for (int at = 0; asked.size() < requests; at++) {
            String name = names.get(at * names.size() / requests);
            asked.add(List.of("install", name));
            if (at % 10 == 0) {
                asked.add(List.of("remove", there.get(at * 7)));
            }
        }
        int planned = 0;
        for (List<String> request : asked) {
            String machine = answer(request, "--root", home.toString());
            String elsewhere = answer(request, "--profile", profile.toString());
            assertThat(elsewhere).as("%s", request).isEqualTo(machine);
            planned += machine.contains("\"batches\":") ? 1 : 0;
        }
        assertThat(planned).isGreaterThan(requests * 3 / 4);
    }

    private static String answer(List<String> request, String... where) {
        var words = new ArrayList<>(request);
        words.addAll(List.of(where));
        words.addAll(List.of("--assumeno", "--json", "--arch", "x86_64"));
        words.addAll(List.of("--state", trip.at("state").toString()));
        repos(true).forEach(repo -> words.addAll(List.of("--repo", repo)));
        Trip.Said said = trip.opm(words.toArray(String[]::new));
        return said.status() == 0 ? said.out() : said.mustEnd(6).out();
    }
}
