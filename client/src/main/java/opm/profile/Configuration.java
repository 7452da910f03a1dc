package opm.profile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import opm.base.OpmException;
import opm.profile.SystemProfile.Config;
import opm.profile.SystemProfile.Lock;
import opm.profile.SystemProfile.Module;

/// Reads what dnf 4 and 5, yum and zypp are told in a root.
final class Configuration {
    private static final String DNF = "/etc/dnf/dnf.conf";
    private static final String YUM = "/etc/yum.conf";
    private static final Pattern SECRET_NAME =
            Pattern.compile("pass|secret|token|creden", Pattern.CASE_INSENSITIVE);

    final List<Config> mains = new ArrayList<>();
    final List<Repo> repos = new ArrayList<>();
    final Map<String, String> variables = new TreeMap<>(ByteOrder.STRINGS);
    final List<String> withheld = new ArrayList<>();
    final List<Lock> locks = new ArrayList<>();
    final List<Module> modules = new ArrayList<>();
    final List<String> protectedNames = new ArrayList<>();
    private final RootFiles files;

    Configuration(RootFiles files) {
        this.files = files;
    }

    void read() throws OpmException {
        var conf = new ArrayList<>(files.each("/usr/share/dnf5/libdnf.conf.d", ".conf"));
        conf.addAll(files.each("/etc/dnf/libdnf5.conf.d", ".conf"));
        conf.add(DNF);
        // On systems with dnf this is a link to dnf.conf.
        boolean yum = !files.isLink(YUM);
        if (yum) {
            conf.add(YUM);
        }
        conf.add("/etc/zypp/zypp.conf");
        for (String name : conf) {
            mains(name);
        }
        repos(DNF, false);
        if (yum) {
            repos(YUM, false);
        }
        for (String folder :
                List.of(
                        "/usr/share/dnf5/repos.d",
                        "/etc/distro.repos.d",
                        "/etc/yum.repos.d",
                        "/etc/zypp/repos.d")) {
            for (String name : files.each(folder, ".repo")) {
                repos(name, false);
            }
        }
        for (String folder :
                List.of("/usr/share/dnf5/repos.override.d", "/etc/dnf/repos.override.d")) {
            for (String name : files.each(folder, ".repo")) {
                repos(name, true);
            }
        }
        variables();
        for (String name :
                List.of(
                        "/etc/dnf/plugins/versionlock.list",
                        "/etc/yum/pluginconf.d/versionlock.list",
                        "/etc/dnf/versionlock.toml",
                        "/etc/zypp/locks")) {
            for (String line : plainLines(name)) {
                locks.add(new Lock(name, line));
            }
        }
        for (String name : files.each("/etc/dnf/modules.d", ".module")) {
            modules(name);
        }
        for (String folder :
                List.of("/etc/dnf/protected.d", "/etc/yum/protected.d", "/etc/tdnf/protected.d")) {
            for (String name : files.each(folder, ".conf")) {
                protectedNames.addAll(plainLines(name));
            }
        }
    }

    private List<IniFile.Section> sections(String name) throws OpmException {
        return files.isFile(name) ? IniFile.read(files.lines(name)) : List.of();
    }

    private void mains(String name) throws OpmException {
        for (var section : sections(name)) {
            if (section.id().equals("main")) {
                mains.add(new Config(name, section.options(), section.stripped()));
            }
        }
    }

    private void repos(String name, boolean override) throws OpmException {
        for (var section : sections(name)) {
            if (!section.id().equals("main")) {
                repos.add(
                        new Repo(
                                section.id(),
                                name,
                                override,
                                section.options(),
                                section.stripped()));
            }
        }
    }

    private void variables() throws OpmException {
        var hidden = new TreeSet<String>(ByteOrder.STRINGS);
        for (String folder :
                List.of(
                        "/usr/share/dnf5/vars.d",
                        "/etc/yum/vars",
                        "/etc/dnf/vars",
                        "/etc/zypp/vars.d")) {
            for (String file : files.each(folder, "")) {
                String name = file.substring(folder.length() + 1);
                if (SECRET_NAME.matcher(name).find()) {
                    hidden.add(file);
                    continue;
                }
                List<String> lines = files.lines(file);
                String first = lines.isEmpty() ? "" : lines.getFirst();
                for (var section : IniFile.read(List.of("[x]", "x=" + first))) {
                    for (Setting setting : section.options()) {
                        variables.put(name, setting.value());
                    }
                    if (!section.stripped().isEmpty()) {
                        hidden.add(file);
                    }
                }
            }
        }
        withheld.addAll(hidden);
    }

    private List<String> plainLines(String name) throws OpmException {
        var found = new ArrayList<String>();
        for (String line : files.isFile(name) ? files.lines(name) : List.<String>of()) {
            String text = trim(line.replace("\r", "").replace('\t', ' '));
            if (!text.isEmpty() && text.charAt(0) != '#') {
                found.add(text);
            }
        }
        return found;
    }

    static String trim(String text) {
        return text.replaceFirst("^ +", "").replaceFirst(" +$", "");
    }

    private void modules(String name) throws OpmException {
        for (var section : sections(name)) {
            if (section.id().equals("main")) {
                continue;
            }
            var is = new HashMap<String, String>();
            for (Setting setting : section.options()) {
                is.put(setting.key(), setting.value());
            }
            modules.add(
                    new Module(
                            is.getOrDefault("name", section.id()),
                            is.getOrDefault("stream", ""),
                            is.getOrDefault("state", ""),
                            is.getOrDefault("profiles", "")));
        }
    }
}
