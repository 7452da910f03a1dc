package opm.host;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import opm.base.OpmException;

/// Other programs.
public interface Commands {
    /// Runs a program to its end.
    ///
    /// Any exit status is an answer.
    ///
    /// @throws OpmException.Refused when there is no such program, when it prints more than its
    ///     limit or runs longer than its time
    Result run(Command command) throws OpmException;

    /// Starts a program whose output is read while it runs.
    ///
    /// @throws OpmException.Refused when there is no such program
    Running start(Command command) throws OpmException;

    /// Tells whether a program of this name is in PATH.
    boolean has(String program);

    /// Tells whether a program that this process started still runs.
    default boolean anyRuns() {
        return false;
    }

    /// What a program said.
    ///
    /// @param exitStatus 128 + signal when a signal ended it, as shells say
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    record Result(int exitStatus, byte[] out, byte[] err) {
        /// Returns the standard output as UTF-8.
        public String outText() {
            return new String(out, StandardCharsets.UTF_8);
        }

        /// Returns the standard error as UTF-8.
        public String errText() {
            return new String(err, StandardCharsets.UTF_8);
        }
    }

    /// A program that runs. Closing stops it.
    interface Running extends AutoCloseable {
        /// Returns what it prints, as it prints it; the output limit does not count here.
        InputStream out();

        /// Waits for the end; what was not read of [#out] is thrown away.
        ///
        /// @return with `out` empty
        Result finish() throws OpmException;

        @Override
        void close();
    }
}
