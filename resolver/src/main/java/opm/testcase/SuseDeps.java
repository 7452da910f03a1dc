package opm.testcase;

import opm.base.DepKind;
import opm.solve.Rels;
import opm.solve.TagsPool;

/// Turns the dependencies that SUSE wrote as plain text into relations: `locale(de)`,
/// `modalias(pci:*)`, `packageand(a:b)`, `otherproviders(x)`, `pkg:/old/path`.
///
/// Source: facts on solver test cases, 2.1.
final class SuseDeps {
    private final TagsPool pool;
    private final int language;
    private final int modAlias;
    private final int fileSystem;
    private final int splitProvides;
    private final int otherProviders;

    SuseDeps(TagsPool pool) {
        this.pool = pool;
        language = pool.word("namespace:language");
        modAlias = pool.word("namespace:modalias");
        fileSystem = pool.word("namespace:filesystem");
        splitProvides = pool.word("namespace:splitprovides");
        otherProviders = pool.word("namespace:otherproviders");
    }

    /// Rewrites what one package says.
    void rewrite(IntBag provides, IntBag supplements, IntBag conflicts) {
        for (int i = 0; i < provides.count(); i++) {
            int supplement = fromProvides(provides.get(i));
            if (supplement != 0) {
                supplements.addNew(supplement);
            }
        }
        replace(supplements, DepKind.SUPPLEMENTS);
        replace(conflicts, DepKind.CONFLICTS);
    }

    private void replace(IntBag deps, DepKind kind) {
        for (int i = 0; i < deps.count(); i++) {
            deps.set(i, rewrite(kind, deps.get(i)));
        }
    }

    /// Rewrites one dependency of a kind; a provides becomes the supplement that it stands for, or
    /// 0.
    int rewrite(DepKind kind, int dep) {
        return switch (kind) {
            case PROVIDES -> fromProvides(dep);
            case SUPPLEMENTS -> supplement(dep);
            case CONFLICTS -> conflict(dep);
            default -> 0;
        };
    }

    private int fromProvides(int dep) {
        if (dep <= 0) {
            return 0;
        }
        String text = pool.wordText(dep);
        if (text.startsWith("locale(")) {
            return locale(text.substring(7));
        }
        int colon = text.indexOf(":/");
        if (colon > 0 && text.indexOf(':') == colon) {
            int end = text.length();
            while (end > colon + 2 && text.charAt(end - 1) == '/') {
                end--;
            }
            int name = pool.word(text.substring(0, colon));
            int path = pool.word(text.substring(colon + 1, end));
            return pool.rel(splitProvides, Rels.NAMESPACE, pool.rel(name, Rels.WITH, path));
        }
        return 0;
    }

    private int locale(String inside) {
        int colon = inside.indexOf(':');
        int name = colon > 0 ? pool.word(inside.substring(0, colon)) : 0;
        String rest = colon > 0 ? inside.substring(colon + 1) : inside;
        int either = 0;
        int semicolon;
        while ((semicolon = rest.indexOf(';')) >= 0) {
            if (semicolon > 0) {
                either = or(either, of(language, rest.substring(0, semicolon)));
            }
            rest = rest.substring(semicolon + 1);
        }
        if (rest.length() > 1) {
            int paren = rest.indexOf(')');
            either = or(either, of(language, paren < 0 ? rest : rest.substring(0, paren)));
        }
        return name == 0 ? either : pool.rel(name, Rels.AND, either);
    }

    private int of(int namespace, String what) {
        return pool.rel(namespace, Rels.NAMESPACE, pool.word(what));
    }

    private int or(int one, int two) {
        return one == 0 ? two : pool.rel(one, Rels.OR, two);
    }

    private int and(int one, int two) {
        return one == 0 ? two : pool.rel(one, Rels.AND, two);
    }

    private int supplement(int dep) {
        if (dep == 0) {
            return 0;
        }
        if (dep < 0) {
            return namespaces(dep);
        }
        String text = pool.wordText(dep);
        return text.startsWith("packageand(") ? packageAnd(dep, text) : namespace(dep);
    }

    private int namespaces(int dep) {
        if (dep >= 0) {
            return dep == 0 ? 0 : namespace(dep);
        }
        int op = pool.op(dep);
        boolean logical =
                op == Rels.AND
                        || op == Rels.OR
                        || op == Rels.COND
                        || op == Rels.UNLESS
                        || op == Rels.ELSE;
        return logical
                ? pool.rel(namespaces(pool.left(dep)), op, namespaces(pool.right(dep)))
                : dep;
    }

    private int namespace(int dep) {
        String text = pool.wordText(dep);
        int paren = text.indexOf('(');
        if (paren < 0 || text.length() < paren + 3 || !text.endsWith(")")) {
            return dep;
        }
        String inside = text.substring(paren + 1, text.length() - 1);
        return switch (text.substring(0, paren)) {
            case "modalias" -> modAlias(inside);
            case "filesystem" -> of(fileSystem, inside);
            case "language" -> inside.startsWith(";") ? dep : languages(inside);
            default -> dep;
        };
    }

    private int modAlias(String inside) {
        int colon = inside.indexOf(':');
        if (colon > 0 && inside.indexOf(':', colon + 1) >= 0) {
            int name = pool.word(inside.substring(0, colon));
            return pool.rel(name, Rels.AND, of(modAlias, inside.substring(colon + 1)));
        }
        return of(modAlias, inside);
    }

    private int languages(String inside) {
        int either = 0;
        int from = 0;
        while (from < inside.length()) {
            int semicolon = inside.indexOf(';', from);
            int end = semicolon < 0 ? inside.length() : semicolon;
            either = or(either, of(language, inside.substring(from, end)));
            from = end + 1;
        }
        return either;
    }

    private int packageAnd(int dep, String text) {
        String rest = text.substring("packageand(".length());
        int all = 0;
        int colon;
        while ((colon = rest.indexOf(':')) >= 0) {
            if (colon == 0) {
                rest = rest.substring(1);
                continue;
            }
            if (rest.startsWith("pattern:")) {
                colon = rest.indexOf(':', 8);
                if (colon < 0) {
                    break;
                }
            }
            all = and(all, pool.word(rest.substring(0, colon)));
            rest = rest.substring(colon + 1);
        }
        if (rest.length() > 1) {
            all = and(all, pool.word(rest.substring(0, rest.length() - 1)));
        }
        return all == 0 ? dep : all;
    }

    private int conflict(int dep) {
        if (dep <= 0) {
            return dep;
        }
        String text = pool.wordText(dep);
        if (!text.startsWith("otherproviders(") || text.length() < 16) {
            return dep;
        }
        return of(otherProviders, text.substring(15, text.length() - 1));
    }
}
