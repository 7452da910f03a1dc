package opm.bundle;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Net;
import org.jspecify.annotations.Nullable;

/// Where the bytes of a damaged bundle may be had again. What it gives is checked by who asks.
public interface Spare {
    /// Returns what it is called, for people.
    String name();

    /// Returns bytes of an entry's data; null where it has not got them.
    ///
    /// @param from the first byte, counted in the entry
    byte @Nullable [] entry(Entry entry, long from, int length) throws OpmException;

    /// Returns bytes as they lie in a bundle of this length; null where it is no copy of one.
    default byte @Nullable [] raw(long bundleBytes, long at, int length) throws OpmException {
        return null;
    }

    /// Returns another copy, or another bundle that has some of the same packages.
    static Spare bundle(Disk disk, Path file) {
        return new OfBundle(new ByteSource.OnDisk(disk, file));
    }

    /// Returns another copy that lies behind an address.
    static Spare bundle(Net net, URI uri) {
        return new OfBundle(new ByteSource.OnWeb(net, uri));
    }

    /// Returns what lies in a folder: copies, other bundles, and packages under their own names.
    static List<Spare> folder(Disk disk, Path folder, Path not) throws OpmException {
        var spares = new ArrayList<Spare>();
        Path itself = not.toAbsolutePath().normalize();
        for (Path file : disk.list(folder)) {
            boolean same = file.toAbsolutePath().normalize().equals(itself);
            if (!same && file.toString().endsWith(".opm") && !disk.isDirectory(file)) {
                spares.add(bundle(disk, file));
            }
        }
        spares.add(
                new OfFiles(
                        folder.toString(),
                        path -> new ByteSource.OnDisk(disk, folder.resolve(path))));
        return spares;
    }

    /// Returns what lies below an address: packages under their own names.
    static Spare folder(Net net, URI uri) {
        String base = uri.toString().endsWith("/") ? uri.toString() : uri + "/";
        return new OfFiles(
                base, path -> new ByteSource.OnWeb(net, URI.create(base + escaped(path))));
    }

    /// Returns what lies in files of its own, which are looked for when they are needed.
    static Spare packages(Disk disk, String name, Finding<@Nullable Path> finding) {
        return new Found(
                        name,
                        entry -> {
                            Path file = finding.of(entry);
                            return file == null
                                    ? List.of()
                                    : List.of(new ByteSource.OnDisk(disk, file));
                        });
    }

    /// Returns what lies behind addresses, which are looked for when they are needed.
    static Spare packages(Net net, String name, Finding<List<URI>> finding) {
        return new Found(
                name,
                entry -> {
                    var sources = new ArrayList<ByteSource>();
                    finding.of(entry).forEach(uri -> sources.add(new ByteSource.OnWeb(net, uri)));
                    return sources;
                });
    }

    /// Says where an entry is.
    interface Finding<T extends @Nullable Object> {
        T of(Entry entry) throws OpmException;
    }

    private static String escaped(String path) {
        return path.replace("^", "%5E");
    }

    /// A bundle: of the same length it is taken for a copy, of another it is asked what it has.
    final class OfBundle implements Spare {
        private final ByteSource source;
        private @Nullable Map<Digest, Entry> entries;

        OfBundle(ByteSource source) {
            this.source = source;
        }

        @Override
        public String name() {
            return source.name();
        }

        @Override
        public byte @Nullable [] entry(Entry entry, long from, int length) throws OpmException {
            Entry there = entries().get(entry.sha256());
            return there == null ? null : source.read(there.at() + from, length);
        }

        @Override
        public byte @Nullable [] raw(long bundleBytes, long at, int length) throws OpmException {
            return source.sizeBytes() == bundleBytes ? source.read(at, length) : null;
        }

        private Map<Digest, Entry> entries() throws OpmException {
            Map<Digest, Entry> known = entries;
            if (known == null) {
                known = new HashMap<>();
                for (Entry entry : read()) {
                    known.put(entry.sha256(), entry);
                }
                entries = known;
            }
            return known;
        }

        private List<Entry> read() throws OpmException {
            byte[] head = source.read(0, Front.HEAD_BYTES);
            if (head == null) {
                return List.of();
            }
            try {
                Front front = Front.parse(head);
                if (front.manifestBytes() > Limits.MANIFEST_BYTES) {
                    return List.of();
                }
                byte[] text = source.read(front.manifestAt(), (int) front.manifestBytes());
                return text == null ? List.of() : Manifest.parse(text).entries();
            } catch (OpmException.Damaged e) {
                return List.of(); // it is damaged itself, or none
            }
        }
    }

    /// Packages that somebody knows how to find, each in some places.
    record Found(String name, Finding<List<ByteSource>> finding) implements Spare {
        @Override
        public byte @Nullable [] entry(Entry entry, long from, int length) throws OpmException {
            for (ByteSource source : finding.of(entry)) {
                try {
                    byte[] bytes = source.read(from, length);
                    if (bytes != null) {
                        return bytes;
                    }
                } catch (OpmException e) {
                    assert e.getMessage() != null; // the next place may have it
                }
            }
            return null;
        }
    }

    /// Packages under their paths in the bundle, or under their file names.
    record OfFiles(String name, Files files) implements Spare {
        /// Finds a file by its path; whether it is there shows when it is read.
        interface Files {
            ByteSource at(String path) throws OpmException;
        }

        @Override
        public byte @Nullable [] entry(Entry entry, long from, int length) throws OpmException {
            String path = entry.path();
            for (String place :
                    List.of(
                            path,
                            path.substring(path.indexOf('/') + 1),
                            path.substring(path.lastIndexOf('/') + 1))) {
                ByteSource file = files.at(place);
                if (file.sizeBytes() == entry.sizeBytes()) {
                    return file.read(from, length);
                }
            }
            return null;
        }
    }
}
