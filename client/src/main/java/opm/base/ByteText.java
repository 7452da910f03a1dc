package opm.base;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Text that came as bytes and must go out as the same bytes, UTF-8 or not.
///
/// rpm never says in which encoding a file name or a vendor is. Bytes that are not UTF-8 become the
/// lone surrogates U+DC80 to U+DCFF, which UTF-8 itself can never give, and turn back into those
/// bytes (Python calls this `surrogateescape`, PEP 383).
public final class ByteText {
    private static final char ESCAPES = '\uDC00';
    private static final char REPLACED = '\uFFFD';

    private ByteText() {}

    /// Decodes all of an array.
    public static String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /// Decodes a part of an array.
    public static String decode(byte[] bytes, int offset, int length) {
        if (isAscii(bytes, offset, length)) {
            return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        }
        // Nearly always UTF-8, for which no decoder is needed: no malformed part was replaced.
        var text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACED) < 0) {
            return text;
        }
        var decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        var in = ByteBuffer.wrap(bytes, offset, length);
        var out = CharBuffer.allocate(length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int count = result.length(); count > 0; count--) {
                out.put((char) (ESCAPES + (in.get() & 0xff)));
            }
            decoder.reset();
        }
    }

    private static boolean isAscii(byte[] bytes, int offset, int length) {
        for (int at = offset; at < offset + length; at++) {
            if (bytes[at] < 0) {
                return false;
            }
        }
        return true;
    }

    /// Encodes what [#decode] made, back to the same bytes.
    public static byte[] encode(String text) {
        boolean plain = true;
        for (int at = 0; plain && at < text.length(); at++) {
            plain = !Character.isSurrogate(text.charAt(at));
        }
        if (plain) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        var out = new ByteArrayOutputStream(text.length() * 2);
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c >= ESCAPES + 0x80 && c <= ESCAPES + 0xff) {
                out.write(c - ESCAPES);
                at++;
                continue;
            }
            int width = Character.charCount(text.codePointAt(at));
            out.writeBytes(text.substring(at, at + width).getBytes(StandardCharsets.UTF_8));
            at += width;
        }
        return out.toByteArray();
    }

    /// Tells whether all of the bytes are UTF-8.
    public static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }
}
