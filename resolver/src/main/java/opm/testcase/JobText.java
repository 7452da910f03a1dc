package opm.testcase;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import opm.solve.Jobs;
import opm.solve.Rels;
import opm.solve.TagsPool;

/// Reads and writes jobs: `install name vim [cleandeps,forcebest]`.
final class JobText {
    private static final Map<String, Integer> ACTIONS = new LinkedHashMap<>();
    private static final Map<String, Integer> FLAGS = new LinkedHashMap<>();

    static {
        ACTIONS.put("noop", Jobs.NOOP);
        ACTIONS.put("install", Jobs.INSTALL);
        ACTIONS.put("erase", Jobs.ERASE);
        ACTIONS.put("update", Jobs.UPDATE);
        ACTIONS.put("weakendeps", Jobs.WEAKENDEPS);
        ACTIONS.put("multiversion", Jobs.MULTIVERSION);
        ACTIONS.put("noobsoletes", Jobs.MULTIVERSION);
        ACTIONS.put("lock", Jobs.LOCK);
        ACTIONS.put("distupgrade", Jobs.DISTUPGRADE);
        ACTIONS.put("verify", Jobs.VERIFY);
        ACTIONS.put("droporphaned", Jobs.DROP_ORPHANED);
        ACTIONS.put("userinstalled", Jobs.USERINSTALLED);
        ACTIONS.put("allowuninstall", Jobs.ALLOWUNINSTALL);
        ACTIONS.put("favor", Jobs.FAVOR);
        ACTIONS.put("disfavor", Jobs.DISFAVOR);
        ACTIONS.put("blacklist", Jobs.BLACKLIST);
        ACTIONS.put("excludefromweak", Jobs.EXCLUDEFROMWEAK);

        FLAGS.put("weak", Jobs.WEAK);
        FLAGS.put("essential", Jobs.ESSENTIAL);
        FLAGS.put("cleandeps", Jobs.CLEANDEPS);
        FLAGS.put("orupdate", Jobs.ORUPDATE);
        FLAGS.put("forcebest", Jobs.FORCEBEST);
        FLAGS.put("targeted", Jobs.TARGETED);
        FLAGS.put("notbyuser", Jobs.NOTBYUSER);
        FLAGS.put("setev", Jobs.SETEV);
        FLAGS.put("setevr", Jobs.SETEVR);
        FLAGS.put("setarch", Jobs.SETARCH);
        FLAGS.put("setvendor", Jobs.SETVENDOR);
        FLAGS.put("setrepo", Jobs.SETREPO);
        FLAGS.put("noautoset", Jobs.NOAUTOSET);
    }

    private final TagsPool pool;
    private final DepText deps;
    private final Refs refs;

    JobText(TagsPool pool, DepText deps, Refs refs) {
        this.pool = pool;
        this.deps = deps;
        this.refs = refs;
    }

    // ---------------------------------------------------------------- reading

    /// Thrown with a sentence on what is wrong with a line; the line is passed over.
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /// Reads a job from the words of a line, `from` on.
    Job read(Words words, int from) throws Unreadable {
        int how = action(words.at(from));
        int end = words.count();
        if (end - from < 3) {
            throw new Unreadable("bad job '" + words.rest(from) + "'");
        }
        if (end - from > 3 && isFlags(words.at(end - 1))) {
            how |= flags(words.at(end - 1));
            end--;
        }
        Job selected = selection(words, from + 1, end);
        return selected.withHow(how | selected.how);
    }

    static int action(String word) throws Unreadable {
        Integer action = ACTIONS.get(word);
        if (action == null) {
            throw new Unreadable("unknown job '" + word + "'");
        }
        return action;
    }

    static boolean isFlags(String word) {
        return word.startsWith("[") && word.endsWith("]");
    }

    static int flags(String word) throws Unreadable {
        int how = 0;
        for (String flag : word.substring(1, word.length() - 1).split(",")) {
            Integer bit = FLAGS.get(flag);
            if (bit == null) {
                throw new Unreadable("unknown job flag '" + flag + "'");
            }
            how |= bit;
        }
        return how;
    }

    /// Reads what stands behind an action: `pkg REF`, `name DEP` and the like, up to word `end`.
    Job selection(Words words, int from, int end) throws Unreadable {
        String kind = words.at(from);
        String text = words.range(from + 1, end);
        return switch (kind) {
            case "pkg" -> Job.of(Jobs.PKG, pkg(text));
            case "name" -> Job.of(Jobs.NAME, deps.read(text));
            case "provides" -> Job.of(Jobs.PROVIDES, provides(text));
            case "oneof" -> {
                List<Integer> pkgs = new ArrayList<>();
                for (int i = from + 1; i < end && !text.equals("nothing"); i++) {
                    pkgs.add(pkg(words.at(i)));
                }
                yield Job.oneOf(0, pkgs.stream().mapToInt(pkg -> pkg).toArray());
            }
            case "repo" -> {
                int repo = refs.repo(text);
                if (repo < 0) {
                    throw new Unreadable("unknown repo '" + text + "'");
                }
                yield Job.of(Jobs.REPO, repo);
            }
            case "all" -> {
                if (!text.equals("packages")) {
                    throw new Unreadable("bad selection 'all " + text + "'");
                }
                yield Job.of(Jobs.ALL, 0);
            }
            default -> throw new Unreadable("bad selection '" + kind + " " + text + "'");
        };
    }

    private int pkg(String text) throws Unreadable {
        int pkg = refs.pkg(text);
        if (pkg == 0) {
            throw new Unreadable("unknown package '" + text + "'");
        }
        return pkg;
    }

    private int provides(String text) {
        int paren = text.indexOf('(');
        if (text.startsWith("namespace:") && paren > 0 && text.endsWith(")")) {
            String inside = text.substring(paren + 1, text.length() - 1);
            int what = inside.equals("<NULL>") ? 0 : deps.read(inside);
            return pool.rel(pool.word(text.substring(0, paren)), Rels.NAMESPACE, what);
        }
        return deps.read(text);
    }

    // ---------------------------------------------------------------- writing

    /// Writes a job as it stands in solutions and hashes.
    String write(Job job) {
        var out = new StringBuilder();
        String action = "unknown";
        for (var known : ACTIONS.entrySet()) {
            if (known.getValue() == (job.how & Jobs.ACTION)) {
                action = known.getKey();
                break;
            }
        }
        out.append(action).append(' ');
        switch (job.select()) {
            case Jobs.PKG -> out.append("pkg ").append(refs.write(job.what));
            case Jobs.NAME -> out.append("name ").append(deps.write(job.what));
            case Jobs.PROVIDES -> out.append("provides ").append(deps.write(job.what));
            case Jobs.ONE_OF -> {
                out.append("oneof");
                for (int pkg : job.pkgs) {
                    out.append(' ').append(refs.write(pkg));
                }
                out.append(job.pkgs.length == 0 ? " nothing" : "");
            }
            case Jobs.REPO -> out.append("repo ").append(pool.repoName(job.what));
            case Jobs.ALL -> out.append("all packages");
            default -> out.append("unknown unknown");
        }
        var flags = new StringBuilder();
        FLAGS.forEach(
                (flag, bit) -> {
                    if ((job.how & bit) != 0) {
                        flags.append(flags.isEmpty() ? "" : ",").append(flag);
                    }
                });
        return flags.isEmpty() ? out.toString() : out + " [" + flags + "]";
    }
}
