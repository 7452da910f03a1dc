package opm.pkgset;

import java.util.List;
import opm.base.Dep;
import opm.base.Dep.RichOp;
import opm.base.Sense;

/// The distinct dependencies of a set. Section `relations`.
///
/// | at | field | type | meaning                                                        |
/// |---:|-------|------|----------------------------------------------------------------|
/// |  0 | left  | u32  | simple: string, a name; rich: an earlier row                   |
/// |  4 | right | u32  | bits 0-3: operation; bits 4-31: simple: evr; rich: an earlier row |
///
/// Operations 0 to 7 are the senses: 0 none, 1 `<`, 2 `>`, 3 `<>`, 4 `=`, 5 `<=`, 6 `>=`, 7 any.
/// 8 to 14 are `and or if unless else with without`. Simple rows come first, sorted by name,
/// version and sense; then rich rows, by height, left, right, operation.
final class RelationTable {
    static final int RICH = 8;
    static final int OP_BITS = 4;
    static final int OP_MASK = 15;

    /// Parts of one rich dependency that [#dep] will build; text of `Limits.DEPENDENCY_CHARS` has
    /// fewer, but rows that share parts could stand for astronomically many.
    private static final int MOST_PARTS = 1 << 16;

    /// Nested parts of a rich row. A chain of `or` nests to the right, one level for each part; the
    /// longest seen has 60 parts.
    static final int MOST_DEPTH = 1 << 10;

    /// Rich rows of one set.
    private static final int MOST_RICH = 1 << 22;

    private static final Sense[] SENSES = Sense.values();

    /// In the order of their numbers in the file.
    private static final List<RichOp> RICH_OPS =
            List.of(
                    RichOp.AND,
                    RichOp.OR,
                    RichOp.IF,
                    RichOp.UNLESS,
                    RichOp.ELSE,
                    RichOp.WITH,
                    RichOp.WITHOUT);

    static final int RICH_COUNT = RICH_OPS.size();

    private final Section rows;
    private final StringPool strings;
    private final EvrTable evrs;
    private final int simpleCount;

    RelationTable(Section rows, StringPool strings, EvrTable evrs) {
        this.rows = rows;
        this.strings = strings;
        this.evrs = evrs;
        int low = 0;
        int high = rows.count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (op(middle) < RICH) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        simpleCount = low;
        heights();
    }

    /// Returns how high each rich row is. Refuses towers, so that everybody may walk them by
    /// recursion.
    ///
    /// Rich rows are few, 7,000 of 214,000 in the largest repository known, so that this costs
    /// opening nothing.
    short[] heights() {
        int rich = rows.count() - simpleCount;
        if (rich > MOST_RICH) {
            throw rows.broken(rich + " rich rows");
        }
        var heights = new short[rich];
        for (int at = 0; at < rich; at++) {
            int left = height(heights, left(simpleCount + at));
            int height = 1 + Math.max(left, height(heights, right(simpleCount + at)));
            if (height > MOST_DEPTH) {
                throw rows.broken("row " + (simpleCount + at) + " is too high a tower");
            }
            heights[at] = (short) height;
        }
        return heights;
    }

    private int height(short[] heights, int rel) {
        return rel < simpleCount ? 0 : heights[rel - simpleCount];
    }

    /// @throws IllegalArgumentException when a dependency that stands so deep in another is nested
    ///     deeper than a set can hold
    static void mustFit(Dep dep, int depth) {
        requireDepth(depth);
        if (dep instanceof Dep.Rich(_, Dep left, Dep right)) {
            mustFit(left, depth + 1);
            mustFit(right, depth + 1);
        }
    }

    static void requireDepth(int depth) {
        if (depth > MOST_DEPTH) {
            throw new IllegalArgumentException(
                    "a dependency of more than " + MOST_DEPTH + " levels");
        }
    }

    static int code(RichOp op) {
        return RICH_OPS.indexOf(op);
    }

    /// Returns the operation of a code from 0 to 6.
    static RichOp ofCode(int code) {
        return RICH_OPS.get(code);
    }

    int count() {
        return rows.count();
    }

    int simpleCount() {
        return simpleCount;
    }

    private int op(int rel) {
        return rows.u32(rel, 4) & OP_MASK;
    }

    int name(int rel) {
        mustBeSimple(rel);
        return rows.index(rel, 0, strings.nameCount());
    }

    Sense sense(int rel) {
        mustBeSimple(rel);
        int op = op(rel);
        if (op >= RICH) {
            throw rows.broken("row " + rel + " is rich among simple ones");
        }
        return SENSES[op];
    }

    int evr(int rel) {
        mustBeSimple(rel);
        int evr = rows.u32(rel, 4) >>> OP_BITS;
        if (evr >= evrs.count()) {
            throw rows.broken("row " + rel + " names version " + evr + " of " + evrs.count());
        }
        return evr;
    }

    private void mustBeSimple(int rel) {
        if (rel >= simpleCount) {
            throw rows.broken("row " + rel + " is not simple");
        }
    }

    RichOp richOp(int rel) {
        int op = op(rel) - RICH;
        if (op < 0 || op >= RICH_OPS.size()) {
            throw rows.broken("row " + rel + " has operation " + (op + RICH));
        }
        return RICH_OPS.get(op);
    }

    int left(int rel) {
        return rows.index(rel, 0, rel);
    }

    int right(int rel) {
        int right = rows.u32(rel, 4) >>> OP_BITS;
        if (right >= rel) {
            throw rows.broken("row " + rel + " has the later row " + right + " as a part");
        }
        return right;
    }

    Dep dep(int rel) {
        return new DepReader().dep(rel);
    }

    int start(int name) {
        int low = 0;
        int high = simpleCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (rows.u32(middle, 0) < name) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Builds one dependency within bounds of size and depth.
    private final class DepReader {
        private int parts;

        Dep dep(int rel) {
            if (++parts > MOST_PARTS) {
                throw rows.broken("row " + rel + " is part of an endless dependency");
            }
            if (rel >= simpleCount) {
                return new Dep.Rich(richOp(rel), dep(left(rel)), dep(right(rel)));
            }
            String name = strings.string(name(rel));
            Sense sense = sense(rel);
            if (name.isEmpty()) {
                throw rows.broken("row " + rel + " has no name");
            }
            return sense == Sense.NONE
                    ? Dep.on(name)
                    : new Dep.Simple(name, sense, evrs.value(evr(rel)));
        }
    }
}
