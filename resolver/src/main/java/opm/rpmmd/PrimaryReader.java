package opm.rpmmd;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import opm.base.ByteText;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Digest.Algorithm;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.Sense;
import opm.pkgset.PackageSink;
import opm.pkgset.TextKind;
import org.jspecify.annotations.Nullable;

/// Reads the packages of a `primary.xml` into a sink.
///
/// A dependency that cannot be understood (a rich one that does not parse, an epoch that is no
/// number) stays as a name with the literal text, which nothing provides: a package that requires
/// it cannot be installed, all others can. libsolv does the same. They are counted, so that the
/// caller can tell.
final class PrimaryReader {
    /// Packages for which room is made because the file says so: 16 MB.
    private static final int MOST_BELIEVED = 100_000;

    private final XmlScanner xml;
    private final PackageSink sink;
    private final KnownEntries entries = new KnownEntries();

    /// Says that the packages are those of an installed system, as tests have them in this form.
    private final boolean installed;

    private int packageCount;
    private int unreadable;
    private @Nullable String firstUnreadable;

    private int name;
    private int arch;
    private int epoch;
    private int version;
    private int release;
    private boolean named;
    private int dependencies;

    PrimaryReader(InputStream in, String subject, PackageSink sink, boolean installed)
            throws OpmException {
        xml = new XmlScanner(in, subject);
        this.sink = sink;
        this.installed = installed;
    }

    /// Returns how many dependencies could not be understood.
    int unreadable() {
        return unreadable;
    }

    /// Returns the first one, for a message.
    @Nullable String firstUnreadable() {
        return firstUnreadable;
    }

    void read() throws OpmException {
        if (xml.next() != XmlScanner.START || xml.name() != XmlWords.METADATA) {
            throw xml.damaged("no <metadata>");
        }
        sink.room((int) Math.min(number(XmlWords.PACKAGES), MOST_BELIEVED));
        int event = xml.next();
        while (event != XmlScanner.EOF) {
            if (event == XmlScanner.START) {
                if (xml.name() == XmlWords.PACKAGE && xml.value(XmlWords.TYPE).equals("rpm")) {
                    readPackage();
                } else {
                    xml.skip();
                }
            }
            event = xml.next();
        }
    }

    private void readPackage() throws OpmException {
        if (++packageCount > Limits.PACKAGES) {
            throw xml.damaged("more than " + Limits.PACKAGES + " packages");
        }
        name = 0;
        arch = 0;
        named = false;
        dependencies = 0;
        sink.begin();
        int outside = xml.depth() - 1;
        while (xml.next() == XmlScanner.START) {
            readPart();
        }
        assert xml.depth() == outside;
        if (name == 0 || !named) {
            throw xml.damaged("a package without a name or version");
        }
        sink.identity(name, epoch, version, release, arch);
        sink.end();
    }

    private void readPart() throws OpmException {
        switch (xml.name()) {
            case XmlWords.NAME -> name = string();
            case XmlWords.ARCH -> arch = string();
            case XmlWords.VERSION -> readVersion();
            case XmlWords.CHECKSUM -> readChecksum();
            case XmlWords.SUMMARY -> text(TextKind.SUMMARY);
            case XmlWords.DESCRIPTION -> text(TextKind.DESCRIPTION);
            case XmlWords.PACKAGER -> text(TextKind.PACKAGER);
            case XmlWords.URL -> text(TextKind.URL);
            case XmlWords.TIME -> readTime();
            case XmlWords.SIZE -> {
                sink.sizes(
                        size(XmlWords.PACKAGE, Limits.PACKAGE_BYTES),
                        size(XmlWords.INSTALLED, Limits.INSTALLED_BYTES),
                        size(XmlWords.ARCHIVE, Limits.INSTALLED_BYTES));
                xml.skip();
            }
            case XmlWords.LOCATION -> readLocation();
            case XmlWords.FORMAT -> {
                while (xml.next() == XmlScanner.START) {
                    readFormat();
                }
            }
            default -> xml.skip();
        }
    }

    private void readFormat() throws OpmException {
        switch (xml.name()) {
            case XmlWords.LICENSE -> text(TextKind.LICENSE);
            case XmlWords.VENDOR -> {
                int length = xml.text();
                sink.vendor(xml.bytes(), 0, length);
            }
            case XmlWords.GROUP -> text(TextKind.GROUP);
            case XmlWords.BUILDHOST -> text(TextKind.BUILDHOST);
            case XmlWords.SOURCERPM -> text(TextKind.SOURCERPM);
            case XmlWords.HEADER_RANGE -> {
                sink.headerRange(offset(XmlWords.START), offset(XmlWords.END));
                xml.skip();
            }
            case XmlWords.PROVIDES -> readEntries(DepKind.PROVIDES);
            case XmlWords.REQUIRES -> readEntries(DepKind.REQUIRES);
            case XmlWords.CONFLICTS -> readEntries(DepKind.CONFLICTS);
            case XmlWords.OBSOLETES -> readEntries(DepKind.OBSOLETES);
            case XmlWords.RECOMMENDS -> readEntries(DepKind.RECOMMENDS);
            case XmlWords.SUGGESTS -> readEntries(DepKind.SUGGESTS);
            case XmlWords.SUPPLEMENTS -> readEntries(DepKind.SUPPLEMENTS);
            case XmlWords.ENHANCES -> readEntries(DepKind.ENHANCES);
            case XmlWords.FILE -> {
                int length = xml.text();
                sink.file(xml.bytes(), 0, length);
            }
            default -> xml.skip();
        }
    }

    private void readEntries(DepKind kind) throws OpmException {
        while (true) {
            int length = xml.peekEmptyTag();
            long known = length == 0 ? -1 : entries.find(xml, length);
            if (known >= 0 && sink.remembers((int) (known >>> 1))) {
                countDependency();
                xml.takeEmptyTag(length);
                sink.dep(kind, (known & 1) != 0, (int) (known >>> 1));
                continue;
            }
            if (xml.next() != XmlScanner.START) {
                return;
            }
            if (xml.name() == XmlWords.ENTRY) {
                countDependency();
                boolean whole = length > 0 && xml.wasEmptyTag(length);
                int before = unreadable;
                long read = readEntry(kind);
                // What could not be understood is counted each time.
                if (whole && unreadable == before) {
                    entries.note(xml, length, read);
                }
            }
            xml.skip();
        }
    }

    private void countDependency() throws OpmException {
        if (++dependencies > Limits.DEPENDENCIES) {
            throw xml.damaged("a package with more than " + Limits.DEPENDENCIES + " dependencies");
        }
    }

    /// Reads one dependency into the sink.
    ///
    /// @return its relation above one bit that is set for `pre`
    private long readEntry(DepKind kind) throws OpmException {
        int nameAt = -1;
        int epochAt = -1;
        int verAt = -1;
        int relAt = -1;
        Sense sense = Sense.NONE;
        boolean pre = false;
        for (int index = 0; index < xml.attributeCount(); index++) {
            switch (xml.attributeWord(index)) {
                case XmlWords.NAME -> nameAt = index;
                case XmlWords.EPOCH -> epochAt = index;
                case XmlWords.VER -> verAt = index;
                case XmlWords.REL -> relAt = index;
                case XmlWords.FLAGS -> sense = sense(index);
                case XmlWords.PRE -> pre = isOne(index);
                default -> {
                    // createrepo_c writes nothing else.
                }
            }
        }
        if (nameAt < 0 || xml.valueLength(nameAt) == 0) {
            throw xml.damaged("a dependency without a name");
        }
        if (xml.values()[xml.valueStart(nameAt)] == '(') {
            return add(kind, pre, rich(nameAt));
        }
        if (verAt < 0 || xml.valueLength(verAt) == 0) {
            sense = Sense.NONE;
        }
        int name = string(nameAt);
        if (sense == Sense.NONE) {
            return add(kind, pre, sink.relation(name, sense, 0, 0, 0));
        }
        int number = epochAt < 0 ? 0 : epoch(epochAt);
        if (number < 0) {
            String words = xml.value(XmlWords.NAME) + " epoch " + xml.value(XmlWords.EPOCH);
            return add(kind, pre, unreadable(words));
        }
        int release = relAt < 0 ? 0 : string(relAt);
        return add(kind, pre, sink.relation(name, sense, number, string(verAt), release));
    }

    private long add(DepKind kind, boolean pre, int relation) {
        sink.dep(kind, pre, relation);
        return (long) relation << 1 | (pre ? 1 : 0);
    }

    private int rich(int nameAt) {
        String words =
                ByteText.decode(xml.values(), xml.valueStart(nameAt), xml.valueLength(nameAt));
        try {
            return sink.relation(Dep.parse(words));
        } catch (IllegalArgumentException e) {
            return unreadable(words);
        }
    }

    private int unreadable(String words) {
        unreadable++;
        if (firstUnreadable == null) {
            firstUnreadable = words;
        }
        return sink.relation(sink.string(words), Sense.NONE, 0, 0, 0);
    }

    private Sense sense(int index) {
        if (xml.valueLength(index) != 2) {
            return Sense.NONE;
        }
        byte[] values = xml.values();
        int start = xml.valueStart(index);
        return switch (values[start] << 8 | values[start + 1]) {
            case 'E' << 8 | 'Q' -> Sense.EQ;
            case 'G' << 8 | 'E' -> Sense.GE;
            case 'L' << 8 | 'E' -> Sense.LE;
            case 'G' << 8 | 'T' -> Sense.GT;
            case 'L' << 8 | 'T' -> Sense.LT;
            case 'N' << 8 | 'E' -> Sense.NE;
            default -> Sense.NONE;
        };
    }

    private boolean isOne(int index) {
        return xml.valueLength(index) == 1 && xml.values()[xml.valueStart(index)] == '1';
    }

    private void readVersion() throws OpmException {
        int epochAt = xml.attribute(XmlWords.EPOCH);
        epoch = epochAt < 0 ? 0 : epoch(epochAt);
        if (epoch < 0) {
            throw xml.damaged("a package with epoch '" + xml.value(XmlWords.EPOCH) + "'");
        }
        int verAt = xml.attribute(XmlWords.VER);
        int relAt = xml.attribute(XmlWords.REL);
        version = verAt < 0 ? 0 : string(verAt);
        release = relAt < 0 ? 0 : string(relAt);
        named = true;
        xml.skip();
    }

    /// Returns a value as an epoch, 0 when it is empty, -1 when it is no number below 2^31.
    private int epoch(int index) {
        long number = number(xml.values(), xml.valueStart(index), xml.valueLength(index));
        return number < 0 || number > Integer.MAX_VALUE ? -1 : (int) number;
    }

    private static long number(byte[] bytes, int start, int length) {
        long number = 0;
        if (length > 18) {
            return -1;
        }
        for (int at = start; at < start + length; at++) {
            if (bytes[at] < '0' || bytes[at] > '9') {
                return -1;
            }
            number = number * 10 + bytes[at] - '0';
        }
        return number;
    }

    /// Returns an attribute as a number; 0 when it is absent or none, as times of old tools are.
    private long number(int word) {
        int index = xml.attribute(word);
        return index < 0
                ? 0
                : Math.max(0, number(xml.values(), xml.valueStart(index), xml.valueLength(index)));
    }

    /// Returns an attribute as a count of bytes; 0 when it is absent or empty.
    private long size(int word, long most) throws OpmException {
        int index = xml.attribute(word);
        if (index < 0) {
            return 0;
        }
        long size = number(xml.values(), xml.valueStart(index), xml.valueLength(index));
        if (size < 0 || size > most) {
            throw xml.damaged("a package of " + xml.value(word) + " bytes");
        }
        return size;
    }

    private int offset(int word) {
        long number = number(word);
        return number > Integer.MAX_VALUE ? 0 : (int) number;
    }

    private void readTime() throws OpmException {
        sink.buildSeconds(number(XmlWords.BUILD));
        if (installed) {
            sink.installed(number(XmlWords.FILE), "");
        }
        xml.skip();
    }

    private void readChecksum() throws OpmException {
        String type = xml.value(XmlWords.TYPE);
        String hex = xml.textString();
        if (installed) {
            return;
        }
        try {
            sink.checksum(new Digest(Algorithm.ofWord(type), hex.strip()));
        } catch (IllegalArgumentException e) {
            throw xml.damaged("a package's checksum: " + e.getMessage());
        }
    }

    private void readLocation() throws OpmException {
        int href = xml.attribute(XmlWords.HREF);
        int base = xml.attribute(XmlWords.BASE);
        if (href >= 0 && !installed) {
            byte[] file =
                    Arrays.copyOfRange(
                            xml.values(),
                            xml.valueStart(href),
                            xml.valueStart(href) + xml.valueLength(href));
            if (base >= 0 && xml.valueLength(base) > 0) {
                String root = xml.value(XmlWords.BASE);
                byte[] prefix =
                        (root.endsWith("/") ? root : root + "/").getBytes(StandardCharsets.UTF_8);
                byte[] whole = Arrays.copyOf(prefix, prefix.length + file.length);
                System.arraycopy(file, 0, whole, prefix.length, file.length);
                file = whole;
            }
            sink.location(file, 0, file.length);
        }
        xml.skip();
    }

    private int string() throws OpmException {
        int length = xml.text();
        return sink.string(xml.bytes(), 0, length);
    }

    private int string(int attribute) {
        return sink.string(xml.values(), xml.valueStart(attribute), xml.valueLength(attribute));
    }

    private void text(TextKind kind) throws OpmException {
        int length = xml.text();
        sink.text(kind, xml.bytes(), 0, length);
    }
}
