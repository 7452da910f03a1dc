package opm.rpm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.base.RpmDep;
import org.jspecify.annotations.Nullable;

/// What a main header says, in the words of [opm.base].
public final class RpmWords {
    /// Name, flags and version tags of each kind of dependency.
    private static final Map<DepKind, int[]> DEPENDENCY_TAGS =
            new EnumMap<>(
                    Map.of(
                            DepKind.PROVIDES,
                            tags(Tag.PROVIDENAME, Tag.PROVIDEFLAGS, Tag.PROVIDEVERSION),
                            DepKind.REQUIRES,
                            tags(Tag.REQUIRENAME, Tag.REQUIREFLAGS, Tag.REQUIREVERSION),
                            DepKind.CONFLICTS,
                            tags(Tag.CONFLICTNAME, Tag.CONFLICTFLAGS, Tag.CONFLICTVERSION),
                            DepKind.OBSOLETES,
                            tags(Tag.OBSOLETENAME, Tag.OBSOLETEFLAGS, Tag.OBSOLETEVERSION),
                            DepKind.RECOMMENDS,
                            tags(Tag.RECOMMENDNAME, Tag.RECOMMENDFLAGS, Tag.RECOMMENDVERSION),
                            DepKind.SUGGESTS,
                            tags(Tag.SUGGESTNAME, Tag.SUGGESTFLAGS, Tag.SUGGESTVERSION),
                            DepKind.SUPPLEMENTS,
                            tags(Tag.SUPPLEMENTNAME, Tag.SUPPLEMENTFLAGS, Tag.SUPPLEMENTVERSION),
                            DepKind.ENHANCES,
                            tags(Tag.ENHANCENAME, Tag.ENHANCEFLAGS, Tag.ENHANCEVERSION)));

    private final Header header;
    private final @Nullable Header signature;
    private final Nevra nevra;

    private RpmWords(Header header, @Nullable Header signature, Nevra nevra) {
        this.header = header;
        this.signature = signature;
        this.nevra = nevra;
    }

    private static int[] tags(int name, int flags, int version) {
        return new int[] {name, flags, version};
    }

    /// Reads the name; the rest is read when asked.
    ///
    /// @param signature the signature header, which has some sizes; null for a database's header
    /// @throws Damaged when name, version, release or architecture is missing
    public static RpmWords of(Header header, @Nullable Header signature) throws Damaged {
        long epoch = header.number(Tag.EPOCH, 0);
        String arch = archOf(header);
        String name = needed(header, Tag.NAME, "name");
        String version = needed(header, Tag.VERSION, "version");
        String release = needed(header, Tag.RELEASE, "release");
        if (epoch > Integer.MAX_VALUE) {
            throw Header.damaged(header.subject(), "epoch " + epoch, "below 2^31");
        }
        return new RpmWords(
                header, signature, new Nevra(name, new Evr((int) epoch, version, release), arch));
    }

    private static String archOf(Header header) throws Damaged {
        boolean source = header.has(Tag.SOURCEPACKAGE) || !header.has(Tag.SOURCERPM);
        // gpg-pubkey has neither; it has no architecture either.
        if (source && header.has(Tag.ARCH)) {
            return header.has(Tag.NOSOURCE) || header.has(Tag.NOPATCH) ? "nosrc" : "src";
        }
        return header.string(Tag.ARCH, "(none)");
    }

    private static String needed(Header header, int tag, String what) throws Damaged {
        String value = header.string(tag, "");
        if (value.isEmpty()) {
            throw Header.damaged(header.subject(), "no " + what, "tag " + tag);
        }
        return value;
    }

    /// Returns the raw header, for tags that have no word here.
    public Header header() {
        return header;
    }

    /// Returns the full name; a source package has the architecture `src` or `nosrc`.
    public Nevra nevra() {
        return nevra;
    }

    /// Returns the architecture that the header names: a source package's build machine.
    public String headerArch() throws Damaged {
        return header.string(Tag.ARCH, "(none)");
    }

    /// Tells whether this is a source package.
    public boolean isSource() {
        return nevra.arch().equals("src") || nevra.arch().equals("nosrc");
    }

    /// Returns the dependencies of a kind in the header's order.
    public List<RpmDep> dependencies(DepKind kind) throws Damaged {
        int[] tags = java.util.Objects.requireNonNull(DEPENDENCY_TAGS.get(kind));
        List<String> names = header.strings(tags[0]);
        long[] flags = header.numbers(tags[1]);
        List<String> versions = header.strings(tags[2]);
        // rpm 3 wrote provides and obsoletes without flags and versions.
        boolean bare = flags.length == 0 && versions.isEmpty();
        if (names.size() > Limits.DEPENDENCIES) {
            throw Header.damaged(
                    header.subject(),
                    names.size() + " " + kind.word(),
                    "at most " + Limits.DEPENDENCIES);
        }
        if (!bare && (flags.length != names.size() || versions.size() != names.size())) {
            throw Header.damaged(
                    header.subject(),
                    names.size()
                            + " names, "
                            + flags.length
                            + " flags and "
                            + versions.size()
                            + " versions of "
                            + kind.word(),
                    "as many of each");
        }
        var found = new ArrayList<RpmDep>(names.size());
        for (int at = 0; at < names.size(); at++) {
            found.add(
                    bare
                            ? RpmDep.on(names.get(at))
                            : new RpmDep(names.get(at), (int) flags[at], versions.get(at)));
        }
        return found;
    }

    /// Returns the files in the header's order.
    public List<RpmFileEntry> files() throws Damaged {
        return RpmFileEntry.all(header);
    }

    /// Returns the changelog, newest first as packages have it.
    public List<Change> changelog() throws Damaged {
        long[] times = header.numbers(Tag.CHANGELOGTIME);
        List<String> authors = header.strings(Tag.CHANGELOGNAME);
        List<String> texts = header.strings(Tag.CHANGELOGTEXT);
        if (times.length != authors.size() || times.length != texts.size()) {
            throw Header.damaged(
                    header.subject(),
                    times.length
                            + " times, "
                            + authors.size()
                            + " authors and "
                            + texts.size()
                            + " texts of changes",
                    "as many of each");
        }
        var found = new ArrayList<Change>(times.length);
        for (int at = 0; at < times.length; at++) {
            found.add(new Change(times[at], authors.get(at), texts.get(at)));
        }
        return found;
    }

    /// One entry of a changelog.
    public record Change(long timeSeconds, String author, String text) {}

    public String summary() throws Damaged {
        return header.string(Tag.SUMMARY, "");
    }

    public String description() throws Damaged {
        return header.string(Tag.DESCRIPTION, "");
    }

    public String url() throws Damaged {
        return header.string(Tag.URL, "");
    }

    public String license() throws Damaged {
        return header.string(Tag.LICENSE, "");
    }

    public String group() throws Damaged {
        return header.string(Tag.GROUP, "");
    }

    public String vendor() throws Damaged {
        return header.string(Tag.VENDOR, "");
    }

    public String packager() throws Damaged {
        return header.string(Tag.PACKAGER, "");
    }

    public String buildHost() throws Damaged {
        return header.string(Tag.BUILDHOST, "");
    }

    /// Returns the file name of the source package; empty for a source package.
    public String sourceRpm() throws Damaged {
        return header.string(Tag.SOURCERPM, "");
    }

    /// Returns `NAME:STREAM:VERSION:CONTEXT` of a package that belongs to a module, else empty.
    public String modularityLabel() throws Damaged {
        return header.string(Tag.MODULARITYLABEL, "");
    }

    public long buildTimeSeconds() throws Damaged {
        return header.number(Tag.BUILDTIME, 0);
    }

    /// Returns the bytes of all its files.
    public long installedBytes() throws Damaged {
        return header.number(Tag.LONGSIZE, header.number(Tag.SIZE, 0));
    }

    /// Returns the bytes of the unpacked payload; 0 when nothing says it.
    public long archiveBytes() throws Damaged {
        long fromHeader = header.number(Tag.PAYLOADSIZEALT, header.number(Tag.ARCHIVESIZE, 0));
        return signature == null
                ? fromHeader
                : signature.number(
                        Tag.SIG_LONGARCHIVESIZE, signature.number(Tag.SIG_PAYLOADSIZE, fromHeader));
    }

    /// Returns the digest of the compressed payload; null in packages before rpm 4.14.
    public @Nullable Digest payloadDigest() throws Damaged {
        return payloadDigest(Tag.PAYLOADDIGEST);
    }

    /// Returns the digest of the unpacked payload; null in packages before rpm 4.17.
    public @Nullable Digest unpackedPayloadDigest() throws Damaged {
        return payloadDigest(Tag.PAYLOADDIGESTALT);
    }

    private @Nullable Digest payloadDigest(int tag) throws Damaged {
        String hex = header.string(tag);
        if (hex == null) {
            return null;
        }
        // OpenPGP's numbers of hash algorithms, RFC 9580 section 9.5.
        var algorithm =
                switch ((int) header.number(Tag.PAYLOADDIGESTALGO, 8)) {
                    case 8 -> Digest.Algorithm.SHA256;
                    case 9 -> Digest.Algorithm.SHA384;
                    case 10 -> Digest.Algorithm.SHA512;
                    case 11 -> Digest.Algorithm.SHA224;
                    default -> null;
                };
        try {
            return algorithm == null ? null : new Digest(algorithm, hex);
        } catch (IllegalArgumentException e) {
            throw Header.damaged(header.subject(), "payload digest '" + hex + "'", "hexadecimal");
        }
    }
}
