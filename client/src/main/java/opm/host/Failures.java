package opm.host;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;

/// Turns what the JDK throws into the failure with the right remedy.
final class Failures {
    private Failures() {}

    static OpmException reading(IOException e, String subject) {
        return common(
                e,
                subject,
                new Unavailable(
                        subject + ": cannot be read: " + words(e),
                        "Check the medium (kernel log: dmesg), then try again."));
    }

    static OpmException writing(IOException e, String subject) {
        String words = words(e);
        // The JDK has no type for these, and hands on the words of strerror untranslated.
        String lower = words.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota exceeded")) {
            return new Refused(
                            subject + ": " + words,
                            "Free some space on that file system, then try again.")
                    .because(e);
        }
        if (lower.contains("file too large")) {
            return new Refused(
                            subject + ": " + words,
                            "FAT32 holds files of less than 4 GiB: use exFAT or another"
                                    + " file system there.")
                    .because(e);
        }
        return common(
                e,
                subject,
                new Refused(
                        subject + ": cannot be written: " + words,
                        "Check that the folder exists and may be written, then try again."));
    }

    private static OpmException common(IOException e, String subject, OpmException otherwise) {
        return switch (e) {
            case StreamFailure travelled -> travelled.failure();
            case NoSuchFileException _ ->
                    new BadRequest(subject + ": there is no such file", "Check the name.")
                            .because(e);
            case AccessDeniedException _ ->
                    new Refused(
                                    subject + ": permission denied",
                                    "Run this as the owner of the file, or as root.")
                            .because(e);
            default -> otherwise.because(e);
        };
    }

    /// The exception's words without the file name that the JDK puts before them.
    static String words(IOException e) {
        if (e instanceof java.nio.file.FileSystemException f && f.getReason() != null) {
            return f.getReason();
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
