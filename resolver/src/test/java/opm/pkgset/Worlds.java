package opm.pkgset;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Nevra;

/// Small worlds that tests share.
final class Worlds {
    /// Numbers as they stand in the file.
    static final OfInt U32 = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static final OfLong U64 = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Worlds() {}

    /// Returns a world with something of everything that format 1 can hold.
    static PackageSetBuilder everything() {
        var builder =
                new PackageSetBuilder()
                        .add(
                                "bash-5.2.26-3.fc40.x86_64",
                                "provides: /bin/sh",
                                "requires: libc.so.6(GLIBC_2.38)(64bit)",
                                "prerequires: filesystem >= 3",
                                "file: /usr/bin/bash",
                                "file: /etc/skel/.bashrc",
                                "vendor: Fedora Project")
                        .add(
                                "filesystem-3.18-8.fc40.x86_64",
                                "file: /",
                                "file: /usr/bin",
                                "conflicts: kernel < 2.6",
                                "supplements: (langpacks-en and bash)")
                        .add("foo-1:1.0~rc1-1.noarch", "obsoletes: oldfoo <= 3:2", "enhances: bar")
                        .add(
                                "foo-1:1.0-1.noarch",
                                "recommends: (a or (b with c < 2))",
                                "suggests: z")
                        .add(
                                "foo-1:1.00-1.noarch",
                                "requires: (d if e else f)",
                                "provides: g = 2^git1");
        builder.begin(Nevra.parse("vim-2:9.1.031-1.fc40.x86_64"))
                .vendor("Müller & Söhne")
                .location("Packages/v/vim-9.1.031-1.fc40.x86_64.rpm")
                .checksum(Digest.sha256("0123456789abcdef".repeat(4)))
                .sizes(1_843_220, 5_000_000_000L, 5_000_100_000L)
                .buildSeconds(1_700_000_000L)
                .headerRange(4504, 31337)
                .text(TextKind.SUMMARY, "The VIM editor")
                .text(TextKind.DESCRIPTION, "VIM (VIsual editor iMproved)\nis an editor: “é”.")
                .text(TextKind.URL, "https://www.vim.org/")
                .text(TextKind.LICENSE, "Vim")
                .text(TextKind.GROUP, "Unspecified")
                .text(TextKind.SOURCERPM, "vim-9.1.031-1.fc40.src.rpm")
                .text(TextKind.PACKAGER, "Fedora Project")
                .text(TextKind.BUILDHOST, "build.example.org")
                .installed(1_700_000_123L, "user")
                .dep(DepKind.PROVIDES, Dep.parse("vim = 2:9.1.031-1.fc40"))
                .file("/usr/bin/vim")
                .end();
        builder.begin(Nevra.parse("vim-2:9.1.031-1.fc40.i686"))
                .location("other/name.rpm")
                .checksum(new Digest(Digest.Algorithm.SHA1, "ab".repeat(20)))
                .end();
        return builder.askedPaths(List.of("/usr/share/vim", "/nowhere"));
    }

    /// Writes all that a set holds, one fact a line.
    static List<String> dump(PackageSet set) {
        var lines = new ArrayList<String>();
        lines.add("digest " + set.digest());
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            PackageRef ref = set.ref(pkg);
            lines.add("package " + ref.nevra().full());
            lines.add("  vendor " + ref.vendor());
            for (DepKind kind : DepKind.values()) {
                for (Dep dep : ref.deps(kind)) {
                    lines.add("  " + kind.word() + " " + dep);
                }
            }
            for (int rel : set.items(set.prerequires(pkg))) {
                lines.add("  prerequires " + set.dep(rel));
            }
            ref.files().forEach(file -> lines.add("  file " + file));
            lines.add("  location " + ref.location());
            lines.add("  checksum " + ref.checksum());
            lines.add(
                    "  bytes "
                            + ref.packageBytes()
                            + " "
                            + ref.installedBytes()
                            + " "
                            + set.facts().archiveBytes(pkg));
            lines.add("  built " + ref.buildSeconds());
            lines.add("  header " + ref.headerStart() + " " + ref.headerEnd());
            for (TextKind kind : TextKind.ALL) {
                lines.add("  " + kind + " " + set.facts().text(pkg, kind).replace("\n", "\\n"));
            }
            lines.add("  installed " + ref.installSeconds() + " " + ref.reason());
        }
        lines.add("asked " + set.askedPaths());
        return lines;
    }
}
