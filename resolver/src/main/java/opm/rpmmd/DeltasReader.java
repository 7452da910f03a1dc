package opm.rpmmd;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;

/// Reads a `prestodelta.xml`. Deltas without a usable checksum, size or place are left out.
final class DeltasReader {
    private final XmlScanner xml;
    private final Predicate<String> wanted;
    private final List<OfferedDelta> deltas = new ArrayList<>();

    /// @param wanted tells by its name whether a package matters
    DeltasReader(InputStream in, String subject, Predicate<String> wanted) throws OpmException {
        xml = new XmlScanner(in, subject);
        this.wanted = wanted;
    }

    List<OfferedDelta> read() throws OpmException {
        if (xml.next() != XmlScanner.START || xml.name() != XmlWords.PRESTODELTA) {
            throw xml.damaged("no <prestodelta>");
        }
        int event = xml.next();
        while (event != XmlScanner.EOF) {
            if (event == XmlScanner.START) {
                String name = xml.value(XmlWords.NAME);
                boolean named = xml.name() == XmlWords.NEWPACKAGE && !name.isEmpty();
                if (named && wanted.test(name)) {
                    newPackage(name);
                } else {
                    xml.skip();
                }
            }
            event = xml.next();
        }
        return deltas;
    }

    private void newPackage(String name) throws OpmException {
        Evr evr = evr(XmlWords.EPOCH, XmlWords.VERSION, XmlWords.RELEASE);
        var target = new Nevra(name, evr, xml.value(XmlWords.ARCH));
        while (xml.next() == XmlScanner.START) {
            if (xml.name() == XmlWords.DELTA) {
                delta(target);
            } else {
                xml.skip();
            }
        }
    }

    private Evr evr(int epoch, int version, int release) throws OpmException {
        String digits = xml.value(epoch);
        try {
            return new Evr(
                    digits.isEmpty() ? 0 : Integer.parseInt(digits),
                    xml.value(version),
                    xml.value(release));
        } catch (IllegalArgumentException e) {
            throw xml.damaged("a version that no package has");
        }
    }

    private void delta(Nevra target) throws OpmException {
        Evr from = evr(XmlWords.OLDEPOCH, XmlWords.OLDVERSION, XmlWords.OLDRELEASE);
        String location = "";
        String sequence = "";
        long size = -1;
        Digest digest = null;
        while (xml.next() == XmlScanner.START) {
            switch (xml.name()) {
                case XmlWords.FILENAME -> location = xml.textString().strip();
                case XmlWords.SEQUENCE -> sequence = xml.textString().strip();
                case XmlWords.SIZE -> size = number(xml.textString().strip());
                case XmlWords.CHECKSUM -> {
                    String type = xml.value(XmlWords.TYPE);
                    String hex = xml.textString().strip();
                    try {
                        digest = new Digest(Digest.Algorithm.ofWord(type), hex);
                    } catch (IllegalArgumentException e) {
                        digest = null;
                    }
                }
                default -> xml.skip();
            }
        }
        if (digest != null && size > 0 && isInside(location)) {
            if (deltas.size() == Limits.PACKAGES) {
                throw xml.damaged("more than " + Limits.PACKAGES + " deltas");
            }
            deltas.add(new OfferedDelta(target, from, location, sequence, size, digest));
        }
    }

    private static long number(String text) {
        try {
            return Math.min(Long.parseLong(text), Limits.PACKAGE_BYTES);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static boolean isInside(String location) {
        return !location.isEmpty()
                && !location.startsWith("/")
                && !location.contains(":")
                && !("/" + location + "/").contains("/../");
    }
}
