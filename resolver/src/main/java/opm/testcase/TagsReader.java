package opm.testcase;

import opm.base.DepKind;
import opm.solve.Rels;
import opm.solve.TagsPool;
import org.jspecify.annotations.Nullable;

/// Reads a testtags repository into a pool, versions 0 to 3.
///
/// A line is `=Tag: value`; between `+Tag:` and `-Tag:` every line is a value. What is unknown is
/// passed over, as libsolv does. Source: facts on solver test cases, 2.
final class TagsReader {
    private static final int VER = tag("Ver");
    private static final int PKG = tag("Pkg");
    private static final int REQ = tag("Req");
    private static final int PRQ = tag("Prq");
    private static final int PRV = tag("Prv");
    private static final int FLS = tag("Fls");
    private static final int IPR = tag("Ipr");
    private static final int VND = tag("Vnd");
    private static final int TIM = tag("Tim");
    private static final int OBS = tag("Obs");
    private static final int CON = tag("Con");
    private static final int REC = tag("Rec");
    private static final int SUG = tag("Sug");
    private static final int SUP = tag("Sup");
    private static final int ENH = tag("Enh");

    private final TagsPool pool;
    private final Memo deps;
    private final Memo words;
    private final SuseDeps suse;
    private byte[] bytes = new byte[0];
    private int version;
    private boolean addsSelf = true;
    private @Nullable Pkg open;

    /// The package that is being read.
    private static final class Pkg {
        final int id;
        final IntBag[] deps = new IntBag[DepKind.values().length];
        final IntBag pre = new IntBag();
        final IntBag ignored = new IntBag();
        final IntBag files = new IntBag();

        /// Version 2: provides that look like paths, files unless others follow.
        final IntBag paths = new IntBag();

        Pkg(int id) {
            this.id = id;
            for (int kind = 0; kind < deps.length; kind++) {
                deps[kind] = new IntBag();
            }
        }

        IntBag deps(DepKind kind) {
            return deps[kind.ordinal()];
        }
    }

    private TagsReader(TagsPool pool) {
        this.pool = pool;
        var text = new DepText(pool);
        // A path is a word, whatever is in it.
        deps = new Memo(dep -> dep.startsWith("/") ? pool.word(dep) : text.read(dep));
        words = new Memo(pool::word);
        suse = new SuseDeps(pool);
    }

    /// Reads a file into a pool of its own, as the only repository there.
    static TagsPool alone(byte[] file) {
        var pool = new TagsPool();
        pool.addRepo("", 0, 0);
        new TagsReader(pool).read(file);
        return pool;
    }

    private static int tag(String word) {
        return word.charAt(0) << 16 | word.charAt(1) << 8 | word.charAt(2);
    }

    private static int tag(byte[] line, int at) {
        return (line[at] & 0xff) << 16 | (line[at + 1] & 0xff) << 8 | line[at + 2] & 0xff;
    }

    private void read(byte[] file) {
        bytes = file;
        int block = 0;
        int next;
        for (int start = 0; start < file.length; start = next) {
            int end = start;
            while (end < file.length && file[end] != '\n') {
                end++;
            }
            next = end + 1;
            byte sign = end > start ? file[start] : 0;
            if (block != 0) {
                if (sign == '-' && isTag(start, end, block)) {
                    block = 0;
                } else {
                    value(block, start, end);
                }
            } else if (sign == '+' && colon(start, end) > start + 1) {
                // A block of a longer tag is passed over up to its end.
                block = isTag(start, end, 0) ? tag(file, start + 1) : blockOf(start, end);
            } else if (sign == '=' && isTag(start, end, 0)) {
                value(tag(file, start + 1), Math.min(start + 6, end), end);
            }
        }
        end();
    }

    /// Tells whether a line is a sign, three letters and a colon; those of a tag unless it is 0.
    private boolean isTag(int start, int end, int tag) {
        if (tag < 0) {
            return end - start >= -tag && bytes[start - tag - 1] == ':';
        }
        return end - start > 4
                && bytes[start + 4] == ':'
                && (tag == 0 || tag(bytes, start + 1) == tag);
    }

    /// Stands for a tag that is not three letters long: minus the length of its line.
    private int blockOf(int start, int end) {
        return -(colon(start, end) + 1 - start);
    }

    private int colon(int start, int end) {
        for (int at = start; at < end; at++) {
            if (bytes[at] == ':') {
                return at;
            }
        }
        return -1;
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private void value(int tag, int from, int to) {
        if (tag == VER) {
            String text = text(from, to);
            version = (int) number(text);
            addsSelf = version < 3 || text.contains("addselfprovides");
        } else if (tag == PKG) {
            begin(from, to);
        } else {
            Pkg pkg = open;
            if (pkg != null) {
                fact(pkg, tag, from, to);
            }
        }
    }

    /// Reads the digits that a text begins with.
    static long number(String text) {
        long number = 0;
        for (int i = 0; i < text.length() && number < Long.MAX_VALUE / 20; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private void begin(int from, int to) {
        int[] ends = new int[8];
        int parts = 0;
        int at = from;
        while (true) {
            while (at < to && isBlank(bytes[at])) {
                at++;
            }
            if (at == to) {
                break;
            }
            if (parts == 4) {
                return;
            }
            ends[2 * parts] = at;
            while (at < to && !isBlank(bytes[at])) {
                at++;
            }
            ends[2 * parts + 1] = at;
            parts++;
        }
        if (parts != 4) {
            return;
        }
        end();
        String version = text(ends[2], ends[3]);
        int evr =
                isDash(ends[4], ends[5])
                        ? pool.word(version)
                        : pool.word(version + "-" + text(ends[4], ends[5]));
        int arch = isDash(ends[6], ends[7]) ? 0 : words.of(bytes, ends[6], ends[7]);
        open = new Pkg(pool.addPackage(words.of(bytes, ends[0], ends[1]), evr, arch));
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    private boolean isDash(int from, int to) {
        return to == from + 1 && bytes[from] == '-';
    }

    private void fact(Pkg pkg, int tag, int from, int to) {
        if (tag == REQ) {
            int dep = deps.of(bytes, from, to);
            if (dep != 0 && !pkg.pre.contains(dep)) {
                pkg.deps(DepKind.REQUIRES).addNew(dep);
            }
        } else if (tag == PRQ) {
            int dep = deps.of(bytes, from, to);
            if (dep != 0) {
                pkg.deps(DepKind.REQUIRES).remove(dep);
                pkg.pre.addNew(dep);
            }
        } else if (tag == PRV) {
            provides(pkg, from, to);
        } else if (tag == FLS) {
            int slash = from;
            while (slash < to && bytes[slash] != '/') {
                slash++;
            }
            if (slash < to) {
                pkg.files.add(words.of(bytes, from, to));
            }
        } else if (tag == IPR) {
            pkg.ignored.add(deps.of(bytes, from, to));
        } else if (tag == VND) {
            pool.setVendor(pkg.id, words.of(bytes, from, to));
        } else if (tag == TIM) {
            pool.setBuildTime(pkg.id, number(text(from, to)));
        } else {
            DepKind kind = kind(tag);
            int dep = kind == null ? 0 : deps.of(bytes, from, to);
            if (kind != null && dep != 0) {
                pkg.deps(kind).addNew(dep);
            }
        }
    }

    private static @Nullable DepKind kind(int tag) {
        if (tag == OBS) {
            return DepKind.OBSOLETES;
        }
        if (tag == CON) {
            return DepKind.CONFLICTS;
        }
        if (tag == REC) {
            return DepKind.RECOMMENDS;
        }
        if (tag == SUG) {
            return DepKind.SUGGESTS;
        }
        if (tag == SUP) {
            return DepKind.SUPPLEMENTS;
        }
        return tag == ENH ? DepKind.ENHANCES : null;
    }

    private void provides(Pkg pkg, int from, int to) {
        IntBag provides = pkg.deps(DepKind.PROVIDES);
        if (version == 2) {
            if (from < to && bytes[from] == '/') {
                pkg.paths.add(words.of(bytes, from, to));
                return;
            }
            for (int path : pkg.paths.toArray()) {
                provides.addNew(path);
            }
            pkg.paths.clear();
        }
        int dep = deps.of(bytes, from, to);
        if (dep != 0) {
            provides.addNew(dep);
        }
    }

    private void end() {
        Pkg pkg = open;
        if (pkg == null) {
            return;
        }
        open = null;
        if (version == 2) {
            pkg.files.addAll(pkg.paths);
            suse.rewrite(
                    pkg.deps(DepKind.PROVIDES),
                    pkg.deps(DepKind.SUPPLEMENTS),
                    pkg.deps(DepKind.CONFLICTS));
        }
        if (addsSelf && !pool.isSource(pkg.id)) {
            int self = pool.rel(pool.name(pkg.id), Rels.EQ, pool.evr(pkg.id));
            pkg.deps(DepKind.PROVIDES).addNew(self);
        }
        if (!pkg.pre.isEmpty()) {
            pkg.deps(DepKind.REQUIRES).add(pool.preMarker());
            pkg.deps(DepKind.REQUIRES).addAll(pkg.pre);
        }
        for (DepKind kind : DepKind.values()) {
            if (!pkg.deps(kind).isEmpty()) {
                pool.setDeps(pkg.id, kind, pkg.deps(kind).toArray());
            }
        }
        pool.setFiles(pkg.id, pkg.files.toArray());
        pool.setIgnoredOnceInstalled(pkg.id, pkg.ignored.toArray());
    }
}
