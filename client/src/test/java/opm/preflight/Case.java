package opm.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One file of `cases/preflight`. Format: docs/formats/cases.md
final class Case {
    final String name;
    final Map<String, Pkg> olds = new LinkedHashMap<>();
    final Map<String, Pkg> news = new LinkedHashMap<>();
    final List<List<String>> disk = new ArrayList<>();
    final List<String> expect = new ArrayList<>();
    long spaceBytes;

    /// A package to build.
    static final class Pkg {
        final String name;
        final String version;
        final List<List<String>> files = new ArrayList<>();
        final List<String> lines = new ArrayList<>();
        final List<String> sections = new ArrayList<>();

        Pkg(String nameVersion) {
            int dash = nameVersion.lastIndexOf('-');
            name = nameVersion.substring(0, dash);
            version = nameVersion.substring(dash + 1);
        }
    }

    private Case(String name) {
        this.name = name;
    }

    static Case read(Path file) throws IOException {
        var one = new Case(file.getFileName().toString().replace(".case", ""));
        boolean expecting = false;
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            List<String> words = List.of(line.strip().split("\\s+"));
            if (expecting) {
                one.expect.add(String.join(" ", words));
                continue;
            }
            switch (words.getFirst()) {
                case "old" -> fact(one.olds, words);
                case "new" -> fact(one.news, words);
                case "disk" -> one.disk.add(words.subList(1, words.size()));
                case "space" -> one.spaceBytes = Long.parseLong(words.get(1)) << 20;
                case "expect" -> expecting = true;
                default -> throw new IllegalArgumentException(file + ": " + line);
            }
        }
        return one;
    }

    private static void fact(Map<String, Pkg> pkgs, List<String> words) {
        Pkg pkg = pkgs.computeIfAbsent(words.get(1), Pkg::new);
        List<String> rest = words.subList(2, words.size());
        switch (rest.getFirst()) {
            case "requires", "obsoletes", "conflicts" ->
                    pkg.lines.add(
                            Character.toUpperCase(rest.getFirst().charAt(0))
                                    + rest.getFirst().substring(1)
                                    + ": "
                                    + String.join(" ", rest.subList(1, rest.size())));
            case "script" ->
                    pkg.sections.add(
                            "%"
                                    + rest.get(1)
                                    + " -p "
                                    + rest.get(2)
                                    + "\n"
                                    + String.join(" ", rest.subList(3, rest.size())));
            case "file", "config", "noreplace", "missingok", "ghost", "dir", "link", "doc", "big" ->
                    pkg.files.add(rest);
            default -> throw new IllegalArgumentException(String.join(" ", words));
        }
    }

    /// Writes the spec of a package; its release is the case's name, so all cases have a folder.
    String spec(Pkg pkg) {
        var install = new StringBuilder("mkdir -p %{buildroot}\ncd %{buildroot}\n");
        var list = new StringBuilder();
        for (List<String> file : pkg.files) {
            String kind = file.getFirst();
            String path = file.get(1);
            String mode = "";
            List<String> words = new ArrayList<>(file.subList(2, file.size()));
            if (!words.isEmpty() && words.getLast().startsWith("mode=")) {
                mode = "%attr(" + words.removeLast().substring(5) + ",-,-) ";
            }
            String text = String.join(" ", words);
            String there = "." + path;
            if (!kind.equals("dir")) {
                install.append("mkdir -p $(dirname ").append(there).append(")\n");
            }
            switch (kind) {
                case "dir" -> install.append("mkdir -p ").append(there).append('\n');
                case "link" -> install.append("ln -s ").append(text + " " + there).append('\n');
                case "big" ->
                        install.append("head -c ")
                                .append(text)
                                .append(" /dev/zero >")
                                .append(there)
                                .append('\n');
                default -> install.append("echo '" + text + "' >").append(there).append('\n');
            }
            String marks =
                    switch (kind) {
                        case "dir" -> "%dir ";
                        case "config" -> "%config ";
                        case "noreplace" -> "%config(noreplace) ";
                        case "missingok" -> "%config(missingok) ";
                        case "ghost" -> "%ghost ";
                        case "doc" -> "%doc ";
                        default -> "";
                    };
            list.append(mode).append(marks).append(path).append('\n');
        }
        return "Name: "
                + pkg.name
                + "\nVersion: "
                + pkg.version
                + "\nRelease: "
                + name.replace('-', '_')
                + "\nSummary: A test\nLicense: Apache-2.0\nBuildArch: noarch\n"
                + String.join("\n", pkg.lines)
                + "\n%description\nA test.\n%install\n"
                + install
                + String.join("\n", pkg.sections)
                + "\n%files\n"
                + list;
    }

    String full(Pkg pkg) {
        return pkg.name + "-0:" + pkg.version + "-" + name.replace('-', '_') + ".noarch";
    }

    String file(Pkg pkg) {
        return pkg.name + "-" + pkg.version + "-" + name.replace('-', '_') + ".noarch.rpm";
    }
}
