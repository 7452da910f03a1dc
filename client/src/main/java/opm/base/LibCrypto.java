package opm.base;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// SHA-256 of the system: libcrypto of OpenSSL 3, called in place.
///
/// Java's own, under C1 alone, hashes 47 MB/s where this hashes 190 to 250 (the same machine and
/// minute); but calling it takes 40 ms to prepare and 6 MB of memory. So a thread aside prepares it once a process
/// has hashed [#MUCH] bytes, or knows that it will; Java hashes until then, and where there is none.
///
/// Nothing older than OpenSSL 3: there these functions end the process in FIPS mode.
final class LibCrypto {
    /// Ints of a `SHA256_CTX` (openssl/sha.h): the state, the count of bits in two, a block, how
    /// much of that is filled, and the length of the digest.
    static final int CONTEXT_INTS = 8 + 2 + 16 + 1 + 1;

    /// Bytes that take Java about as long as preparing this.
    private static final long MUCH = 2 << 20;

    /// Nothing is collected during a call (`Linker.Option.critical`): 0.3 ms of it.
    private static final int PIECE_BYTES = 1 << 16;

    /// Bytes below which a call costs more than it saves.
    private static final int LEAST = 1 << 10;

    private static final List<String> PLACES =
            List.of(
                    "/usr/lib64/libcrypto.so.3",
                    "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
                    "/usr/lib/aarch64-linux-gnu/libcrypto.so.3",
                    "/usr/lib/libcrypto.so.3");

    /// The one to use; null where there is none, or it does not do what it should.
    private static volatile @Nullable String place = find();

    private static volatile @Nullable MethodHandle update;
    private static final AtomicLong hashed = new AtomicLong();
    private static final AtomicBoolean begun = new AtomicBoolean();

    private LibCrypto() {}

    private static @Nullable String find() {
        for (String one : PLACES) {
            if (new File(one).exists()) {
                return one;
            }
        }
        return null;
    }

    /// Tells whether it is there, or will be soon.
    static boolean isThere() {
        return place != null;
    }

    /// Tells how much is about to be hashed.
    static void soon(long bytes) {
        if (hashed.addAndGet(bytes) >= MUCH && isThere() && begun.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("libcrypto").start(LibCrypto::prepare);
        }
    }

    /// Makes it ready, or finds that it cannot be used.
    @SuppressWarnings("restricted") // one function of a library that belongs to root
    static synchronized void prepare() {
        String library = place;
        if (library == null || update != null) {
            return;
        }
        begun.set(true);
        boolean right = false;
        try {
            MemorySegment function =
                    SymbolLookup.libraryLookup(library, Arena.global())
                            .findOrThrow("SHA256_Update");
            MethodHandle handle =
                    Linker.nativeLinker()
                            .downcallHandle(
                                    function,
                                    FunctionDescriptor.of(
                                            ValueLayout.JAVA_INT,
                                            ValueLayout.ADDRESS,
                                            ValueLayout.ADDRESS,
                                            ValueLayout.JAVA_LONG),
                                    Linker.Option.critical(true));
            right = isRight(handle);
            if (right) {
                update = handle;
            }
        } catch (Error e) {
            throw e;
        } catch (Throwable _) {
            // No such function, or native access is not allowed: Java goes on.
        } finally {
            if (!right) {
                place = null;
            }
        }
    }

    /// Compares it with Java's.
    private static boolean isRight(MethodHandle handle) throws Throwable {
        var bytes = new byte[3 * Sha256.BLOCK];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) (at * 7);
        }
        int[] found = Sha256.start();
        call(handle, found, bytes, 0, bytes.length);
        return Arrays.equals(Sha256.stateAfter(bytes), 0, 8, found, 0, 8);
    }

    /// Hashes whole blocks, where it is ready and they are many.
    ///
    /// @param context a `SHA256_CTX`, its state changed
    /// @return whether it did
    static boolean blocks(int[] context, byte[] from, int offset, int length) {
        MethodHandle handle = update;
        if (handle == null) {
            soon(length);
            return false;
        }
        if (length < LEAST) {
            return false;
        }
        try {
            int end = offset + length;
            for (int at = offset; at < end; at += PIECE_BYTES) {
                call(handle, context, from, at, Math.min(PIECE_BYTES, end - at));
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return true;
    }

    private static void call(MethodHandle handle, int[] context, byte[] from, int at, int length)
            throws Throwable {
        var _ =
                (int)
                        handle.invokeExact(
                                MemorySegment.ofArray(context),
                                MemorySegment.ofArray(from).asSlice(at, length),
                                (long) length);
    }
}
