package opm.trip;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/// Real, signed packages whose payload does not pack: `part0`, `part1` and so on, and `all`, which
/// needs them; `base` is for a machine that has something already.
record Parcels(Trip trip, int count, int packageBytes) {
    /// Makes a repository of every so manieth package.
    ///
    /// @param first the first of them; the repository of part0 has `all` and `base` too
    /// @param step from one to the next
    /// @param more for `./dev stub-repo`
    Path repo(String name, int first, int step, String... more) {
        var recipe = new StringBuilder();
        if (first == 0) {
            recipe.append("package base-1-1.noarch\nfile /usr/share/base: base\n");
            recipe.append("package all-1-1.noarch\nsummary: Everything at once\nrequires: base");
            for (int at = 0; at < count; at++) {
                recipe.append(", part").append(at);
            }
            recipe.append('\n');
        }
        for (int at = first; at < count; at += step) {
            var bytes = new byte[packageBytes / 4 * 3];
            new Random(at).nextBytes(bytes);
            recipe.append("package part").append(at).append("-1-1.noarch\nfile /usr/share/part");
            recipe.append(at).append(": ").append(Base64.getEncoder().encodeToString(bytes));
            recipe.append('\n');
        }
        Trip.write(trip.at(name + ".recipe"), recipe.toString());
        var arguments = new ArrayList<>(List.of("--recipe", trip.at(name + ".recipe").toString()));
        arguments.addAll(List.of(more));
        return trip.stubRepo(name, arguments.toArray(String[]::new));
    }

    /// Returns the key that signs them.
    static Path key(Path repo) {
        return repo.resolve("RPM-GPG-KEY-stub");
    }
}
