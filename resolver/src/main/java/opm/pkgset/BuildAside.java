package opm.pkgset;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import opm.base.Awaited;
import opm.base.ByteText;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Handover;
import opm.base.Sense;

/// Hands packages to a builder that works on a thread of its own: reading metadata and finding out
/// which strings and relations are known cost about the same.
///
/// What is said goes over in pieces, in the order in which it was said, so the builder gets the
/// same calls as without this. The numbers given here are not the builder's, which are found later:
/// strings are counted anew in each package, relations all along, and the other side keeps what
/// the last [#REMEMBERED] of them became.
///
/// Used by one thread. [#finish], then [#close]; the builder is theirs who made this after either.
public final class BuildAside implements PackageSink, AutoCloseable {
    /// A power of two. The largest repository known has twice as many different relations.
    private static final int REMEMBERED = 1 << 17;

    /// Strings longer than this make their piece longer for once.
    private static final int PIECE_BYTES = 1 << 16;

    private static final int PIECE_WORDS = 1 << 14;

    /// Twice as many take a megabyte more and save nothing.
    private static final int PIECES = 8;

    /// Words that the longest call takes.
    private static final int CALL_WORDS = 8;

    // The calls, with what follows in words; bytes lie one behind the other in `bytes`.
    private static final int BEGIN = 0;
    private static final int END = 1;
    private static final int STRING = 2; // length
    private static final int RELATION = 3; // name, sense, epoch, version, release
    private static final int RICH = 4; // an object
    private static final int IDENTITY = 5; // name, epoch, version, release, arch
    private static final int DEP = 6; // kind and pre beside the call; relation
    private static final int FILE = 7; // length
    private static final int TEXT = 8; // kind beside the call; length
    private static final int VENDOR = 9; // length
    private static final int LOCATION = 10; // length
    private static final int CHECKSUM = 11; // an object
    private static final int SIZES = 12; // three longs
    private static final int BUILD_SECONDS = 13; // a long
    private static final int HEADER_RANGE = 14; // start, end
    private static final int INSTALLED = 15; // a long; an object

    /// Bits of a call that say which it is.
    private static final int CALL = 0xf;

    private static final int CALL_BITS = 4;
    private static final DepKind[] KINDS = DepKind.values();
    private static final Sense[] SENSES = Sense.values();

    /// Some calls.
    private static final class Piece {
        private final int[] words = new int[PIECE_WORDS];
        private byte[] bytes = new byte[PIECE_BYTES];
        private final List<Object> objects = new ArrayList<>();
        private int wordCount;
        private int byteCount;

        private void clear() {
            wordCount = 0;
            byteCount = 0;
            objects.clear();
            if (bytes.length > PIECE_BYTES) {
                bytes = new byte[PIECE_BYTES];
            }
        }
    }

    private final PackageSetBuilder builder;
    private final Thread thread;

    private final Handover<Piece> pieces;

    // The side of the caller.
    private Piece piece = new Piece();
    private int strings;
    private int relations;

    // The side of the builder.
    private final Ints builderStrings = new Ints();
    private final int[] builderRelations = new int[REMEMBERED];
    private int relationsDone;

    /// @param builder nobody else's until [#finish] or [#close]
    public BuildAside(PackageSetBuilder builder) {
        this.builder = builder;
        pieces = new Handover<>(Stream.generate(Piece::new).limit(PIECES - 1).toList());
        thread = Thread.ofPlatform().daemon().name("build").start(this::run);
    }

    // ---- what the caller says

    private Piece call(int call) {
        if (PIECE_WORDS - piece.wordCount < CALL_WORDS) {
            pass();
        }
        piece.words[piece.wordCount++] = call;
        return piece;
    }

    private void word(int word) {
        piece.words[piece.wordCount++] = word;
    }

    private void words(long number) {
        word((int) (number >>> 32));
        word((int) number);
    }

    private PackageSink bytes(int call, byte[] from, int start, int length) {
        boolean fits = piece.bytes.length - piece.byteCount >= length;
        if (!fits || PIECE_WORDS - piece.wordCount < CALL_WORDS) {
            pass();
        }
        if (piece.bytes.length < length) {
            piece.bytes = new byte[length];
        }
        Piece to = call(call);
        word(length);
        System.arraycopy(from, start, to.bytes, to.byteCount, length);
        to.byteCount += length;
        return this;
    }

    @Override
    public void room(int packages) {
        // The other thread begins with the first piece.
        assert piece.wordCount == 0 && relations == 0;
        builder.room(packages);
    }

    @Override
    public PackageSink begin() {
        call(BEGIN);
        strings = 0;
        return this;
    }

    @Override
    public PackageSink end() {
        call(END);
        return this;
    }

    @Override
    public int string(byte[] bytes, int start, int length) {
        if (length == 0) {
            return 0;
        }
        bytes(STRING, bytes, start, length);
        return ++strings;
    }

    @Override
    public int string(String text) {
        byte[] bytes = ByteText.encode(text);
        return string(bytes, 0, bytes.length);
    }

    @Override
    public int relation(int name, Sense sense, int epoch, int version, int release) {
        call(RELATION);
        word(name);
        word(sense.ordinal());
        word(epoch);
        word(version);
        word(release);
        return relations++;
    }

    @Override
    public int relation(Dep dep) {
        RelationTable.mustFit(dep, 0);
        call(RICH).objects.add(dep);
        return relations++;
    }

    @Override
    public boolean remembers(int relation) {
        return relations - relation <= REMEMBERED;
    }

    @Override
    public PackageSink identity(int name, int epoch, int version, int release, int arch) {
        call(IDENTITY);
        word(name);
        word(epoch);
        word(version);
        word(release);
        word(arch);
        return this;
    }

    @Override
    public PackageSink dep(DepKind kind, boolean pre, int relation) {
        assert remembers(relation);
        call(DEP | (kind.ordinal() << 1 | (pre ? 1 : 0)) << CALL_BITS);
        word(relation);
        return this;
    }

    @Override
    public PackageSink file(byte[] path, int start, int length) {
        return bytes(FILE, path, start, length);
    }

    @Override
    public PackageSink text(TextKind kind, byte[] bytes, int start, int length) {
        return bytes(TEXT | kind.index() << CALL_BITS, bytes, start, length);
    }

    @Override
    public PackageSink vendor(byte[] bytes, int start, int length) {
        return bytes(VENDOR, bytes, start, length);
    }

    @Override
    public PackageSink location(byte[] bytes, int start, int length) {
        return bytes(LOCATION, bytes, start, length);
    }

    @Override
    public PackageSink checksum(Digest checksum) {
        call(CHECKSUM).objects.add(checksum);
        return this;
    }

    @Override
    public PackageSink sizes(long packageBytes, long installedBytes, long archiveBytes) {
        call(SIZES);
        words(packageBytes);
        words(installedBytes);
        words(archiveBytes);
        return this;
    }

    @Override
    public PackageSink buildSeconds(long seconds) {
        call(BUILD_SECONDS);
        words(seconds);
        return this;
    }

    @Override
    public PackageSink headerRange(int start, int end) {
        call(HEADER_RANGE);
        word(start);
        word(end);
        return this;
    }

    @Override
    public PackageSink installed(long seconds, String reason) {
        call(INSTALLED).objects.add(reason);
        words(seconds);
        return this;
    }

    // ---- from here to there

    private void pass() {
        pieces.filled(piece);
        Piece next = pieces.toFill();
        if (next == null) {
            throwFailure();
            throw new IllegalStateException("closed");
        }
        piece = next;
    }

    private void run() {
        try {
            for (Piece next = pieces.toEmpty(); next != null; next = pieces.toEmpty()) {
                apply(next);
                next.clear();
                pieces.emptied(next);
            }
        } catch (RuntimeException | Error e) {
            pieces.stop(e);
        }
    }

    /// Waits until the builder has everything.
    public void finish() {
        pieces.filled(piece);
        pieces.end(null);
        Awaited.end(thread);
        throwFailure();
    }

    /// Stops the thread, whatever the builder has by then.
    @Override
    public void close() {
        pieces.stop(null);
        Awaited.end(thread);
    }

    private void throwFailure() {
        switch (pieces.failure()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    // ---- what the builder hears

    private void apply(Piece from) {
        int[] words = from.words;
        int at = 0;
        int byteAt = 0;
        int object = 0;
        while (at < from.wordCount) {
            int call = words[at++];
            int more = call >>> CALL_BITS;
            switch (call & CALL) {
                case DEP -> {
                    int relation = builderRelations[words[at++] & REMEMBERED - 1];
                    builder.dep(KINDS[more >> 1], (more & 1) != 0, relation);
                }
                case STRING, FILE, TEXT, VENDOR, LOCATION -> {
                    int length = words[at++];
                    apply(call & CALL, more, from.bytes, byteAt, length);
                    byteAt += length;
                }
                case RELATION -> {
                    remember(
                            builder.relation(
                                    known(words[at]),
                                    SENSES[words[at + 1]],
                                    words[at + 2],
                                    known(words[at + 3]),
                                    known(words[at + 4])));
                    at += 5;
                }
                case RICH -> remember(builder.relation((Dep) from.objects.get(object++)));
                case CHECKSUM -> builder.checksum((Digest) from.objects.get(object++));
                case INSTALLED -> {
                    builder.installed(number(words, at), (String) from.objects.get(object++));
                    at += 2;
                }
                default -> at = apply(call, words, at);
            }
        }
    }

    private void apply(int call, int more, byte[] bytes, int start, int length) {
        switch (call) {
            case STRING -> builderStrings.add(builder.string(bytes, start, length));
            case FILE -> builder.file(bytes, start, length);
            case TEXT -> builder.text(TextKind.ALL.get(more), bytes, start, length);
            case VENDOR -> builder.vendor(bytes, start, length);
            default -> builder.location(bytes, start, length);
        }
    }

    /// Does what has nothing but numbers; returns where the next call stands.
    private int apply(int call, int[] words, int at) {
        switch (call) {
            case BEGIN -> {
                builderStrings.clear();
                builderStrings.add(0);
                builder.begin();
                return at;
            }
            case END -> {
                builder.end();
                return at;
            }
            case IDENTITY -> {
                builder.identity(
                        known(words[at]),
                        words[at + 1],
                        known(words[at + 2]),
                        known(words[at + 3]),
                        known(words[at + 4]));
                return at + 5;
            }
            case SIZES -> {
                builder.sizes(number(words, at), number(words, at + 2), number(words, at + 4));
                return at + 6;
            }
            case BUILD_SECONDS -> {
                builder.buildSeconds(number(words, at));
                return at + 2;
            }
            case HEADER_RANGE -> {
                builder.headerRange(words[at], words[at + 1]);
                return at + 2;
            }
            default -> throw new AssertionError(call);
        }
    }

    private static long number(int[] words, int at) {
        return (long) words[at] << 32 | words[at + 1] & 0xffffffffL;
    }

    private int known(int string) {
        return builderStrings.get(string);
    }

    private void remember(int relation) {
        builderRelations[relationsDone++ & REMEMBERED - 1] = relation;
    }
}
