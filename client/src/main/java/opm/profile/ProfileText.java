package opm.profile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;

/// Writes and reads the text of a profile. Format: docs/formats/profile.md
public final class ProfileText {
    /// The version that is written.
    static final int MAJOR = 1;

    static final int MINOR = 0;

    private ProfileText() {}

    /// Writes a profile; equal profiles give equal bytes.
    public static byte[] write(SystemProfile profile) {
        return new ProfileWriter().write(profile);
    }

    /// Writes a profile as [#write] does, gzipped; equal profiles give equal bytes.
    public static byte[] writePacked(SystemProfile profile) {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(write(profile));
        } catch (IOException e) {
            throw new UncheckedIOException("memory has no faults of its own", e);
        }
        return packed.toByteArray();
    }

    /// Reads a profile, plain or gzipped, or that of a job.
    ///
    /// @param subject what this is, for messages: a file name
    /// @throws Damaged when anything is not as the format says, naming the line
    /// @throws Refused when a newer opm wrote it in a way that this one cannot read
    public static SystemProfile read(byte[] bytes, String subject) throws Damaged, Refused {
        byte[] profile = JobText.is(bytes) ? JobText.profile(bytes, subject) : bytes;
        return new ProfileReader(subject).read(profile);
    }
}
