package opm.rpmmd;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import org.jspecify.annotations.Nullable;

/// Where a repository may be had, and which repomd.xml its publisher vouches for.
///
/// @param baseUrls best first, each ending in `/`
/// @param repomds digests of the current repomd.xml and of older ones that mirrors may still have;
///     empty when nobody says: any is taken then
record Mirrors(List<String> baseUrls, List<Digest> repomds) {
    private static final String REPOMD = "repodata/repomd.xml";

    /// Mirrors of one list that are kept; Fedora gives 60.
    private static final int MOST = 1000;

    private static final int LIST_BYTES = 4 << 20;

    Mirrors {
        baseUrls = List.copyOf(baseUrls);
        repomds = List.copyOf(repomds);
    }

    /// Finds the mirrors of a repository: by its metalink, else its addresses, else its list.
    static Mirrors of(RepositoryConfig repo, Download download) throws OpmException {
        if (!repo.metalink().isEmpty()) {
            byte[] bytes = download.small(repo.metalink(), LIST_BYTES);
            if (bytes != null) {
                Mirrors mirrors = ofMetalink(bytes).namedBy(repo.metalink());
                if (!mirrors.baseUrls().isEmpty()) {
                    return mirrors;
                }
            }
        }
        if (!repo.baseUrls().isEmpty()) {
            return new Mirrors(repo.baseUrls(), List.of());
        }
        if (!repo.mirrorList().isEmpty()) {
            byte[] bytes = download.small(repo.mirrorList(), LIST_BYTES);
            if (bytes != null) {
                boolean isMetalink =
                        new String(bytes, StandardCharsets.UTF_8).contains("<metalink");
                Mirrors all = isMetalink ? ofMetalink(bytes) : ofList(bytes);
                Mirrors mirrors = all.namedBy(repo.mirrorList());
                if (!mirrors.baseUrls().isEmpty()) {
                    return mirrors;
                }
            }
        }
        throw new Unavailable(
                repo.id() + ": no mirror is known",
                "Check baseurl, mirrorlist and metalink of the repository.");
    }

    /// Returns those that a list may name: that of a web server names no folder of this machine.
    private Mirrors namedBy(String list) {
        boolean isOurs = list.startsWith("file:");
        return new Mirrors(
                baseUrls.stream().filter(url -> isOurs || !url.startsWith("file:")).toList(),
                repomds);
    }

    /// Returns all addresses: those from `first` on, which answered, then those that did not.
    List<String> from(int first) {
        var order = new ArrayList<String>(baseUrls.subList(first, baseUrls.size()));
        order.addAll(baseUrls.subList(0, first));
        return order;
    }

    /// Reads a mirror list: one address a line.
    static Mirrors ofList(byte[] bytes) {
        var urls = new ArrayList<String>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\r?\n")) {
            String url = line.strip();
            if (isUsable(url) && urls.size() < MOST) {
                urls.add(url.endsWith("/") ? url : url + "/");
            }
        }
        return new Mirrors(urls, List.of());
    }

    /// Reads a metalink of version 3, as MirrorManager writes it, or of version 4 (RFC 5854); what
    /// is not understood is left out.
    static Mirrors ofMetalink(byte[] bytes) throws OpmException {
        return new Reader(bytes).read();
    }

    private static boolean isUsable(String url) {
        return url.startsWith("http://") || url.startsWith("https://") || url.startsWith("file:");
    }

    private static final class Reader {
        private record Mirror(String url, int preference) {}

        private final XmlScanner xml;
        private final List<Mirror> mirrors = new ArrayList<>();
        private final List<Digest> repomds = new ArrayList<>();

        Reader(byte[] bytes) throws OpmException {
            xml = new XmlScanner(new ByteArrayInputStream(bytes), "metalink");
        }

        Mirrors read() throws OpmException {
            if (xml.next() != XmlScanner.START || xml.name() != XmlWords.METALINK) {
                throw xml.damaged("no <metalink>");
            }
            boolean four = !xml.value(XmlWords.VERSION).startsWith("3");
            int event = xml.next();
            while (event != XmlScanner.EOF) {
                if (event == XmlScanner.START && xml.name() == XmlWords.FILE) {
                    if (xml.value(XmlWords.NAME).equals("repomd.xml")) {
                        readFile(four);
                    } else {
                        xml.skip();
                    }
                }
                event = xml.next();
            }
            mirrors.sort(Comparator.comparingInt(Mirror::preference).reversed());
            return new Mirrors(mirrors.stream().map(Mirror::url).toList(), repomds);
        }

        /// @param four whether this is version 4, with hashes and addresses in the file itself
        private void readFile(boolean four) throws OpmException {
            Digest own = null;
            while (xml.next() == XmlScanner.START) {
                switch (xml.name()) {
                    case XmlWords.VERIFICATION -> readHashes();
                    case XmlWords.ALTERNATES -> {
                        while (xml.next() == XmlScanner.START) {
                            while (xml.next() == XmlScanner.START) {
                                if (xml.name() == XmlWords.VERIFICATION) {
                                    readHashes();
                                } else {
                                    xml.skip();
                                }
                            }
                        }
                    }
                    case XmlWords.RESOURCES -> {
                        while (xml.next() == XmlScanner.START) {
                            readUrl();
                        }
                    }
                    default -> {
                        if (four && xml.name() == XmlWords.HASH) {
                            own = stronger(own, readHash());
                        } else if (four && xml.name() == XmlWords.URL) {
                            readUrl();
                        } else {
                            xml.skip();
                        }
                    }
                }
            }
            keep(own);
        }

        /// Keeps the strongest hash of one state, and none that is weaker than SHA-256.
        private void readHashes() throws OpmException {
            Digest best = null;
            while (xml.next() == XmlScanner.START) {
                best = stronger(best, readHash());
            }
            keep(best);
        }

        private void keep(@Nullable Digest best) {
            if (best != null && repomds.size() < MOST) {
                repomds.add(best);
            }
        }

        private static @Nullable Digest stronger(@Nullable Digest known, @Nullable Digest other) {
            return known == null || other != null && other.algorithm() == Algorithm.SHA512
                    ? other
                    : known;
        }

        /// Reads one hash; null when it is of another kind, or not understood.
        private @Nullable Digest readHash() throws OpmException {
            // Version 4 writes `sha-256`.
            String type = xml.value(XmlWords.TYPE).replace("sha-", "sha");
            boolean isHash = xml.name() == XmlWords.HASH;
            String hex = xml.textString().strip();
            if (!isHash || !type.equals("sha256") && !type.equals("sha512")) {
                return null;
            }
            try {
                return new Digest(Algorithm.ofWord(type), hex);
            } catch (IllegalArgumentException _) {
                return null;
            }
        }

        private void readUrl() throws OpmException {
            boolean isUrl = xml.name() == XmlWords.URL;
            // Of preferences the highest is best, of version 4's priorities the lowest.
            String priority = xml.value(XmlWords.PRIORITY);
            int preference =
                    priority.isEmpty()
                            ? number(xml.value(XmlWords.PREFERENCE), 100)
                            : -number(priority, 999_999);
            String url = xml.textString().strip();
            if (isUrl && isUsable(url) && url.endsWith(REPOMD) && mirrors.size() < MOST) {
                String base = url.substring(0, url.length() - REPOMD.length());
                mirrors.add(new Mirror(base, preference));
            }
        }

        private static int number(String words, int most) {
            try {
                return Math.clamp(Integer.parseInt(words), 0, most);
            } catch (NumberFormatException e) {
                return 0;
            }
        }
    }

    /// @throws Damaged when a metalink names repomd.xml files and this is none of them
    void mustVouchFor(RepositoryConfig repo, byte[] bytes) throws Damaged {
        for (Digest digest : repomds) {
            if (digest.algorithm().of(bytes).equals(digest)) {
                return;
            }
        }
        if (!repomds.isEmpty()) {
            throw new Damaged(
                    repo.id() + ": repomd.xml is none of those that the metalink names",
                    "The mirror is out of step or changed; use another one, or try later.");
        }
    }
}
