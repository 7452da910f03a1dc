package opm.rpmmd;

import opm.base.OpmException;

/// The frame that filelists.xml and other.xml share: a root, and in it a `<package>` for each.
final class PackageElements {
    private PackageElements() {}

    /// What is done at the beginning of a `<package>`; it reads up to its end.
    interface Each {
        void read() throws OpmException;
    }

    /// Reads the whole file; what is not a package is skipped.
    ///
    /// @param root the word of the root element, which is called `name`
    static void read(XmlScanner xml, int root, String name, Each each) throws OpmException {
        if (xml.next() != XmlScanner.START || xml.name() != root) {
            throw xml.damaged("no <" + name + ">");
        }
        int event = xml.next();
        while (event != XmlScanner.EOF) {
            if (event == XmlScanner.START) {
                if (xml.name() == XmlWords.PACKAGE) {
                    each.read();
                } else {
                    xml.skip();
                }
            }
            event = xml.next();
        }
    }
}
