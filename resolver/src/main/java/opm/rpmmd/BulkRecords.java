package opm.rpmmd;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import opm.base.ByteText;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;

/// The records of a set's section `bulk`: numbers are u32, least byte first; a text is its length
/// and its bytes; a list is its length and its items. Layout: docs/formats/opmset.md
final class BulkRecords {
    private static final int REBOOT = 1;
    private static final int RELOGIN = 2;

    private BulkRecords() {}

    // ---- advisories

    static byte[] of(Advisory advisory) {
        var out = new Writer();
        out.text(advisory.id());
        out.text(advisory.title());
        out.text(advisory.kind());
        out.text(advisory.severity());
        out.text(advisory.issued());
        out.number(advisory.references().size());
        for (Advisory.Reference reference : advisory.references()) {
            out.text(reference.kind());
            out.text(reference.id());
            out.text(reference.title());
            out.text(reference.address());
        }
        out.number(advisory.packages().size());
        for (Advisory.Item item : advisory.packages()) {
            Nevra pkg = item.pkg();
            out.text(pkg.name());
            out.number(pkg.evr().epoch());
            out.text(pkg.evr().version());
            out.text(pkg.evr().release());
            out.text(pkg.arch());
            out.number((item.reboot() ? REBOOT : 0) | (item.relogin() ? RELOGIN : 0));
        }
        return out.bytes();
    }

    static Advisory advisory(byte[] record) throws Damaged {
        var in = new Reader(record);
        String id = in.text();
        String title = in.text();
        String kind = in.text();
        String severity = in.text();
        String issued = in.text();
        var references = new ArrayList<Advisory.Reference>();
        for (int left = in.count(); left > 0; left--) {
            references.add(
                    new Advisory.Reference(in.text(), in.text(), in.text(), in.text()));
        }
        var packages = new ArrayList<Advisory.Item>();
        for (int left = in.count(); left > 0; left--) {
            Nevra pkg = in.nevra();
            int flags = in.number();
            packages.add(
                    new Advisory.Item(pkg, (flags & REBOOT) != 0, (flags & RELOGIN) != 0));
        }
        in.end();
        return new Advisory(id, title, kind, severity, issued, references, packages);
    }

    // ---- groups

    static byte[] of(Group group) {
        var out = new Writer();
        out.text(group.id());
        out.text(group.name());
        out.text(group.description());
        out.number(group.visible() ? 1 : 0);
        out.number(group.packages().size());
        for (Group.Member member : group.packages()) {
            out.text(member.name());
            out.number(member.part().ordinal());
            out.text(member.where());
        }
        out.texts(group.groups());
        out.texts(group.optional());
        return out.bytes();
    }

    static Group group(byte[] record) throws Damaged {
        var in = new Reader(record);
        String id = in.text();
        String name = in.text();
        String description = in.text();
        boolean visible = in.number() != 0;
        var packages = new ArrayList<Group.Member>();
        Group.Part[] parts = Group.Part.values();
        for (int left = in.count(); left > 0; left--) {
            String member = in.text();
            int part = in.number();
            if (part < 0 || part >= parts.length) {
                throw broken("a group's package of kind " + part);
            }
            packages.add(new Group.Member(member, parts[part], in.text()));
        }
        var group =
                new Group(id, name, description, visible, packages, in.texts(), in.texts());
        in.end();
        return group;
    }

    // ---- what changed

    static byte[] of(List<Change> changes) {
        var out = new Writer();
        out.number(changes.size());
        for (Change change : changes) {
            out.number((int) change.seconds());
            out.number((int) (change.seconds() >>> 32));
            out.text(change.author());
            out.text(change.text());
        }
        return out.bytes();
    }

    static List<Change> changes(byte[] record) throws Damaged {
        if (record.length == 0) {
            return List.of();
        }
        var in = new Reader(record);
        var changes = new ArrayList<Change>();
        for (int left = in.count(); left > 0; left--) {
            long low = in.number() & 0xffffffffL;
            long seconds = low | (long) in.number() << 32;
            changes.add(new Change(seconds, in.text(), in.text()));
        }
        in.end();
        return changes;
    }

    private static Damaged broken(String what) {
        return new Damaged(
                "package set: section bulk_bytes: " + what, "Build the set again, with --bulk.");
    }

    private static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        void number(int number) {
            for (int shift = 0; shift < 32; shift += 8) {
                out.write(number >>> shift);
            }
        }

        void text(String text) {
            byte[] bytes = ByteText.encode(text);
            number(bytes.length);
            out.writeBytes(bytes);
        }

        void texts(List<String> texts) {
            number(texts.size());
            texts.forEach(this::text);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }

    private static final class Reader {
        private final ByteBuffer in;

        Reader(byte[] record) {
            in = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        }

        int number() throws Damaged {
            if (in.remaining() < 4) {
                throw broken("a record ends inside a number");
            }
            return in.getInt();
        }

        /// Reads a number of things that take at least a byte each.
        int count() throws Damaged {
            int count = number();
            if (count < 0 || count > in.remaining()) {
                throw broken(Integer.toUnsignedString(count) + " things in " + in.remaining());
            }
            return count;
        }

        String text() throws Damaged {
            int length = count();
            int start = in.position();
            in.position(start + length);
            return ByteText.decode(in.array(), start, length);
        }

        List<String> texts() throws Damaged {
            var texts = new ArrayList<String>();
            for (int left = count(); left > 0; left--) {
                texts.add(text());
            }
            return texts;
        }

        Nevra nevra() throws Damaged {
            String name = text();
            int epoch = number();
            try {
                return new Nevra(name, new Evr(epoch, text(), text()), text());
            } catch (IllegalArgumentException e) {
                throw broken("a package of an advisory: " + e.getMessage());
            }
        }

        void end() throws Damaged {
            if (in.hasRemaining()) {
                throw broken(in.remaining() + " bytes behind a record");
            }
        }
    }
}
