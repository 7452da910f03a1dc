package opm.rpmmd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;

/// The bytes of a document, as the scanner goes through them: a window that slides and grows,
/// references decoded, encodings other than UTF-8 refused.
abstract class XmlInput {
    /// Characters of a message that says what is wrong.
    private static final int MOST_SAID = 400;

    private final InputStream in;
    private final String subject;

    byte[] buffer = new byte[1 << 16];
    int at;
    int limit;

    /// Where the token at hand starts; what lies before may go.
    int mark;

    /// Offset in the document of `buffer[0]`.
    private long passed;

    XmlInput(InputStream in, String subject) throws OpmException {
        this.in = in;
        this.subject = subject;
        readDeclaration();
    }

    final Damaged damaged(String what) {
        // It may quote the document.
        String said = what.length() > MOST_SAID ? what.substring(0, MOST_SAID) + "…" : what;
        return new Damaged(
                subject + ": " + said + ", at byte " + (passed + at),
                "The repository publishes broken metadata; try another mirror, or tell its owner.");
    }

    /// Returns the offset in the document of the window.
    final long passed() {
        return passed;
    }

    /// Makes at least one more byte available behind `at`; keeps everything from `mark` on.
    final boolean fill() throws OpmException {
        if (mark > 0) {
            System.arraycopy(buffer, mark, buffer, 0, limit - mark);
            passed += mark;
            at -= mark;
            limit -= mark;
            mark = 0;
        } else if (limit == buffer.length) {
            if (limit >= Limits.XML_TEXT_BYTES) {
                throw damaged("one element is longer than " + Limits.XML_TEXT_BYTES + " bytes");
            }
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        try {
            int count = in.read(buffer, limit, buffer.length - limit);
            if (count > 0) {
                limit += count;
                return true;
            }
            return false;
        } catch (IOException | RuntimeException e) {
            throw Codec.failure(e, subject);
        }
    }

    final byte need() throws OpmException {
        if (at == limit && !fill()) {
            throw damaged("ends inside markup");
        }
        return buffer[at++];
    }

    final byte peek() throws OpmException {
        if (at == limit && !fill()) {
            throw damaged("ends inside markup");
        }
        return buffer[at];
    }

    final void expect(String bytes) throws OpmException {
        for (int index = 0; index < bytes.length(); index++) {
            if (need() != bytes.charAt(index)) {
                throw damaged("markup that XML does not have");
            }
        }
    }

    // ---- references

    /// Reads what follows `&`, up to its `;`.
    final int reference() throws OpmException {
        byte b = need();
        if (b == '#') {
            return characterReference();
        }
        int packed = 0;
        int count = 0;
        while (b != ';') {
            packed = packed << 8 | b & 0xff;
            if (++count > 4) {
                throw damaged("an entity that rpm-md does not have");
            }
            b = need();
        }
        return switch (packed) {
            case 'l' << 8 | 't' -> '<';
            case 'g' << 8 | 't' -> '>';
            case 'a' << 16 | 'm' << 8 | 'p' -> '&';
            case 'q' << 24 | 'u' << 16 | 'o' << 8 | 't' -> '"';
            case 'a' << 24 | 'p' << 16 | 'o' << 8 | 's' -> '\'';
            default -> throw damaged("an entity that rpm-md does not have");
        };
    }

    private int characterReference() throws OpmException {
        byte b = need();
        int radix = 10;
        if (b == 'x') {
            radix = 16;
            b = need();
        }
        int code = 0;
        int digits = 0;
        while (b != ';') {
            int digit = Character.digit(b, radix);
            code = code * radix + digit;
            if (digit < 0 || ++digits > 8 || code > Character.MAX_CODE_POINT) {
                throw damaged("a character reference to no character");
            }
            b = need();
        }
        boolean surrogate = code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
        if (digits == 0 || code == 0 || surrogate) {
            throw damaged("a character reference to no character");
        }
        return code;
    }

    static int utf8(int code, byte[] to, int at) {
        if (code < 0x80) {
            to[at] = (byte) code;
            return 1;
        }
        if (code < 0x800) {
            to[at] = (byte) (0xc0 | code >> 6);
            to[at + 1] = (byte) (0x80 | code & 0x3f);
            return 2;
        }
        if (code < 0x10000) {
            to[at] = (byte) (0xe0 | code >> 12);
            to[at + 1] = (byte) (0x80 | code >> 6 & 0x3f);
            to[at + 2] = (byte) (0x80 | code & 0x3f);
            return 3;
        }
        to[at] = (byte) (0xf0 | code >> 18);
        to[at + 1] = (byte) (0x80 | code >> 12 & 0x3f);
        to[at + 2] = (byte) (0x80 | code >> 6 & 0x3f);
        to[at + 3] = (byte) (0x80 | code & 0x3f);
        return 4;
    }

    // ---- the declaration

    private void readDeclaration() throws OpmException {
        while (limit < 256 && fill()) {
            // The declaration lies within the first bytes.
        }
        if (limit >= 3
                && (buffer[0] & 0xff) == 0xef
                && (buffer[1] & 0xff) == 0xbb
                && (buffer[2] & 0xff) == 0xbf) {
            at = 3;
            mark = 3;
        }
        var head = new String(buffer, at, Math.min(limit, 256) - at, StandardCharsets.ISO_8859_1);
        if (head.startsWith("\u00fe\u00ff") || head.startsWith("\u00ff\u00fe")) {
            throw damaged("encoded in UTF-16, which rpm-md does not use");
        }
        if (!head.startsWith("<?xml")) {
            return;
        }
        int end = head.indexOf("?>");
        int encoding = head.indexOf("encoding");
        if (end < 0) {
            throw damaged("an XML declaration without an end");
        }
        if (encoding < 0 || encoding > end) {
            return;
        }
        String[] parts = head.substring(encoding, end).split("[\"']");
        String word = parts.length < 2 ? "" : parts[1].toUpperCase(Locale.ROOT);
        if (!word.equals("UTF-8") && !word.equals("UTF8") && !word.equals("US-ASCII")) {
            throw damaged("encoded in '" + word + "'; rpm-md uses UTF-8");
        }
    }

    static boolean isSpace(byte b) {
        return b == ' ' || b == '\n' || b == '\t' || b == '\r';
    }

    static boolean isNameByte(byte b) {
        return b >= 'a' && b <= 'z'
                || b >= 'A' && b <= 'Z'
                || b >= '0' && b <= '9'
                || b == ':'
                || b == '-'
                || b == '_'
                || b == '.'
                || b < 0;
    }
}
