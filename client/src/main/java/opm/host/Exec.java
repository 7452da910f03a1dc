package opm.host;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Another program in the place of this process, as execve(2) has it: process id, folder, standard
/// streams and resource limits stay; threads, locks and all other files are gone.
public final class Exec {
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int STREAMS = 3;

    private Exec() {}

    /// Becomes a program; returns only where that cannot be, with nothing changed.
    ///
    /// @param words the program's path, and its arguments
    public static void become(List<String> words, Map<String, String> environment) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            closeOthers(linker);
            MethodHandle execve = function(linker, "execve", ValueLayout.ADDRESS);
            List<String> settings =
                    environment.entrySet().stream()
                            .map(one -> one.getKey() + "=" + one.getValue())
                            .toList();
            var _ =
                    (int)
                            execve.invokeExact(
                                    arena.allocateFrom(words.getFirst()),
                                    strings(words, arena),
                                    strings(settings, arena));
        } catch (Error e) {
            throw e;
        } catch (Throwable _) {
            // No such function, or no list of open files: this process goes on.
        }
    }

    /// Java opens files without the flag, as it starts programs in another way.
    private static void closeOthers(Linker linker) throws Throwable {
        Linker.Option variadic = Linker.Option.firstVariadicArg(2);
        MethodHandle fcntl = function(linker, "fcntl", ValueLayout.JAVA_INT, variadic);
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path one : open) {
                int number = Integer.parseInt(one.getFileName().toString());
                if (number >= STREAMS) {
                    var _ = (int) fcntl.invokeExact(number, F_SETFD, FD_CLOEXEC);
                }
            }
        }
    }

    /// Returns a function of three like arguments that returns an int.
    @SuppressWarnings("restricted") // a few functions of the C library
    static MethodHandle function(
            Linker linker, String name, MemoryLayout argument, Linker.Option... options) {
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, argument, argument, argument),
                options);
    }

    private static MemorySegment strings(List<String> words, Arena arena) {
        MemorySegment array = arena.allocate(ValueLayout.ADDRESS, words.size() + 1L);
        for (int at = 0; at < words.size(); at++) {
            array.setAtIndex(ValueLayout.ADDRESS, at, arena.allocateFrom(words.get(at)));
        }
        return array;
    }
}
