package opm.rpmmd;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException;

/// The short way through tags: those without references, line ends and namespaces of their own,
/// whole in the window, are read without a call for each byte; and those that were met before are
/// known by their bytes. What is not that plain is left to [XmlScanner], from its beginning.
abstract class XmlTags extends XmlInput {
    /// Attributes of one element; rpm-md needs 6.
    static final int MOST_ATTRIBUTES = 64;

    static final boolean[] NAME_BYTE = new boolean[256];

    /// What a value may hold as it is; no quote of either kind, so that the first one ends it.
    private static final boolean[] PLAIN_VALUE = new boolean[256];

    /// What a text may hold as it is.
    private static final boolean[] PLAIN_TEXT = new boolean[256];

    static {
        for (int b = 0; b < 256; b++) {
            PLAIN_TEXT[b] = b != '<' && b != '&' && b != '\r' && b != 0;
            NAME_BYTE[b] = isNameByte((byte) b);
            PLAIN_VALUE[b] = b >= ' ' && b != '"' && b != '&' && b != '<';
        }
    }

    int depth;
    final int[] open = new int[Limits.XML_DEPTH];
    boolean endPending;
    int name;
    int attributes;
    final int[] attributeName = new int[MOST_ATTRIBUTES];

    /// Where values start, from `mark`.
    final int[] valueStart = new int[MOST_ATTRIBUTES];

    final int[] valueLength = new int[MOST_ATTRIBUTES];
    final List<byte[]> foreignPrefixes = new ArrayList<>();
    private int rawStart;
    private int rawHash;

    /// The line before, from its start tag to the end of its text, where it still stands.
    private byte[] lineBuffer = {};

    private byte[] lineTag = {};
    private long linePassed;
    private int lineStart;
    private int lineLength;

    /// Whether the tag read last was plain; the bytes of another were decoded in place.
    private boolean plain;

    XmlTags(InputStream in, String subject) throws OpmException {
        super(in, subject);
    }

    /// Reads a start tag that lies whole in the window and has nothing but plain values in quotes,
    /// as nearly all do: no call for each byte.
    ///
    /// @return false when it is another, of which nothing was taken
    final boolean plainTag() {
        plain = readPlainTag();
        return plain;
    }

    private boolean readPlainTag() {
        byte[] bytes = buffer;
        int end = limit;
        int start = at;
        int here = start;
        int local = start;
        int whole = 0;
        int hash = 0;
        while (here < end && NAME_BYTE[bytes[here] & 0xff]) {
            byte b = bytes[here++];
            whole = XmlWords.step(whole, b);
            hash = XmlWords.step(hash, b);
            if (b == ':') {
                hash = 0;
                local = here;
            }
        }
        int nameEnd = here;
        attributes = 0;
        while (here < end && bytes[here] == ' ') {
            here = plainAttribute(here + 1);
            if (here < 0) {
                return false;
            }
        }
        boolean empty = here < end && bytes[here] == '/';
        here += empty ? 1 : 0;
        if (here >= end || bytes[here] != '>' || nameEnd == start) {
            return false;
        }
        at = here + 1;
        open[depth++] = whole;
        endPending = empty;
        name =
                local > start && isForeign(start, local - 1)
                        ? XmlWords.OTHER
                        : XmlWords.of(hash, bytes, local, nameEnd);
        return true;
    }

    /// Reads `name="value"` at a place of the window.
    ///
    /// @return the place behind it, or -1 when it is not that plain
    private int plainAttribute(int start) {
        byte[] bytes = buffer;
        int end = limit;
        int here = start;
        int local = start;
        int hash = 0;
        while (here < end && NAME_BYTE[bytes[here] & 0xff]) {
            byte b = bytes[here++];
            hash = XmlWords.step(hash, b);
            if (b == ':') {
                hash = 0;
                local = here;
            }
        }
        int nameEnd = here;
        boolean xmlns = local - start == 6 && isXmlns(start);
        if (nameEnd == start || xmlns || attributes == MOST_ATTRIBUTES || end - here < 3) {
            return -1;
        }
        if (bytes[here] != '=' || bytes[here + 1] != '"') {
            return -1;
        }
        here += 2;
        int value = here;
        while (here < end && PLAIN_VALUE[bytes[here] & 0xff]) {
            here++;
        }
        if (here == end || bytes[here] != '"') {
            return -1;
        }
        attributeName[attributes] = XmlWords.of(hash, bytes, local, nameEnd);
        valueStart[attributes] = value - mark;
        valueLength[attributes] = here - value;
        attributes++;
        return here + 1;
    }

    // ---- tags that were met before

    /// Looks at the element that starts next, when it lies whole in the window, is empty, and no
    /// namespace changes what its name means. Its bytes are those of `values` from [#rawStart].
    ///
    /// @return its length, from `<` to `/>`; 0 when `next` has to read what comes
    final int peekEmptyTag() {
        if (endPending || depth == 0 || !foreignPrefixes.isEmpty()) {
            return 0;
        }
        byte[] bytes = buffer;
        int end = limit;
        int here = at;
        while (here < end && isSpace(bytes[here])) {
            here++;
        }
        int start = here;
        if (end - here < 4 || bytes[here] != '<' || !NAME_BYTE[bytes[here + 1] & 0xff]) {
            return 0;
        }
        int hash = 0;
        while (here < end && bytes[here] != '>') {
            hash = hash * 31 + bytes[here++];
        }
        if (here == end || bytes[here - 1] != '/') {
            return 0;
        }
        rawStart = start;
        rawHash = hash;
        return here + 1 - start;
    }

    final int rawStart() {
        return rawStart;
    }

    /// Returns a hash of the bytes that [#peekEmptyTag] found.
    final int rawHash() {
        return rawHash;
    }

    /// Goes behind the element that [#peekEmptyTag] found.
    final void takeEmptyTag(int length) {
        at = rawStart + length;
        mark = at;
    }

    /// Tells whether the tag that was read last is the one that [#peekEmptyTag] found, byte for
    /// byte, and still stands there: a `/>` inside a value looks like an end, too.
    final boolean wasEmptyTag(int length) {
        return plain && endPending && at - mark == length && at == rawStart + length;
    }

    // ---- elements that hold nothing but a line

    /// Takes the element that starts next, when it lies whole in the window with its end tag, has
    /// nothing but plain text in it, and no namespace changes what its name means. Its bytes are
    /// those of `values` from [#rawStart].
    ///
    /// Lines of a list begin alike: what a line shares with the one before was looked at there.
    ///
    /// @param startTag whole, without attributes
    /// @return the length of its text; -1 when `next` has to read what comes
    final int takeLine(byte[] startTag, byte[] endTag) {
        if (endPending || depth == 0 || !foreignPrefixes.isEmpty()) {
            return -1;
        }
        byte[] bytes = buffer;
        int here = at;
        int end = limit;
        while (here < end && isSpace(bytes[here])) {
            here++;
        }
        int tag = here;
        int start = tag + startTag.length;
        int shared = 0;
        if (bytes == lineBuffer && startTag == lineTag && passed() == linePassed) {
            int most = Math.min(lineLength, end - tag);
            shared =
                    Arrays.mismatch(bytes, tag, tag + most, bytes, lineStart, lineStart + most);
            shared = shared < 0 ? most : shared;
        }
        if (shared < startTag.length && !isThere(startTag, tag)) {
            return -1;
        }
        here = Math.max(start, tag + shared);
        while (here < end && PLAIN_TEXT[bytes[here] & 0xff]) {
            here++;
        }
        if (!isThere(endTag, here)) {
            return -1;
        }
        lineBuffer = bytes;
        lineTag = startTag;
        linePassed = passed();
        lineStart = tag;
        lineLength = here - tag;
        int behind = here + endTag.length;
        rawStart = start;
        at = behind;
        mark = behind;
        return here - start;
    }

    /// Tells whether a tag stands whole in the window at some place: for so few bytes a loop is
    /// faster than a call of the library.
    private boolean isThere(byte[] tag, int here) {
        if (tag.length > limit - here) {
            return false;
        }
        for (int index = 0; index < tag.length; index++) {
            if (buffer[here + index] != tag[index]) {
                return false;
            }
        }
        return true;
    }

    final boolean isXmlns(int start) {
        return buffer[start] == 'x'
                && buffer[start + 1] == 'm'
                && buffer[start + 2] == 'l'
                && buffer[start + 3] == 'n'
                && buffer[start + 4] == 's'
                && buffer[start + 5] == ':';
    }

    final boolean isForeign(int start, int end) {
        if (foreignPrefixes.isEmpty()) {
            return false;
        }
        for (byte[] prefix : foreignPrefixes) {
            if (Arrays.equals(prefix, 0, prefix.length, buffer, start, end)) {
                return true;
            }
        }
        return false;
    }
}
