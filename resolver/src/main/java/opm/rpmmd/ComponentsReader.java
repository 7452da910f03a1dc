package opm.rpmmd;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import opm.base.Limits;
import opm.base.OpmException;

/// Reads a collection of AppStream: `<components>` of `<component>`, each with its `<id>` and the
/// packages it is in, `<pkgname>`. Nothing else of it is looked at.
///
/// Source: the AppStream specification, 3.1 "Catalog XML".
final class ComponentsReader {
    private static final int PACKAGES = 100;

    private final XmlScanner xml;
    private final SortedMap<String, List<String>> found = new TreeMap<>();

    ComponentsReader(InputStream in, String subject) throws OpmException {
        xml = XmlScanner.withDocumentType(in, subject);
    }

    /// Returns the packages by id; of two components with one id the first counts.
    SortedMap<String, List<String>> read() throws OpmException {
        if (xml.next() != XmlScanner.START || xml.name() != XmlWords.COMPONENTS) {
            throw xml.damaged("no <components>");
        }
        for (int event = xml.next(); event != XmlScanner.EOF; event = xml.next()) {
            if (event == XmlScanner.START && xml.name() == XmlWords.COMPONENT) {
                component();
            } else if (event == XmlScanner.START) {
                xml.skip();
            }
        }
        return found;
    }

    private void component() throws OpmException {
        String id = "";
        var packages = new ArrayList<String>();
        while (xml.next() == XmlScanner.START) {
            switch (xml.name()) {
                case XmlWords.ID -> id = xml.textString().strip();
                case XmlWords.PKGNAME -> packages.add(xml.textString().strip());
                default -> xml.skip();
            }
        }
        if (packages.size() > PACKAGES || found.size() >= Limits.COMPONENTS) {
            throw xml.damaged(
                    "more than "
                            + Limits.COMPONENTS
                            + " components, or one of more than "
                            + PACKAGES
                            + " packages");
        }
        packages.removeIf(String::isEmpty);
        if (!id.isEmpty() && !packages.isEmpty()) {
            found.putIfAbsent(id, List.copyOf(packages));
        }
    }
}
