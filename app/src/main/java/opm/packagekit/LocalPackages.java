package opm.packagekit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.bundle.PackageSource;
import opm.bundle.RepodataFolder;
import opm.host.Disk;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.rpm.Header;
import opm.rpm.RpmFile;
import opm.rpm.RpmWords;
import opm.rpm.Tag;
import org.jspecify.annotations.Nullable;

/// Package files that somebody has: what is in them, and the repository that they make together.
final class LocalPackages {
    static final String DATA = "local";

    private final Disk disk;

    LocalPackages(Disk disk) {
        this.disk = disk;
    }

    /// One file.
    record Local(Path file, RpmWords words) {
        String id() {
            return PackageId.of(words.nevra(), DATA);
        }
    }

    List<Local> read(List<String> files) throws Failure, OpmException {
        var all = new ArrayList<Local>();
        for (String text : files) {
            Path file = text.indexOf('\0') < 0 ? Path.of(text) : null;
            if (file == null || !disk.exists(file)) {
                throw new Failure("file-not-found", text + ": found no file there", null);
            }
            try (InputStream in = new BufferedInputStream(disk.read(file))) {
                RpmFile rpm = RpmFile.read(in, text);
                all.add(new Local(file, rpm.words()));
            } catch (OpmException.Damaged _) {
                // Not what was found instead: any user may ask about any file of root's.
                throw new Failure("invalid-package-file", text + " is no whole package", null);
            } catch (IOException e) {
                throw StreamFailure.of(e, text);
            }
        }
        return all;
    }

    void tellDetails(List<String> files, Answer answer) throws Failure, OpmException {
        for (Local local : read(files)) {
            Header header = local.words().header();
            answer.say(
                    "details",
                    local.id(),
                    header.string(Tag.SUMMARY, ""),
                    header.string(Tag.LICENSE, ""),
                    Groups.word(header.string(Tag.GROUP, ""), local.words().nevra().name()),
                    header.string(Tag.DESCRIPTION, ""),
                    header.string(Tag.URL, ""),
                    Long.toString(local.words().installedBytes()),
                    Long.toString(disk.size(local.file())));
        }
    }

    void tellFiles(List<String> files, Answer answer) throws Failure, OpmException {
        for (Local local : read(files)) {
            answer.files(local.id(), local.words().files().stream().map(f -> f.path()).toList());
        }
    }

    /// Makes a repository of copies of some files, in a folder that is not there yet.
    void publish(List<Local> locals, Path folder, long seconds) throws OpmException {
        disk.createOwnDirectories(folder);
        var artifacts = new ArrayList<Artifact>();
        for (Local local : locals) {
            String name = local.words().nevra() + ".rpm";
            Path copy = folder.resolve(name);
            if (!disk.exists(copy)) {
                disk.copy(local.file(), copy);
                artifacts.add(new Artifact(sha256(copy), disk.size(copy), name, ""));
            }
        }
        var source =
                new PackageSource() {
                    @Override
                    public InputStream open(Artifact artifact) throws OpmException {
                        return disk.read(folder.resolve(artifact.path()));
                    }

                    @Override
                    public @Nullable Noted noted(Artifact artifact) {
                        return null;
                    }
                };
        artifacts.sort((one, two) -> one.path().compareTo(two.path()));
        RepodataFolder.write(artifacts, seconds, source, disk, folder);
    }

    private Digest sha256(Path file) throws OpmException {
        MessageDigest engine = Digest.sha256For(disk.size(file));
        byte[] piece = new byte[1 << 16];
        try (InputStream in = disk.read(file)) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                engine.update(piece, 0, count);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
        return Digest.of(Digest.Algorithm.SHA256, engine.digest());
    }

    /// Removes such a folder.
    void remove(Path folder) throws OpmException {
        for (Path below : List.of(folder.resolve("repodata"), folder)) {
            for (Path file : disk.list(below)) {
                if (!disk.isDirectory(file)) {
                    disk.delete(file);
                }
            }
            disk.delete(below);
        }
    }
}
