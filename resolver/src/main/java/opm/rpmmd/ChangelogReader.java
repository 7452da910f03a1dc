package opm.rpmmd;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException;

/// Reads an `other.xml`: what changed in each package.
final class ChangelogReader {
    /// Takes the checksum of a package, in hexadecimal, and what changed in it, as it stands there.
    interface Use {
        void of(String checksum, List<Change> changes) throws OpmException;
    }

    private final XmlScanner xml;
    private final Use use;

    ChangelogReader(InputStream in, String subject, Use use) throws OpmException {
        xml = new XmlScanner(in, subject);
        this.use = use;
    }

    void read() throws OpmException {
        PackageElements.read(xml, XmlWords.OTHERDATA, "otherdata", this::readPackage);
    }

    private void readPackage() throws OpmException {
        String id = xml.value(XmlWords.PKGID);
        var changes = new ArrayList<Change>();
        while (xml.next() == XmlScanner.START) {
            if (xml.name() != XmlWords.CHANGELOG) {
                xml.skip();
                continue;
            }
            if (changes.size() == Limits.ADVISORY_PARTS) {
                throw xml.damaged("a package of more than " + Limits.ADVISORY_PARTS + " changes");
            }
            String author = xml.value(XmlWords.AUTHOR);
            String date = xml.value(XmlWords.DATE);
            changes.add(new Change(seconds(date), author, xml.textString()));
        }
        use.of(id, changes);
    }

    /// A date that is no number is none.
    private static long seconds(String date) {
        try {
            return Math.max(0, Long.parseLong(date.strip()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
