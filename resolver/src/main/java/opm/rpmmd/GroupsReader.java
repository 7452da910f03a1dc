package opm.rpmmd;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException;

/// Reads a `comps.xml`: groups and environments, in the language in which it was written.
final class GroupsReader {
    private final XmlScanner xml;
    private final List<Group> groups = new ArrayList<>();

    GroupsReader(InputStream in, String subject) throws OpmException {
        xml = XmlScanner.withDocumentType(in, subject);
    }

    List<Group> read() throws OpmException {
        if (xml.next() != XmlScanner.START || xml.name() != XmlWords.COMPS) {
            throw xml.damaged("no <comps>");
        }
        int event = xml.next();
        while (event != XmlScanner.EOF) {
            if (event == XmlScanner.START) {
                switch (xml.name()) {
                    case XmlWords.GROUP, XmlWords.ENVIRONMENT -> group();
                    default -> xml.skip();
                }
            }
            event = xml.next();
        }
        return groups;
    }

    private void group() throws OpmException {
        var packages = new ArrayList<Group.Member>();
        var parts = new ArrayList<String>();
        var optional = new ArrayList<String>();
        String id = "";
        String name = "";
        String description = "";
        boolean visible = true;
        while (xml.next() == XmlScanner.START) {
            // Translations have an attribute, the original has none.
            boolean original = xml.attributeCount() == 0;
            switch (xml.name()) {
                case XmlWords.ID -> id = text();
                case XmlWords.NAME -> {
                    String text = text();
                    name = original ? text : name;
                }
                case XmlWords.DESCRIPTION -> {
                    String text = text();
                    description = original ? text : description;
                }
                case XmlWords.USERVISIBLE -> visible = !text().equalsIgnoreCase("false");
                case XmlWords.PACKAGELIST -> members(packages);
                case XmlWords.GROUPLIST -> ids(parts);
                case XmlWords.OPTIONLIST -> ids(optional);
                default -> xml.skip();
            }
        }
        if (id.isEmpty()) {
            return;
        }
        if (groups.size() == Limits.GROUPS) {
            throw xml.damaged("more than " + Limits.GROUPS + " groups");
        }
        groups.add(new Group(id, name, description, visible, packages, parts, optional));
    }

    private void members(List<Group.Member> packages) throws OpmException {
        while (xml.next() == XmlScanner.START) {
            if (xml.name() != XmlWords.PACKAGEREQ) {
                xml.skip();
                continue;
            }
            if (packages.size() == Limits.GROUP_PACKAGES) {
                throw xml.damaged("a group of more than " + Limits.GROUP_PACKAGES + " packages");
            }
            Group.Part part =
                    switch (xml.value(XmlWords.TYPE)) {
                        case "default" -> Group.Part.DEFAULT;
                        case "optional" -> Group.Part.OPTIONAL;
                        case "conditional" -> Group.Part.CONDITIONAL;
                        default -> Group.Part.MANDATORY;
                    };
            String where = xml.value(XmlWords.REQUIRES);
            String name = text();
            if (!name.isEmpty()) {
                packages.add(new Group.Member(name, part, where));
            }
        }
    }

    private void ids(List<String> ids) throws OpmException {
        while (xml.next() == XmlScanner.START) {
            if (ids.size() == Limits.GROUPS) {
                throw xml.damaged("an environment of more than " + Limits.GROUPS + " groups");
            }
            ids.add(text());
        }
    }

    private String text() throws OpmException {
        return xml.textString().strip();
    }
}
