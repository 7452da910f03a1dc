package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import org.jspecify.annotations.Nullable;

/// `opm bundle diff A B`: which packages the one carries and the other does not, and what that is
/// in bytes; `opm plan diff` says what they do differently.
final class BundleDiffVerb implements Verb {
    private static final String PACKAGES = "Packages/";

    /// What lies in both under the same name and architecture, or in one of them alone.
    private record Pair(@Nullable Entry one, @Nullable Entry other) {
        boolean isSame() {
            return one != null && other != null && one.sha256().equals(other.sha256());
        }
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("FILE", 2, 2);
    }

    @Override
    public int run(Session session) throws OpmException {
        var disk = session.host().disk();
        var one = BundleReader.open(disk, Path.of(session.arguments().get(0)));
        var other = BundleReader.open(disk, Path.of(session.arguments().get(1)));
        Map<String, Pair> pairs = pairs(packages(one), packages(other));
        List<String> texts = texts(one, other);
        if (session.settings().json()) {
            document(session, one, other, pairs, texts);
            return 0;
        }
        Screen screen = session.screen();
        for (Pair pair : pairs.values()) {
            if (!pair.isSame()) {
                screen.line(line(pair));
            }
        }
        for (String path : texts) {
            screen.line("* " + path);
        }
        boolean same = texts.isEmpty() && pairs.values().stream().allMatch(Pair::isSame);
        if (same) {
            screen.say("bundle-diff.same");
        }
        screen.line("");
        totals(screen, "A", one);
        totals(screen, "B", other);
        screen.say("bundle-diff.new", Screen.size(newBytes(pairs)));
        return 0;
    }

    private static void totals(Screen screen, String side, BundleReader bundle) {
        int count = packages(bundle).size();
        screen.line(
                side
                        + ": "
                        + screen.messages()
                                .count(
                                        "bundle-diff.totals",
                                        count,
                                        Screen.size(bundle.sizeBytes())));
    }

    private static String line(Pair pair) {
        Entry one = pair.one();
        Entry other = pair.other();
        if (one == null && other != null) {
            return "+ " + file(other) + "  " + Screen.size(other.sizeBytes());
        }
        if (one != null && other == null) {
            return "- " + file(one) + "  " + Screen.size(one.sizeBytes());
        }
        return one == null || other == null
                ? ""
                : "^ " + file(one) + " -> " + file(other) + "  " + Screen.size(other.sizeBytes());
    }

    private static String file(Entry entry) {
        String name = entry.path().substring(entry.path().lastIndexOf('/') + 1);
        return name.endsWith(".rpm") ? name.substring(0, name.length() - 4) : name;
    }

    private static long newBytes(Map<String, Pair> pairs) {
        long bytes = 0;
        for (Pair pair : pairs.values()) {
            Entry other = pair.other();
            bytes += pair.isSame() || other == null ? 0 : other.sizeBytes();
        }
        return bytes;
    }

    private static List<Entry> packages(BundleReader bundle) {
        return bundle.entries().stream().filter(one -> one.path().startsWith(PACKAGES)).toList();
    }

    /// Pairs packages: the same bytes first, then those of one name and architecture.
    private static Map<String, Pair> pairs(List<Entry> ones, List<Entry> others) {
        var pairs = new TreeMap<String, Pair>();
        var left = new TreeMap<String, Entry>();
        others.forEach(entry -> left.put(entry.path(), entry));
        var rest = new ArrayList<Entry>();
        for (Entry entry : ones) {
            Entry same = left.get(entry.path());
            if (same != null && same.sha256().equals(entry.sha256())) {
                left.remove(entry.path());
                pairs.put(entry.path(), new Pair(entry, same));
            } else {
                rest.add(entry);
            }
        }
        for (Entry entry : rest) {
            Entry next = null;
            for (Entry candidate : left.values()) {
                next = nameArch(candidate).equals(nameArch(entry)) ? candidate : next;
            }
            if (next != null) {
                left.remove(next.path());
            }
            pairs.put(entry.path(), new Pair(entry, next));
        }
        left.forEach((path, entry) -> pairs.put(path, new Pair(null, entry)));
        return pairs;
    }

    /// Returns what stands before the version and after the release of a package's file name.
    private static String nameArch(Entry entry) {
        String file = file(entry);
        return file.replaceFirst("-[^-]*-[^-]*(\\.[^.]*)$", "$1");
    }

    /// Returns the paths of all else that differs or is in one of them alone, sorted.
    private static List<String> texts(BundleReader one, BundleReader other) {
        var paths = new TreeSet<String>();
        for (BundleReader bundle : List.of(one, other)) {
            for (Entry entry : bundle.entries()) {
                paths.add(entry.path());
            }
        }
        paths.removeIf(
                path -> {
                    Entry first = one.find(path).orElse(null);
                    Entry second = other.find(path).orElse(null);
                    boolean same =
                            first != null
                                    && second != null
                                    && first.sha256().equals(second.sha256());
                    return same || path.startsWith(PACKAGES) || path.equals("manifest");
                });
        return List.copyOf(paths);
    }

    private static void document(
            Session session,
            BundleReader one,
            BundleReader other,
            Map<String, Pair> pairs,
            List<String> texts) {
        try (Json json = session.json()) {
            json.beginList("packages");
            for (Pair pair : pairs.values()) {
                if (pair.isSame()) {
                    continue;
                }
                json.beginItem();
                Entry first = pair.one();
                Entry second = pair.other();
                if (first != null) {
                    json.text("a", first.path()).number("bytesA", first.sizeBytes());
                }
                if (second != null) {
                    json.text("b", second.path()).number("bytesB", second.sizeBytes());
                }
                json.end();
            }
            json.endList()
                    .texts("others", texts)
                    .number("bytesA", one.sizeBytes())
                    .number("bytesB", other.sizeBytes())
                    .number("newBytes", newBytes(pairs));
        }
    }
}
