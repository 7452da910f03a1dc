package opm.rpmmd;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import opm.base.Limits;
import opm.base.OpmException;

/// Pulls elements, attributes and texts out of UTF-8 XML, byte by byte, without objects.
///
/// Knows what rpm-md needs: elements, attributes, text, CDATA, comments, the five entities and
/// character references. A document type is refused, and with it every entity bomb (comps.xml may
/// have one, as long as it declares nothing itself); so are other
/// encodings, depth beyond `Limits.XML_DEPTH` and texts beyond `Limits.XML_TEXT_BYTES`. Elements
/// of namespaces other than those of rpm-md and of metalinks have the name [XmlWords#OTHER].
final class XmlScanner extends XmlTags {
    static final int START = 1;
    static final int END = 2;
    static final int EOF = 3;

    private static final String OWN_NAMESPACES = "http://linux.duke.edu/metadata/";
    private static final String MIRRORS = "http://fedorahosted.org/mirrormanager";

    private boolean rootSeen;

    /// Whether a document type is passed over, as comps.xml has one that nobody needs.
    private boolean documentType;

    private byte[] text = new byte[1 << 12];
    private int textLength;

    /// @param subject what the stream is, for messages
    XmlScanner(InputStream in, String subject) throws OpmException {
        super(in, subject);
    }

    /// Makes one that passes over a document type.
    static XmlScanner withDocumentType(InputStream in, String subject) throws OpmException {
        var xml = new XmlScanner(in, subject);
        xml.documentType = true;
        return xml;
    }

    // ---- what callers read

    /// Goes to the next start or end of an element; text on the way is skipped.
    ///
    /// @return [#START], [#END] or [#EOF]
    int next() throws OpmException {
        if (endPending) {
            endPending = false;
            depth--;
            return END;
        }
        while (true) {
            if (!skipText()) {
                if (depth > 0 || !rootSeen) {
                    throw damaged(depth > 0 ? "ends inside an element" : "has no element");
                }
                return EOF;
            }
            int event = markup();
            if (event != 0) {
                return event;
            }
        }
    }

    /// Returns the name of the element that just started.
    int name() {
        return name;
    }

    /// Returns how many elements are open, the one that just started included.
    int depth() {
        return depth;
    }

    /// Goes behind the end of the element that just started.
    void skip() throws OpmException {
        int outside = depth - 1;
        while (depth > outside) {
            next();
        }
    }

    /// Reads the text of the element that just started, and goes behind its end.
    ///
    /// @return its length; the bytes are in [#bytes] from 0 until the next call of this scanner
    int text() throws OpmException {
        textLength = 0;
        if (endPending) {
            endPending = false;
            depth--;
            return 0;
        }
        int outside = depth - 1;
        while (true) {
            copyText();
            int event = markupInText();
            if (event == START) {
                skip();
            } else if (event == END && depth == outside) {
                return textLength;
            }
        }
    }

    byte[] bytes() {
        return text;
    }

    String textString() throws OpmException {
        int length = text();
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    /// Returns the index of an attribute of the element that just started, or -1.
    int attribute(int word) {
        for (int index = 0; index < attributes; index++) {
            if (attributeName[index] == word) {
                return index;
            }
        }
        return -1;
    }

    int attributeCount() {
        return attributes;
    }

    int attributeWord(int index) {
        return attributeName[index];
    }

    /// Returns the bytes that hold the values of attributes.
    byte[] values() {
        return buffer;
    }

    int valueStart(int index) {
        return mark + valueStart[index];
    }

    int valueLength(int index) {
        return valueLength[index];
    }

    /// Returns the value of an attribute, or "" when the element has none of this name.
    String value(int word) {
        int index = attribute(word);
        return index < 0
                ? ""
                : new String(buffer, valueStart(index), valueLength[index], StandardCharsets.UTF_8);
    }

    /// Skips text up to the next `<`.
    ///
    /// @return false at the end
    private boolean skipText() throws OpmException {
        while (true) {
            int from = at;
            byte[] bytes = buffer;
            int end = limit;
            while (from < end && bytes[from] != '<') {
                if (depth == 0 && !isSpace(bytes[from])) {
                    throw damaged("text outside all elements");
                }
                from++;
            }
            at = from;
            if (from < end) {
                mark = from;
                return true;
            }
            mark = at;
            if (!fill()) {
                return false;
            }
        }
    }

    // ---- markup

    /// Reads what starts with the `<` at hand.
    ///
    /// @return [#START], [#END], or 0 for what carries neither
    private int markup() throws OpmException {
        at++;
        switch (peek()) {
            case '/' -> {
                at++;
                endTag();
                return END;
            }
            case '?' -> {
                skipBehind("?>");
                return 0;
            }
            case '!' -> {
                at++;
                if (peek() == '[') {
                    expect("[CDATA[");
                    if (depth == 0) {
                        throw damaged("text outside all elements");
                    }
                    skipBehind("]]>");
                } else {
                    comment();
                }
                return 0;
            }
            default -> {
                startTag();
                return START;
            }
        }
    }

    /// The same inside a text that is being collected: character data goes into the text.
    private int markupInText() throws OpmException {
        mark = at;
        at++;
        if (peek() != '!') {
            at--;
            return markup();
        }
        at++;
        if (peek() == '[') {
            expect("[CDATA[");
            copyCharacterData();
        } else {
            comment();
        }
        return 0;
    }

    private void comment() throws OpmException {
        if (peek() != '-') {
            documentType();
            return;
        }
        expect("--");
        skipBehind("-->");
    }

    /// Passes over a document type that declares nothing itself; what it names is never read.
    private void documentType() throws OpmException {
        if (!documentType || rootSeen) {
            throw damaged("a document type declaration, which rpm-md does not have");
        }
        expect("DOCTYPE");
        int quote = 0;
        for (int length = 0; length < Limits.DEPENDENCY_CHARS; length++) {
            mark = at;
            byte b = need();
            if (quote != 0) {
                quote = b == quote ? 0 : quote;
            } else if (b == '"' || b == '\'') {
                quote = b;
            } else if (b == '>') {
                return;
            } else if (b == '[') {
                break;
            }
        }
        throw damaged("a document type with declarations of its own");
    }

    private void skipBehind(String end) throws OpmException {
        int seen = 0;
        while (seen < end.length()) {
            mark = at;
            byte b = need();
            if (b == end.charAt(seen)) {
                seen++;
            } else if (seen == 2 && b == end.charAt(1)) {
                // "--->" and "]]]>" still end.
                seen = 2;
            } else {
                seen = b == end.charAt(0) ? 1 : 0;
            }
        }
        mark = at;
    }

    private void endTag() throws OpmException {
        int hash = 0;
        int here = at;
        while (here < limit && NAME_BYTE[buffer[here] & 0xff]) {
            hash = XmlWords.step(hash, buffer[here++]);
        }
        if (here < limit && buffer[here] == '>' && depth > 0 && open[depth - 1] == hash) {
            at = here + 1;
            depth--;
            mark = at;
            return;
        }
        hash = 0;
        byte b = need();
        while (b != '>' && !isSpace(b)) {
            hash = XmlWords.step(hash, b);
            b = need();
        }
        while (b != '>') {
            if (!isSpace(b)) {
                throw damaged("attributes of an end tag");
            }
            b = need();
        }
        if (depth == 0 || open[depth - 1] != hash) {
            throw damaged("an end tag that ends nothing");
        }
        depth--;
        mark = at;
    }

    private void startTag() throws OpmException {
        if (depth == 0 && rootSeen) {
            throw damaged("a second root element");
        }
        if (depth == Limits.XML_DEPTH) {
            throw damaged("more than " + Limits.XML_DEPTH + " nested elements");
        }
        rootSeen = true;
        if (plainTag()) {
            return;
        }
        int start = at - mark;
        int local = start;
        int whole = 0;
        int hash = 0;
        byte b = need();
        while (isNameByte(b)) {
            whole = XmlWords.step(whole, b);
            hash = XmlWords.step(hash, b);
            if (b == ':') {
                hash = 0;
                local = at - mark;
            }
            b = need();
        }
        int end = at - 1 - mark;
        if (end == start) {
            throw damaged("a '<' that starts nothing");
        }
        open[depth++] = whole;
        attributes = 0;
        while (true) {
            while (isSpace(b)) {
                b = need();
            }
            if (b == '>') {
                break;
            }
            if (b == '/') {
                expect(">");
                endPending = true;
                break;
            }
            attribute();
            b = need();
        }
        name =
                local > start && isForeign(mark + start, mark + local - 1)
                        ? XmlWords.OTHER
                        : XmlWords.of(hash, buffer, mark + local, mark + end);
    }

    /// Reads an attribute whose first byte was just taken.
    private void attribute() throws OpmException {
        int start = at - 1 - mark;
        int local = start;
        int hash = 0;
        byte b = buffer[at - 1];
        while (isNameByte(b)) {
            hash = XmlWords.step(hash, b);
            if (b == ':') {
                hash = 0;
                local = at - mark;
            }
            b = need();
        }
        int end = at - 1 - mark;
        while (isSpace(b)) {
            b = need();
        }
        if (b != '=' || end == start) {
            throw damaged("an attribute without a value");
        }
        b = need();
        while (isSpace(b)) {
            b = need();
        }
        if (b != '"' && b != '\'') {
            throw damaged("an attribute without quotes");
        }
        int from = at - mark;
        int length = value(b);
        if (attributes == MOST_ATTRIBUTES) {
            throw damaged("more than " + MOST_ATTRIBUTES + " attributes");
        }
        attributeName[attributes] = XmlWords.of(hash, buffer, mark + local, mark + end);
        valueStart[attributes] = from;
        valueLength[attributes] = length;
        attributes++;
        if (local - start == 6 && isXmlns(mark + start)) {
            noteNamespace(mark + local, mark + end, mark + from, length);
        }
    }

    /// Reads a value up to its quote, decoding it in place: what stands for a byte is never shorter
    /// than the byte.
    ///
    /// @return the length of the decoded value
    private int value(byte quote) throws OpmException {
        int to = at - mark;
        int from = to;
        while (true) {
            byte b = need();
            if (b == quote) {
                return to - from;
            }
            if (b == '&') {
                int code = reference();
                to += utf8(code, buffer, mark + to);
                continue;
            }
            if (b == '<' || b == 0) {
                throw damaged("a byte that no attribute may have");
            }
            if (b == '\r') {
                if (peek() == '\n') {
                    at++;
                }
                b = ' ';
            }
            buffer[mark + to++] = b == '\n' || b == '\t' ? (byte) ' ' : b;
        }
    }

    private void noteNamespace(int start, int end, int valueStart, int length) throws OpmException {
        var uri = new String(buffer, valueStart, length, StandardCharsets.UTF_8);
        if (uri.startsWith(OWN_NAMESPACES) || uri.equals(MIRRORS)) {
            return;
        }
        byte[] prefix = Arrays.copyOfRange(buffer, start, end);
        for (byte[] known : foreignPrefixes) {
            if (Arrays.equals(known, prefix)) {
                return;
            }
        }
        if (foreignPrefixes.size() == MOST_ATTRIBUTES) {
            throw damaged("more than " + MOST_ATTRIBUTES + " namespaces");
        }
        foreignPrefixes.add(prefix);
    }

    // ---- text

    /// Copies text up to the next `<`, which stays at hand.
    private void copyText() throws OpmException {
        while (true) {
            int from = at;
            byte[] bytes = buffer;
            int end = limit;
            int stop = from;
            while (stop < end && isPlain(bytes[stop])) {
                stop++;
            }
            append(from, stop);
            at = stop;
            mark = at;
            if (stop == end) {
                if (!fill()) {
                    throw damaged("ends inside an element");
                }
                continue;
            }
            switch (bytes[stop]) {
                case '<' -> {
                    return;
                }
                case '&' -> {
                    at++;
                    int code = reference();
                    room(4);
                    textLength += utf8(code, text, textLength);
                }
                case '\r' -> {
                    at++;
                    newline();
                }
                default -> throw damaged("a zero byte");
            }
        }
    }

    private static boolean isPlain(byte b) {
        return b != '<' && b != '&' && b != '\r' && b != 0;
    }

    private void copyCharacterData() throws OpmException {
        int brackets = 0;
        while (true) {
            mark = at;
            byte b = need();
            if (b == '>' && brackets >= 2) {
                textLength -= 2;
                return;
            }
            brackets = b == ']' ? brackets + 1 : 0;
            if (b == 0) {
                throw damaged("a zero byte");
            }
            if (b == '\r') {
                newline();
            } else {
                room(1);
                text[textLength++] = b;
            }
        }
    }

    /// Writes one newline for the carriage return just taken, and takes the newline behind it.
    private void newline() throws OpmException {
        if (peek() == '\n') {
            at++;
        }
        room(1);
        text[textLength++] = '\n';
    }

    private void append(int from, int to) throws OpmException {
        room(to - from);
        System.arraycopy(buffer, from, text, textLength, to - from);
        textLength += to - from;
    }

    private void room(int bytes) throws OpmException {
        if (textLength + bytes > Limits.XML_TEXT_BYTES) {
            throw damaged("one text is longer than " + Limits.XML_TEXT_BYTES + " bytes");
        }
        if (text.length - textLength < bytes) {
            text = Arrays.copyOf(text, Math.max(text.length * 2, textLength + bytes));
        }
    }
}
