package opm.rpmmd;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import opm.base.Digest;
import opm.host.Access;
import opm.host.Net;

/// One repository as its section of a `.repo` file describes it, variables filled in.
///
/// @param id unique among the repositories of one request
/// @param name for people
/// @param baseUrls addresses of folders that hold `repodata`, best first, each ending in `/`
/// @param mirrorList address of a list of such addresses; empty when there is none
/// @param metalink address of a metalink of repomd.xml; empty when there is none
/// @param priority lower wins; 99 when nothing is said
/// @param cost lower wins among equal packages; 1000 when nothing is said
/// @param gpgCheck whether its packages must be signed
/// @param repoGpgCheck whether its repomd.xml must be signed
/// @param gpgKeys addresses of the keys that sign it
/// @param excludes globs of packages that it must not bring
/// @param includes globs of the only packages that it may bring; empty for all
/// @param skipIfUnavailable whether a request goes on without it
/// @param expireSeconds how long its metadata counts as fresh; -1 for ever
/// @param userName for its servers; empty when they ask for none
/// @param password for its servers
/// @param access certificates and proxy
public record RepositoryConfig(
        String id,
        String name,
        List<String> baseUrls,
        String mirrorList,
        String metalink,
        int priority,
        int cost,
        boolean enabled,
        boolean gpgCheck,
        boolean repoGpgCheck,
        List<String> gpgKeys,
        List<String> excludes,
        List<String> includes,
        boolean skipIfUnavailable,
        long expireSeconds,
        String userName,
        String password,
        Access access) {
    public static final int USUAL_PRIORITY = 99;
    public static final int USUAL_COST = 1000;

    /// dnf's default of 48 hours.
    public static final long USUAL_EXPIRE_SECONDS = 48 * 3600;

    public RepositoryConfig {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("a repository without an id");
        }
        baseUrls = baseUrls.stream().map(RepositoryConfig::withSlash).toList();
        gpgKeys = List.copyOf(gpgKeys);
        excludes = List.copyOf(excludes);
        includes = List.copyOf(includes);
    }

    private static String withSlash(String url) {
        return url.endsWith("/") ? url : url + "/";
    }

    /// Makes the repository of `--repo ID=URL`: enabled, and everything else as usual.
    public static RepositoryConfig ofUrl(String id, String url) {
        return new RepositoryConfig(
                id,
                id,
                List.of(url),
                "",
                "",
                USUAL_PRIORITY,
                USUAL_COST,
                true,
                true,
                false,
                List.of(),
                List.of(),
                List.of(),
                false,
                USUAL_EXPIRE_SECONDS,
                "",
                "",
                Access.USUAL);
    }

    /// Returns the same, enabled or not.
    public RepositoryConfig enabled(boolean now) {
        return new RepositoryConfig(
                id,
                name,
                baseUrls,
                mirrorList,
                metalink,
                priority,
                cost,
                now,
                gpgCheck,
                repoGpgCheck,
                gpgKeys,
                excludes,
                includes,
                skipIfUnavailable,
                expireSeconds,
                userName,
                password,
                access);
    }

    /// Returns an address with the user name and the password that its server asks for; as it is
    /// where there is none, or where it names its own.
    public String withUser(String url) {
        int host = url.indexOf("//") + 2;
        boolean web = url.startsWith("http://") || url.startsWith("https://");
        int end = web ? url.indexOf('/', host) : -1;
        boolean own = web && url.substring(host, end < 0 ? url.length() : end).contains("@");
        if (!web || own || userName.isEmpty()) {
            return url;
        }
        return url.substring(0, host) + userInfo(userName, password) + "@" + url.substring(host);
    }

    static String userInfo(String name, String password) {
        return escaped(name) + ":" + escaped(password);
    }

    /// Tells the network how the servers of this repository are to be asked.
    ///
    /// @param mirrors their addresses
    public void teach(Net net, List<String> mirrors) {
        mirrors.forEach(url -> net.learn(url, access));
        for (List<String> urls : List.of(baseUrls, List.of(mirrorList, metalink), gpgKeys)) {
            for (String url : urls) {
                if (!url.isEmpty()) {
                    net.learn(url, access);
                    net.own(url);
                }
            }
        }
    }

    private static String escaped(String text) {
        // An encoder of forms, which writes a space as `+`.
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// Tells whether it is asked each time, because asking costs nothing.
    boolean isLocal() {
        for (String url : baseUrls) {
            if (url.startsWith("file:")) {
                return true;
            }
        }
        return false;
    }

    /// Returns the name of its folder in the state directory: the id, and what tells two
    /// repositories of one id but other addresses apart.
    String folderName() {
        // What was fetched before signatures were asked for is not taken for signed.
        String addresses =
                String.join("\n", baseUrls)
                        + "\n\n"
                        + mirrorList
                        + "\n\n"
                        + metalink
                        + (repoGpgCheck ? "\n\nsigned" : "");
        String hex = Digest.sha256Of(addresses.getBytes(StandardCharsets.UTF_8)).hex();
        var safe = new StringBuilder();
        for (int at = 0; at < id.length(); at++) {
            char c = id.charAt(at);
            boolean plain = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_';
            safe.append(plain ? c : '_');
        }
        safe.setLength(Math.min(safe.length(), 80));
        return safe + "-" + hex.substring(0, 16);
    }

    /// Writes everything but the password.
    @Override
    public String toString() {
        return id + " " + baseUrls + mirrorList + metalink;
    }
}
