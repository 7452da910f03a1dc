package opm.preflight;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Disk.Kind;
import opm.host.RpmCommand;
import org.jspecify.annotations.Nullable;

/// Whether the machine can still be booted: kernels, their initramfs, their boot entries.
public final class Kernels {
    private static final Pattern IMAGE =
            Pattern.compile(
                    "/(?:usr/)?lib/modules/([^/]+)/vmlinu[xz]|/boot/(?:vmlinu[xz]|Image)-(.+)");

    /// What an initramfs takes where none is there to compare with.
    private static final long USUAL_BYTES = 64L << 20;

    private final Disk disk;
    private final Path root;

    public Kernels(Disk disk, Path root) {
        this.disk = disk;
        this.root = root;
    }

    /// Returns the version of the kernel that a path is, empty for any other file.
    static String version(String path) {
        Matcher image = IMAGE.matcher(path);
        if (!image.matches()) {
            return "";
        }
        return image.group(1) != null ? image.group(1) : image.group(2);
    }

    static Set<String> versions(Collection<Item> items) {
        var versions = new TreeSet<String>();
        for (Item item : items) {
            String version = item.type() == Item.Type.DIRECTORY ? "" : version(item.path());
            if (!version.isEmpty()) {
                versions.add(version);
            }
        }
        return versions;
    }

    /// Returns how large an initramfs of this machine is; 0 where none is made.
    long initramfsBytes() throws OpmException {
        long largest = 0;
        for (Path file : boot()) {
            if (isInitramfs(name(file))) {
                largest = Math.max(largest, disk.size(file));
            }
        }
        boolean makes =
                disk.exists(root.resolve("usr/bin/dracut"))
                        || disk.exists(root.resolve("usr/bin/mkinitcpio"));
        return largest == 0 && makes ? USUAL_BYTES : largest;
    }

    private List<Path> boot() throws OpmException {
        return disk.kind(root.resolve("boot")) == Kind.ABSENT
                ? List.of()
                : disk.list(root.resolve("boot"));
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static boolean isInitramfs(String name) {
        return name.startsWith("initramfs-") || name.startsWith("initrd");
    }

    /// Returns what a kernel lacks to be booted: `initramfs`, `boot entry`; empty for nothing.
    public List<String> lacks(String version) throws OpmException {
        var lacks = new ArrayList<String>();
        var unified = new HashSet<String>();
        boolean image = false;
        for (String folder : List.of("boot/efi/EFI/Linux", "efi/EFI/Linux", "boot/EFI/Linux")) {
            for (Path file : disk.list(root.resolve(folder))) {
                if (name(file).contains(version)) {
                    unified.add(name(file));
                }
            }
        }
        for (Path file : boot()) {
            image |= isInitramfs(name(file)) && name(file).contains(version);
        }
        if (!image && unified.isEmpty()) {
            lacks.add("initramfs");
        }
        boolean entry = !unified.isEmpty();
        for (Path file : disk.list(root.resolve("boot/loader/entries"))) {
            entry |= name(file).contains(version);
        }
        for (String grub : List.of("boot/grub2/grub.cfg", "boot/grub/grub.cfg")) {
            Path file = root.resolve(grub);
            if (!entry && disk.exists(file)) {
                String text = new String(disk.readAll(file, 16 << 20), ISO_8859_1);
                entry = text.contains("vmlinuz-" + version);
            }
        }
        if (!entry) {
            lacks.add("boot entry");
        }
        return lacks;
    }

    /// What the machine would lack to start again.
    ///
    /// @param version of the newest kernel that would stay, empty for none
    /// @param parts as [#lacks] names them
    public record Lack(String version, List<String> parts) {
        public Lack {
            parts = List.copyOf(parts);
        }

        /// Returns what is missing, in words for people.
        public String words() {
            return version.isEmpty() ? "kernel" : String.join(", ", parts) + " " + version;
        }
    }

    /// Says what the machine would lack without some kernels.
    ///
    /// @param going versions that leave
    /// @param staying versions that would be left
    /// @return null when one that stays boots, or none that leaves does: then nothing gets worse
    public @Nullable Lack without(Set<String> going, Set<String> staying) throws OpmException {
        boolean isLoss = false;
        for (String version : going) {
            isLoss |= lacks(version).isEmpty();
        }
        Lack lack = isLoss ? new Lack("", List.of()) : null;
        for (String version : new TreeSet<>(staying)) {
            List<String> parts = lacks(version);
            if (parts.isEmpty()) {
                return null;
            }
            lack = lack == null ? null : newer(lack, new Lack(version, parts));
        }
        return lack;
    }

    private static Lack newer(Lack one, Lack other) {
        Evr first = Evr.parse(one.version().isEmpty() ? "0" : one.version());
        return first.compareTo(Evr.parse(other.version())) <= 0 ? other : one;
    }

    /// Returns the versions of kernels that installed packages hold.
    public static Set<String> versionsOf(RpmCommand rpm, Collection<Nevra> pkgs)
            throws OpmException {
        var versions = new TreeSet<String>();
        if (pkgs.isEmpty() || !rpm.hasDatabase()) {
            return versions;
        }
        var words = new ArrayList<>(List.of("-q", "--qf", "[%{FILENAMES}\\n]"));
        pkgs.forEach(pkg -> words.add(pkg.toString()));
        for (String line : rpm.run(words.toArray(String[]::new)).outText().split("\n")) {
            String version = version(line);
            if (!version.isEmpty()) {
                versions.add(version);
            }
        }
        return versions;
    }

    /// Returns the versions of kernels that lie in the root.
    public Set<String> there() throws OpmException {
        var versions = new TreeSet<String>();
        for (String folder : List.of("lib/modules", "usr/lib/modules")) {
            if (!disk.exists(root.resolve(folder))) {
                continue;
            }
            for (Path kernel : disk.list(root.resolve(folder))) {
                boolean image = disk.exists(kernel.resolve("vmlinuz"));
                if (image || disk.exists(kernel.resolve("vmlinux"))) {
                    versions.add(name(kernel));
                }
            }
        }
        for (Path file : boot()) {
            String version = version("/boot/" + name(file));
            if (!version.isEmpty()) {
                versions.add(version);
            }
        }
        return versions;
    }
}
