package opm.bundle;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import opm.base.DepKind;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.base.RpmDep;
import opm.base.Sense;
import opm.rpm.RpmFile;
import opm.rpm.RpmFileEntry;
import opm.rpm.RpmWords;

/// One package in primary.xml and in filelists.xml, as createrepo_c writes it.
///
/// Source: rpm-md as createrepo_c 0.21 writes it (xml_dump_primary.c, xml_dump_filelists.c). The
/// time of the file is the time of the build, because a bundle knows no other.
final class PackageXml {
    /// Files that primary.xml names too; everything else only filelists.xml does.
    private static final Pattern PRIMARY_FILE =
            Pattern.compile(".*bin/.*|/etc/.*|/usr/lib/sendmail", Pattern.DOTALL);

    private static final Map<Sense, String> WORDS =
            new EnumMap<>(
                    Map.of(
                            Sense.LT, "LT", Sense.GT, "GT", Sense.EQ, "EQ", Sense.LE, "LE",
                            Sense.GE, "GE"));

    private final StringBuilder xml = new StringBuilder();

    private PackageXml() {}

    static String primary(RpmFile rpm, Part part) throws Damaged {
        var one = new PackageXml();
        one.writePrimary(rpm, part);
        return one.xml.toString();
    }

    static String filelists(RpmFile rpm, Part part) throws Damaged {
        var one = new PackageXml();
        Nevra nevra = rpm.words().nevra();
        one.xml.append("<package pkgid=\"").append(part.sha256().hex()).append("\" name=\"");
        one.text(nevra.name()).append("\" arch=\"");
        one.text(nevra.arch()).append("\">\n  ");
        one.version(nevra.evr());
        for (RpmFileEntry file : rpm.words().files()) {
            one.file(file, "  ");
        }
        one.xml.append("</package>\n");
        return one.xml.toString();
    }

    private void writePrimary(RpmFile rpm, Part part) throws Damaged {
        RpmWords words = rpm.words();
        Nevra nevra = words.nevra();
        xml.append("<package type=\"rpm\">\n");
        element("  ", "name", nevra.name());
        element("  ", "arch", nevra.arch());
        xml.append("  ");
        version(nevra.evr());
        xml.append("  <checksum type=\"sha256\" pkgid=\"YES\">").append(part.sha256().hex());
        xml.append("</checksum>\n");
        element("  ", "summary", words.summary());
        element("  ", "description", words.description());
        element("  ", "packager", words.packager());
        element("  ", "url", words.url());
        long built = words.buildTimeSeconds();
        xml.append("  <time file=\"").append(built).append("\" build=\"").append(built);
        xml.append("\"/>\n  <size package=\"").append(part.sizeBytes());
        xml.append("\" installed=\"").append(words.installedBytes());
        xml.append("\" archive=\"").append(words.archiveBytes()).append("\"/>\n");
        xml.append("  <location href=\"");
        text(part.path()).append("\"/>\n  <format>\n");
        element("    ", "rpm:license", words.license());
        element("    ", "rpm:vendor", words.vendor());
        element("    ", "rpm:group", words.group());
        element("    ", "rpm:buildhost", words.buildHost());
        element("    ", "rpm:sourcerpm", words.sourceRpm());
        xml.append("    <rpm:header-range start=\"").append(rpm.headerStart());
        xml.append("\" end=\"").append(rpm.headerEnd()).append("\"/>\n");
        for (DepKind kind : DepKind.values()) {
            dependencies(kind, words.dependencies(kind));
        }
        for (RpmFileEntry file : words.files()) {
            if (PRIMARY_FILE.matcher(file.path()).matches()) {
                file(file, "    ");
            }
        }
        xml.append("  </format>\n</package>\n");
    }

    private void dependencies(DepKind kind, List<RpmDep> dependencies) {
        Set<String> entries = new LinkedHashSet<>();
        for (RpmDep dependency : dependencies) {
            if (!(kind == DepKind.REQUIRES && dependency.isRpmlib())) {
                entries.add(entry(dependency, kind == DepKind.REQUIRES && dependency.isPre()));
            }
        }
        if (!entries.isEmpty()) {
            xml.append("    <rpm:").append(kind.word()).append(">\n");
            entries.forEach(xml::append);
            xml.append("    </rpm:").append(kind.word()).append(">\n");
        }
    }

    private static String entry(RpmDep dependency, boolean pre) {
        var one = new PackageXml();
        one.xml.append("      <rpm:entry name=\"");
        one.text(dependency.name()).append('"');
        String word = dependency.isRich() ? null : WORDS.get(dependency.sense());
        if (word != null) {
            Evr evr = Evr.parse(dependency.evr());
            one.xml.append(" flags=\"").append(word).append("\" epoch=\"").append(evr.epoch());
            one.xml.append("\" ver=\"");
            one.text(evr.version()).append('"');
            if (!evr.release().isEmpty()) {
                one.xml.append(" rel=\"");
                one.text(evr.release()).append('"');
            }
        }
        return one.xml.append(pre ? " pre=\"1\"/>\n" : "/>\n").toString();
    }

    private void version(Evr evr) {
        xml.append("<version epoch=\"").append(evr.epoch()).append("\" ver=\"");
        text(evr.version()).append("\" rel=\"");
        text(evr.release()).append("\"/>\n");
    }

    private void file(RpmFileEntry file, String indent) {
        String type =
                file.isDirectory() ? " type=\"dir\"" : file.isGhost() ? " type=\"ghost\"" : "";
        xml.append(indent).append("<file").append(type).append('>');
        text(file.path()).append("</file>\n");
    }

    private void element(String indent, String name, String value) {
        xml.append(indent).append('<').append(name);
        if (value.isEmpty()) {
            xml.append("/>\n");
        } else {
            xml.append('>');
            text(value).append("</").append(name).append(">\n");
        }
    }

    /// Appends text with what XML cannot hold left out.
    private StringBuilder text(String text) {
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '&' -> xml.append("&amp;");
                                case '<' -> xml.append("&lt;");
                                case '>' -> xml.append("&gt;");
                                case '"' -> xml.append("&quot;");
                                default -> {
                                    if (isXml(c)) {
                                        xml.appendCodePoint(c);
                                    }
                                }
                            }
                        });
        return xml;
    }

    /// Tells whether XML 1.0 has this character (section 2.2); a carriage return would not survive.
    private static boolean isXml(int c) {
        return c == '\t'
                || c == '\n'
                || c >= 0x20 && c < 0xd800
                || c >= 0xe000 && c < 0xfffe
                || c >= 0x10000;
    }
}
