package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.aalto.stax.InputFactoryImpl;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLStreamConstants;
import opm.base.ByteText;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The byte scanner reads what an established parser reads, and refuses what is hostile.
class XmlScannerTest {
    /// Gives one byte at a time, so that everything crosses a border of the buffer.
    private static InputStream slow(byte[] bytes) {
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] into, int offset, int length) throws java.io.IOException {
                return super.read(into, offset, Math.min(1, length));
            }
        };
    }

    private static XmlScanner scanner(String xml) throws OpmException {
        return new XmlScanner(slow(xml.getBytes(StandardCharsets.UTF_8)), "test");
    }

    /// Reads all of a document the way the readers do, one line for each event.
    private static List<String> events(XmlScanner xml) throws OpmException {
        var lines = new ArrayList<String>();
        int event = xml.next();
        while (event != XmlScanner.EOF) {
            lines.add(event == XmlScanner.START ? "+" + xml.name() : "-");
            event = xml.next();
        }
        return lines;
    }

    private static String textOf(String xml) throws OpmException {
        XmlScanner scanner = scanner(xml);
        assertThat(scanner.next()).isEqualTo(XmlScanner.START);
        String text = scanner.textString();
        assertThat(scanner.next()).isEqualTo(XmlScanner.EOF);
        return text;
    }

    @Test
    void textsAreDecoded() throws OpmException {
        // Entities, references, CDATA, comments and line ends mean what XML says.
        assertThat(textOf("<name>a&lt;b&gt;&amp;&quot;&apos;</name>")).isEqualTo("a<b>&\"'");
        assertThat(textOf("<name>&#65;&#x42;&#xe9;&#8364;&#x1F600;</name>")).isEqualTo("ABé€😀");
        assertThat(textOf("<name><![CDATA[<x>&amp;]]]]><![CDATA[>]]></name>"))
                .isEqualTo("<x>&amp;]]>");
        assertThat(textOf("<name>a<!-- <b> - -- -->b<?p i?>c</name>")).isEqualTo("abc");
        assertThat(textOf("<name>a\r\nb\rc\n</name>")).isEqualTo("a\nb\nc\n");
        assertThat(textOf("<name/>")).isEmpty();
        assertThat(textOf("<name></name>")).isEmpty();
        assertThat(textOf("<name>a<b>no<c/></b>d</name>")).isEqualTo("ad");
        assertThat(textOf("\ufeff<?xml version='1.0' encoding=\"utf-8\"?>\n<name>é</name>\n"))
                .isEqualTo("é");
    }

    @Test
    void attributesAreDecoded() throws OpmException {
        // Attributes are found by name whatever their prefix, order and quotes.
        XmlScanner xml =
                scanner(
                        "<rpm:entry  pre = '1'\n"
                                + " name=\"a&amp;b\tc\r\nd&#x20AC;\" other='>' ></rpm:entry>");
        assertThat(xml.next()).isEqualTo(XmlScanner.START);
        assertThat(xml.name()).isEqualTo(XmlWords.ENTRY);
        assertThat(xml.value(XmlWords.NAME)).isEqualTo("a&b c d€");
        assertThat(xml.value(XmlWords.PRE)).isEqualTo("1");
        assertThat(xml.value(XmlWords.VER)).isEmpty();
        assertThat(xml.next()).isEqualTo(XmlScanner.END);
        assertThat(xml.next()).isEqualTo(XmlScanner.EOF);
    }

    @Test
    void foreignNamespacesAreForeign() throws OpmException {
        // An element of a namespace that is not rpm-md's is not mistaken for ours.
        XmlScanner xml =
                scanner(
                        "<metadata xmlns:rpm='http://linux.duke.edu/metadata/rpm'"
                                + " xmlns:suse='http://novell.com/x'>"
                                + "<suse:license/><rpm:license/><license/></metadata>");
        assertThat(events(xml))
                .containsExactly(
                        "+" + XmlWords.METADATA,
                        "+" + XmlWords.OTHER,
                        "-",
                        "+" + XmlWords.LICENSE,
                        "-",
                        "+" + XmlWords.LICENSE,
                        "-",
                        "-");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "text",
                "<a",
                "<a>",
                "<a></b>",
                "</a>",
                "<a/><b/>",
                "<a/>x",
                "<a b/>",
                "<a b=c/>",
                "<a b='<'/>",
                "<a b='&x;'/>",
                "<a>&nbsp;</a>",
                "<a>&lt</a>",
                "<a>&#0;</a>",
                "<a>&#xd800;</a>",
                "<a>&#x110000;</a>",
                "<a>&#99999999999999999999;</a>",
                "<a>&#;</a>",
                "<a><![CDATA[x]]</a>",
                "<a><!-- x</a>",
                "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
                "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
                "<?xml version='1.0' encoding='UTF-16'?><a/>",
                "<?xml",
                "< a/>",
                "<a></a b='c'>",
                "<a>\u0000</a>",
            })
    void whatIsNotXmlIsDamage(String xml) {
        // Everything that a strict parser refuses ends as damage, and so do DTDs and encodings.
        assertThatThrownBy(
                        () -> {
                            XmlScanner scanner = scanner(xml);
                            if (scanner.next() == XmlScanner.START) {
                                scanner.text();
                            }
                            events(scanner);
                        })
                .isInstanceOf(Damaged.class);
    }

    @Test
    void limitsHold() {
        // Depth, attribute count and text length just past the limit are refused.
        String deep = "<a>".repeat(Limits.XML_DEPTH + 1) + "</a>".repeat(Limits.XML_DEPTH + 1);
        assertThatThrownBy(() -> events(scanner(deep))).isInstanceOf(Damaged.class);
        var many = new StringBuilder("<a");
        for (int at = 0; at < 65; at++) {
            many.append(" b").append(at).append("=''");
        }
        assertThatThrownBy(() -> events(scanner(many + "/>"))).isInstanceOf(Damaged.class);
        byte[] text =
                ("<a>" + "x".repeat(Limits.XML_TEXT_BYTES + 1) + "</a>")
                        .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(
                        () -> {
                            var scanner = new XmlScanner(new ByteArrayInputStream(text), "test");
                            scanner.next();
                            scanner.text();
                        })
                .isInstanceOf(Damaged.class);
        byte[] tag =
                ("<a b='" + "x".repeat(Limits.XML_TEXT_BYTES + 1) + "'/>")
                        .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> events(new XmlScanner(new ByteArrayInputStream(tag), "test")))
                .isInstanceOf(Damaged.class);
    }

    @Test
    void limitsAreFarEnough() throws OpmException {
        // At the limit itself everything is read.
        int depth = Limits.XML_DEPTH;
        assertThat(events(scanner("<a>".repeat(depth) + "</a>".repeat(depth)))).hasSize(2 * depth);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "corpus/real/repos/centos7.7-minimal",
                "corpus/real/repos/cs9-appstream",
                "corpus/real/repos/cs9-baseos-subset",
                "corpus/real/repos/epel8-20250302",
                "corpus/real/repos/fedora32-subset",
                "corpus/real/repos/opensuse-obs-virtualbox-11.1",
                "corpus/real/repos/rpmsphere-noarch",
                "corpus/real/repos/suse-missing-packages",
                "universe/sample2000/base",
                "universe/updates",
            })
    void equalToAalto(String name) throws Exception {
        // Every element, attribute and text of real primaries is what Aalto reads.
        Path folder = Shared.path(name);
        var disk = new LocalDisk();
        Repomd.Item item =
                Repomd.parse(disk.readAll(folder.resolve("repodata/repomd.xml"), 1 << 22))
                        .primary();
        Path file = folder.resolve(item.location());
        var importer = new Importer(disk);
        try (InputStream ours = importer.open(file, item);
                InputStream theirs = importer.open(file, item)) {
            var xml = new XmlScanner(ours, name);
            var oracle = new InputFactoryImpl().createXMLStreamReader(theirs);
            int compared = 0;
            while (true) {
                int expected = oracle.next();
                while (expected != XMLStreamConstants.START_ELEMENT
                        && expected != XMLStreamConstants.END_ELEMENT
                        && expected != XMLStreamConstants.END_DOCUMENT) {
                    expected = oracle.next();
                }
                int found = xml.next();
                if (expected == XMLStreamConstants.END_DOCUMENT) {
                    assertThat(found).isEqualTo(XmlScanner.EOF);
                    break;
                }
                if (expected == XMLStreamConstants.END_ELEMENT) {
                    assertThat(found).isEqualTo(XmlScanner.END);
                    continue;
                }
                assertThat(found).isEqualTo(XmlScanner.START);
                compareElement(xml, oracle);
                compared++;
                if (hasText(xml.name())) {
                    assertThat(xml.textString()).isEqualTo(oracle.getElementText());
                }
            }
            assertThat(compared).isGreaterThan(100);
        }
    }

    private static boolean hasText(int name) {
        return switch (name) {
            case XmlWords.NAME,
                    XmlWords.ARCH,
                    XmlWords.CHECKSUM,
                    XmlWords.SUMMARY,
                    XmlWords.DESCRIPTION,
                    XmlWords.URL,
                    XmlWords.PACKAGER,
                    XmlWords.LICENSE,
                    XmlWords.VENDOR,
                    XmlWords.GROUP,
                    XmlWords.FILE ->
                    true;
            default -> false;
        };
    }

    private static void compareElement(XmlScanner xml, javax.xml.stream.XMLStreamReader oracle) {
        String name = oracle.getLocalName();
        String namespace = oracle.getNamespaceURI();
        boolean ours = namespace == null || namespace.startsWith("http://linux.duke.edu/");
        if (ours) {
            assertThat(
                            XmlWords.text(xml.name()).isEmpty()
                                    || XmlWords.text(xml.name()).equals(name))
                    .as(name)
                    .isTrue();
        } else {
            assertThat(xml.name()).as(name).isEqualTo(XmlWords.OTHER);
        }
        for (int at = 0; at < oracle.getAttributeCount(); at++) {
            String local = oracle.getAttributeLocalName(at).toLowerCase(Locale.ROOT);
            for (int index = 0; index < xml.attributeCount(); index++) {
                if (XmlWords.text(xml.attributeWord(index)).equals(local)) {
                    String value =
                            ByteText.decode(
                                    xml.values(), xml.valueStart(index), xml.valueLength(index));
                    assertThat(value).isEqualTo(oracle.getAttributeValue(at));
                }
            }
        }
    }
}
