package opm.presolve;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import opm.base.OpmException;
import opm.thin.Addresses;
import opm.thin.Platform;

/// Writes what names everything: the JSON lists, and pages of links for programs that copy.
final class Listing {
    private Listing() {}

    /// Returns the links to all answers and to the nodes of their index.
    static byte[] links(Platform platform, Collection<String> names, Collection<String> nodes) {
        String folder = folder(platform);
        var out = new StringBuilder(names.size() * 200);
        for (String name : names) {
            String path = folder + name;
            String address = Addresses.of(path);
            link(path, address, out);
            link(path + Tree.PLAN, address + Tree.PLAN, out);
        }
        for (String hex : nodes) {
            String path = folder + "-/index/" + hex.substring(0, 2) + "/" + hex;
            link(path, Addresses.of(path), out);
        }
        return Publication.utf8(out.toString());
    }

    /// @param list the platform's names, as JSON
    /// @param links of [#links]
    static void write(Path tree, Platform platform, byte[] list, byte[] links)
            throws OpmException {
        List<Platform> all = Published.platforms(tree);
        Path packages = tree.resolve("packages");
        Publication.write(
                packages.resolve("index.html"),
                Presolver.list(all.stream().map(Platform::word).toList()));
        Publication.write(packages.resolve(platform.word()).resolve("index.html"), list);
        String folder = folder(platform);
        var first = new ArrayList<String>();
        for (String own : List.of("-/ref", "-/ref.minisig", "-/baseline", "-/unsolvable")) {
            if (Files.exists(platform.in(tree).resolve(own))) {
                first.add(folder + own);
            }
        }
        first.add(folder + Tree.UPDATES);
        first.add("packages/" + platform.word() + "/");
        var last = new ArrayList<String>();
        for (String rpm : packages(platform.in(tree).resolve("-/rpm"), "")) {
            last.add(folder + "-/rpm/" + rpm);
        }
        Publication.write(tree.resolve(platform.word() + ".html"), page(first, links, last));
        var pages = new ArrayList<String>(List.of("packages/"));
        if (Files.exists(tree.resolve("key.pub"))) {
            pages.add("key.pub");
        }
        all.forEach(one -> pages.add(one.word() + ".html"));
        Publication.write(tree.resolve("mirror.html"), page(pages, new byte[0], List.of()));
    }

    private static String folder(Platform platform) {
        return "packages/" + platform.os() + "/" + platform.release() + "/";
    }

    private static List<String> packages(Path folder, String prefix) throws OpmException {
        var found = new ArrayList<String>();
        for (String name : Publication.list(folder)) {
            Path entry = folder.resolve(name);
            if (Files.isDirectory(entry)) {
                found.addAll(packages(entry, prefix + name + "/"));
            } else {
                found.add(prefix + name);
            }
        }
        return found;
    }

    private static byte[] page(List<String> first, byte[] links, List<String> last) {
        var out = new ByteArrayOutputStream(links.length + 4096);
        out.writeBytes(Publication.utf8("<!DOCTYPE html>\n<title>opm</title>\n"));
        out.writeBytes(links(first));
        out.writeBytes(links);
        out.writeBytes(links(last));
        return out.toByteArray();
    }

    private static byte[] links(List<String> paths) {
        var out = new StringBuilder();
        paths.forEach(path -> link(path, Addresses.of(path), out));
        return Publication.utf8(out.toString());
    }

    private static void link(String path, String address, StringBuilder out) {
        out.append("<a href=\"").append(address).append("\">").append(path).append("</a>\n");
    }
}
