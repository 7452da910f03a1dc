package opm.rpmmd;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import opm.base.Limits;
import opm.base.OpmException;
import opm.pkgset.FileListBuilder;

/// Reads every file of a `filelists.xml` into a builder.
final class AllFilesReader {
    private static final byte[] FILE = "<file>".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FILE_END = "</file>".getBytes(StandardCharsets.US_ASCII);
    private final XmlScanner xml;
    private final FileListBuilder builder;

    AllFilesReader(InputStream in, String subject, FileListBuilder builder) throws OpmException {
        xml = new XmlScanner(in, subject);
        this.builder = builder;
    }

    void read() throws OpmException {
        PackageElements.read(xml, XmlWords.FILELISTS, "filelists", this::readKnown);
    }

    private void readKnown() throws OpmException {
        int id = xml.attribute(XmlWords.PKGID);
        if (id >= 0 && builder.begin(xml.values(), xml.valueStart(id), xml.valueLength(id))) {
            readPackage();
        } else {
            xml.skip();
        }
    }

    private void readPackage() throws OpmException {
        long bytes = 0;
        while (true) {
            int plain = xml.takeLine(FILE, FILE_END);
            if (plain >= 0) {
                builder.file(xml.values(), xml.rawStart(), plain);
                bytes += plain;
                continue;
            }
            if (bytes > Limits.PACKAGE_PATH_CHARS) {
                throw xml.damaged(
                        "paths of one package: more than " + Limits.PACKAGE_PATH_CHARS + " bytes");
            }
            if (xml.next() != XmlScanner.START) {
                break;
            }
            if (xml.name() == XmlWords.FILE) {
                int length = xml.text();
                builder.file(xml.bytes(), 0, length);
                bytes += length;
            } else {
                xml.skip();
            }
        }
        builder.end();
    }
}
