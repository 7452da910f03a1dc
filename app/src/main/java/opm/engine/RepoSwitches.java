package opm.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import opm.base.ByteText;
import opm.base.OpmException;
import opm.host.Disk;
import opm.rpmmd.RepoFiles;
import opm.rpmmd.RepositoryConfig;

/// Which repositories are configured, and whether they count; both as `.repo` files say it.
public final class RepoSwitches {
    private static final int FILE_BYTES = 4 << 20;
    private static final Pattern SECTION = Pattern.compile("\\s*\\[([^]]*)].*");
    private static final Pattern ENABLED = Pattern.compile("\\s*enabled\\s*[=:].*");

    private RepoSwitches() {}

    /// Returns all, also those that do not count.
    public static List<RepositoryConfig> all(Engine engine) throws OpmException {
        return engine.repositories().all();
    }

    /// Writes into the file of a repository whether it counts.
    ///
    /// @return false where no file has it
    public static boolean set(Engine engine, String id, boolean on) throws OpmException {
        Disk disk = engine.host().disk();
        Path named = engine.options().reposDir();
        List<Path> folders =
                named != null ? List.of(named) : RepoFiles.usualFolders(engine.options().root());
        // The last section of an id counts.
        Path last = null;
        String now = "";
        for (Path folder : folders) {
            for (Path file : disk.list(folder)) {
                if (file.toString().endsWith(".repo")) {
                    String text = ByteText.decode(disk.readAll(file, FILE_BYTES));
                    if (sections(text).contains(id)) {
                        last = file;
                        now = text;
                    }
                }
            }
        }
        if (last == null) {
            return false;
        }
        engine.write(last, ByteText.encode(with(now, id, on)));
        return true;
    }

    private static List<String> sections(String text) {
        return text.lines()
                .map(SECTION::matcher)
                .filter(Matcher::matches)
                .map(match -> match.group(1))
                .toList();
    }

    private static String with(String text, String id, boolean on) {
        var lines = new ArrayList<String>();
        boolean inside = false;
        for (String line : text.lines().toList()) {
            Matcher section = SECTION.matcher(line);
            if (section.matches()) {
                inside = section.group(1).equals(id);
                lines.add(line);
                if (inside) {
                    lines.add("enabled=" + (on ? 1 : 0));
                }
            } else if (!inside || !ENABLED.matcher(line).matches()) {
                lines.add(line);
            }
        }
        return String.join("\n", lines) + "\n";
    }
}
