package opm.rpmmd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import opm.base.ByteText;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Access;
import opm.host.Disk;
import opm.profile.Repo;
import opm.profile.Setting;
import opm.profile.SystemProfile;

/// Reads the sections of `.repo` files: yum's, dnf's and zypp's.
public final class RepoFiles {
    /// Bytes of one `.repo` file; the largest seen is 40 KB.
    private static final int FILE_BYTES = 4 << 20;

    /// Bytes of one file of `/etc/dnf/vars`; one line is read.
    private static final int VARIABLE_BYTES = 1 << 16;

    /// Options that a repository takes from `[main]` where it does not say otherwise.
    private static final Set<String> INHERITED =
            Set.of(
                    "username",
                    "password",
                    "proxy",
                    "proxy_username",
                    "proxy_password",
                    "sslcacert",
                    "sslverify",
                    "sslclientcert",
                    "sslclientkey");

    private final Disk disk;
    private final Variables variables;
    private final Map<String, String> main;

    public RepoFiles(Disk disk, Variables variables) {
        this(disk, variables, Map.of());
    }

    /// @param main what [#main] read
    public RepoFiles(Disk disk, Variables variables, Map<String, String> main) {
        this.disk = disk;
        this.variables = variables;
        this.main = main;
    }

    /// Reads the `[main]` section below a root: drop-ins of dnf5 first, then dnf.conf, or yum.conf
    /// where there is none.
    public static Map<String, String> main(Disk disk, Path root) throws OpmException {
        var files = new ArrayList<Path>();
        for (String folder : List.of("usr/share/dnf5/libdnf.conf.d", "etc/dnf/libdnf5.conf.d")) {
            files.addAll(disk.list(root.resolve(folder)));
        }
        files.removeIf(file -> !fileName(file).endsWith(".conf"));
        Path dnf = root.resolve("etc/dnf/dnf.conf");
        files.add(disk.exists(dnf) ? dnf : root.resolve("etc/yum.conf"));
        var main = new LinkedHashMap<String, String>();
        for (Path file : files) {
            if (disk.exists(file)) {
                String text = ByteText.decode(disk.readAll(file, FILE_BYTES));
                main.putAll(
                        sections(text, file.toString(), id -> id).getOrDefault("main", Map.of()));
            }
        }
        return main;
    }

    /// Returns the folders that hold `.repo` files below a root.
    public static List<Path> usualFolders(Path root) {
        return List.of(
                root.resolve("etc/yum.repos.d"),
                root.resolve("etc/distro.repos.d"),
                root.resolve("usr/share/dnf5/repos.d"),
                root.resolve("etc/zypp/repos.d"));
    }

    /// Reads dnf's own variables below a root: one file each, its first line the value.
    public static Map<String, String> ownVariables(Disk disk, Path root) throws OpmException {
        var values = new LinkedHashMap<String, String>();
        for (String folder : List.of("etc/yum/vars", "etc/dnf/vars")) {
            for (Path file : disk.list(root.resolve(folder))) {
                if (!disk.isDirectory(file)) {
                    String text = ByteText.decode(disk.readAll(file, VARIABLE_BYTES));
                    values.put(fileName(file), text.lines().findFirst().orElse("").strip());
                }
            }
        }
        return values;
    }

    /// Reads all `.repo` files of some folders, by folder, then by name; of two sections of one id
    /// the later counts, as in dnf.
    public List<RepositoryConfig> read(List<Path> folders) throws OpmException {
        var repos = new LinkedHashMap<String, RepositoryConfig>();
        for (Path folder : folders) {
            for (Path file : disk.list(folder)) {
                if (fileName(file).endsWith(".repo")) {
                    String text = ByteText.decode(disk.readAll(file, FILE_BYTES));
                    for (RepositoryConfig repo : parse(text, file.toString())) {
                        repos.put(repo.id(), repo);
                    }
                }
            }
        }
        return List.copyOf(repos.values());
    }

    /// Reads the repositories that a profile tells of, those of override files applied. Secrets
    /// are gone from profiles: a repository that needs them cannot be fetched elsewhere.
    public List<RepositoryConfig> of(SystemProfile profile) throws OpmException {
        var sections = new LinkedHashMap<String, Map<String, String>>();
        var files = new LinkedHashMap<String, String>();
        for (Repo repo : profile.repos()) {
            if (repo.override() && !sections.containsKey(repo.id())) {
                continue;
            }
            Map<String, String> options =
                    repo.override()
                            ? sections.getOrDefault(repo.id(), Map.of())
                            : new LinkedHashMap<>();
            for (Setting setting : repo.options()) {
                options.put(setting.key(), setting.value());
            }
            sections.put(repo.id(), options);
            files.put(repo.id(), repo.file());
        }
        var repos = new ArrayList<RepositoryConfig>();
        for (var section : sections.entrySet()) {
            String file = files.getOrDefault(section.getKey(), "");
            repos.add(config(section.getKey(), section.getValue(), file));
        }
        return repos;
    }

    /// Reads the text of one file; its `[main]` section is no repository.
    List<RepositoryConfig> parse(String text, String file) throws BadRequest {
        var repos = new ArrayList<RepositoryConfig>();
        for (var section : sections(text, file, variables::fill).entrySet()) {
            if (!section.getKey().isEmpty() && !section.getKey().equals("main")) {
                repos.add(config(section.getKey(), section.getValue(), file));
            }
        }
        return repos;
    }

    private static Map<String, Map<String, String>> sections(
            String text, String file, UnaryOperator<String> filled) throws BadRequest {
        var sections = new LinkedHashMap<String, Map<String, String>>();
        Map<String, String> options = new LinkedHashMap<>();
        String key = "";
        for (String line : text.split("\r?\n")) {
            String words = line.strip();
            if (words.isEmpty() || words.startsWith("#") || words.startsWith(";")) {
                continue;
            }
            if (words.startsWith("[") && words.endsWith("]")) {
                options = new LinkedHashMap<>();
                sections.put(filled.apply(words.substring(1, words.length() - 1).strip()), options);
                key = "";
            } else if (Character.isWhitespace(line.charAt(0)) && !key.isEmpty()) {
                options.merge(key, words, (value, more) -> value + "\n" + more);
            } else {
                int equals = words.indexOf('=');
                if (equals < 0) {
                    throw bad(file, "'" + shown(words) + "' is neither KEY=VALUE nor [ID]");
                }
                key = words.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                options.put(key, words.substring(equals + 1).strip());
            }
        }
        return sections;
    }

    private RepositoryConfig config(String id, Map<String, String> own, String file)
            throws BadRequest {
        var options = new LinkedHashMap<String, String>(main);
        options.keySet().retainAll(INHERITED);
        options.putAll(own);
        var values = new Values(options, file + " [" + id + "]");
        boolean skip = values.flag("skip_if_unavailable", false);
        return new RepositoryConfig(
                id,
                values.text("name", id),
                baseUrls(values),
                values.text("mirrorlist", ""),
                values.text("metalink", ""),
                values.number("priority", RepositoryConfig.USUAL_PRIORITY),
                values.number("cost", RepositoryConfig.USUAL_COST),
                values.flag("enabled", true),
                values.flag("pkg_gpgcheck", values.flag("gpgcheck", true)),
                values.flag("repo_gpgcheck", false),
                values.words("gpgkey"),
                both(values.words("exclude"), values.words("excludepkgs")),
                values.words("includepkgs"),
                skip,
                values.seconds("metadata_expire"),
                values.text("username", ""),
                values.text("password", ""),
                access(values, own));
    }

    private static Access access(Values values, Map<String, String> own) throws BadRequest {
        String proxy = values.text("proxy", "");
        String user = values.text("proxy_username", "");
        int host = proxy.indexOf("//") < 0 ? 0 : proxy.indexOf("//") + 2;
        boolean none = proxy.equals(Access.DIRECT) || proxy.isEmpty() && own.containsKey("proxy");
        if (!none && !proxy.isEmpty() && !user.isEmpty() && !proxy.contains("@")) {
            proxy =
                    (host == 0 ? "http://" : proxy.substring(0, host))
                            + RepositoryConfig.userInfo(user, values.text("proxy_password", ""))
                            + "@"
                            + proxy.substring(host);
        }
        return new Access(
                values.text("sslcacert", ""),
                values.flag("sslverify", true),
                values.text("sslclientcert", ""),
                values.text("sslclientkey", ""),
                none ? Access.DIRECT : proxy);
    }

    private static List<String> both(List<String> one, List<String> two) {
        var all = new ArrayList<>(one);
        all.addAll(two);
        return all;
    }

    private static List<String> baseUrls(Values values) {
        String path = values.text("path", "");
        var urls = new ArrayList<String>();
        for (String url : values.words("baseurl")) {
            boolean inside = !path.isEmpty() && !path.equals("/");
            String folder = url.endsWith("/") ? url : url + "/";
            urls.add(inside ? folder + path.replaceAll("^/+", "") : url);
        }
        return urls;
    }

    /// The options of one section, with the messages that go with them.
    private final class Values {
        private final Map<String, String> options;
        private final String subject;

        Values(Map<String, String> options, String subject) {
            this.options = options;
            this.subject = subject;
        }

        String text(String key, String absent) {
            return variables.fill(options.getOrDefault(key, absent)).strip();
        }

        List<String> words(String key) {
            return Arrays.stream(text(key, "").split("[,\\s]+"))
                    .filter(word -> !word.isEmpty())
                    .toList();
        }

        boolean flag(String key, boolean absent) throws BadRequest {
            String word = text(key, "").toLowerCase(Locale.ROOT);
            return switch (word) {
                case "" -> absent;
                case "1", "yes", "true", "on", "enabled" -> true;
                case "0", "no", "false", "off", "disabled" -> false;
                default -> throw bad(subject, key + "=" + shown(word) + " is neither 1 nor 0");
            };
        }

        int number(String key, int absent) throws BadRequest {
            String word = text(key, "");
            try {
                return word.isEmpty() ? absent : Integer.parseInt(word);
            } catch (NumberFormatException e) {
                throw bad(subject, key + "=" + shown(word) + " is no number");
            }
        }

        /// Reads `90m`, `6h`, `2d`, plain seconds, `never`.
        long seconds(String key) throws BadRequest {
            String word = text(key, "").toLowerCase(Locale.ROOT);
            if (word.isEmpty()) {
                return RepositoryConfig.USUAL_EXPIRE_SECONDS;
            }
            if (word.equals("never") || word.equals("-1")) {
                return -1;
            }
            long unit =
                    switch (word.charAt(word.length() - 1)) {
                        case 's' -> 1;
                        case 'm' -> 60;
                        case 'h' -> 3600;
                        case 'd' -> 86400;
                        default -> 0;
                    };
            try {
                String digits = unit == 0 ? word : word.substring(0, word.length() - 1);
                long count = Long.parseLong(digits.strip());
                return Math.multiplyExact(Math.max(0, count), Math.max(1, unit));
            } catch (NumberFormatException | ArithmeticException e) {
                throw bad(subject, key + "=" + shown(word) + " is no time");
            }
        }
    }

    private static String fileName(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static String shown(String words) {
        return words.length() > 80 ? words.substring(0, 80) + "…" : words;
    }

    private static BadRequest bad(String subject, String what) {
        return new BadRequest(
                subject + ": " + what,
                "Correct the file, or choose others with --reposdir or --repo.");
    }
}
