package opm.presolve;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import opm.base.OpmException;
import opm.thin.Addresses;
import opm.thin.Platform;
import opm.thin.Reference;

/// Writes what names everything: the JSON lists, and pages of links for programs that copy.
final class Listing {
    private static final String LINKS = "links.html";
    private static final int LIST_BYTES = 64 << 20;

    private Listing() {}

    /// @param list of the names, as JSON
    /// @param nodes of the index, sorted
    static void write(
            Path tree,
            Platform platform,
            Collection<String> names,
            byte[] list,
            Collection<String> nodes)
            throws OpmException {
        List<Platform> all = Published.platforms(tree);
        Path packages = tree.resolve("packages");
        Publication.write(
                packages.resolve("index.html"),
                Presolver.list(all.stream().map(Platform::word).toList()));
        writeNames(packages.resolve(platform.word()), platform, names, list);
        String folder = folder(platform);
        var paths = new ArrayList<String>();
        for (String own : List.of("-/ref", "-/ref.minisig", "-/baseline", "-/unsolvable")) {
            if (Files.exists(platform.in(tree).resolve(own))) {
                paths.add(folder + own);
            }
        }
        paths.add(folder + Tree.UPDATES);
        paths.add("packages/" + platform.word() + "/");
        paths.add("packages/" + platform.word() + "/" + LINKS);
        for (String hex : nodes) {
            paths.add(folder + Reference.nodePath(hex));
        }
        for (String rpm : packages(platform.in(tree).resolve("-/rpm"), "")) {
            paths.add(folder + "-/rpm/" + rpm);
        }
        Publication.write(tree.resolve(platform.word() + ".html"), page(paths));
        var pages = new ArrayList<String>(List.of("packages/"));
        if (Files.exists(tree.resolve("key.pub"))) {
            pages.add("key.pub");
        }
        all.forEach(one -> pages.add(one.word() + ".html"));
        Publication.write(tree.resolve("mirror.html"), page(pages));
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

    /// The names change seldom, and the links to their answers are 13 MB: whoever copies shall not
    /// fetch these again. The links go first and come last: where they are, they are to the list's
    /// names, wherever a build ended.
    private static void writeNames(
            Path folder, Platform platform, Collection<String> names, byte[] list)
            throws OpmException {
        Path index = folder.resolve("index.html");
        boolean same = Arrays.equals(list, Publication.read(index, LIST_BYTES));
        if (same && Files.exists(folder.resolve(LINKS))) {
            return;
        }
        Publication.remove(folder.resolve(LINKS));
        Publication.write(index, list);
        String prefix = "../" + platform.os() + "/" + platform.release() + "/";
        var paths = new ArrayList<String>(2 * names.size());
        for (String name : names) {
            paths.add(prefix + name);
            paths.add(prefix + name + Tree.PLAN);
        }
        Publication.write(folder.resolve(LINKS), page(paths));
    }

    private static byte[] page(Collection<String> paths) {
        var out = new StringBuilder(paths.size() * 100);
        out.append("<!DOCTYPE html>\n<title>opm</title>\n");
        paths.forEach(path -> link(path, Addresses.of(path), out));
        return Publication.utf8(out.toString());
    }

    private static void link(String path, String address, StringBuilder out) {
        out.append("<a href=\"").append(address).append("\">").append(path).append("</a>\n");
    }
}
