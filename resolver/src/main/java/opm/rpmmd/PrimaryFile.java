package opm.rpmmd;

import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.host.Disk;
import org.jspecify.annotations.Nullable;

/// Brings the primary of a repository, packed in whatever way costs least.
///
/// A repository that also has it as zchunk (`primary_zck`) gives the chunks that changed, when one
/// of its zchunk files is kept; so the file stays, in `files/`, while its repomd.xml does. The
/// first one is taken when it is at most [#WORTH] times as long as the other: dnf takes it always.
final class PrimaryFile {
    private static final String CHUNKED = "primary_zck";
    private static final int WORTH = 3;

    private final Disk disk;
    private final Download download;
    private final Path kept;

    PrimaryFile(Disk disk, Download download, Path kept) {
        this.disk = disk;
        this.download = download;
        this.kept = kept;
    }

    interface Aside {
        Path file() throws OpmException;
    }

    interface Reading {
        int of(Path file, Repomd.Item item) throws OpmException;
    }

    /// Fetches the file, verified, and has it read.
    ///
    /// @param before what was fetched before; null when nothing was
    /// @return what `reading` says
    int read(
            @Nullable Repomd before,
            Repomd now,
            List<String> baseUrls,
            Aside aside,
            Reading reading)
            throws OpmException {
        Repomd.Item primary = now.primary();
        Repomd.Item chunked = now.item(CHUNKED);
        Repomd.Item old = before == null ? null : before.item(CHUNKED);
        if (chunked != null && isWorthwhile(chunked, primary, old)) {
            try {
                return reading.of(chunked(chunked, old, baseUrls, aside), chunked);
            } catch (Damaged | Unavailable e) {
                disk.delete(place(chunked));
            }
        }
        Path file = aside.file();
        try {
            download.fetch(baseUrls, primary, file);
            return reading.of(file, primary);
        } finally {
            disk.delete(file);
        }
    }

    private boolean isWorthwhile(
            Repomd.Item chunked, Repomd.Item primary, Repomd.@Nullable Item old) {
        return old != null && disk.exists(place(old))
                || chunked.sizeBytes() > 0
                        && chunked.sizeBytes() / WORTH <= primary.sizeBytes();
    }

    private Path place(Repomd.Item item) {
        return kept.resolve(item.checksum().hex());
    }

    private Path chunked(
            Repomd.Item item, Repomd.@Nullable Item old, List<String> baseUrls, Aside aside)
            throws OpmException {
        Path place = place(item);
        if (disk.exists(place)) {
            try {
                new Importer(disk).verify(place, item);
                return place;
            } catch (Damaged e) {
                disk.delete(place);
            }
        }
        Path file = aside.file();
        var ranges = new ZchunkFetch(disk, download);
        if (old == null || !ranges.fetch(baseUrls, item, place(old), file)) {
            download.fetch(baseUrls, item, file);
        }
        disk.createDirectories(kept);
        disk.rename(file, place);
        return place;
    }
}
