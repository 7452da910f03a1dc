package opm.presolve;

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

    static void write(
            Path tree, Platform platform, Collection<String> names, Collection<String> nodes)
            throws OpmException {
        List<Platform> all = Published.platforms(tree);
        Path packages = tree.resolve("packages");
        Publication.write(
                packages.resolve("index.html"),
                Presolver.list(all.stream().map(Platform::word).toList()));
        Publication.write(
                packages.resolve(platform.word()).resolve("index.html"), Presolver.list(names));
        String folder = "packages/" + platform.os() + "/" + platform.release() + "/";
        var links = new ArrayList<String>();
        for (String own : List.of("-/ref", "-/ref.minisig", "-/baseline", "-/unsolvable")) {
            if (java.nio.file.Files.exists(platform.in(tree).resolve(own))) {
                links.add(folder + own);
            }
        }
        links.add(folder + Tree.UPDATES);
        links.add("packages/" + platform.word() + "/");
        for (String name : names) {
            links.add(folder + name);
            links.add(folder + name + Tree.PLAN);
        }
        for (String hex : nodes) {
            links.add(folder + "-/index/" + hex.substring(0, 2) + "/" + hex);
        }
        for (String rpm : packages(platform.in(tree).resolve("-/rpm"), "")) {
            links.add(folder + "-/rpm/" + rpm);
        }
        Publication.write(tree.resolve(platform.word() + ".html"), page(links));
        var pages = new ArrayList<String>(List.of("packages/"));
        if (java.nio.file.Files.exists(tree.resolve("key.pub"))) {
            pages.add("key.pub");
        }
        all.forEach(one -> pages.add(one.word() + ".html"));
        Publication.write(tree.resolve("mirror.html"), page(pages));
    }

    private static List<String> packages(Path folder, String prefix) throws OpmException {
        var found = new ArrayList<String>();
        for (String name : Publication.list(folder)) {
            Path entry = folder.resolve(name);
            if (java.nio.file.Files.isDirectory(entry)) {
                found.addAll(packages(entry, prefix + name + "/"));
            } else {
                found.add(prefix + name);
            }
        }
        return found;
    }

    private static byte[] page(List<String> links) {
        var out = new StringBuilder("<!DOCTYPE html>\n<title>opm</title>\n");
        for (String link : links) {
            out.append("<a href=\"").append(Addresses.of(link)).append("\">").append(link);
            out.append("</a>\n");
        }
        return Publication.utf8(out.toString());
    }
}
