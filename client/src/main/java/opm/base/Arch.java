package opm.base;

import java.util.List;

/// Which package architectures a machine can run, best first.
///
/// The order is libsolv's (`poolarch.c`): the machine's own first, then what it can run, `noarch`
/// last. A score of 0 means that the package cannot be installed.
public final class Arch {
    private static final List<List<String>> FAMILIES =
            List.of(
                    List.of(
                            "x86_64_v4",
                            "x86_64_v3",
                            "x86_64_v2",
                            "x86_64",
                            "i686",
                            "i586",
                            "i486",
                            "i386"),
                    List.of("athlon", "i686", "i586", "i486", "i386"),
                    List.of("geode", "i586", "i486", "i386"),
                    List.of("amd64", "x86_64", "i686", "i586", "i486", "i386"),
                    List.of("ia32e", "x86_64", "i686", "i586", "i486", "i386"),
                    List.of("pentium4", "pentium3", "i686", "i586", "i486", "i386"),
                    List.of("aarch64"),
                    List.of("armv8hl", "armv7hnl", "armv7hl", "armv6hl"),
                    List.of(
                            "armv7l",
                            "armv6l",
                            "armv5tejl",
                            "armv5tel",
                            "armv5l",
                            "armv4tl",
                            "armv4l",
                            "armv3l"),
                    List.of("ppc64le"),
                    List.of("ppc64p7", "ppc64", "ppc"),
                    List.of("s390x", "s390"),
                    List.of("riscv64"),
                    List.of("loongarch64"),
                    List.of("mips64el"),
                    List.of("sparc64v", "sparc64", "sparcv9v", "sparcv9", "sparcv8", "sparc"));

    private Arch() {}

    /// Returns what a machine of this architecture can install, best first, `noarch` last.
    ///
    /// An unknown architecture runs itself and `noarch`.
    public static List<String> compatible(String machine) {
        for (List<String> family : FAMILIES) {
            int from = family.indexOf(machine);
            if (from >= 0) {
                var all = new java.util.ArrayList<>(family.subList(from, family.size()));
                all.add("noarch");
                return List.copyOf(all);
            }
        }
        return machine.equals("noarch") ? List.of("noarch") : List.of(machine, "noarch");
    }

    /// Returns rpm's `$basearch` for a machine, as dnf derives it: `i686` gives `i386`.
    public static String basearch(String machine) {
        return switch (machine) {
            case "i386", "i486", "i586", "i686", "athlon", "geode", "pentium3", "pentium4" ->
                    "i386";
            case "amd64", "ia32e" -> "x86_64";
            case "armv7hl", "armv7hnl", "armv6hl", "armv8hl" -> "armhfp";
            default -> machine.startsWith("x86_64_v") ? "x86_64" : machine;
        };
    }
}
