package opm.workshop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import opm.base.ByteText;
import opm.base.Evr;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.Output;
import opm.profile.SystemProfile;

/// The distributions that a server knows, and where each has its repositories: a visitor gets those
/// of the own system.
///
/// Format: docs/formats/catalogue.md
///
/// @param systems by the `ID` of os-release
public record Catalogue(Map<String, Distribution> systems) {
    private static final String MAGIC = "opm-catalogue 1";
    /// Bytes of a catalogue.
    public static final int MOST_BYTES = 1 << 20;
    private static final int MOST_LINES = 2000;

    public Catalogue {
        systems = Map.copyOf(systems);
    }

    /// One distribution.
    ///
    /// @param name for people
    /// @param releases the newest first; none where there is but one that never ends
    public record Distribution(
            String id, String name, List<String> releases, List<String> arches, List<Place> repos) {
        public Distribution {
            releases = List.copyOf(releases);
            arches = List.copyOf(arches);
            repos = List.copyOf(repos);
        }
    }

    /// A repository.
    ///
    /// @param kind `metalink`, `mirrorlist` or `baseurl`
    /// @param address with `$releasever` and its kin
    /// @param key address of the key that signs it; empty where nobody said
    /// @param own whether only machines have it whose profile names a repository of this id
    public record Place(String id, String kind, String address, String key, boolean own) {}

    /// Returns the one that opm brings along: well-known distributions.
    public static Catalogue builtin() throws OpmException {
        try (InputStream in = Catalogue.class.getResourceAsStream("catalogue.txt")) {
            return read(Objects.requireNonNull(in, "part of opm").readAllBytes(), "catalogue.txt");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads a catalogue.
    ///
    /// @param name of the file, for messages
    public static Catalogue read(byte[] bytes, String name) throws OpmException {
        if (bytes.length > MOST_BYTES) {
            throw bad(name, 0, "more than " + MOST_BYTES + " bytes", "a shorter file");
        }
        List<String> lines = ByteText.decode(bytes).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(MAGIC)) {
            String found = lines.isEmpty() ? "an empty file" : "'" + lines.getFirst() + "'";
            throw bad(name, 1, found, "'" + MAGIC + "'");
        }
        if (lines.size() > MOST_LINES) {
            throw bad(name, MOST_LINES, "more lines", "at most " + MOST_LINES);
        }
        var systems = new LinkedHashMap<String, Distribution>();
        Distribution last = null;
        for (int at = 1; at < lines.size(); at++) {
            String line = lines.get(at);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split("\t", -1);
            if (words[0].equals("system") && words.length == 5) {
                last = system(words, name, at + 1);
            } else if (words[0].equals("repo") && words.length == 6 && last != null) {
                var repos = new ArrayList<>(last.repos());
                repos.add(repo(words, name, at + 1));
                last =
                        new Distribution(
                                last.id(), last.name(), last.releases(), last.arches(), repos);
            } else {
                throw bad(name, at + 1, "'" + words[0] + "'", "a system, or a repo of one");
            }
            systems.put(last.id(), last);
        }
        return new Catalogue(systems);
    }

    private static Distribution system(String[] words, String file, int line) throws Damaged {
        require(words[1].matches("[a-z0-9._-]{1,64}"), file, line, words[1], "an ID of os-release");
        require(!words[2].isBlank(), file, line, words[2], "a name");
        List<String> releases = list(words[3]);
        for (String release : releases) {
            require(release.matches("[A-Za-z0-9._-]{1,64}"), file, line, release, "a release");
        }
        return new Distribution(words[1], words[2], releases, list(words[4]), List.of());
    }

    private static List<String> list(String words) {
        return words.isBlank() ? List.of() : List.of(words.strip().split(" +"));
    }

    private static Place repo(String[] words, String file, int line) throws Damaged {
        require(words[1].matches("[A-Za-z0-9._-]{1,64}"), file, line, words[1], "an id");
        require(
                words[2].matches("metalink|mirrorlist|baseurl"),
                file,
                line,
                words[2],
                "metalink, mirrorlist or baseurl");
        require(isAddress(words[3]), file, line, words[3], "an address");
        require(words[4].isEmpty() || isAddress(words[4]), file, line, words[4], "an address");
        require(words[5].matches("all|own"), file, line, words[5], "all or own");
        return new Place(words[1], words[2], words[3], words[4], words[5].equals("own"));
    }

    /// One line of a `.repo` file and no more comes of it.
    private static boolean isAddress(String text) {
        return text.matches("(https?|file)://[!-~]{1,2000}");
    }

    private static void require(boolean holds, String file, int line, String found, String wanted)
            throws Damaged {
        if (!holds) {
            throw bad(file, line, "'" + found + "'", wanted);
        }
    }

    private static Damaged bad(String file, int line, String found, String wanted) {
        return new Damaged(
                file + ", line " + line + ": found " + found + ", expected " + wanted,
                "docs/formats/catalogue.md tells what a catalogue is.");
    }

    // ---------------------------------------------------------------- for one machine

    /// Returns the distribution of a machine.
    ///
    /// @throws BadRequest when the catalogue has none for it
    Distribution of(SystemProfile machine) throws BadRequest {
        String id = machine.distro().id().toLowerCase(Locale.ROOT);
        Distribution found = systems.get(id);
        if (found == null) {
            throw new BadRequest(
                    "the profile: found the system '" + id + "', expected one of "
                            + String.join(", ", new TreeSet<>(systems.keySet())),
                    "Ask who runs this server to add it to the catalogue.");
        }
        return found;
    }

    /// Returns the releases to which a machine may be brought, the nearest first.
    List<String> newer(SystemProfile machine) {
        Distribution found = systems.get(machine.distro().id().toLowerCase(Locale.ROOT));
        String now = machine.releasever();
        if (found == null || now.isEmpty()) {
            return List.of();
        }
        Evr own = Evr.parse(now);
        return found.releases().reversed().stream()
                .filter(release -> Evr.parse(release).compareTo(own) > 0)
                .toList();
    }

    /// Writes the repositories of each system as a folder of `.repo` files, the way the rest of opm
    /// reads them. What only some machines have is disabled there.
    void layDown(Disk disk, Path below) throws OpmException {
        disk.createOwnDirectories(below);
        for (Distribution one : systems.values()) {
            var text = new StringBuilder();
            for (Place repo : one.repos()) {
                text.append('[').append(repo.id()).append("]\nname=").append(repo.id());
                text.append('\n').append(repo.kind()).append('=').append(repo.address());
                text.append("\nenabled=").append(repo.own() ? 0 : 1).append("\ngpgcheck=1\n");
                if (!repo.key().isEmpty()) {
                    text.append("gpgkey=").append(repo.key()).append('\n');
                }
            }
            Path folder = below.resolve(one.id());
            disk.createDirectories(folder);
            Path aside = folder.resolve("catalogue.part");
            try (Output out = disk.create(aside)) {
                byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
                out.write(bytes, 0, bytes.length);
                out.force();
            }
            disk.rename(aside, folder.resolve("catalogue.repo"));
        }
    }

    /// Returns the ids of the repositories that only some machines have, and this one has.
    static List<String> own(Distribution system, SystemProfile machine) {
        return system.repos().stream()
                .filter(Place::own)
                .map(Place::id)
                .filter(id -> machine.repos().stream().anyMatch(repo -> repo.id().equals(id)))
                .toList();
    }
}
