package opm.profile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the INI files of yum, dnf and zypp, and leaves secrets where they are.
///
/// A line that starts with white space continues the value before it; `#` and `;` start comments.
final class IniFile {
    /// @param stripped names of options that were left out, or `NAME:user`, `NAME:query` for those
    ///     that lost a part
    record Section(String id, List<Setting> options, List<String> stripped) {}

    private final List<Section> sections = new ArrayList<>();
    private @Nullable Section open;
    private String key = "";
    private String value = "";

    private IniFile() {}

    static List<Section> read(List<String> lines) {
        var file = new IniFile();
        for (String line : lines) {
            file.line(line.replace("\r", "").replace('\t', ' '));
        }
        file.flush();
        return file.sections;
    }

    private void line(String raw) {
        String text = raw.replaceFirst(" +$", "");
        if (text.isEmpty()) {
            flush();
            return;
        }
        boolean indented = text.charAt(0) == ' ';
        String line = text.replaceFirst("^ +", "");
        char first = line.charAt(0);
        if (first == '#' || first == ';') {
            return;
        }
        if (indented && open != null && !key.isEmpty()) {
            value = value.isEmpty() ? line : value + " " + line;
            return;
        }
        flush();
        if (first == '[') {
            int end = line.indexOf(']');
            open =
                    end > 1
                            ? new Section(
                                    line.substring(1, end), new ArrayList<>(), new ArrayList<>())
                            : null;
            if (open != null) {
                sections.add(open);
            }
            return;
        }
        int equals = line.indexOf('=');
        if (open != null && equals > 0) {
            key = line.substring(0, equals).replaceFirst(" +$", "");
            value = line.substring(equals + 1).replaceFirst("^ +", "");
        }
    }

    private void flush() {
        if (open != null && !key.isEmpty()) {
            if (Secrets.isSecret(key)) {
                open.stripped().add(key);
            } else {
                var cleaned = Secrets.clean(value);
                open.options().add(new Setting(key, cleaned.text()));
                if (cleaned.lostUser()) {
                    open.stripped().add(key + ":user");
                }
                if (cleaned.lostQuery()) {
                    open.stripped().add(key + ":query");
                }
            }
        }
        key = "";
        value = "";
    }
}
