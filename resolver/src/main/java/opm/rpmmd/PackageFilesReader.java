package opm.rpmmd;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.ByteText;
import opm.base.OpmException;

/// Reads every file of some packages out of a `filelists.xml`.
final class PackageFilesReader {
    private final XmlScanner xml;
    private final Set<String> ids;
    private final Map<String, List<String>> found = new HashMap<>();

    /// @param ids checksums of the packages
    PackageFilesReader(InputStream in, String subject, Set<String> ids) throws OpmException {
        xml = new XmlScanner(in, subject);
        this.ids = ids;
    }

    /// Returns the files by the checksum of their package, in the order of the file.
    Map<String, List<String>> read() throws OpmException {
        PackageElements.read(xml, XmlWords.FILELISTS, "filelists", this::readWanted);
        return found;
    }

    private void readWanted() throws OpmException {
        String id = xml.value(XmlWords.PKGID);
        if (ids.contains(id)) {
            readPackage(id);
        } else {
            xml.skip();
        }
    }

    private void readPackage(String id) throws OpmException {
        List<String> files = found.computeIfAbsent(id, _ -> new ArrayList<>());
        while (xml.next() == XmlScanner.START) {
            if (xml.name() == XmlWords.FILE) {
                int length = xml.text();
                files.add(ByteText.decode(xml.bytes(), 0, length));
            } else {
                xml.skip();
            }
        }
    }
}
