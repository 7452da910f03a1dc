package opm.rpmmd;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// What a `repomd.xml` lists.
///
/// @param revision what the repository calls this state; may be empty
/// @param items in the order of the file; entries that name no file or no usable checksum are
///     left out
public record Repomd(String revision, List<Item> items) {
    /// One metadata file.
    ///
    /// @param type `primary`, `filelists`, `primary_zck` and so on
    /// @param checksum of the file as it is fetched
    /// @param openChecksum of the file unpacked; null when it is not said
    /// @param location relative to the repository, or a URL
    /// @param sizeBytes of the file as it is fetched; -1 when it is not said
    /// @param openBytes of the file unpacked; -1 when it is not said
    /// @param timestampSeconds since 1970; 0 when it is not said
    public record Item(
            String type,
            Digest checksum,
            @Nullable Digest openChecksum,
            String location,
            long sizeBytes,
            long openBytes,
            long timestampSeconds) {}

    /// Items of one repomd.xml; the most seen are 20.
    private static final int MOST_ITEMS = 1000;

    public Repomd {
        items = List.copyOf(items);
    }

    /// Reads a whole file.
    public static Repomd parse(byte[] bytes) throws OpmException {
        return new Reader(bytes).read();
    }

    /// Returns the first item of a type, or null.
    public @Nullable Item item(String type) {
        for (Item item : items) {
            if (item.type().equals(type)) {
                return item;
            }
        }
        return null;
    }

    /// Returns the item without which there is no repository.
    public Item primary() throws Damaged {
        Item primary = item("primary");
        if (primary == null) {
            throw new Damaged(
                    "repomd.xml: lists no primary metadata with a checksum",
                    "Check the repository's address; it must hold repodata/repomd.xml.");
        }
        return primary;
    }

    private static final class Reader {
        private final XmlScanner xml;
        private final List<Item> items = new ArrayList<>();
        private String revision = "";

        Reader(byte[] bytes) throws OpmException {
            xml = new XmlScanner(new ByteArrayInputStream(bytes), "repomd.xml");
        }

        Repomd read() throws OpmException {
            if (xml.next() != XmlScanner.START || xml.name() != XmlWords.REPOMD) {
                throw xml.damaged("no <repomd>");
            }
            int event = xml.next();
            while (event != XmlScanner.EOF) {
                if (event == XmlScanner.START) {
                    switch (xml.name()) {
                        case XmlWords.REVISION -> revision = xml.textString();
                        case XmlWords.DATA -> readData();
                        default -> xml.skip();
                    }
                }
                event = xml.next();
            }
            return new Repomd(revision, items);
        }

        private void readData() throws OpmException {
            String type = xml.value(XmlWords.TYPE);
            Digest checksum = null;
            Digest openChecksum = null;
            String location = "";
            long size = -1;
            long openSize = -1;
            long timestamp = 0;
            while (xml.next() == XmlScanner.START) {
                switch (xml.name()) {
                    case XmlWords.CHECKSUM -> checksum = checksum();
                    case XmlWords.OPEN_CHECKSUM -> openChecksum = checksum();
                    case XmlWords.LOCATION -> {
                        String base = xml.value(XmlWords.BASE);
                        String href = xml.value(XmlWords.HREF);
                        location =
                                base.isEmpty() || base.endsWith("/")
                                        ? base + href
                                        : base + "/" + href;
                        xml.skip();
                    }
                    case XmlWords.SIZE -> size = size();
                    case XmlWords.OPEN_SIZE -> openSize = size();
                    case XmlWords.TIMESTAMP -> timestamp = Math.max(0, number());
                    default -> xml.skip();
                }
            }
            if (checksum != null && !location.isEmpty()) {
                if (items.size() == MOST_ITEMS) {
                    throw xml.damaged("more than " + MOST_ITEMS + " items");
                }
                items.add(
                        new Item(
                                type, checksum, openChecksum, location, size, openSize, timestamp));
            }
        }

        private @Nullable Digest checksum() throws OpmException {
            String type = xml.value(XmlWords.TYPE);
            String hex = xml.textString();
            try {
                return new Digest(Algorithm.ofWord(type), hex.strip());
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        private long size() throws OpmException {
            long size = number();
            if (size > Limits.METADATA_BYTES) {
                throw xml.damaged("a file of " + size + " bytes");
            }
            return size;
        }

        /// Reads a number; createrepo once wrote timestamps with a fraction.
        private long number() throws OpmException {
            String words = xml.textString().strip();
            int dot = words.indexOf('.');
            try {
                long number = Long.parseLong(dot < 0 ? words : words.substring(0, dot));
                return number < 0 ? -1 : number;
            } catch (NumberFormatException e) {
                throw xml.damaged("'" + words + "' is no size or time");
            }
        }
    }
}
