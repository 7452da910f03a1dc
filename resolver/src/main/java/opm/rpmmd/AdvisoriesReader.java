package opm.rpmmd;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import opm.base.Evr;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// Reads an `updateinfo.xml`. Packages of names that nobody wants to know are left out of their
/// advisories: a release of RHEL lists 700,000 packages, for all architectures.
final class AdvisoriesReader {
    private final XmlScanner xml;
    private final Predicate<String> wanted;
    private final Consumer<Advisory> use;
    private int count;

    /// @param wanted tells by its name whether a package matters
    /// @param use takes one after the other
    AdvisoriesReader(
            InputStream in, String subject, Predicate<String> wanted, Consumer<Advisory> use)
            throws OpmException {
        xml = XmlScanner.withDocumentType(in, subject);
        this.wanted = wanted;
        this.use = use;
    }

    void read() throws OpmException {
        if (xml.next() != XmlScanner.START || xml.name() != XmlWords.UPDATES) {
            throw xml.damaged("no <updates>");
        }
        int event = xml.next();
        while (event != XmlScanner.EOF) {
            if (event == XmlScanner.START) {
                if (xml.name() == XmlWords.UPDATE) {
                    new One().read();
                } else {
                    xml.skip();
                }
            }
            event = xml.next();
        }
    }

    /// One `<update>`.
    private final class One {
        private final List<Advisory.Reference> references = new ArrayList<>();
        private final List<Advisory.Item> packages = new ArrayList<>();
        private String id = "";
        private String title = "";
        private String severity = "";
        private String issued = "";
        private boolean reboot;
        private boolean relogin;

        void read() throws OpmException {
            String kind = xml.value(XmlWords.TYPE).toLowerCase(Locale.ROOT);
            while (xml.next() == XmlScanner.START) {
                switch (xml.name()) {
                    case XmlWords.ID -> id = text();
                    case XmlWords.TITLE -> title = text();
                    case XmlWords.SEVERITY -> severity = text();
                    case XmlWords.ISSUED -> {
                        issued = xml.value(XmlWords.DATE);
                        xml.skip();
                    }
                    case XmlWords.REBOOT_SUGGESTED -> reboot = flag();
                    case XmlWords.RELOGIN_SUGGESTED -> relogin = flag();
                    case XmlWords.REFERENCES -> {
                        while (xml.next() == XmlScanner.START) {
                            reference();
                        }
                    }
                    case XmlWords.PKGLIST -> {
                        while (xml.next() == XmlScanner.START) {
                            while (xml.next() == XmlScanner.START) {
                                if (xml.name() == XmlWords.PACKAGE) {
                                    item();
                                } else {
                                    xml.skip();
                                }
                            }
                        }
                    }
                    default -> xml.skip();
                }
            }
            if (id.isEmpty()) {
                return;
            }
            if (++count > Limits.ADVISORIES) {
                throw xml.damaged("more than " + Limits.ADVISORIES + " advisories");
            }
            List<Advisory.Item> items = packages;
            if (reboot || relogin) {
                items =
                        packages.stream()
                                .map(
                                        item ->
                                                new Advisory.Item(
                                                        item.pkg(),
                                                        item.reboot() || reboot,
                                                        item.relogin() || relogin))
                                .toList();
            }
            use.accept(new Advisory(id, title, kind, severity, issued, references, items));
        }

        private void reference() throws OpmException {
            if (references.size() == Limits.ADVISORY_PARTS) {
                throw xml.damaged("more than " + Limits.ADVISORY_PARTS + " references");
            }
            references.add(
                    new Advisory.Reference(
                            xml.value(XmlWords.TYPE).toLowerCase(Locale.ROOT),
                            xml.value(XmlWords.ID),
                            xml.value(XmlWords.TITLE),
                            xml.value(XmlWords.HREF)));
            xml.skip();
        }

        private void item() throws OpmException {
            Nevra pkg = nevra();
            boolean needsReboot = false;
            boolean needsRelogin = false;
            while (xml.next() == XmlScanner.START) {
                switch (xml.name()) {
                    case XmlWords.REBOOT_SUGGESTED -> needsReboot = flag();
                    case XmlWords.RELOGIN_SUGGESTED -> needsRelogin = flag();
                    default -> xml.skip();
                }
            }
            if (pkg == null) {
                return;
            }
            if (packages.size() == Limits.ADVISORY_PARTS) {
                throw xml.damaged("more than " + Limits.ADVISORY_PARTS + " packages");
            }
            packages.add(new Advisory.Item(pkg, needsReboot, needsRelogin));
        }

        /// Returns the package, null when nobody wants to know of it.
        private @Nullable Nevra nevra() throws OpmException {
            String name = xml.value(XmlWords.NAME);
            if (name.isEmpty() || !wanted.test(name)) {
                return null;
            }
            String epoch = xml.value(XmlWords.EPOCH);
            try {
                return new Nevra(
                        name,
                        new Evr(
                                epoch.isEmpty() || epoch.equals("None")
                                        ? 0
                                        : Integer.parseInt(epoch),
                                xml.value(XmlWords.VERSION),
                                xml.value(XmlWords.RELEASE)),
                        xml.value(XmlWords.ARCH));
            } catch (IllegalArgumentException e) {
                throw xml.damaged("a package of an advisory: " + e.getMessage());
            }
        }
    }

    private String text() throws OpmException {
        return xml.textString().strip();
    }

    /// An element is a flag by being there; `0` and `False` take that back.
    private boolean flag() throws OpmException {
        String text = text().toLowerCase(Locale.ROOT);
        return !text.equals("0") && !text.equals("false");
    }
}
