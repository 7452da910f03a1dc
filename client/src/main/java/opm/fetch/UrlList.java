package opm.fetch;

import java.net.URI;
import java.util.List;
import opm.store.Store;

/// What is wanted, for other programs that download.
///
/// What they bring is recognised by its digest, so their names for files do not matter.
public final class UrlList {
    private UrlList() {}

    /// Returns an address for people: without user and password.
    public static String shown(URI source) {
        return source.toASCIIString().replaceFirst("//[^/@]*@", "//");
    }

    /// Writes one address a line: the first source of each file that has one. For `wget -i`.
    public static String plain(List<Wanted> wanted) {
        var text = new StringBuilder();
        for (Wanted one : wanted) {
            if (!one.sources().isEmpty()) {
                text.append(one.sources().getFirst().toASCIIString()).append('\n');
            }
        }
        return text.toString();
    }

    /// Writes an input file of aria2: all sources of a file on one line, then its options.
    ///
    /// Form: aria2c(1), "Input File".
    public static String aria2(List<Wanted> wanted) {
        var text = new StringBuilder();
        for (Wanted one : wanted) {
            if (one.sources().isEmpty()) {
                continue;
            }
            text.append(
                    String.join("\t", one.sources().stream().map(u -> u.toASCIIString()).toList()));
            text.append("\n  out=").append(name(one));
            text.append("\n  checksum=").append(aria2Name(one)).append('=');
            text.append(one.digest().hex()).append('\n');
        }
        return text.toString();
    }

    /// A name that stays in its folder and on its line.
    private static String name(Wanted one) {
        String name = one.label().replaceAll("[/\\\\\\p{Cntrl}]", "_");
        return name.isEmpty() || name.startsWith(".") ? "_" + name : name;
    }

    private static String aria2Name(Wanted one) {
        return switch (one.digest().algorithm()) {
            case MD5 -> "md5";
            case SHA1 -> "sha-1";
            case SHA224 -> "sha-224";
            case SHA256 -> "sha-256";
            case SHA384 -> "sha-384";
            case SHA512 -> "sha-512";
        };
    }

    /// Writes a metalink of version 4 (RFC 5854).
    public static String metalink(List<Wanted> wanted) {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        text.append("<metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">\n");
        for (Wanted one : wanted) {
            if (one.sources().isEmpty()) {
                continue;
            }
            text.append("  <file name=\"").append(xml(name(one))).append("\">\n");
            if (one.sizeBytes() != Store.ANY_SIZE) {
                text.append("    <size>").append(one.sizeBytes()).append("</size>\n");
            }
            text.append("    <hash type=\"").append(aria2Name(one)).append("\">");
            text.append(one.digest().hex()).append("</hash>\n");
            for (var source : one.sources()) {
                text.append("    <url>").append(xml(source.toASCIIString())).append("</url>\n");
            }
            text.append("  </file>\n");
        }
        return text.append("</metalink>\n").toString();
    }

    /// Writes a page of links that needs no script: for a café's browser, or to be printed.
    public static String html(List<Wanted> wanted) {
        var text =
                new StringBuilder(
                        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>opm</title>"
                                + "</head><body>\n<ol>\n");
        for (Wanted one : wanted) {
            if (one.sources().isEmpty()) {
                continue;
            }
            text.append("<li>");
            for (int at = 0; at < one.sources().size(); at++) {
                String href = xml(one.sources().get(at).toASCIIString());
                text.append("<a href=\"").append(href).append("\" download>");
                text.append(at == 0 ? xml(name(one)) : "[" + (at + 1) + "]").append("</a> ");
            }
            if (one.sizeBytes() != Store.ANY_SIZE) {
                text.append(one.sizeBytes()).append(" bytes ");
            }
            text.append("<small>").append(one.digest()).append("</small></li>\n");
        }
        return text.append("</ol>\n</body></html>\n").toString();
    }

    private static String xml(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
