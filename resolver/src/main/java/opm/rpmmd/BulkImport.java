package opm.rpmmd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import opm.base.ByteText;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.pkgset.Bulk;
import opm.pkgset.BulkBuilder;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// Brings what a repository says beside its packages into its set, and out of it again: advisories,
/// groups, module streams, changelogs.
public final class BulkImport {
    /// The names of groups in repomd.xml; some repositories have them packed alone.
    static final List<String> GROUPS = List.of("group_gz", "group_xz", "group_zst", "group");

    /// Where a file of a repository lies.
    interface Files {
        Path of(Repomd.Item item) throws OpmException;
    }

    private final Importer importer;
    private final Repomd repomd;
    private final Files files;
    private final BulkBuilder to;

    private BulkImport(Importer importer, Repomd repomd, Files files, BulkBuilder to) {
        this.importer = importer;
        this.repomd = repomd;
        this.files = files;
        this.to = to;
    }

    /// Reads all of them, each verified first; what a repository does not have is empty.
    static BulkBuilder read(Importer importer, PackageSet set, Repomd repomd, Files files)
            throws OpmException {
        var builder = new BulkBuilder(set);
        new BulkImport(importer, repomd, files, builder).run();
        return builder;
    }

    /// Finds the groups of a repository.
    static Repomd.@Nullable Item groups(Repomd repomd) {
        for (String type : GROUPS) {
            Repomd.Item item = repomd.item(type);
            if (item != null) {
                return item;
            }
        }
        return null;
    }

    private interface Content {
        void read(InputStream in, String subject) throws OpmException, IOException;
    }

    private void with(Repomd.@Nullable Item item, Content content) throws OpmException {
        if (item == null) {
            return;
        }
        Path file = files.of(item);
        importer.verify(file, item);
        String subject = Importer.subject(item);
        try (InputStream in = new ReadAhead(importer.open(file, item))) {
            content.read(in, subject);
        } catch (IOException e) {
            throw Codec.failure(e, subject);
        }
    }

    private void run() throws OpmException {
        with(
                repomd.item("updateinfo"),
                (in, subject) ->
                        new AdvisoriesReader(
                                        in,
                                        subject,
                                        _ -> true,
                                        one -> to.add(Bulk.Kind.ADVISORY, BulkRecords.of(one)))
                                .read());
        with(
                groups(repomd),
                (in, subject) -> {
                    for (Group group : new GroupsReader(in, subject).read()) {
                        to.add(Bulk.Kind.GROUP, BulkRecords.of(group));
                    }
                });
        with(
                repomd.item("modules"),
                (in, subject) -> {
                    byte[] yaml = Importer.modulesText(in, subject);
                    Modules.parse(yaml);
                    to.add(Bulk.Kind.MODULES, yaml);
                });
        with(
                repomd.item("other"),
                (in, subject) ->
                        new ChangelogReader(
                                        in,
                                        subject,
                                        (checksum, changes) -> {
                                            byte[] id = ByteText.encode(checksum);
                                            byte[] record = BulkRecords.of(changes);
                                            to.changelog(id, 0, id.length, record);
                                        })
                                .read());
    }

    // ---- out of a set

    /// Returns the advisories of a set.
    ///
    /// @param wanted tells by its name whether a package of an advisory matters
    static List<Advisory> advisories(Bulk bulk, Predicate<String> wanted) throws Damaged {
        var advisories = new ArrayList<Advisory>();
        for (byte[] record : records(bulk, Bulk.Kind.ADVISORY, Limits.ADVISORIES)) {
            advisories.add(BulkRecords.advisory(record).about(wanted));
        }
        return advisories;
    }

    /// Returns the groups of a set.
    static List<Group> groups(Bulk bulk) throws Damaged {
        var groups = new ArrayList<Group>();
        for (byte[] record : records(bulk, Bulk.Kind.GROUP, Limits.GROUPS)) {
            groups.add(BulkRecords.group(record));
        }
        return groups;
    }

    /// Returns the module streams of a set.
    static Modules modules(Bulk bulk) throws Damaged {
        var all = new ArrayList<Modules>();
        for (byte[] record : records(bulk, Bulk.Kind.MODULES, 1)) {
            all.add(Modules.parse(record));
        }
        return Modules.of(all);
    }

    /// Returns what changed in a package of a set, the newest first.
    static List<Change> changes(Bulk bulk, int pkg) throws Damaged {
        return BulkRecords.changes(PackageSet.reading(() -> bulk.changelog(pkg)));
    }

    private static List<byte[]> records(Bulk bulk, Bulk.Kind kind, int most) throws Damaged {
        List<byte[]> records = PackageSet.reading(() -> bulk.records(kind));
        if (records.size() > most) {
            throw new Damaged(
                    "package set: section bulk: " + records.size() + " records, expected " + most,
                    "Build the set again, with --bulk.");
        }
        return records;
    }
}
