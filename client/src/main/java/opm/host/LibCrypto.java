package opm.host;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import opm.base.FastSha256;
import org.jspecify.annotations.Nullable;

/// SHA-256 of the system: libcrypto of OpenSSL 3, called in place. Under C1 alone Java hashes 47
/// MB/s where this hashes 190 to 250; preparing it takes 40 ms and 6 MB (docs/decisions/0002).
///
/// Nothing older than OpenSSL 3: there this function ends the process in FIPS mode.
final class LibCrypto implements FastSha256.Offer {
    private static final List<String> PLACES =
            List.of(
                    "/usr/lib64/libcrypto.so.3",
                    "/usr/lib/x86_64-linux-gnu/libcrypto.so.3",
                    "/usr/lib/aarch64-linux-gnu/libcrypto.so.3",
                    "/usr/lib/libcrypto.so.3");

    private final String library;

    private LibCrypto(String library) {
        this.library = library;
    }

    /// Offers it to this process, where it is there.
    static void offer() {
        LibCrypto here = here();
        if (here != null) {
            FastSha256.offer(here);
        }
    }

    static @Nullable LibCrypto here() {
        for (String place : PLACES) {
            if (new File(place).exists()) {
                return new LibCrypto(place);
            }
        }
        return null;
    }

    @Override
    @SuppressWarnings("restricted") // one function of a library that belongs to root
    public FastSha256.@Nullable Blocks prepare() {
        try {
            MemorySegment function =
                    SymbolLookup.libraryLookup(library, Arena.global())
                            .findOrThrow("SHA256_Update");
            var arguments =
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG);
            return new Update(
                    Linker.nativeLinker()
                            .downcallHandle(function, arguments, Linker.Option.critical(true)));
        } catch (RuntimeException | UnsatisfiedLinkError _) {
            // No such function, or native access is not allowed: Java goes on.
            return null;
        }
    }

    /// `int SHA256_Update(SHA256_CTX *c, const void *data, size_t len)`
    private static final class Update implements FastSha256.Blocks {
        /// Nothing is collected during a call (`Linker.Option.critical`): 0.3 ms for so many.
        private static final int PIECE_BYTES = 1 << 16;

        private final MethodHandle update;

        Update(MethodHandle update) {
            this.update = update;
        }

        @Override
        public void hash(int[] context, byte[] from, int offset, int length) {
            int end = offset + length;
            for (int at = offset; at < end; at += PIECE_BYTES) {
                hashPiece(context, from, at, Math.min(PIECE_BYTES, end - at));
            }
        }

        private void hashPiece(int[] context, byte[] from, int offset, int length) {
            MemorySegment bytes = MemorySegment.ofArray(from).asSlice(offset, length);
            try {
                MemorySegment state = MemorySegment.ofArray(context);
                var _ = (int) update.invokeExact(state, bytes, (long) length);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
