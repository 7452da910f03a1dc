package opm.testcase;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import opm.solve.Replay;

/// The names of rules, problems and solutions: MD5 over what they consist of, so that they are the
/// same whatever the numbering.
///
/// Source: facts on solver test cases, 5. MD5 is part of the format and protects nothing.
final class Hashes {
    private final Replay replay;
    private final Refs refs;

    Hashes(Replay replay, Refs refs) {
        this.replay = replay;
        this.refs = refs;
    }

    /// Names a rule: over its literals, sorted.
    String rule(int rule) {
        var literals = new TreeSet<String>();
        for (int literal : replay.literals(rule)) {
            literals.add(literal < 0 ? "!" + refs.write(-literal) : refs.write(literal));
        }
        return md5(literals);
    }

    /// Names a problem: over the names of all rules of its proof.
    String problem(int problem) {
        var rules = new TreeSet<String>();
        for (int rule : replay.problemRules(problem)) {
            rules.add(rule(rule));
        }
        return brief(rules);
    }

    static String brief(Collection<String> parts) {
        return md5(parts).substring(0, 8);
    }

    static String brief(String part) {
        return brief(List.of(part));
    }

    private static String md5(Collection<String> parts) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        for (String part : parts) {
            digest.update(part.getBytes(StandardCharsets.ISO_8859_1));
            digest.update((byte) 0);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
