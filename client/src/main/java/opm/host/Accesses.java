package opm.host;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/// Which addresses are to be asked how: the longest beginning that is known decides.
final class Accesses {
    private final Map<String, Access> byPrefix = new HashMap<>();

    synchronized void learn(String prefix, Access access) {
        if (access.isUsual()) {
            byPrefix.remove(prefix);
        } else {
            byPrefix.put(prefix, access);
        }
    }

    synchronized Access of(URI uri) {
        if (byPrefix.isEmpty()) {
            return Access.USUAL;
        }
        String address = LocalNet.withoutUser(uri).toString();
        String longest = "";
        Access access = Access.USUAL;
        for (Map.Entry<String, Access> known : byPrefix.entrySet()) {
            String prefix = known.getKey();
            if (address.startsWith(prefix) && prefix.length() >= longest.length()) {
                longest = prefix;
                access = known.getValue();
            }
        }
        return access;
    }
}
