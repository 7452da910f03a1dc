package opm.packagekit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import opm.base.Limits;
import opm.base.OpmException.BadRequest;

/// What a client asks: a role of PackageKit, and its arguments in the order of the D-Bus method.
record Question(String role, List<Argument> arguments) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");

    Question {
        arguments = List.copyOf(arguments);
    }

    /// One argument.
    ///
    /// @param type of D-Bus: `t`, `u`, `b`, `s`, `as`
    /// @param values one; of `as` any number
    record Argument(String type, List<String> values) {
        Argument {
            values = List.copyOf(values);
        }
    }

    /// Puts a question together while its lines arrive, within bounds.
    static final class Reader {
        private final String role;
        private final List<Argument> arguments = new ArrayList<>();
        private int texts;

        Reader(String role) {
            this.role = role;
        }

        /// @param fields of the line, the word `arg` left out
        void add(List<String> fields) throws BadRequest {
            texts += fields.size();
            if (fields.isEmpty() || texts > Limits.JOB_TEXTS) {
                throw new BadRequest(
                        role + ": found " + texts + " texts, expected at most " + Limits.JOB_TEXTS,
                        "Ask for less at once.");
            }
            arguments.add(new Argument(fields.getFirst(), fields.subList(1, fields.size())));
        }

        Question whole() {
            return new Question(role, arguments);
        }
    }

    /// Returns a set of bits: filters or flags.
    long bits(int at) throws BadRequest {
        String text = only(at, "t");
        if (!NUMBER.matcher(text).matches()) {
            throw wrong(at, "a number");
        }
        return Long.parseUnsignedLong(text);
    }

    boolean flag(int at) throws BadRequest {
        return only(at, "b").equals("true");
    }

    String text(int at) throws BadRequest {
        return only(at, "s");
    }

    List<String> texts(int at) throws BadRequest {
        if (at >= arguments.size() || !arguments.get(at).type().equals("as")) {
            throw wrong(at, "as");
        }
        return arguments.get(at).values();
    }

    private String only(int at, String type) throws BadRequest {
        if (at < arguments.size()) {
            Argument argument = arguments.get(at);
            if (argument.type().equals(type) && argument.values().size() == 1) {
                return argument.values().getFirst();
            }
        }
        throw wrong(at, type);
    }

    private BadRequest wrong(int at, String expected) {
        String found = at < arguments.size() ? arguments.get(at).type() : "none";
        return new BadRequest(
                role + ": found argument " + at + " '" + found + "', expected " + expected,
                "The module and opm are of different versions; install both anew.");
    }
}
