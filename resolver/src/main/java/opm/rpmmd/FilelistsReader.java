package opm.rpmmd;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.ByteText;
import opm.base.OpmException;

/// Looks for some paths in a `filelists.xml`.
final class FilelistsReader {
    private final XmlScanner xml;
    private final Set<String> wanted;

    /// Lengths in bytes that wanted paths have: most paths are out by that alone.
    private final boolean[] lengths;

    private final Map<String, List<String>> found = new HashMap<>();

    FilelistsReader(InputStream in, String subject, Set<String> wanted) throws OpmException {
        xml = new XmlScanner(in, subject);
        this.wanted = wanted;
        int longest = 0;
        for (String path : wanted) {
            longest = Math.max(longest, ByteText.encode(path).length);
        }
        lengths = new boolean[longest + 1];
        for (String path : wanted) {
            lengths[ByteText.encode(path).length] = true;
        }
    }

    /// Returns the wanted paths by the checksum of the package that has them.
    Map<String, List<String>> read() throws OpmException {
        PackageElements.read(xml, XmlWords.FILELISTS, "filelists", this::readPackage);
        return found;
    }

    private void readPackage() throws OpmException {
        String id = xml.value(XmlWords.PKGID);
        while (xml.next() == XmlScanner.START) {
            if (xml.name() != XmlWords.FILE) {
                xml.skip();
                continue;
            }
            int length = xml.text();
            if (length < lengths.length && lengths[length]) {
                String path = ByteText.decode(xml.bytes(), 0, length);
                if (wanted.contains(path)) {
                    found.computeIfAbsent(id, _ -> new ArrayList<>()).add(path);
                }
            }
        }
    }
}
