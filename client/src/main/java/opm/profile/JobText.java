package opm.profile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException.Damaged;

/// The head of a job file: what somebody chose, in front of the profile that it is for. Format:
/// docs/formats/job.md
public final class JobText {
    private static final byte[] FIRST_LINE = "opm-job 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST_LINE = "\nprofile\n".getBytes(StandardCharsets.US_ASCII);

    private JobText() {}

    /// Tells whether this is a job, and not a profile alone.
    public static boolean is(byte[] bytes) {
        return bytes.length > FIRST_LINE.length
                && Arrays.equals(bytes, 0, FIRST_LINE.length, FIRST_LINE, 0, FIRST_LINE.length);
    }

    /// Writes a job.
    ///
    /// @param wishes one word and perhaps more behind a space, each
    public static byte[] write(List<String> wishes, SystemProfile profile) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(FIRST_LINE);
        wishes.forEach(wish -> out.writeBytes((wish + "\n").getBytes(StandardCharsets.UTF_8)));
        out.writeBytes("profile\n".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(ProfileText.write(profile));
        return out.toByteArray();
    }

    /// Returns the lines of a job's head, in their order.
    ///
    /// @throws Damaged when it has no end
    public static List<String> wishes(byte[] bytes, String subject) throws Damaged {
        int from = FIRST_LINE.length;
        int end = profileAt(bytes, subject) - LAST_LINE.length;
        return end < from
                ? List.of()
                : new String(bytes, from, end - from, StandardCharsets.UTF_8).lines().toList();
    }

    /// Returns the profile of a job.
    static byte[] profile(byte[] bytes, String subject) throws Damaged {
        return Arrays.copyOfRange(bytes, profileAt(bytes, subject), bytes.length);
    }

    /// Returns where the profile begins.
    private static int profileAt(byte[] bytes, String subject) throws Damaged {
        int most = Math.min(bytes.length, Limits.JOB_HEAD_BYTES) - LAST_LINE.length;
        // The line end of the first line may be that before the last.
        for (int at = FIRST_LINE.length - 1; at <= most; at++) {
            if (Arrays.equals(
                    bytes, at, at + LAST_LINE.length, LAST_LINE, 0, LAST_LINE.length)) {
                return at + LAST_LINE.length;
            }
        }
        throw new Damaged(
                subject + ": found no line 'profile', expected one behind what was chosen",
                "Save the job again, or carry it again.");
    }
}
