package opm.solve;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Which architectures fit the machine, how well, and which of them may coexist.
///
/// Scores are libsolv's: `noarch` is 1, the best is 0x10001, each step down adds 0x10000; two
/// architectures are of one kind when the high halves are equal. 0 is foreign.
final class Archs {
    /// The score of the machine's own architecture.
    static final int BEST = 0x10001;

    private static final String[] POLICIES = {
        "x86_64_v4:x86_64_v3:x86_64_v2:x86_64:i686:i586:i486:i386",
        "x86_64_v3:x86_64_v2:x86_64:i686:i586:i486:i386",
        "x86_64_v2:x86_64:i686:i586:i486:i386",
        "x86_64:i686:i586:i486:i386",
        "i686:i586:i486:i386",
        "i586:i486:i386",
        "i486:i386",
        "s390x:s390",
        "ppc64p7:ppc64:ppc",
        "ppc64:ppc",
        "ia64:i686:i586:i486:i386",
        "armv8hcnl:armv8hnl:armv8hl:armv7hnl:armv7hl:armv6hl",
        "armv8hnl:armv8hl:armv7hnl:armv7hl:armv6hl",
        "armv8hl:armv7hl:armv6hl",
        "armv8l:armv7l:armv6l:armv5tejl:armv5tel:armv5tl:armv5l:armv4tl:armv4l:armv3l",
        "armv7hnl:armv7hl:armv6hl",
        "armv7hl:armv6hl",
        "armv7l:armv6l:armv5tejl:armv5tel:armv5tl:armv5l:armv4tl:armv4l:armv3l",
        "armv6l:armv5tejl:armv5tel:armv5tl:armv5l:armv4tl:armv4l:armv3l",
        "armv5tejl:armv5tel:armv5tl:armv5l:armv4tl:armv4l:armv3l",
        "armv5tel:armv5tl:armv5l:armv4tl:armv4l:armv3l",
        "armv5tl:armv5l:armv4tl:armv4l:armv3l",
        "armv5l:armv4tl:armv4l:armv3l",
        "armv4tl:armv4l:armv3l",
        "armv4l:armv3l",
        "sh4a:sh4",
        "sparc64v:sparc64:sparcv9v:sparcv9:sparcv8:sparc",
        "sparc64:sparcv9:sparcv8:sparc",
        "sparcv9v:sparcv9:sparcv8:sparc",
        "sparcv9:sparcv8:sparc",
        "sparcv8:sparc"
    };

    private final Words words;
    private final boolean bound;

    /// The highest word of the policy. As libsolv has it, a foreign architecture has the colour of
    /// its name only if it was known before the policy, as those of testcases are.
    private int last;

    private int[] scores = new int[64];
    final int noarch;
    final int src;
    final int nosrc;

    /// Takes a machine's architecture, or a policy that starts with `:`, or nothing: all fit.
    Archs(Words words, @Nullable String machine) {
        this.words = words;
        noarch = words.id("noarch");
        src = words.id("src");
        nosrc = words.id("nosrc");
        bound = machine != null;
        if (machine == null) {
            return;
        }
        put(noarch, 1);
        int score = BEST;
        char sign = 0;
        String policy = policy(machine);
        int at = 0;
        while (at < policy.length()) {
            int end = at;
            while (end < policy.length() && ":=>".indexOf(policy.charAt(end)) < 0) {
                end++;
            }
            if (end > at) {
                int arch = words.id(policy.substring(at, end));
                if (score(arch) == 0) {
                    score += sign == ':' ? 0x10000 : sign == '>' ? 1 : 0;
                    put(arch, score);
                }
            }
            sign = end < policy.length() ? policy.charAt(end) : 0;
            at = end + 1;
        }
    }

    private static String policy(String machine) {
        if (machine.startsWith(":")) {
            return machine.substring(1);
        }
        for (String policy : POLICIES) {
            if (policy.startsWith(machine) && policy.charAt(machine.length()) == ':') {
                return policy;
            }
        }
        return machine;
    }

    private void put(int arch, int score) {
        last = Math.max(last, arch);
        if (arch >= scores.length) {
            scores = Arrays.copyOf(scores, arch + 64);
        }
        scores[arch] = score;
    }

    /// Tells whether there is a policy at all.
    boolean bound() {
        return bound;
    }

    int score(int arch) {
        return arch < scores.length ? scores[arch] : 0;
    }

    /// Tells whether two scores are of one kind.
    static boolean alike(int one, int two) {
        return ((one ^ two) & 0xffff0000) == 0;
    }

    /// Tells whether a package of this architecture may be installed; src is for the caller.
    boolean fits(int arch) {
        return !bound || arch != 0 && score(arch) != 0;
    }

    /// Tells whether packages of these two exclude each other where colours count.
    boolean colorsMeet(int one, int two) {
        return one == two || (color(one) & color(two)) != 0;
    }

    private int color(int arch) {
        if (!bound || arch == 0 || arch > last) {
            return 3;
        }
        String name = words.text(arch);
        if (arch == noarch || name.equals("all") || name.equals("any")) {
            return 3;
        }
        return name.equals("s390x") || name.contains("64") ? 2 : 1;
    }
}
