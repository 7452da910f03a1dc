package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.bundle.PackageSource;
import opm.bundle.RepodataFolder;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.rpm.RpmFile;
import opm.store.Ref;
import opm.store.Store;
import opm.store.Stored;

/// Repositories made of the store's packages: snapshots, and stages that show one of them.
///
/// | path                        | what                                                        |
/// |-----------------------------|-------------------------------------------------------------|
/// | `snapshots/NAME/Packages/…` | second names of the store's objects; copies elsewhere        |
/// | `snapshots/NAME/repodata/…` | repomd.xml and files named by their digests                  |
/// | `STAGE/…`                   | second names of the files of this snapshot and the last one  |
/// | `STAGE/repodata/repomd.xml` | second name of the snapshot's; the one file that is replaced |
/// | `STAGE/snapshots`           | names, one a line, the one that is shown last                |
///
/// 1. To promote is one rename: whoever read the old repomd.xml finds all that it names, and so
///    sees one snapshot from beginning to end.
/// 2. A snapshot is never changed; a stage can go back to any that is there.
public final class Publishing {
    private static final String REPOMD = "repodata/repomd.xml";
    private static final String NAMES = "snapshots";
    private static final Pattern HREF =
            Pattern.compile(
                    "<checksum type=\"sha256\">([0-9a-f]{64})</checksum>(.*?)"
                            + "href=\"repodata/([a-z]+[.]xml)\"",
                    Pattern.DOTALL);

    private final Store store;
    private final Disk disk;
    private final Path folder;

    /// @param folder of the repositories
    public Publishing(Store store, Disk disk, Path folder) {
        this.store = store;
        this.disk = disk;
        this.folder = folder;
    }

    /// Makes a snapshot of those objects that are packages, and pins them.
    ///
    /// @param seconds what its repomd.xml says about its age
    /// @return how many packages
    public int snapshot(String name, Collection<Digest> objects, long seconds) throws OpmException {
        Path snapshot = snapshotFolder(name);
        if (disk.exists(snapshot)) {
            throw new BadRequest(
                    snapshot + ": found a snapshot of this name, expected none",
                    "Give it another name; a snapshot never changes.");
        }
        var packages = new TreeMap<String, Artifact>();
        for (Digest digest : objects) {
            Stored stored = store.get(digest);
            String file = stored == null ? null : fileName(stored);
            if (stored != null && file != null) {
                // Two packages of one name are two files, in all snapshots alike; and folders are
                // few, because each of them takes a block.
                String hex = digest.hex();
                String path = "Packages/" + hex.substring(0, 2) + "/" + file;
                path = path.replaceFirst("[.]rpm$", "-" + hex.substring(0, 8) + ".rpm");
                packages.put(path, new Artifact(digest, stored.sizeBytes(), path, ""));
            }
        }
        Path aside = folder.resolve("snapshots").resolve(".new-" + UUID.randomUUID());
        for (Artifact artifact : packages.values()) {
            Path target = aside.resolve(artifact.path());
            disk.createDirectories(parent(target));
            store.copyTo(artifact.digest(), target, Store.Way.LINK);
        }
        disk.createDirectories(aside);
        var artifacts = List.copyOf(packages.values());
        RepodataFolder.write(artifacts, seconds, PackageSource.of(store, disk), disk, aside);
        nameByDigest(aside);
        disk.rename(aside, snapshot);
        List<Digest> kept = artifacts.stream().map(Artifact::digest).toList();
        store.refs()
                .put(
                        new Ref(
                                Ref.Type.PIN,
                                "snapshot " + folder.getFileName() + " " + name,
                                System.getProperty("user.name", ""),
                                "published in " + folder,
                                0,
                                kept));
        return artifacts.size();
    }

    private Path snapshotFolder(String name) throws BadRequest {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new BadRequest(
                    "'"
                            + name
                            + "': found no name of a snapshot or stage, expected letters, digits"
                            + " and ._-",
                    "For example 2026-05-01.");
        }
        return folder.resolve("snapshots").resolve(name);
    }

    /// Returns the name of a package's file; null when the object is no package.
    private @org.jspecify.annotations.Nullable String fileName(Stored stored) throws OpmException {
        try (InputStream in = disk.read(stored.path())) {
            Nevra nevra = RpmFile.read(in, stored.digest().toString()).words().nevra();
            Evr evr = nevra.evr();
            String text =
                    nevra.name() + "-" + evr.version() + "-" + evr.release() + "." + nevra.arch();
            return text.replaceAll("[^A-Za-z0-9._+~^-]|^[.-]", "_") + ".rpm";
        } catch (Damaged e) {
            return null;
        } catch (IOException e) {
            throw StreamFailure.of(e, stored.path().toString());
        }
    }

    /// Puts the digest into the names of the metadata files, so that two snapshots share none by
    /// accident.
    private void nameByDigest(Path aside) throws OpmException {
        Path repomd = aside.resolve(REPOMD);
        String text = new String(disk.readAll(repomd, Limits.REPOMD_BYTES), StandardCharsets.UTF_8);
        Matcher matcher = HREF.matcher(text);
        while (matcher.find()) {
            String plain = "repodata/" + matcher.group(3);
            String named = "repodata/" + matcher.group(1) + "-" + matcher.group(3);
            disk.rename(aside.resolve(plain), aside.resolve(named));
            text = text.replace("\"" + plain + "\"", "\"" + named + "\"");
        }
        write(repomd, text);
    }

    private void write(Path file, String text) throws OpmException {
        Path aside = file.resolveSibling("." + UUID.randomUUID());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Output out = disk.create(aside)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        disk.letAllRead(aside);
        disk.rename(aside, file);
    }

    /// Lets a stage show a snapshot.
    public void promote(String stage, String name) throws OpmException {
        Path snapshot = snapshotFolder(name);
        if (!disk.exists(snapshot.resolve(REPOMD))) {
            throw new BadRequest(
                    snapshot + ": found no snapshot", "Make it first: --snapshot " + name);
        }
        snapshotFolder(stage);
        Path shown = folder.resolve(stage);
        List<String> before = shown(stage);
        List<String> files = files(snapshot, "");
        for (String file : files) {
            Path target = shown.resolve(file);
            if (!file.equals(REPOMD) && !disk.exists(target)) {
                disk.createDirectories(parent(target));
                if (!disk.tryLink(snapshot.resolve(file), target)) {
                    disk.copy(snapshot.resolve(file), target);
                }
            }
        }
        show(snapshot.resolve(REPOMD), shown.resolve(REPOMD));
        var names = new ArrayList<>(before);
        names.add(name);
        write(shown.resolve(NAMES), String.join("\n", names) + "\n");
        // Readers of the last one go on; who read an older one has had his time.
        Set<String> stays = new HashSet<>(files);
        stays.addAll(List.of(REPOMD, NAMES));
        if (!before.isEmpty()) {
            stays.addAll(files(folder.resolve("snapshots").resolve(before.getLast()), ""));
        }
        for (String file : files(shown, "")) {
            if (!stays.contains(file)) {
                disk.delete(shown.resolve(file));
            }
        }
    }

    private void show(Path repomd, Path shown) throws OpmException {
        Path aside = shown.resolveSibling("." + UUID.randomUUID());
        if (disk.tryLink(repomd, aside)) {
            disk.rename(aside, shown);
            // To rename one name of a file to another does nothing, and leaves both.
            disk.delete(aside);
        } else {
            byte[] bytes = disk.readAll(repomd, Limits.REPOMD_BYTES);
            write(shown, new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /// Lets a stage show what it showed before.
    ///
    /// @return the snapshot's name
    public String rollBack(String stage) throws OpmException {
        List<String> names = shown(stage);
        for (int at = names.size() - 2; at >= 0; at--) {
            if (!names.get(at).equals(names.getLast())) {
                promote(stage, names.get(at));
                return names.get(at);
            }
        }
        throw new BadRequest(
                folder.resolve(stage) + ": found nothing that it showed before",
                "Promote a snapshot: --promote NAME.");
    }

    /// Returns what a stage showed, the present one last.
    public List<String> shown(String stage) throws OpmException {
        Path file = folder.resolve(stage).resolve(NAMES);
        return disk.exists(file)
                ? new String(disk.readAll(file, Limits.REPOMD_BYTES), StandardCharsets.UTF_8)
                        .lines()
                        .toList()
                : List.of();
    }

    private List<String> files(Path below, String prefix) throws OpmException {
        var found = new ArrayList<String>();
        for (Path path : disk.list(below)) {
            String name = prefix + path.getFileName();
            if (disk.isDirectory(path)) {
                found.addAll(files(path, name + "/"));
            } else {
                found.add(name);
            }
        }
        return found;
    }

    private static Path parent(Path file) {
        return java.util.Objects.requireNonNull(file.getParent());
    }
}
