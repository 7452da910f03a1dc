package opm.profile;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What must not leave a machine with its profile.
final class Secrets {
    private static final Pattern SECRET_KEY = Pattern.compile("pass|secret|token|credential");
    private static final Pattern USER = Pattern.compile("://[^/?# ]*@");

    /// Parameters that name a repository; any other may name a customer.
    private static final Set<String> HARMLESS =
            Set.of(
                    "repo",
                    "arch",
                    "basearch",
                    "release",
                    "releasever",
                    "infra",
                    "content",
                    "country",
                    "cc",
                    "path",
                    "protocol",
                    "redirect",
                    "version",
                    "stock");

    private Secrets() {}

    /// A value without its secrets, and which kinds of them it had.
    record Cleaned(String text, boolean lostUser, boolean lostQuery) {}

    /// Tells whether the whole option must stay.
    static boolean isSecret(String key) {
        String low = key.toLowerCase(Locale.ROOT);
        return SECRET_KEY.matcher(low).find()
                || low.equals("username")
                || low.equals("proxy_username")
                || low.equals("sslclientkey");
    }

    /// Takes users, passwords and unknown query parameters out of the addresses in a value.
    static Cleaned clean(String value) {
        if (!value.contains("://")) {
            return new Cleaned(value, false, false);
        }
        boolean lostUser = false;
        boolean lostQuery = false;
        var text = new StringBuilder();
        String apart = value.replaceAll(", *(?=http|ftp|file)", " ");
        for (String word : apart.split(" +", -1)) {
            String address = word;
            if (word.contains("://")) {
                address = USER.matcher(word).replaceAll("://");
                lostUser |= !address.equals(word);
                int mark = address.indexOf('?');
                if (mark >= 0) {
                    String kept = query(address.substring(mark + 1));
                    lostQuery |= !kept.equals(address.substring(mark));
                    address = address.substring(0, mark) + kept;
                }
            }
            text.append(text.isEmpty() ? "" : " ").append(address);
        }
        return new Cleaned(text.toString(), lostUser, lostQuery);
    }

    private static String query(String text) {
        var kept = new StringBuilder();
        for (String part : text.split("[&;]", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0 && HARMLESS.contains(part.substring(0, equals))) {
                kept.append(kept.isEmpty() ? '?' : '&').append(part);
            }
        }
        return kept.toString();
    }
}
