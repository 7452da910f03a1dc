package opm.rpmmd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Predicate;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.pkgset.BuildAside;
import opm.pkgset.BulkBuilder;
import opm.pkgset.FileListBuilder;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.pkgset.PackageSink;
import opm.pkgset.SetCopier;
import org.jspecify.annotations.Nullable;

/// Turns verified metadata files into package sets.
public final class Importer {
    /// Bytes of a primary, as it lies there, from which on a second thread pays.
    private static final int LARGE = 1 << 20;

    private final Disk disk;

    public Importer(Disk disk) {
        this.disk = disk;
    }

    /// What came of an import beside the packages.
    ///
    /// @param unreadable dependencies that could not be understood; see `PrimaryReader`
    /// @param firstUnreadable one of them; empty when there is none
    public record Imported(int unreadable, String firstUnreadable) {}

    /// Reads a primary file that lies on the disk; verifies it against its entry in repomd.xml
    /// before a byte of it is parsed.
    ///
    /// @param installed for the metadata of an installed system, as tests have it
    public Imported primary(
            Path file, Repomd.Item item, PackageSetBuilder builder, boolean installed)
            throws OpmException {
        verify(file, item);
        return verifiedPrimary(file, item, builder, installed);
    }

    /// Reads a primary file that was verified as it came.
    Imported verifiedPrimary(
            Path file, Repomd.Item item, PackageSetBuilder builder, boolean installed)
            throws OpmException {
        String subject = subject(item);
        try (InputStream in = new ReadAhead(open(file, item))) {
            return item.sizeBytes() >= LARGE
                    ? primary(in, subject, builder, installed)
                    : all(in, subject, builder, installed);
        } catch (IOException e) {
            throw Codec.failure(e, subject);
        }
    }

    /// Reads a primary, the builder at work on a thread of its own where that may be.
    static Imported primary(
            InputStream in, String subject, PackageSetBuilder builder, boolean installed)
            throws OpmException {
        if (!builder.worksAside()) {
            return all(in, subject, builder, installed);
        }
        try (var aside = new BuildAside(builder)) {
            Imported imported = all(in, subject, aside, installed);
            aside.finish();
            return imported;
        }
    }

    private static Imported all(InputStream in, String subject, PackageSink to, boolean installed)
            throws OpmException {
        var reader = new PrimaryReader(in, subject, to, installed);
        reader.read();
        String first = reader.firstUnreadable();
        return new Imported(reader.unreadable(), first == null ? "" : first);
    }

    /// Reads a repository that lies in a folder, `repodata/repomd.xml` and all.
    public PackageSetBuilder folder(Path folder, boolean installed) throws OpmException {
        byte[] bytes = disk.readAll(folder.resolve("repodata/repomd.xml"), Limits.REPOMD_BYTES);
        Repomd.Item primary = Repomd.parse(bytes).primary();
        var builder = new PackageSetBuilder();
        if (installed) {
            builder.installedSystem();
        }
        primary(folder.resolve(primary.location()), primary, builder, installed);
        return builder;
    }

    /// Reads a repository that lies in a folder, with what its file lists know of some paths.
    ///
    /// @param paths absolute, sorted
    public PackageSet folderWith(Path folder, List<String> paths) throws OpmException {
        PackageSet set = folder(folder, false).build();
        byte[] bytes = disk.readAll(folder.resolve("repodata/repomd.xml"), Limits.REPOMD_BYTES);
        Repomd.Item item = Repomd.parse(bytes).item("filelists");
        if (paths.isEmpty() || item == null) {
            return set;
        }
        var found = paths(folder.resolve(item.location()), item, Set.copyOf(paths));
        var builder = new PackageSetBuilder().askedPaths(paths);
        SetCopier.copyWith(found, set, builder);
        return builder.build();
    }

    /// Looks for paths in a filelists file that lies on the disk; verified first.
    ///
    /// @return the wanted paths by the checksum of the package that has them
    Map<String, List<String>> paths(Path file, Repomd.Item item, Set<String> wanted)
            throws OpmException {
        verify(file, item);
        try (InputStream in = new ReadAhead(open(file, item))) {
            return new FilelistsReader(in, subject(item), wanted).read();
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
    }

    /// Reads every file of every package out of a filelists file; verified first.
    ///
    /// @return what writes the set with them
    FileListBuilder allFiles(Path file, Repomd.Item item, PackageSet set) throws OpmException {
        verify(file, item);
        var builder = new FileListBuilder(set);
        try (InputStream in = new ReadAhead(open(file, item))) {
            new AllFilesReader(in, subject(item), builder).read();
            return builder;
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
    }

    /// Adds the files of a repository that lies in a folder to its set.
    ///
    /// @return what writes the set with them; null when the repository has no file lists
    public @Nullable FileListBuilder folderFiles(Path folder, PackageSet set) throws OpmException {
        byte[] bytes = disk.readAll(folder.resolve("repodata/repomd.xml"), Limits.REPOMD_BYTES);
        Repomd.Item item = Repomd.parse(bytes).item("filelists");
        if (item == null) {
            return null;
        }
        return allFiles(folder.resolve(item.location()), item, set);
    }

    /// Reads every file of some packages out of a filelists file; verified first.
    ///
    /// @param ids checksums of the packages
    /// @return the files by checksum
    Map<String, List<String>> files(Path file, Repomd.Item item, Set<String> ids)
            throws OpmException {
        verify(file, item);
        try (InputStream in = new ReadAhead(open(file, item))) {
            return new PackageFilesReader(in, subject(item), ids).read();
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
    }

    /// Reads what the repository says about updates; verified first.
    ///
    /// @param set whose packages matter
    /// @param also tells by its name whether another package matters
    List<Advisory> advisories(Path file, Repomd.Item item, PackageSet set, Predicate<String> also)
            throws OpmException {
        verify(file, item);
        Predicate<String> wanted = known(set, also);
        var advisories = new ArrayList<Advisory>();
        try (InputStream in = new ReadAhead(open(file, item))) {
            new AdvisoriesReader(in, subject(item), wanted, advisories::add).read();
            return advisories;
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
    }

    /// Reads the deltas of packages with certain names; verified first.
    List<OfferedDelta> deltas(Path file, Repomd.Item item, Predicate<String> wanted)
            throws OpmException {
        verify(file, item);
        try (InputStream in = open(file, item)) {
            return new DeltasReader(in, subject(item), wanted).read();
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
    }

    /// Tells of names whether a set has packages of them, or whether they matter otherwise.
    static Predicate<String> known(PackageSet set, Predicate<String> also) {
        return name -> set.hasPackage(name) || also.test(name);
    }

    /// Reads the repository's groups; verified first.
    List<Group> groups(Path file, Repomd.Item item) throws OpmException {
        verify(file, item);
        try (InputStream in = open(file, item)) {
            return new GroupsReader(in, subject(item)).read();
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
    }

    /// Reads which packages the repository's components are in; verified first.
    SortedMap<String, List<String>> components(Path file, Repomd.Item item) throws OpmException {
        verify(file, item);
        try (InputStream in = open(file, item)) {
            return new ComponentsReader(in, subject(item)).read();
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
    }

    /// Reads the repository's module streams; verified first.
    Modules modules(Path file, Repomd.Item item) throws OpmException {
        verify(file, item);
        try (InputStream in = open(file, item)) {
            return Modules.parse(modulesText(in, subject(item)));
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
    }

    static byte[] modulesText(InputStream in, String subject) throws OpmException, IOException {
        byte[] bytes = in.readNBytes(Limits.MODULES_BYTES + 1);
        if (bytes.length > Limits.MODULES_BYTES) {
            throw new Damaged(
                    subject + ": more than " + Limits.MODULES_BYTES + " bytes",
                    "Fetch it again, or use another mirror.");
        }
        return bytes;
    }

    /// Reads what changed in some packages; verified first.
    ///
    /// @param ids checksums of the packages
    /// @return by checksum, the newest change first
    Map<String, List<Change>> changes(Path file, Repomd.Item item, Set<String> ids)
            throws OpmException {
        verify(file, item);
        var found = new HashMap<String, List<Change>>();
        try (InputStream in = new ReadAhead(open(file, item))) {
            new ChangelogReader(
                            in,
                            subject(item),
                            (id, changes) -> {
                                if (ids.contains(id)) {
                                    found.put(id, changes);
                                }
                            })
                    .read();
            return found;
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
    }

    /// Reads what a repository in a folder says beside its packages.
    ///
    /// @return what writes the set with it
    public BulkBuilder folderBulk(Path folder, PackageSet set) throws OpmException {
        byte[] bytes = disk.readAll(folder.resolve("repodata/repomd.xml"), Limits.REPOMD_BYTES);
        return BulkImport.read(
                this, set, Repomd.parse(bytes), item -> folder.resolve(item.location()));
    }

    /// Opens a metadata file, unpacked and bounded.
    InputStream open(Path file, Repomd.Item item) throws OpmException {
        InputStream raw = disk.read(file);
        InputStream unpacked = Codec.unpacked(raw, subject(item));
        long most = item.openBytes() < 0 ? Limits.METADATA_BYTES : item.openBytes();
        return new BoundedStream(unpacked, Math.min(most, Limits.METADATA_BYTES), subject(item));
    }

    /// Compares size and digest of a file with its entry in repomd.xml.
    void verify(Path file, Repomd.Item item) throws OpmException {
        long size = disk.size(file);
        if (item.sizeBytes() >= 0 && size != item.sizeBytes()) {
            throw new Damaged(
                    subject(item) + ": " + size + " bytes, expected " + item.sizeBytes(),
                    "Fetch it again, or use another mirror.");
        }
        Digest.soon(size);
        MessageDigest sum = item.checksum().algorithm().engine();
        var buffer = new byte[1 << 16];
        try (InputStream in = disk.read(file)) {
            int count = in.read(buffer);
            while (count >= 0) {
                sum.update(buffer, 0, count);
                count = in.read(buffer);
            }
        } catch (IOException e) {
            throw Codec.failure(e, subject(item));
        }
        Digest found = Digest.of(item.checksum().algorithm(), sum.digest());
        if (!found.equals(item.checksum())) {
            throw new Damaged(
                    subject(item) + ": " + found + ", expected " + item.checksum(),
                    "Fetch it again, or use another mirror.");
        }
    }

    static String subject(Repomd.Item item) {
        String location = item.location();
        return location.substring(location.lastIndexOf('/') + 1);
    }
}
