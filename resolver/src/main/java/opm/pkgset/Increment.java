package opm.pkgset;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// The step from one set to another: the packages that went, and those that came, told in terms of
/// the first. Because equal content gives equal bytes, whoever has the first set lands exactly on
/// the second, and its digest proves it. Layout: docs/formats/increments.md
public final class Increment {
    private static final byte[] MAGIC = {'O', 'P', 'M', 'I', 'N', 'C', 13, 10};
    private static final int VERSION = 1;

    /// Of steps that tell of optional sections, too.
    private static final int WITH_SECTIONS = 2;

    private static final int DIGEST_BYTES = 32;

    private Increment() {}

    /// Makes the step, unpacked.
    ///
    /// @throws BadRequest when one of the sets has what a step cannot tell
    public static byte[] between(PackageSet old, PackageSet next) throws BadRequest, Damaged {
        if (!old.askedPaths().isEmpty() || !next.askedPaths().isEmpty()) {
            throw new BadRequest(
                    "increment: found a set with paths that were asked for, expected a whole one",
                    "Make the sets with `opm set build`.");
        }
        if (StepSections.of(old) != StepSections.of(next)) {
            throw new BadRequest(
                    "increment: found sets of different kinds, expected both with --files, or with"
                            + " --bulk, or without",
                    "Make both sets by `opm set build` with the same options.");
        }
        byte[] step = PackageSet.reading(() -> new Maker(old, next).make());
        if (StepSections.of(next) != 0) {
            // Files are compared by sums of 64 bits, and a set may say things of a package that
            // its checksum does not find.
            apply(old, step);
        }
        return step;
    }

    private static final class Maker {
        private final PackageSet old;
        private final PackageSet next;
        private final FilesByPackage oldFiles;
        private final FilesByPackage nextFiles;
        private final VarOutput out = new VarOutput();

        Maker(PackageSet old, PackageSet next) {
            this.old = old;
            this.next = next;
            oldFiles = new FilesByPackage(old);
            nextFiles = new FilesByPackage(next);
        }

        byte[] make() {
            out.bytes(MAGIC);
            int sections = StepSections.of(next);
            out.number(sections == 0 ? VERSION : WITH_SECTIONS);
            out.bytes(raw(old.digest()));
            out.bytes(raw(next.digest()));
            out.number(next.facts().isInstalled() ? 1 : 0);
            var before = new HashMap<String, Integer>();
            var more = new More(old, true, true);
            forDigests(
                    old, oldFiles, (digest, pkg) -> before.put(digest.hex() + more.of(pkg), pkg));
            var added = new Ints();
            var nextMore = new More(next, true, true);
            forDigests(
                    next,
                    nextFiles,
                    (digest, pkg) -> {
                        if (before.remove(digest.hex() + nextMore.of(pkg)) == null) {
                            added.add(pkg);
                        }
                    });
            int[] removed = before.values().stream().mapToInt(pkg -> pkg).sorted().toArray();
            out.number(removed.length);
            int last = -1;
            for (int pkg : removed) {
                out.number(pkg - last - 1L);
                last = pkg;
            }
            out.number(added.size());
            var writer = new RecordWriter(next, nextFiles, old, oldFiles, out);
            var likes = new Likes(old, removed);
            var chosen = new Ints();
            for (int at = 0; at < added.size(); at++) {
                int like = likes.of(next, added.get(at));
                chosen.add(like);
                out.number(like + 1L);
                writer.write(added.get(at), like);
            }
            if (sections != 0) {
                StepSections.write(old, next, added, chosen, out);
            }
            return out.toBytes();
        }
    }

    private interface DigestUse {
        void of(Digest digest, int pkg);
    }

    /// Hands over a digest of the whole content of each package, which does not depend on its set.
    private static void forDigests(PackageSet set, FilesByPackage files, DigestUse use) {
        MessageDigest sha = Algorithm.SHA256.engine();
        var out = new VarOutput();
        var writer = new RecordWriter(set, files, null, null, out);
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            out.clear();
            writer.write(pkg, -1);
            sha.update(out.buffer(), 0, out.size());
            use.of(Digest.of(Algorithm.SHA256, sha.digest()), pkg);
        }
    }

    /// Returns the full name of every package with the digests of what is known of the packages of
    /// that name: equal in two sets when these know the same of them.
    ///
    /// @param allFiles whether all files count, of sets that know them
    /// @param changelogs whether what changed counts, of sets that know it
    public static Map<String, SortedSet<String>> contents(
            PackageSet set, boolean allFiles, boolean changelogs) throws Damaged {
        return PackageSet.reading(
                () -> {
                    var more = new More(set, allFiles, changelogs);
                    var contents = new TreeMap<String, SortedSet<String>>();
                    forDigests(
                            set,
                            new FilesByPackage(set),
                            (digest, pkg) ->
                                    contents.computeIfAbsent(
                                                    set.nevra(pkg).full(), _ -> new TreeSet<>())
                                            .add(digest.hex() + more.of(pkg)));
                    return contents;
                });
    }

    /// What optional sections say of packages, as a word each.
    private static final class More {
        private final String[] files;
        private final @Nullable Bulk bulk;

        More(PackageSet set, boolean allFiles, boolean changelogs) {
            FileList list = allFiles ? set.fileList() : null;
            files = list == null ? new String[0] : list.words();
            bulk = changelogs ? set.bulk() : null;
        }

        String of(int pkg) {
            String word = files.length == 0 ? "" : " " + files[pkg];
            return bulk == null ? word : word + " " + Digest.sha256Of(bulk.changelog(pkg)).hex();
        }
    }

    /// Finds the package that a new one is most like: of its name and architecture, one that goes
    /// if there is one.
    private static final class Likes {
        private final PackageSet old;
        private final HashSet<Integer> removed = new HashSet<>();

        Likes(PackageSet old, int[] removed) {
            this.old = old;
            for (int pkg : removed) {
                this.removed.add(pkg);
            }
        }

        int of(PackageSet next, int pkg) {
            int name = old.translateName(next, next.name(pkg));
            int like = -1;
            for (int other = name < 0 ? 0 : old.packagesStart(name);
                    name >= 0 && other < old.packagesEnd(name);
                    other++) {
                boolean better = like < 0 || removed.contains(other) || !removed.contains(like);
                boolean sameArch =
                        old.string(old.arch(other)).equals(next.string(next.arch(pkg)));
                if (better && sameArch) {
                    like = other;
                }
            }
            return like;
        }
    }

    private static byte[] raw(Digest digest) {
        return java.util.HexFormat.of().parseHex(digest.hex());
    }

    /// Applies an unpacked step to the set it was made for.
    ///
    /// @return the set that it leads to, whose digest is the promised one
    public static PackageSet apply(PackageSet old, byte[] step) throws Damaged {
        var reading = new Reading(old, step);
        PackageSet landed = PackageSet.reading(reading::packages);
        if (reading.version == WITH_SECTIONS) {
            landed =
                    new StepSections.Taking(
                                    old,
                                    reading.gone,
                                    reading.checksums,
                                    reading.likes,
                                    reading.in)
                            .of(landed);
        }
        Digest promised = reading.promised;
        if (!reading.in.atEnd()) {
            throw reading.in.broken("bytes behind the last package").asDamaged();
        }
        if (!landed.digest().equals(promised)) {
            throw reading.in
                    .broken("leads to " + landed.digest().hex() + ", expected " + promised)
                    .asDamaged();
        }
        return landed;
    }

    private static final class Reading {
        private final PackageSet old;
        private final VarInput in;
        private final boolean[] gone;
        private final List<@Nullable Digest> checksums = new ArrayList<>();
        private final Ints likes = new Ints();
        private int version;
        private @Nullable Digest promised;

        Reading(PackageSet old, byte[] step) {
            this.old = old;
            in = new VarInput(step, 0, step.length, "increment");
            gone = new boolean[old.packageCount()];
        }

        /// Reads what it tells of the packages.
        PackageSet packages() {
            var to = new PackageSetBuilder();
            if (!Arrays.equals(in.raw(MAGIC.length), MAGIC)) {
                throw in.broken("no increment");
            }
            version = in.number(Integer.MAX_VALUE);
            if (version != VERSION && version != WITH_SECTIONS) {
                throw in.broken("no increment that this opm reads");
            }
            Digest from = Digest.of(Algorithm.SHA256, in.raw(DIGEST_BYTES));
            promised = Digest.of(Algorithm.SHA256, in.raw(DIGEST_BYTES));
            if (!from.equals(old.digest())) {
                throw in.broken("made for the set " + from.hex() + ", found " + old.digest().hex());
            }
            if (in.number(1) == 1) {
                to.installedSystem();
            }
            int removed = in.number(old.packageCount());
            int last = -1;
            for (int at = 0; at < removed; at++) {
                last += 1 + in.number(old.packageCount());
                if (last >= gone.length) {
                    throw in.broken("removes package " + last + " of " + gone.length);
                }
                gone[last] = true;
            }
            var copier = new SetCopier(old, to);
            for (int pkg = 0; pkg < gone.length; pkg++) {
                if (!gone[pkg]) {
                    copier.begin(pkg).end();
                }
            }
            int added = in.count();
            var reader = new RecordReader(old, new FilesByPackage(old), in, to);
            for (int at = 0; at < added; at++) {
                int like = in.number(old.packageCount()) - 1;
                likes.add(like);
                checksums.add(reader.read(like));
            }
            return to.build();
        }
    }
}
