package opm.rpmmd;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.host.Disk;
import opm.host.Output;
import opm.pkgset.Increment;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// Steps from one package set to the next: published in one growing file and an index, and taken
/// with one range request where the repository's primary would be fetched whole.
///
/// repomd.xml names the index with its digest, as an item of type [#TYPE]; the steps lie beside it.
/// A step leads exactly to the set whose digest the index promises, or it is not taken.
/// Format: docs/formats/increments.md
public final class Increments {
    /// The item of repomd.xml for sets of the primary alone.
    public static final String TYPE = "opm_increments";

    private static final String ALL = "increments";
    private static final int LEVEL = 19;
    private static final int INDEX_BYTES = 32 << 20;

    /// Unpacked bytes of one step: more than the primary of any repository.
    private static final int MOST_BYTES = 1 << 30;

    private final Disk disk;

    public Increments(Disk disk) {
        this.disk = disk;
    }

    /// Returns what sets that know more than the primary add to the names: sets of each kind have
    /// steps of their own.
    private static String kind(PackageSet set) {
        return (set.knowsAllFiles() ? "-files" : "") + (set.bulk() == null ? "" : "-bulk");
    }

    /// Returns the item of repomd.xml that names the steps between sets such as this.
    static String type(PackageSet set) {
        return TYPE + kind(set).replace('-', '_');
    }

    // ---- publishing

    /// Adds the step between two sets to a folder: to its file `increments`, as a file of its own
    /// for servers that know no ranges, and last to the index, which is replaced as a whole.
    ///
    /// @return how many bytes the step has
    public long publish(PackageSet old, PackageSet next, Path folder) throws OpmException {
        byte[] packed = Zstd.compress(Increment.between(old, next), LEVEL);
        disk.createDirectories(folder);
        String name = ALL + kind(next);
        Path index = folder.resolve(name + ".index");
        var steps = new ArrayList<StepIndex.Step>();
        if (disk.exists(index)) {
            steps.addAll(StepIndex.parse(disk.readAll(index, INDEX_BYTES)).steps());
            Digest current = steps.getLast().to();
            if (!current.equals(old.digest())) {
                throw new BadRequest(
                        "set increment: found the set "
                                + old.digest().hex()
                                + " as the old one, "
                                + "expected "
                                + current.hex()
                                + ", to which the last step leads",
                        "Name the sets in the order in which they were published.");
            }
        }
        long end = steps.isEmpty() ? 0 : steps.getLast().offset() + steps.getLast().bytes();
        Path all = folder.resolve(name);
        // What a killed run left behind the last step that the index knows goes first.
        if (disk.exists(all) && disk.size(all) > end) {
            disk.truncate(all, end);
        }
        try (Output out = disk.exists(all) ? disk.append(all) : disk.create(all)) {
            out.write(packed, 0, packed.length);
            out.force();
        }
        Digest sum = sha256(packed);
        var step = new StepIndex.Step(old.digest(), next.digest(), end, packed.length, sum);
        replace(folder.resolve(step.fileName()), packed);
        steps.add(step);
        replace(index, new StepIndex(steps).bytes());
        return packed.length;
    }

    private void replace(Path file, byte[] bytes) throws OpmException {
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        try (Output out = disk.create(aside)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        disk.rename(aside, file);
    }

    private static Digest sha256(byte[] bytes) {
        return Digest.sha256Of(bytes);
    }

    // ---- taking

    /// Takes the steps from a set to the repository's current one, where they are published and
    /// cost no more than they may.
    ///
    /// @param old null when there is none
    /// @param most how many bytes: what the files cost of which the set is made; below 0 when
    ///     nobody knows
    /// @return the current set, proved by its digest; null when these files have to be fetched
    static @Nullable PackageSet advance(
            @Nullable PackageSet old,
            Repomd repomd,
            List<String> baseUrls,
            Download download,
            long most) {
        Repomd.Item item = old == null ? null : repomd.item(type(old));
        if (item == null || old == null) {
            return null;
        }
        for (String base : baseUrls) {
            try {
                return advance(old, item, base, download, most);
            } catch (OpmException e) {
                boolean elsewhere = e instanceof Unavailable || e instanceof Damaged;
                if (!elsewhere) {
                    return null;
                }
                // The next mirror may have better ones; the primary always does.
            }
        }
        return null;
    }

    private static @Nullable PackageSet advance(
            PackageSet old, Repomd.Item item, String base, Download download, long most)
            throws OpmException {
        String address = Download.url(base, item.location());
        byte[] index = download.small(address, INDEX_BYTES);
        if (index == null) {
            return null;
        }
        if (!item.checksum().algorithm().of(index).equals(item.checksum())) {
            throw damaged("the index is not the one that repomd.xml names");
        }
        List<StepIndex.Step> way = StepIndex.parse(index).way(old.digest());
        if (way == null) {
            return null;
        }
        long cost = way.stream().mapToLong(StepIndex.Step::bytes).sum();
        if (most >= 0 && cost > most) {
            return null;
        }
        String folder = address.substring(0, address.lastIndexOf('/') + 1);
        PackageSet set = old;
        String all = folder + ALL + kind(old);
        for (byte[] packed : fetched(way, folder, all, download)) {
            set = taken(set, packed);
        }
        Digest promised = way.isEmpty() ? old.digest() : way.getLast().to();
        if (!set.digest().equals(promised)) {
            throw damaged("the steps lead to " + set.digest().hex() + ", expected " + promised);
        }
        return set;
    }

    /// Fetches steps: with one range where they lie in a row and the server knows ranges, else each
    /// from its own file.
    private static List<byte[]> fetched(
            List<StepIndex.Step> way, String folder, String all, Download download)
            throws OpmException {
        if (way.isEmpty()) {
            return List.of();
        }
        long from = way.getFirst().offset();
        long until = way.getLast().offset() + way.getLast().bytes();
        long sum = way.stream().mapToLong(StepIndex.Step::bytes).sum();
        byte[] row = until - from == sum ? download.range(all, from, until) : null;
        var steps = new ArrayList<byte[]>();
        int at = 0;
        for (StepIndex.Step step : way) {
            int length = (int) step.bytes();
            byte[] packed =
                    row == null
                            ? download.small(folder + step.fileName(), length)
                            : java.util.Arrays.copyOfRange(row, at, at + length);
            at += length;
            if (packed == null || !sha256(packed).equals(step.sum())) {
                throw damaged("a step is not the one that the index names");
            }
            steps.add(packed);
        }
        return steps;
    }

    private static PackageSet taken(PackageSet old, byte[] packed) throws OpmException {
        byte[] step;
        var packedIn = new ByteArrayInputStream(packed);
        try (InputStream in = Codec.unpacked(packedIn, "increments")) {
            step = in.readNBytes(MOST_BYTES);
        } catch (IOException e) {
            throw Codec.failure(e, "increments");
        }
        return Increment.apply(old, step);
    }

    private static Damaged damaged(String what) {
        return new Damaged(
                "increments: " + what, "Use another mirror, or tell the repository's owner.");
    }
}
