package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Options;
import opm.solve.Policy;
import org.jspecify.annotations.Nullable;

/// The options that every command has, checked.
///
/// @param root the machine to look at and change
/// @param profile another machine to think for; null for `root`
/// @param repos id → address; when not empty, only these are looked at
/// @param reposDir where `.repo` files lie; null for the system's folders
/// @param releasever null for what the machine says, as for `arch`
/// @param state the folder for package sets, store and history; null for the usual one
/// @param cache the store to use; null for the usual one
/// @param readCaches stores that are only read
/// @param best only the newest candidate will do; null for the policy of the distribution
/// @param style whose habits to follow; null for those of the machine's distribution
/// @param modules the stream to take, by module
/// @param limitBytesPerSecond 0 for none
/// @param unsigned which packages may be unsigned: null none, empty all of this request
record Settings(
        Path root,
        @Nullable Path profile,
        Options.Base base,
        SequencedMap<String, String> repos,
        @Nullable Path reposDir,
        Options.Switches switches,
        @Nullable String releasever,
        @Nullable String arch,
        @Nullable Path state,
        @Nullable Path cache,
        List<Path> readCaches,
        boolean weak,
        @Nullable Boolean best,
        boolean allowErasing,
        List<String> excludes,
        Policy.@Nullable Style style,
        Map<String, String> modules,
        long limitBytesPerSecond,
        @Nullable List<String> unsigned,
        boolean offline,
        boolean oneBatch,
        boolean yes,
        boolean assumeNo,
        boolean json,
        boolean quiet,
        boolean verbose,
        boolean color) {

    static Settings of(Syntax.Given given, Outside outside) throws OpmException {
        boolean best = given.has("--best");
        boolean noBest = given.has("--no-best");
        if (best && noBest) {
            throw new BadRequest(
                    "--best and --no-best: found both, expected one of them", "Leave one out.");
        }
        if (given.has("--yes") && given.has("--assumeno")) {
            throw new BadRequest(
                    "--yes and --assumeno: found both, expected one of them", "Leave one out.");
        }
        if (value(given, "--root", "/").isBlank()) {
            throw new BadRequest(
                    "--root: found no name, expected a folder", "--root / is this machine.");
        }
        return new Settings(
                Path.of(value(given, "--root", "/")).toAbsolutePath().normalize(),
                path(given, "--profile"),
                new Options.Base(path(given, "--base"), values(given, "--hide")),
                repos(values(given, "--repo")),
                path(given, "--reposdir"),
                new Options.Switches(
                        globs(given, "--enable-repo"),
                        globs(given, "--disable-repo"),
                        Map.of()),
                given.value("--releasever"),
                given.value("--arch"),
                path(given, "--state"),
                path(given, "--cache"),
                values(given, "--read-cache").stream()
                        .map(text -> Path.of(text).toAbsolutePath().normalize())
                        .toList(),
                !given.has("--no-weak"),
                best ? Boolean.TRUE : noBest ? Boolean.FALSE : null,
                given.has("--allow-erasing"),
                globs(given, "--exclude"),
                style(given.value("--policy")),
                modules(given.values("--module")),
                rate("--limit-rate", given.value("--limit-rate")),
                unsigned(given.value("--allow-unsigned")),
                given.has("--offline"),
                given.has("--one-batch"),
                given.has("--yes"),
                given.has("--assumeno"),
                given.has("--json"),
                given.has("--quiet"),
                given.has("--verbose"),
                outside.outIsTerminal()
                        && !given.has("--no-color")
                        && outside.variable("NO_COLOR").isEmpty()
                        && !outside.variable("TERM").equals("dumb"));
    }

    private static List<String> globs(Syntax.Given given, String option) throws BadRequest {
        return values(given, option).stream()
                .flatMap(globs -> Arrays.stream(globs.split(",")))
                .filter(glob -> !glob.isEmpty())
                .toList();
    }

    /// Returns what the engine needs of them.
    ///
    /// @param usualState the state folder of this user when none was given
    /// @param usualStores where packages are kept when neither state nor store was given
    Options engine(Path usualState, Options.Stores usualStores) {
        return new Options(
                root,
                profile,
                base,
                repos,
                reposDir,
                switches,
                releasever,
                arch,
                state == null ? usualState : state,
                stores(usualStores),
                weak ? null : Boolean.FALSE,
                best,
                allowErasing,
                excludes,
                style,
                modules,
                limitBytesPerSecond,
                unsigned,
                offline,
                oneBatch);
    }

    private Options.Stores stores(Options.Stores usual) {
        Path own = cache == null && state == null ? usual.own() : cache;
        var below = new ArrayList<>(readCaches);
        if (state == null && cache == null) {
            below.addAll(usual.below());
        }
        return new Options.Stores(own, below);
    }

    private static String value(Syntax.Given given, String name, String usual) {
        String value = given.value(name);
        return value == null ? usual : value;
    }

    private static List<String> values(Syntax.Given given, String name) {
        return given.values(name);
    }

    private static @Nullable Path path(Syntax.Given given, String name) {
        String value = given.value(name);
        return value == null ? null : Path.of(value).toAbsolutePath().normalize();
    }

    private static Policy.@Nullable Style style(@Nullable String word) throws BadRequest {
        // Not a case of its own: that would make a class at run time (opm.plan.Step).
        if (word == null) {
            return null;
        }
        return switch (word) {
            case "dnf" -> Policy.Style.DNF;
            case "zypp", "zypper" -> Policy.Style.ZYPP;
            default ->
                    throw new BadRequest(
                            "--policy: found '" + word + "', expected dnf or zypp",
                            "Leave it out for the habits of the machine's distribution.");
        };
    }

    private static Map<String, String> modules(List<String> options) throws BadRequest {
        var modules = new LinkedHashMap<String, String>();
        for (String option : options) {
            int colon = option.indexOf(':');
            if (colon <= 0) {
                throw new BadRequest(
                        "--module: found '" + option + "', expected NAME:STREAM",
                        "For example --module nodejs:20; --module nodejs: takes none.");
            }
            modules.put(option.substring(0, colon), option.substring(colon + 1));
        }
        return modules;
    }

    private static SequencedMap<String, String> repos(List<String> options) throws BadRequest {
        var repos = new LinkedHashMap<String, String>();
        for (String option : options) {
            int equals = option.indexOf('=');
            // dnf's --repofrompath writes a comma where we write an equals sign.
            int at = equals > 0 ? equals : option.indexOf(',');
            if (at <= 0 || at == option.length() - 1) {
                throw new BadRequest(
                        "--repo: found '" + option + "', expected ID=URL",
                        "For example --repo base=https://mirror.example/os/");
            }
            String id = option.substring(0, at);
            if (!id.matches("[A-Za-z0-9_.:-]+")) {
                throw new BadRequest(
                        "--repo: found the id '" + id + "', expected letters, digits and _.:-",
                        "Give the repository a shorter name: --repo base="
                                + option.substring(at + 1));
            }
            if (repos.put(id, address(option.substring(at + 1))) != null) {
                throw new BadRequest(
                        "--repo: found '" + id + "' twice, expected each id once",
                        "Give the second repository a name of its own.");
            }
        }
        return repos;
    }

    /// A folder may be written without `file://`.
    private static String address(String text) {
        return text.contains("://")
                ? text
                : Path.of(text).toAbsolutePath().normalize().toUri().toString();
    }

    /// Reads `500K`, `2M`, `1.5m`, `80000`: bytes a second, K and M of 1024 as curl has them.
    static long rate(String option, @Nullable String text) throws BadRequest {
        if (text == null) {
            return 0;
        }
        var matcher =
                java.util.regex.Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)([kKmMgG]?)")
                        .matcher(text);
        if (!matcher.matches() || Double.parseDouble(matcher.group(1)) <= 0) {
            throw new BadRequest(
                    option + ": found '" + text + "', expected bytes a second like 500K or 2M",
                    "For example " + option + " 200K");
        }
        double number = Double.parseDouble(matcher.group(1));
        int shift =
                switch (matcher.group(2)) {
                    case "k", "K" -> 10;
                    case "m", "M" -> 20;
                    case "g", "G" -> 30;
                    default -> 0;
                };
        return Math.max(1, Math.round(number * (1L << shift)));
    }

    private static @Nullable List<String> unsigned(@Nullable String names) {
        if (names == null) {
            return null;
        }
        var list = new ArrayList<String>();
        for (String name : names.split(",")) {
            if (name.equals(Syntax.ALL_NAMES)) {
                return List.of();
            }
            if (!name.isEmpty()) {
                list.add(name);
            }
        }
        return List.copyOf(list);
    }
}
