package opm.rpmmd;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The names of elements and attributes that rpm-md uses, as small numbers.
final class XmlWords {
    static final int OTHER = 0;
    static final int PACKAGE = 1;
    static final int NAME = 2;
    static final int ARCH = 3;
    static final int VERSION = 4;
    static final int EPOCH = 5;
    static final int VER = 6;
    static final int REL = 7;
    static final int CHECKSUM = 8;
    static final int TYPE = 9;
    static final int SUMMARY = 10;
    static final int DESCRIPTION = 11;
    static final int PACKAGER = 12;
    static final int URL = 13;
    static final int TIME = 14;
    static final int BUILD = 15;
    static final int SIZE = 16;
    static final int INSTALLED = 17;
    static final int ARCHIVE = 18;
    static final int LOCATION = 19;
    static final int HREF = 20;
    static final int BASE = 21;
    static final int FORMAT = 22;
    static final int LICENSE = 23;
    static final int VENDOR = 24;
    static final int GROUP = 25;
    static final int BUILDHOST = 26;
    static final int SOURCERPM = 27;
    static final int HEADER_RANGE = 28;
    static final int START = 29;
    static final int END = 30;
    static final int PROVIDES = 31;
    static final int REQUIRES = 32;
    static final int CONFLICTS = 33;
    static final int OBSOLETES = 34;
    static final int RECOMMENDS = 35;
    static final int SUGGESTS = 36;
    static final int SUPPLEMENTS = 37;
    static final int ENHANCES = 38;
    static final int ENTRY = 39;
    static final int FLAGS = 40;
    static final int PRE = 41;
    static final int FILE = 42;
    static final int METADATA = 43;
    static final int PACKAGES = 44;
    static final int REPOMD = 45;
    static final int REVISION = 46;
    static final int DATA = 47;
    static final int OPEN_CHECKSUM = 48;
    static final int OPEN_SIZE = 49;
    static final int TIMESTAMP = 50;
    static final int FILELISTS = 51;
    static final int PKGID = 52;
    static final int METALINK = 53;
    static final int FILES = 54;
    static final int HASH = 55;
    static final int PREFERENCE = 56;
    static final int PROTOCOL = 57;
    static final int VERIFICATION = 58;
    static final int RESOURCES = 59;
    static final int ALTERNATE = 60;
    static final int ALTERNATES = 61;
    static final int ID = 62;
    static final int TITLE = 63;
    static final int SEVERITY = 64;
    static final int ISSUED = 65;
    static final int DATE = 66;
    static final int UPDATES = 67;
    static final int UPDATE = 68;
    static final int RELEASE = 69;
    static final int REFERENCES = 70;
    static final int PKGLIST = 71;
    static final int REBOOT_SUGGESTED = 72;
    static final int RELOGIN_SUGGESTED = 73;
    static final int COMPS = 74;
    static final int ENVIRONMENT = 75;
    static final int USERVISIBLE = 76;
    static final int PACKAGELIST = 77;
    static final int PACKAGEREQ = 78;
    static final int GROUPLIST = 79;
    static final int OPTIONLIST = 80;
    static final int PRIORITY = 81;
    static final int OTHERDATA = 82;
    static final int CHANGELOG = 83;
    static final int AUTHOR = 84;
    static final int PRESTODELTA = 85;
    static final int NEWPACKAGE = 86;
    static final int DELTA = 87;
    static final int OLDEPOCH = 88;
    static final int OLDVERSION = 89;
    static final int OLDRELEASE = 90;
    static final int FILENAME = 91;
    static final int SEQUENCE = 92;
    static final int COMPONENTS = 93;
    static final int COMPONENT = 94;
    static final int PKGNAME = 95;

    private static final String[] WORDS = {
        "",
        "package",
        "name",
        "arch",
        "version",
        "epoch",
        "ver",
        "rel",
        "checksum",
        "type",
        "summary",
        "description",
        "packager",
        "url",
        "time",
        "build",
        "size",
        "installed",
        "archive",
        "location",
        "href",
        "base",
        "format",
        "license",
        "vendor",
        "group",
        "buildhost",
        "sourcerpm",
        "header-range",
        "start",
        "end",
        "provides",
        "requires",
        "conflicts",
        "obsoletes",
        "recommends",
        "suggests",
        "supplements",
        "enhances",
        "entry",
        "flags",
        "pre",
        "file",
        "metadata",
        "packages",
        "repomd",
        "revision",
        "data",
        "open-checksum",
        "open-size",
        "timestamp",
        "filelists",
        "pkgid",
        "metalink",
        "files",
        "hash",
        "preference",
        "protocol",
        "verification",
        "resources",
        "alternate",
        "alternates",
        "id",
        "title",
        "severity",
        "issued",
        "date",
        "updates",
        "update",
        "release",
        "references",
        "pkglist",
        "reboot_suggested",
        "relogin_suggested",
        "comps",
        "environment",
        "uservisible",
        "packagelist",
        "packagereq",
        "grouplist",
        "optionlist",
        "priority",
        "otherdata",
        "changelog",
        "author",
        "prestodelta",
        "newpackage",
        "delta",
        "oldepoch",
        "oldversion",
        "oldrelease",
        "filename",
        "sequence",
        "components",
        "component",
        "pkgname",
    };

    private static final int MASK = 255;
    private static final byte[][] BYTES = new byte[WORDS.length][];
    private static final int[] SLOTS = new int[MASK + 1];

    static {
        for (int word = 1; word < WORDS.length; word++) {
            byte[] bytes = WORDS[word].getBytes(StandardCharsets.US_ASCII);
            BYTES[word] = bytes;
            int hash = 0;
            for (byte b : bytes) {
                hash = step(hash, b);
            }
            int slot = hash & MASK;
            while (SLOTS[slot] != 0) {
                slot = slot + 1 & MASK;
            }
            SLOTS[slot] = word;
        }
    }

    private XmlWords() {}

    /// Takes one more byte into a hash that starts at 0.
    static int step(int hash, byte b) {
        int next = (hash ^ b) * 0x01000193;
        return next ^ next >>> 13;
    }

    /// Returns the number of a name, or [#OTHER].
    static int of(int hash, byte[] bytes, int start, int end) {
        int slot = hash & MASK;
        while (SLOTS[slot] != 0) {
            byte[] word = BYTES[SLOTS[slot]];
            if (Arrays.equals(word, 0, word.length, bytes, start, end)) {
                return SLOTS[slot];
            }
            slot = slot + 1 & MASK;
        }
        return OTHER;
    }

    static String text(int word) {
        return WORDS[word];
    }
}
