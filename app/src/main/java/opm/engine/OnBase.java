package opm.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Disk;
import opm.host.Host;
import opm.host.Output;
import opm.host.RpmCommand;
import opm.pkgset.Overlay;
import opm.pkgset.PackageSet;
import opm.profile.ProfileCapture;
import opm.rpmmd.InstalledCache;
import opm.rpmmd.InstalledCache.Installed;
import org.jspecify.annotations.Nullable;

/// Puts a machine's own packages on the base that `--base` names: a root, or a package set.
///
/// | path in the state folder | what                                                           |
/// |--------------------------|----------------------------------------------------------------|
/// | `overlays/KEY.opmset`    | what a machine has in effect; KEY: of base, own set, whiteouts |
/// | `overlays/PLACE`         | of one base: its digest, and the KEY that came of it last      |
///
/// Another base under the same name has another digest: then the overlay is put on that one, and
/// the user is told.
final class OnBase {
    private static final int RECORD_BYTES = 1 << 12;
    private final Host host;
    private final Options options;
    private final Watcher watcher;
    private final Path folder;

    OnBase(Host host, Options options, Watcher watcher) {
        this.host = host;
        this.options = options;
        this.watcher = watcher;
        folder = options.state().resolve("overlays");
    }

    /// Returns what is installed in effect; the same where there is no base.
    Installed of(Installed own) throws OpmException {
        Path place = options.base().place();
        if (place == null) {
            return own;
        }
        PackageSet base = base(place);
        var overlay = new Overlay(own.set(), options.base().hidden());
        String key = overlay.key(base).hex();
        Path record =
                folder.resolve(
                        Digest.sha256Of(place.toString().getBytes(StandardCharsets.UTF_8))
                                .hex()
                                .substring(0, 16));
        List<String> before = read(record);
        Path file = folder.resolve(key + ".opmset");
        PackageSet set = known(file);
        if (set == null) {
            write(file, overlay.on(base)::writeTo);
            set = PackageSet.open(file);
        }
        List<String> now = List.of("opm-overlay 1", base.digest().hex(), key, "end");
        if (!now.equals(before)) {
            write(
                    record,
                    sink -> {
                        byte[] bytes =
                                (String.join("\n", now) + "\n").getBytes(StandardCharsets.UTF_8);
                        sink.write(bytes, 0, bytes.length);
                    });
            if (before.size() == now.size() && !before.get(2).equals(key)) {
                host.disk().delete(folder.resolve(before.get(2) + ".opmset"));
            }
        }
        if (before.size() == now.size() && !before.get(1).equals(now.get(1))) {
            watcher.rebased(place, overlay.idle(base));
        }
        return new Installed(set, own.digest(), own.releasever());
    }

    private PackageSet base(Path place) throws OpmException {
        Disk disk = host.disk();
        if (!disk.exists(place)) {
            throw new BadRequest(
                    "--base: found nothing at " + place + ", expected a root or a package set",
                    "Name the folder of an image, or a file of `opm set build`.");
        }
        if (!disk.isDirectory(place)) {
            return PackageSet.open(place);
        }
        var rpm = RpmCommand.at(place, host.commands());
        if (!rpm.hasDatabase()) {
            throw new BadRequest(
                    "--base: found no rpm database in " + place + ", expected one",
                    "Name the root of an image that has one, or a package set of it.");
        }
        return new InstalledCache(host, options.state(), rpm)
                .get(
                        ProfileCapture.configuration(place, disk),
                        () -> ProfileCapture.capture(rpm, disk, host.commands(), 0))
                .set();
    }

    private List<String> read(Path record) throws OpmException {
        if (!host.disk().exists(record)) {
            return List.of();
        }
        byte[] bytes = host.disk().readAll(record, RECORD_BYTES);
        return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }

    private @Nullable PackageSet known(Path file) {
        try {
            return host.disk().exists(file) ? PackageSet.open(file) : null;
        } catch (OpmException e) {
            return null;
        }
    }

    private interface Content {
        void to(opm.pkgset.ByteSink sink) throws OpmException;
    }

    private void write(Path target, Content content) throws OpmException {
        host.disk().createDirectories(folder);
        Path aside = folder.resolve(java.util.UUID.randomUUID() + ".part");
        boolean done = false;
        try {
            try (Output out = host.disk().create(aside)) {
                content.to(out::write);
                out.force();
            }
            host.disk().rename(aside, target);
            done = true;
        } finally {
            if (!done) {
                host.disk().delete(aside);
            }
        }
    }
}
