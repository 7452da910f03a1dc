package opm.thin;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;

/// What of a platform is valid now: the one text that is signed.
///
/// @param serial greater than that of the publication before, also where its tree was lost: the
///     second in which it was made
/// @param seconds since 1970; of all answers that this publication changed
/// @param base the SHA-256 of the installed list that all answers are for
/// @param inputs what was asked of whom, as one digest: equal inputs give equal answers
/// @param repos `ID REPOMD SECONDS`
/// @param mirrors `ID ADDRESS`: where packages are that are not in the tree
public record Reference(
        Platform platform,
        String arch,
        String base,
        long serial,
        long seconds,
        int answers,
        int depth,
        String root,
        String inputs,
        List<String> repos,
        List<String> mirrors) {
    private static final String MAGIC = "opm-presolve 1";

    public Reference {
        repos = List.copyOf(repos);
        mirrors = List.copyOf(mirrors);
    }

    /// Returns the text.
    public byte[] text() {
        var out = new StringBuilder(MAGIC).append('\n');
        out.append("for ").append(platform.os()).append(' ').append(platform.release());
        out.append(' ').append(arch).append(" base:").append(base).append('\n');
        out.append("serial ").append(serial).append('\n');
        out.append("time ").append(seconds).append('\n');
        out.append("answers ").append(answers).append('\n');
        out.append("index ").append(depth).append(' ').append(root).append('\n');
        out.append("inputs ").append(inputs).append('\n');
        repos.forEach(line -> out.append("repo ").append(line).append('\n'));
        mirrors.forEach(line -> out.append("mirror ").append(line).append('\n'));
        byte[] body = out.toString().getBytes(StandardCharsets.UTF_8);
        out.append("end ").append(Digest.sha256Of(body).hex()).append('\n');
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /// Returns where a node of the index is, seen from the platform's folder.
    ///
    /// @param hex its digest
    public static String nodePath(String hex) {
        return "-/index/" + hex.substring(0, 2) + "/" + hex;
    }

    /// Reads the text.
    public static Reference read(byte[] text) throws Damaged, Refused {
        List<String> lines = new String(text, StandardCharsets.UTF_8).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(MAGIC)) {
            if (!lines.isEmpty() && lines.getFirst().startsWith("opm-presolve ")) {
                throw new Refused(
                        "presolve reference: found '" + lines.getFirst() + "', expected " + MAGIC,
                        "Use an opm as new as the builder's.");
            }
            throw damaged("no first line '" + MAGIC + "'");
        }
        int bodyBytes = text.length - ("end ".length() + 64 + 1);
        String end = lines.getLast();
        if (bodyBytes < 0
                || !end.equals(
                        "end " + Digest.sha256Of(java.util.Arrays.copyOf(text, bodyBytes)).hex())) {
            throw damaged("another digest than its last line says");
        }
        try {
            return read(lines);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw (Damaged) damaged("a line that is none").because(e);
        }
    }

    private static Reference read(List<String> lines) {
        String[] target = words(lines.get(1), "for", 5);
        String[] index = words(lines.get(5), "index", 3);
        var repos = new ArrayList<String>();
        var mirrors = new ArrayList<String>();
        for (String line : lines.subList(7, lines.size() - 1)) {
            String rest = line.substring(line.indexOf(' ') + 1);
            if (line.startsWith("repo ")) {
                repos.add(rest);
            } else if (line.startsWith("mirror ")) {
                mirrors.add(rest);
            }
        }
        return new Reference(
                new Platform(target[1], target[2]),
                target[3],
                Digest.sha256(target[4].substring("base:".length())).hex(),
                Long.parseLong(words(lines.get(2), "serial", 2)[1]),
                Long.parseLong(words(lines.get(3), "time", 2)[1]),
                Integer.parseInt(words(lines.get(4), "answers", 2)[1]),
                Integer.parseInt(index[1]),
                Digest.sha256(index[2]).hex(),
                words(lines.get(6), "inputs", 2)[1],
                repos,
                mirrors);
    }

    private static String[] words(String line, String first, int count) {
        String[] words = line.split(" ", -1);
        if (words.length != count || !words[0].equals(first)) {
            throw new IllegalArgumentException(line);
        }
        return words;
    }

    private static Damaged damaged(String found) {
        return new Damaged(
                "presolve reference: found " + found, "Copy the tree again, or build it anew.");
    }
}
