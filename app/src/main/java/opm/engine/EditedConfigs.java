package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import opm.history.SetPlan;
import opm.host.Command;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;
import opm.repack.Contents;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// Configuration files of which two versions lie side by side since an upgrade, and the one that
/// both come from, which is still in the store's old package: no network.
public final class EditedConfigs {
    private static final int FILE_BYTES = 4 << 20;

    private final Engine engine;
    private final Disk disk;

    public EditedConfigs(Engine engine) {
        this.engine = engine;
        this.disk = engine.host().disk();
    }

    /// Two versions of a file.
    ///
    /// @param path as its package has it
    /// @param other `.rpmnew` or `.rpmsave` beside it
    /// @param mine what somebody edited: at `path` beside a `.rpmnew`, else at `other`
    /// @param theirs what the package brought
    /// @param base what the version before brought; null when the store has it no more
    public record Pair(
            String path,
            String other,
            List<String> mine,
            List<String> theirs,
            @Nullable List<String> base) {}

    /// Finds all of them, sorted by path.
    ///
    /// @param only these paths; all when empty
    public List<Pair> find(List<String> only) throws OpmException {
        var owners = new TreeMap<String, Nevra>();
        String format =
                "[%{FILEFLAGS} %{=NAME}-%{=EPOCHNUM}:%{=VERSION}-%{=RELEASE}.%{=ARCH}"
                        + " %{FILENAMES}\\n]";
        byte[] printed = engine.rpm().queryAll(format);
        for (String line : new String(printed, StandardCharsets.UTF_8).split("\n")) {
            String[] words = line.split(" ", 3);
            boolean config =
                    words.length == 3
                            && words[0].matches("[0-9]{1,9}")
                            && (Integer.parseInt(words[0]) & 1) != 0;
            if (config && (only.isEmpty() || only.contains(words[2]))) {
                owners.put(words[2], Nevra.parse(words[1]));
            }
        }
        var pairs = new ArrayList<Pair>();
        for (var owner : owners.entrySet()) {
            for (String suffix : List.of(".rpmnew", ".rpmsave")) {
                String path = owner.getKey();
                if (disk.kind(at(path)) == Disk.Kind.FILE
                        && disk.kind(at(path + suffix)) == Disk.Kind.FILE) {
                    pairs.add(pair(path, suffix, owner.getValue()));
                }
            }
        }
        return pairs;
    }

    private Path at(String path) {
        return engine.rpm().root().resolve(path.substring(1));
    }

    private Pair pair(String path, String suffix, Nevra owner) throws OpmException {
        List<String> here = lines(disk.readAll(at(path), FILE_BYTES));
        List<String> beside = lines(disk.readAll(at(path + suffix), FILE_BYTES));
        boolean stays = suffix.equals(".rpmnew");
        byte[] base = base(path, owner);
        return new Pair(
                path,
                path + suffix,
                stays ? here : beside,
                stays ? beside : here,
                base == null ? null : lines(base));
    }

    private static List<String> lines(byte[] bytes) {
        return List.of(new String(bytes, StandardCharsets.ISO_8859_1).split("(?<=\n)"));
    }

    /// Reads what the version before brought: of the change that brought the one that is there.
    private byte @Nullable [] base(String path, Nevra owner) throws OpmException {
        var before = new TreeSet<String>();
        for (var change : engine.history()) {
            var plan = change.isSettled() ? engine.planOf(change) : null;
            if (plan == null) {
                continue;
            }
            for (var batch : plan.batches()) {
                boolean brings = batch.comes().contains(owner);
                for (Nevra gone : batch.goes()) {
                    if (brings && gone.name().equals(owner.name()) && !gone.equals(owner)) {
                        before.clear();
                        before.add(gone.full());
                    }
                }
            }
        }
        for (SetPlan.Known known : new OldPackages(engine).find(before).values()) {
            Stored stored = engine.store().get(known.artifact().digest());
            if (stored == null) {
                continue;
            }
            try (InputStream in = disk.read(stored.path())) {
                return Contents.file(in, path, FILE_BYTES);
            } catch (IOException e) {
                throw StreamFailure.of(e, stored.path().toString());
            }
        }
        return null;
    }

    /// Writes the merged file in place of the two.
    ///
    /// @throws Refused when both changed the same lines, or the version before is not here
    public void merge(Pair pair) throws OpmException {
        if (pair.base() == null) {
            throw new Refused(
                    pair.path() + ": the version that both come from is not in the store",
                    "Look at `opm config diff " + pair.path() + "`, then edit it by hand.");
        }
        var merged = new StringBuilder();
        int conflicts = 0;
        for (ThreeWay.Part part : parts(pair)) {
            conflicts += part.isConflict() ? 1 : 0;
            part.merged().forEach(merged::append);
        }
        if (conflicts > 0) {
            throw new Refused(
                    pair.path() + ": found " + conflicts + " places that both sides changed",
                    "Look at `opm config diff " + pair.path() + "`, then edit it by hand.");
        }
        Path file = at(pair.path());
        Path aside = at(pair.path() + ".opmnew");
        // A copy first: owner, permissions and labels stay as they are.
        Command copy = Command.of("cp", "-p", "--", file.toString(), aside.toString());
        var copied = engine.host().commands().run(copy);
        if (copied.exitStatus() != 0) {
            throw new Refused("cp: " + copied.errText().strip(), "Its words say what is wrong.");
        }
        disk.truncate(aside, 0);
        byte[] bytes = merged.toString().getBytes(StandardCharsets.ISO_8859_1);
        try (Output out = disk.append(aside)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        disk.rename(aside, file);
        disk.delete(at(pair.other()));
    }

    /// Returns the parts of a file, the version before known.
    public static List<ThreeWay.Part> parts(Pair pair) throws BadRequest {
        List<String> base = pair.base();
        try {
            return ThreeWay.merge(base == null ? pair.mine() : base, pair.mine(), pair.theirs());
        } catch (IllegalArgumentException tooLong) {
            throw (BadRequest)
                    new BadRequest(
                                    pair.path() + ": found " + tooLong.getMessage(),
                                    "Compare it by hand.")
                            .because(tooLong);
        }
    }
}
