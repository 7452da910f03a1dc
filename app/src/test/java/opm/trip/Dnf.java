package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What dnf answers to the same request, out of the table that it shows to people.
final class Dnf {
    /// Words of one row: name, architecture, version, repository, size and its unit.
    private static final int ROW_WORDS = 6;

    private final Trip trip;
    private final Path root;
    private final List<String> repos;
    private String platform = "platform:u12";

    Dnf(Trip trip, Path root, List<String> repos) {
        this.trip = trip;
        this.root = root;
        this.repos = repos;
        Trip.write(trip.at("dnf.conf"), "[main]\ngpgcheck=0\n");
    }

    /// Gives dnf these repositories without lists of files, which take it 90 s the first time and
    /// seconds in each process; for questions that no path decides beyond what primary names.
    static List<String> withoutFileLists(List<String> repos) {
        return repos.stream().map(Dnf::withoutFileLists).toList();
    }

    private static String withoutFileLists(String repo) {
        int equals = repo.indexOf('=');
        Path real = Path.of(URI.create(repo.substring(equals + 1)));
        String name = repo.substring(0, equals);
        Path slim = Trip.project().resolve("target/trip/slim/" + name);
        try {
            Files.createDirectories(slim.resolve("repodata"));
            String all = Files.readString(real.resolve("repodata/repomd.xml"));
            String less = all.replaceAll("(?s)<data type=\"(filelists|other)\">.*?</data>", "");
            assertThat(less).isNotEqualTo(all).contains("primary");
            Matcher names = Pattern.compile("href=\"([^\"]+)\"").matcher(less);
            while (names.find()) {
                Path file = slim.resolve(names.group(1));
                Files.deleteIfExists(file);
                Files.createSymbolicLink(file, real.resolve(names.group(1)).toRealPath());
            }
            Trip.write(slim.resolve("repodata/repomd.xml"), less);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return name + "=" + slim.toUri();
    }

    /// Tells whether dnf is installed.
    static boolean isHere() {
        return Trip.has("dnf");
    }

    /// Says for which platform module streams have to be made.
    Dnf withPlatform(String id) {
        platform = id;
        return this;
    }

    /// Asks dnf, which stops at the question; returns the full names that would come in.
    SortedSet<String> wouldBring(String... request) {
        return rows(
                ask(request).mustEnd(1).out(), // 1: nobody agreed
                "(Install|Upgrad|Reinstall|Downgrad)ing.*");
    }

    /// Asks dnf, which stops at the question, or says that there is nothing to do; returns the full
    /// names that would go.
    SortedSet<String> wouldRemove(String... request) {
        Trip.Said said = ask(request);
        assertThat(said.status()).as(said.out() + said.err()).isIn(0, 1);
        assertThat(said.out() + said.err()).doesNotContain("Error");
        return rows(said.out(), "Remov.*");
    }

    /// Asks dnf something that it answers at once.
    String says(String... request) {
        return ask(request).mustEnd(0).out();
    }

    private Trip.Said ask(String... request) {
        var argv = new ArrayList<>(List.of("dnf", "--config=" + trip.at("dnf.conf")));
        argv.addAll(List.of("--installroot=" + root, "--releasever=12"));
        argv.addAll(List.of("--setopt=reposdir=/nonexistent", "--assumeno"));
        // Kept between runs: making it takes dnf a quarter of a minute. Of two at once one waits
        // and says so, hence an own one where there is nothing to keep.
        Path kept = Trip.project().resolve("target/trip/dnf");
        argv.add("--setopt=cachedir=" + (repos.isEmpty() ? trip.at("dnf-cache") : kept));
        argv.add("--setopt=module_platform_id=" + platform);
        for (String repo : repos) {
            argv.add("--repofrompath=" + repo.replaceFirst("=", ","));
        }
        argv.addAll(List.of(request));
        return trip.run(argv);
    }

    /// Reads the table. A long name moves the rest of its row to the next line.
    private static SortedSet<String> rows(String table, String headings) {
        var found = new TreeSet<String>();
        boolean comes = false;
        var words = new ArrayList<String>();
        for (String line : table.lines().toList()) {
            if (line.startsWith("Transaction Summary")) {
                break;
            }
            if (line.endsWith(":") && !line.startsWith(" ")) {
                comes = line.matches(headings);
                words.clear();
            } else if (comes && line.startsWith(" ") && !line.startsWith("     replacing")) {
                words.addAll(List.of(line.strip().split("\\s+")));
                if (words.size() == ROW_WORDS) {
                    String evr = words.get(2).contains(":") ? words.get(2) : "0:" + words.get(2);
                    found.add(words.get(0) + "-" + evr + "." + words.get(1));
                    words.clear();
                }
            }
        }
        return found;
    }
}
