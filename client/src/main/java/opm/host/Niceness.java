package opm.host;

import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// How readily a thread lets others go first, as setpriority(2) has it. Java's own priorities do
/// nothing on Linux unless root asks for them.
public final class Niceness {
    private static final int PRIO_PROCESS = 0;
    private static final int THIS_THREAD = 0;

    /// A tenth of the time where somebody else wants all of it: little, but what it holds meanwhile
    /// is not held for long.
    private static final int LOW = 10;

    private Niceness() {}

    /// Lets all others go first from now on: this platform thread, and those that it starts. Does
    /// nothing where the system has no such thing.
    public static void low() {
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle setpriority =
                    Exec.function(linker, "setpriority", ValueLayout.JAVA_INT);
            var _ = (int) setpriority.invokeExact(PRIO_PROCESS, THIS_THREAD, LOW);
        } catch (Error e) {
            throw e;
        } catch (Throwable _) {
            // It is a matter of politeness alone.
        }
    }
}
