package opm.profile;

import java.io.ByteArrayOutputStream;
import java.util.List;
import opm.base.ByteText;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.RpmDep;

/// Writes the lines in the one order that there is.
final class ProfileWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 20);

    byte[] write(SystemProfile profile) {
        line("opm-profile", ProfileText.MAJOR + "." + ProfileText.MINOR);
        var distro = profile.distro();
        line("distro", distro.id(), distro.version(), distro.platform(), distro.prettyName());
        line("arch", profile.arch());
        if (!profile.kernel().isEmpty()) {
            line("kernel", profile.kernel());
        }
        line("rpm", profile.rpmVersion());
        for (RpmDep feature : profile.rpmlib()) {
            line("rpmlib", feature.name(), feature.evr());
        }
        if (profile.ramBytes() > 0) {
            line("ram", number(profile.ramBytes()));
        }
        if (profile.capturedAtSeconds() > 0) {
            line("at", number(profile.capturedAtSeconds()));
        }
        for (var mount : profile.mounts()) {
            line(
                    "mount",
                    mount.point(),
                    mount.type(),
                    number(mount.freeBytes()),
                    mount.freeInodes() < 0 ? "-" : number(mount.freeInodes()),
                    number(mount.blockBytes()),
                    mount.readOnly() ? "ro" : "rw");
        }
        configuration(profile);
        for (var key : profile.keys()) {
            line("key", key.id(), key.summary());
            for (String armor : key.armor()) {
                line("armor", armor);
            }
        }
        for (InstalledPackage pkg : profile.packages()) {
            installed(pkg);
        }
        end();
        return out.toByteArray();
    }

    private void configuration(SystemProfile profile) {
        for (var main : profile.mains()) {
            line("main", main.file());
            options(main.options(), main.stripped());
        }
        for (Repo repo : profile.repos()) {
            line(repo.override() ? "override" : "repo", repo.id(), repo.file());
            options(repo.options(), repo.stripped());
        }
        profile.variables().forEach((name, value) -> line("var", name, value));
        for (String file : profile.withheld()) {
            line("withheld", file);
        }
        for (var lock : profile.locks()) {
            line("lock", lock.file(), lock.text());
        }
        for (var module : profile.modules()) {
            line("module", module.name(), module.stream(), module.state(), module.profiles());
        }
        for (String name : profile.protectedNames()) {
            line("protect", name);
        }
    }

    private void options(List<Setting> options, List<String> stripped) {
        for (Setting option : options) {
            line("set", option.key(), option.value());
        }
        for (String name : stripped) {
            line("strip", name);
        }
    }

    private void installed(InstalledPackage pkg) {
        line(
                "pkg",
                pkg.nevra().full(),
                pkg.header() == null ? "" : pkg.header().toString(),
                number(pkg.buildTimeSeconds()),
                number(pkg.installTimeSeconds()),
                number(pkg.sizeBytes()),
                pkg.sourceRpm(),
                pkg.reason().word(),
                pkg.fromRepo(),
                pkg.modularity(),
                pkg.vendor());
        for (DepKind kind : DepKind.values()) {
            for (RpmDep dep : pkg.dependencies(kind)) {
                String letter = String.valueOf(kind.letter());
                String flags = Integer.toUnsignedString(dep.flags());
                if (!dep.evr().isEmpty()) {
                    line(letter, dep.name(), flags, dep.evr());
                } else if (dep.flags() != 0) {
                    line(letter, dep.name(), flags);
                } else {
                    line(letter, dep.name());
                }
            }
        }
        for (String file : pkg.files()) {
            line("F", file);
        }
    }

    private void end() {
        line("end", Digest.sha256Of(out.toByteArray()).hex());
    }

    private static String number(long value) {
        return Long.toString(value);
    }

    private void line(String... fields) {
        for (int at = 0; at < fields.length; at++) {
            if (at > 0) {
                out.write('\t');
            }
            out.writeBytes(ByteText.encode(clean(fields[at])));
        }
        out.write('\n');
    }

    /// What separates fields and lines cannot stand in one: it becomes a space.
    static String clean(String field) {
        return field.indexOf('\t') < 0 && field.indexOf('\n') < 0 && field.indexOf('\r') < 0
                ? field
                : field.replace('\t', ' ').replace('\n', ' ').replace('\r', ' ');
    }
}
