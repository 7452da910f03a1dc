package opm.share;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Messages of the Domain Name System, as far as mDNS service discovery needs them (RFC 1035, 6762,
/// 6763): PTR, SRV, TXT and A.
///
/// @param answers of all three sections
record Dns(boolean isAnswer, List<Question> questions, List<Answer> answers) {
    static final int A = 1;
    static final int PTR = 12;
    static final int TXT = 16;
    static final int SRV = 33;
    static final int ANY = 255;

    /// Bytes of a message; more does not fit into one datagram of Ethernet.
    static final int MESSAGE_BYTES = 1400;

    private static final int MOST_RECORDS = 64;
    private static final int NAME_CHARS = 255;
    private static final int IN = 1;

    /// The bit that asks for an answer to the asker alone, and in answers says that older ones are
    /// void.
    private static final int TOP = 0x8000;

    private static final int ANSWER_FLAGS = 0x8400;

    /// @param name in lower case, without the last dot
    record Question(String name, int type, boolean toAskerAlone) {}

    /// A record; its name in lower case, without the last dot.
    sealed interface Answer {
        String name();

        record Pointer(String name, String target, int ttlSeconds) implements Answer {}

        record Service(String name, String host, int port) implements Answer {}

        record Address(String name, InetAddress address) implements Answer {}

        record Text(String name, String text) implements Answer {}
    }

    Dns {
        questions = List.copyOf(questions);
        answers = List.copyOf(answers);
    }

    static Dns question(String name) {
        return new Dns(false, List.of(new Question(name, PTR, true)), List.of());
    }

    /// @throws IllegalArgumentException when this is no message, or an odd one
    static Dns parse(byte[] bytes, int length) {
        var in = ByteBuffer.wrap(bytes, 0, length);
        try {
            in.getShort();
            boolean isAnswer = (in.getShort() & 0x8000) != 0;
            int questionCount = in.getShort() & 0xffff;
            int answerCount =
                    (in.getShort() & 0xffff) + (in.getShort() & 0xffff) + (in.getShort() & 0xffff);
            if (questionCount + answerCount > MOST_RECORDS) {
                throw new IllegalArgumentException("too many records");
            }
            var questions = new ArrayList<Question>();
            for (int i = 0; i < questionCount; i++) {
                String name = name(in);
                int type = in.getShort() & 0xffff;
                questions.add(new Question(name, type, (in.getShort() & TOP) != 0));
            }
            var answers = new ArrayList<Answer>();
            for (int i = 0; i < answerCount; i++) {
                answer(in, answers);
            }
            return new Dns(isAnswer, questions, answers);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a message that is cut off", e);
        }
    }

    private static void answer(ByteBuffer in, List<Answer> answers) {
        String name = name(in);
        int type = in.getShort() & 0xffff;
        in.getShort();
        int ttl = in.getInt();
        int end = (in.getShort() & 0xffff) + in.position();
        if (end > in.limit()) {
            throw new IllegalArgumentException("a record longer than its message");
        }
        switch (type) {
            case PTR -> answers.add(new Answer.Pointer(name, name(in), ttl));
            case SRV -> {
                in.getInt();
                int port = in.getShort() & 0xffff;
                answers.add(new Answer.Service(name, name(in), port));
            }
            case A -> {
                var address = new byte[4];
                in.get(address);
                try {
                    answers.add(new Answer.Address(name, InetAddress.getByAddress(address)));
                } catch (UnknownHostException e) {
                    throw new IllegalArgumentException(e);
                }
            }
            default -> {
                // Something for others.
            }
        }
        in.position(end);
    }

    /// Reads a name, following pointers backwards only, so that they come to an end.
    private static String name(ByteBuffer in) {
        var name = new StringBuilder();
        int bound = in.position();
        int after = -1;
        int at = in.position();
        while (true) {
            int length = in.get(at) & 0xff;
            if (length >= 0xc0) {
                int target = (length & 0x3f) << 8 | in.get(at + 1) & 0xff;
                if (target >= bound) {
                    throw new IllegalArgumentException("a name that points forwards");
                }
                after = after < 0 ? at + 2 : after;
                at = target;
                bound = target;
                continue;
            }
            if (length >= 0x40 || name.length() + length > NAME_CHARS) {
                throw new IllegalArgumentException("a name that is too long");
            }
            at++;
            if (length == 0) {
                break;
            }
            var label = new byte[length];
            in.get(at, label);
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(label, StandardCharsets.UTF_8));
            at += length;
        }
        in.position(after < 0 ? at : after);
        return name.toString().toLowerCase(Locale.ROOT);
    }

    /// @param id of the question that is answered, 0 for everybody
    byte[] bytes(int id) {
        var out = ByteBuffer.allocate(MESSAGE_BYTES);
        out.putShort((short) id).putShort((short) (isAnswer ? ANSWER_FLAGS : 0));
        out.putShort((short) questions.size()).putShort((short) answers.size());
        out.putInt(0);
        for (Question question : questions) {
            putName(out, question.name());
            out.putShort((short) question.type());
            out.putShort((short) (IN | (question.toAskerAlone() ? TOP : 0)));
        }
        for (Answer answer : answers) {
            putName(out, answer.name());
            switch (answer) {
                case Answer.Pointer(_, var target, int ttl) -> {
                    var data = ByteBuffer.allocate(NAME_CHARS + 2);
                    putName(data, target);
                    put(out, PTR, IN, ttl, data);
                }
                case Answer.Service(_, var host, int port) -> {
                    var data = ByteBuffer.allocate(NAME_CHARS + 8);
                    data.putInt(0).putShort((short) port);
                    putName(data, host);
                    put(out, SRV, IN | TOP, 120, data);
                }
                case Answer.Text(_, var text) -> {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    var data = ByteBuffer.allocate(256).put((byte) bytes.length).put(bytes);
                    put(out, TXT, IN | TOP, 4500, data);
                }
                case Answer.Address(_, var address) -> {
                    var data = ByteBuffer.allocate(4).put(address.getAddress());
                    put(out, A, IN | TOP, 120, data);
                }
            }
        }
        var bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static void put(ByteBuffer out, int type, int kind, int ttlSeconds, ByteBuffer data) {
        out.putShort((short) type).putShort((short) kind).putInt(ttlSeconds);
        out.putShort((short) data.position()).put(data.flip());
    }

    private static void putName(ByteBuffer out, String name) {
        for (String label : name.split("\\.", -1)) {
            byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
            if (bytes.length == 0 || bytes.length > 63) {
                throw new IllegalArgumentException("'" + name + "': no name of a host");
            }
            out.put((byte) bytes.length).put(bytes);
        }
        out.put((byte) 0);
    }

    /// Returns the IPv4 addresses among some, at most eight.
    static List<InetAddress> few(List<InetAddress> addresses) {
        return addresses.stream().filter(Inet4Address.class::isInstance).limit(8).toList();
    }
}
