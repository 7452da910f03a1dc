package opm.thin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.host.Net;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.plan.PlanText;
import opm.sign.FileSignature;
import opm.sign.VerifyKey;
import org.jspecify.annotations.Nullable;

/// Reads answers, and believes nothing but the reference that the trusted key signed, what it names
/// by digest, and what that names: not the network, not TLS, not a mirror.
///
/// What sh/opm-thin.sh refuses is refused here, in its words. One thread.
public final class Answers {
    private static final int SMALL_BYTES = 1 << 20;
    private static final int LARGE_BYTES = 16 << 20;
    private static final int MOST_LEVELS = 8;

    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_+~^:@(){}][A-Za-z0-9._+~^:@(){}-]*");
    private static final Pattern CHILD = Pattern.compile("[0-9a-f] [0-9a-f]{64}");
    private static final Pattern ENTRY =
            Pattern.compile("(\\S+) \\d{1,12} ([0-9a-f]{64}) ([0-9a-f]{64})");

    private final Net net;
    private final Server server;
    private final Memory memory;
    private final Wording words;
    private final BooleanSupplier cancelled;
    private @Nullable Reference reference;

    public Answers(
            Net net,
            Server server,
            Memory memory,
            Wording words,
            BooleanSupplier cancelled) {
        this.net = net;
        this.server = server;
        this.memory = memory;
        this.words = words;
        this.cancelled = cancelled;
    }

    /// An answer.
    ///
    /// @param plan for a machine as it was installed
    /// @param assumes full names of installed packages that it relies on
    public record Answer(Plan plan, Set<String> assumes) {
        public Answer {
            assumes = Set.copyOf(assumes);
        }
    }

    /// Tells whether a word can be a name.
    public static boolean isName(String word) {
        return word.length() <= 200 && NAME.matcher(word).matches();
    }

    /// Returns what is valid now.
    public Reference reference() throws OpmException {
        Reference known = reference;
        if (known == null) {
            known = believed();
            memory.met(known.serial());
            reference = known;
        }
        return known;
    }

    private Reference believed() throws OpmException {
        String place = server.folder();
        byte[] text = get("-/ref", SMALL_BYTES);
        VerifyKey key = server.key();
        if (key != null) {
            byte[] signature;
            try {
                signature = get("-/ref.minisig", SMALL_BYTES);
            } catch (Unavailable absent) {
                throw words.damaged("not-signed", place).because(absent);
            }
            if (!isSigned(text, signature, key)) {
                throw words.damaged("bad-signature", place);
            }
        }
        Reference read;
        try {
            read = Reference.read(text);
        } catch (Damaged bad) {
            throw words.damaged("bad-reference", place).because(bad);
        }
        if (!read.platform().equals(server.platform()) || read.serial() < 0) {
            throw words.damaged("bad-reference", place);
        }
        long met = memory.serial();
        if (read.serial() < met) {
            throw words.damaged("older", read.serial() + "", met + "");
        }
        return read;
    }

    private static boolean isSigned(byte[] text, byte[] signature, VerifyKey key) {
        try {
            return FileSignature.parse(signature, "ref.minisig").isOfText(text, key);
        } catch (Damaged none) {
            return false;
        }
    }

    /// Returns the answer for a name; null when there is none.
    public @Nullable Answer find(String name) throws OpmException {
        String[] digests = digests(name);
        if (digests == null) {
            return null;
        }
        byte[] json = get(name, LARGE_BYTES);
        requireDigest(json, digests[0], name);
        byte[] plan = get(name + ".plan", LARGE_BYTES);
        requireDigest(plan, digests[1], name + ".plan");
        return new Answer(plan(plan, words.damaged("bad-plan", name)), assumes(name, json));
    }

    private void requireDigest(byte[] bytes, String hex, String what) throws Damaged {
        if (!Digest.sha256Of(bytes).hex().equals(hex)) {
            throw words.damaged("wrong-digest", what);
        }
    }

    private Plan plan(byte[] text, Damaged otherwise) throws OpmException {
        for (String line : new String(text, UTF_8).split("\n", -1)) {
            String[] part = line.split(" ", -1);
            if (part[0].equals("fetch") && part.length > 3 && !Artifact.isInside(part[3])) {
                throw words.damaged("bad-path", part[3]);
            }
        }
        try {
            return PlanText.read(text);
        } catch (Damaged bad) {
            throw otherwise.because(bad);
        }
    }

    /// Returns the digests of both forms of an answer; null when there is none.
    private String @Nullable [] digests(String name) throws OpmException {
        Reference now = reference();
        String hashed = Digest.sha256Of(name.getBytes(UTF_8)).hex();
        String hex = now.root();
        if (now.depth() < 0 || now.depth() > MOST_LEVELS) {
            throw words.damaged("bad-reference", server.folder());
        }
        for (int level = 0; level < now.depth(); level++) {
            String digit = hashed.charAt(level) + " ";
            String child = null;
            for (String line : node(hex)) {
                child = CHILD.matcher(line).matches() && line.startsWith(digit) ? line : child;
            }
            if (child == null) {
                return null;
            }
            hex = child.substring(2);
        }
        for (String line : node(hex)) {
            var entry = ENTRY.matcher(line);
            if (entry.matches() && entry.group(1).equals(name)) {
                return new String[] {entry.group(2), entry.group(3)};
            }
        }
        return null;
    }

    private List<String> node(String hex) throws OpmException {
        byte[] node = memory.node(hex, SMALL_BYTES);
        if (node == null) {
            node = get(Reference.nodePath(hex), SMALL_BYTES);
            requireDigest(node, hex, "index/" + hex);
            memory.keep(hex, node);
        }
        return new String(node, UTF_8).lines().toList();
    }

    /// Reads from an answer's JSON which installed packages it relies on: an object of lists.
    private Set<String> assumes(String name, byte[] json) throws Damaged {
        try {
            return new Assumptions(new String(json, UTF_8)).read();
        } catch (IllegalArgumentException notOurs) {
            throw (Damaged) words.damaged("bad-plan", name).because(notOurs);
        }
    }

    /// Returns names that hold a word, those that begin with it first. Nobody signed that: each
    /// has an answer or none. A server without a search gives the list of all names.
    public List<String> search(String word) throws OpmException {
        List<String> names;
        try {
            names = names(read(server.search(word), LARGE_BYTES));
        } catch (Unavailable noSearch) {
            names = names(read(server.names(), LARGE_BYTES));
        }
        return holding(word, names.stream().filter(Answers::isName).toList());
    }

    /// Returns names that hold a word in whatever case, those that begin with it first; no more
    /// than a search gives.
    public static List<String> holding(String word, Collection<String> names) {
        String wanted = word.toLowerCase(Locale.ROOT);
        var first = new ArrayList<String>();
        var others = new ArrayList<String>();
        for (String name : names) {
            int at = name.toLowerCase(Locale.ROOT).indexOf(wanted);
            if (at == 0 && first.size() < Limits.SEARCH_RESULTS) {
                first.add(name);
            } else if (at > 0 && others.size() < Limits.SEARCH_RESULTS) {
                others.add(name);
            }
        }
        first.addAll(others);
        return first.subList(0, Math.min(Limits.SEARCH_RESULTS, first.size()));
    }

    private static List<String> names(byte[] json) {
        return new String(json, UTF_8)
                .lines()
                .map(line -> line.replaceAll("^\\s*\"|\",?\\s*$", ""))
                .toList();
    }

    /// Tells whether something can be sent to the server: it is none where the tree is a folder.
    public boolean canSend() {
        return !"file".equals(server.address().getScheme());
    }

    /// Has a name solved for a machine of its own; null when the server does not do that. The plan
    /// is signed by nobody: each of its packages has to be.
    ///
    /// @param profile of the machine, packed
    /// @param base of the machine's installed list
    public @Nullable Plan solved(String name, byte[] profile, Digest base) throws OpmException {
        byte[] text;
        try (Net.Response said = net.post(server.at(name + ".plan"), profile, cancelled)) {
            if (said.status() != 200) {
                return null;
            }
            text = body(said, LARGE_BYTES, server.at(name + ".plan"));
        }
        // Its last line is all that says whether it came whole.
        Plan plan = plan(text, words.damaged("wrong-digest", name + ".plan"));
        if (!plan.target().base().equals(base)) {
            throw words.damaged("other-machine", name);
        }
        return plan;
    }

    /// Returns the full names of what was installed where the answers were made.
    public Set<String> baseline() throws OpmException {
        byte[] list = get("-/baseline", LARGE_BYTES);
        requireDigest(list, reference().base(), "baseline");
        return new HashSet<>(InstalledList.names(list));
    }

    /// Returns where a package may be had: the tree, then the mirrors that the reference names.
    public List<URI> sources(Artifact file) throws OpmException {
        var sources = new ArrayList<URI>();
        sources.add(server.at(file.path()));
        String[] parts = file.path().split("/", 4);
        if (parts.length == 4 && parts[0].equals("-") && parts[1].equals("rpm")) {
            for (String line : reference().mirrors()) {
                String[] mirror = line.split(" ", 2);
                if (mirror.length == 2 && mirror[0].equals(parts[2])) {
                    sources.add(mirror(mirror[1] + Addresses.of(parts[3])));
                }
            }
        }
        return sources;
    }

    private URI mirror(String address) throws Damaged {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException none) {
            throw (Damaged) words.damaged("bad-reference", server.folder()).because(none);
        }
    }

    private byte[] get(String path, int limitBytes) throws OpmException {
        return read(server.at(path), limitBytes);
    }

    private byte[] read(URI address, int limitBytes) throws OpmException {
        var request = new Net.Request(address, 0, -1, Map.of(), cancelled);
        try (Net.Response said = net.get(request)) {
            if (said.status() != 200) {
                throw words.unavailable("unreachable", address);
            }
            return body(said, limitBytes, address);
        } catch (Unavailable e) {
            throw words.unavailable("unreachable", address).because(e);
        }
    }

    private byte[] body(Net.Response said, int limitBytes, URI address) throws Unavailable {
        try (InputStream in = said.body()) {
            byte[] bytes = in.readNBytes(limitBytes + 1);
            if (bytes.length > limitBytes) {
                throw words.unavailable("unreachable", address);
            }
            return bytes;
        } catch (IOException e) {
            throw (Unavailable) words.unavailable("unreachable", address).because(e);
        }
    }
}
