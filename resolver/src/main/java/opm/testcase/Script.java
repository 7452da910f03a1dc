package opm.testcase;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import opm.base.DepKind;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.solve.Jobs;
import opm.solve.Rels;
import opm.solve.TagsPool;
import org.jspecify.annotations.Nullable;

/// A `.t` file: its commands fill one pool, test after test.
///
/// What the tests of a file share (repositories, system, pool flags, disabled packages) stays in
/// the pool; jobs, solver flags, namespaces and expectations start anew with each. A line that
/// cannot be read is passed over with a complaint, as libsolv does. Source: facts on solver test
/// cases, 3.
final class Script {
    private static final Set<String> FEATURES =
            Set.of("complex_deps", "linked_packages", "testcase_helixrepo");

    final TagsPool pool = new TagsPool();
    final DepText deps = new DepText(pool);
    final Refs refs = new Refs(pool);
    final JobText jobs = new JobText(pool, deps, refs);
    private final Picker picker = new Picker(pool, refs);
    private final DepPicker depPicker = new DepPicker(pool, refs, deps);
    private final Folder folder;
    private final Shelf shelf;
    private final List<String> lines;
    private int at;
    private int tests;
    private boolean ended;
    private boolean anyDisabled;
    private Test test = new Test(0);
    private final List<Integer> stack = new ArrayList<>();

    /// Whether the pool knows who provides what.
    private boolean prepared;

    Script(byte[] bytes, Folder folder, Shelf shelf) throws Damaged {
        this.folder = folder;
        this.shelf = shelf;
        lines = lines(bytes);
    }

    /// Cuts text or gzipped text into lines; every byte is a character.
    static List<String> lines(byte[] bytes) throws Damaged {
        var text = new String(plain(bytes), StandardCharsets.ISO_8859_1);
        return Arrays.asList(text.split("\n", -1));
    }

    /// Unpacks what is gzipped.
    static byte[] plain(byte[] bytes) throws Damaged {
        byte[] plain = bytes;
        if (bytes.length > 2 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b) {
            try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes), 1 << 16)) {
                plain = in.readNBytes(Limits.TESTCASE_BYTES);
            } catch (IOException e) {
                throw new Damaged("testcase: " + e.getMessage(), "Write the testcase anew.");
            }
        }
        if (plain.length >= Limits.TESTCASE_BYTES) {
            throw new Damaged(
                    "testcase: more than " + Limits.TESTCASE_BYTES + " bytes in one file",
                    "Use a smaller repository.");
        }
        return plain;
    }

    /// Reads up to the end of the next test; absent after the last.
    @Nullable Test next() throws OpmException {
        if (ended) {
            return null;
        }
        var now = new Test(++tests);
        test = now;
        stack.clear();
        prepared = false;
        boolean more = false;
        while (at < lines.size() && !more && now.missing == null) {
            var words = new Words(lines.get(at++));
            if (words.count() > 0 && !words.at(0).startsWith("#")) {
                more = command(words);
            }
        }
        while (!stack.isEmpty()) {
            now.jobs.add(Job.of(Jobs.NOOP | Jobs.PROVIDES, stack.removeLast()));
        }
        prepare();
        ended = !more;
        return ended && now.isEmpty() ? null : now;
    }

    private void prepare() {
        if (!prepared) {
            prepared = true;
            pool.prepare();
        }
    }

    /// Does what a line says; returns whether the test ends there.
    private boolean command(Words words) throws OpmException {
        try {
            switch (words.at(0)) {
                case "repo" -> repo(words);
                case "system" -> system(words);
                case "job" -> job(words);
                case "vendorclass" -> vendorClass(words);
                case "namespace" -> namespace(words);
                case "poolflags" -> poolFlags(words);
                case "solverflags" -> solverFlags(words);
                case "result" -> result(words);
                case "nextjob" -> {
                    test.keepsSolver = words.at(1).equals("reusesolver");
                    return true;
                }
                case "disable" -> disable(words);
                case "feature" -> feature(words);
                case "genid" -> genid(words);
                case "evrcmp" -> evrcmp(words);
                case "autoinst" -> throw new JobText.Unreadable("autoinst is not supported");
                default -> throw new JobText.Unreadable("unknown command '" + words.at(0) + "'");
            }
        } catch (JobText.Unreadable e) {
            test.complaints.add("line " + at + ": " + e.getMessage());
        }
        return false;
    }

    // ---------------------------------------------------------------- the world

    private void repo(Words words) throws OpmException, JobText.Unreadable {
        if (words.count() < 4) {
            throw new JobText.Unreadable("repo needs a name, a priority and a type");
        }
        byte[] content = words.count() > 4 ? file(words.at(4)) : new byte[0];
        if (anyDisabled || !test.jobs.isEmpty() || !test.flags.isEmpty()) {
            throw new JobText.Unreadable("repo after jobs, flags or disabled packages");
        }
        prepared = false;
        String[] priority = words.at(2).split("\\.", 2);
        pool.addRepo(
                words.at(1),
                signed(priority[0]),
                priority.length == 2 ? (int) TagsReader.number(priority[1]) : 0);
        switch (words.at(3)) {
            case "empty" -> {}
            case "testtags" -> {
                if (content == null) {
                    throw new JobText.Unreadable("no file '" + words.at(4) + "'");
                }
                shelf.read(content, pool);
            }
            default -> test.missing = "repositories of type " + words.at(3);
        }
    }

    private static int signed(String text) {
        return text.startsWith("-")
                ? -(int) TagsReader.number(text.substring(1))
                : (int) TagsReader.number(text);
    }

    /// Returns the bytes of a file, packed or not, or of what follows inline; absent without such a
    /// file.
    private byte @Nullable [] file(String name) throws OpmException {
        if (!name.equals("<inline>")) {
            return folder.read(name);
        }
        var inline = new StringBuilder();
        while (at < lines.size() && lines.get(at).startsWith("#>")) {
            String line = lines.get(at++);
            inline.append(line, 2, line.length()).append('\n');
        }
        return inline.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void system(Words words) throws JobText.Unreadable {
        if (words.count() < 3) {
            throw new JobText.Unreadable("system needs an architecture and a type");
        }
        if (!test.jobs.isEmpty()) {
            throw new JobText.Unreadable("system after jobs");
        }
        prepared = false;
        boolean debian = pool.debian();
        if (!words.at(2).equals("*")) {
            String known = "";
            for (String type : words.at(2).split(",")) {
                if (known.isEmpty() && (type.equals("rpm") || type.equals("deb"))) {
                    known = type;
                }
            }
            if (known.isEmpty()) {
                test.missing = "systems of type " + words.at(2);
                return;
            }
            debian = known.equals("deb");
        }
        String arch = words.at(1);
        pool.setSystem(arch.equals("unset") || arch.equals("-") ? null : arch, debian);
        if (words.count() > 3) {
            int repo = refs.repo(words.at(3));
            if (repo < 0) {
                throw new JobText.Unreadable("unknown repo '" + words.at(3) + "'");
            }
            pool.setInstalled(repo);
        }
    }

    private void vendorClass(Words words) {
        pool.addVendorClass(
                IntStream.range(1, words.count())
                        .mapToObj(i -> DepText.unescape(words.at(i)))
                        .toArray(String[]::new));
    }

    private void namespace(Words words) throws JobText.Unreadable {
        String text = words.at(1);
        int paren = text.indexOf('(');
        if (paren < 0 || !text.endsWith(")")) {
            throw new JobText.Unreadable("bad namespace '" + text + "'");
        }
        int name = pool.word(text.substring(0, paren));
        int inside = pool.word(text.substring(paren + 1, text.length() - 1));
        prepare();
        var pkgs = new IntBag();
        for (int i = 2; i < words.count(); i++) {
            int pkg = refs.pkg(words.at(i));
            if (pkg == 0) {
                throw new JobText.Unreadable("unknown package '" + words.at(i) + "'");
            }
            pkgs.add(pkg);
        }
        pool.setProviders(pool.rel(name, Rels.NAMESPACE, inside), pkgs.toArray());
    }

    private void poolFlags(Words words) throws JobText.Unreadable {
        for (String flag : flags(words)) {
            boolean on = !flag.startsWith("!");
            if (!pool.setFlag(on ? flag : flag.substring(1), on)) {
                throw new JobText.Unreadable("unknown pool flag '" + flag + "'");
            }
        }
    }

    private static List<String> flags(Words words) {
        return Arrays.stream(words.rest(1).split("[ \t,]+")).filter(f -> !f.isEmpty()).toList();
    }

    private void disable(Words words) throws JobText.Unreadable {
        prepare();
        Job selected = jobs.selection(words, 1, words.count());
        prepared = false;
        anyDisabled = true;
        for (int pkg : refs.members(selected)) {
            pool.disable(pkg);
        }
    }

    private void feature(Words words) {
        for (int i = 1; i < words.count(); i++) {
            if (!FEATURES.contains(words.at(i))) {
                test.missing = "feature " + words.at(i);
            }
        }
    }

    // ---------------------------------------------------------------- the question

    private void solverFlags(Words words) throws JobText.Unreadable {
        for (String flag : flags(words)) {
            boolean on = !flag.startsWith("!");
            test.flags.put(on ? flag : flag.substring(1), on);
        }
    }

    private void job(Words words) throws JobText.Unreadable {
        prepare();
        if (words.count() < 4) {
            throw new JobText.Unreadable("bad job '" + words.rest(1) + "'");
        }
        if (words.at(2).startsWith("selection") && words.count() > 4) {
            selected(words);
        } else {
            test.jobs.add(jobs.read(words, 1));
        }
    }

    /// Reads `job ACTION selection TEXT FLAGS` and its kin, which also look at a kind of
    /// dependencies.
    private void selected(Words words) throws JobText.Unreadable {
        int how = JobText.action(words.at(1));
        int end = words.count();
        if (JobText.isFlags(words.at(end - 1))) {
            how |= JobText.flags(words.at(end - 1));
            end--;
        }
        EnumSet<SelFlag> flags = SelFlag.read(words.at(end - 1));
        var before = new Selection(pool, refs);
        if (SelFlag.any(flags, SelFlag.JOINING)) {
            for (Job job : test.jobs) {
                before.parts.add(job.withHow(job.how & (Jobs.SELECT | Jobs.SETMASK)));
            }
            test.jobs.clear();
        }
        String way = words.at(2);
        boolean plain = way.equals("selection");
        @Nullable DepKind kind = plain ? null : kind(words.at(3));
        String text = words.range(plain ? 3 : 4, end - 1);
        Selection made =
                switch (way) {
                    case "selection" -> picker.make(before, text, flags);
                    case "selection_matchdeps" -> depPicker.byText(before, kind, text, flags);
                    case "selection_matchdepid" ->
                            depPicker.byDep(before, kind, deps.read(text), flags);
                    case "selection_matchsolvable" -> {
                        if (kind == null) {
                            throw new JobText.Unreadable("a package matches no name");
                        }
                        yield depPicker.byPackage(before, kind, refs.pkg(text), flags);
                    }
                    default -> throw new JobText.Unreadable("unknown way to select '" + way + "'");
                };
        for (Job part : made.parts) {
            test.jobs.add(part.withHow(part.how | how));
        }
    }

    /// Returns the kind of dependencies that a key names; absent for the name of the package.
    private static @Nullable DepKind kind(String key) throws JobText.Unreadable {
        if (key.equals("solvable:name")) {
            return null;
        }
        for (DepKind kind : DepKind.values()) {
            if (key.equals("solvable:" + kind.word())) {
                return kind;
            }
        }
        throw new JobText.Unreadable("unknown key '" + key + "'");
    }

    private void result(Words words) throws OpmException {
        test.kinds = Kind.read(words.at(1), test.complaints);
        test.expected = null;
        if (words.count() > 2) {
            byte[] content = file(words.at(2));
            if (content == null) {
                test.missing = "file " + words.at(2);
            } else {
                test.expected = withoutEnd(lines(content));
            }
        }
    }

    /// Drops the empty text after the last line end.
    private static List<String> withoutEnd(List<String> lines) {
        boolean open = !lines.isEmpty() && lines.getLast().isEmpty();
        return open ? lines.subList(0, lines.size() - 1) : lines;
    }

    private void genid(Words words) throws JobText.Unreadable {
        String rest = words.rest(2);
        switch (words.at(1)) {
            case "op" -> {
                Op op = Op.at(rest, 0);
                if (op == null || stack.size() < 2) {
                    throw new JobText.Unreadable("genid: bad operator '" + rest + "'");
                }
                int right = stack.removeLast();
                int left = stack.removeLast();
                stack.add(pool.rel(left, op.number(), right));
            }
            case "lit" -> stack.add(pool.word(rest));
            case "null" -> stack.add(0);
            case "dep" -> stack.add(deps.read(rest));
            case "susedep" -> {
                DepKind kind = kind(words.at(2));
                if (kind == null || stack.isEmpty()) {
                    throw new JobText.Unreadable("genid: nothing to rewrite");
                }
                stack.add(new SuseDeps(pool).rewrite(kind, stack.removeLast()));
            }
            default -> throw new JobText.Unreadable("genid: unknown '" + words.at(1) + "'");
        }
    }

    private void evrcmp(Words words) throws JobText.Unreadable {
        if (words.count() != 3) {
            throw new JobText.Unreadable("evrcmp needs two versions");
        }
        int order = pool.compare(words.at(1), words.at(2));
        int op = order < 0 ? Rels.LT : order > 0 ? Rels.GT : Rels.EQ;
        int dep = pool.rel(pool.word(words.at(1)), op, pool.word(words.at(2)));
        test.jobs.add(Job.of(Jobs.NOOP | Jobs.PROVIDES, dep));
    }
}
