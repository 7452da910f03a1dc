package opm.planner;

import java.util.List;

/// How much one run of rpm may take. Every run costs a start of rpm, a walk over its database, and
/// what triggers do once a transaction; a run that is cut off has to be made again.
///
/// @param least a run is not ended before it has so many packages
/// @param most nor goes on beyond so many, or so many bytes, unless a circle is larger
/// @param apart what has nothing to do with each other goes into one run only where it is small
public record RunSize(int least, int most, long mostBytes, boolean apart) {
    public RunSize(int least, int most, long mostBytes) {
        this(least, most, mostBytes, false);
    }


    /// Between 20 and 50 packages (facts of the project: 100 small packages took 0.5 s in one run,
    /// 0.8 s in ten, 2.8 s in a hundred).
    public static final RunSize USUAL = new RunSize(20, 50, 256L << 20);

    /// Where packages are waited for while others are installed: what a run costs more, it saves at
    /// the beginning.
    public static final RunSize ARRIVING = new RunSize(10, 20, 32L << 20);

    /// Where room on the disks is short: a tenth of the usual.
    public static final RunSize SMALL = new RunSize(1, 5, 25L << 20);

    /// Where it is shorter still: no two packages together that can come apart.
    public static final RunSize LEAST = new RunSize(1, 1, 1);

    /// For a bundle in parts: what needs each other in few of them, so that a lost one takes little
    /// with it; several runs in a part.
    public static RunSize parts(long partBytes) {
        long most = Math.max(1, Math.min(USUAL.mostBytes, partBytes / 4));
        return new RunSize(1, USUAL.most, most, true);
    }

    /// Everything in one run, as rpm does it.
    public static final RunSize ALL = new RunSize(0, Integer.MAX_VALUE, Long.MAX_VALUE);

    boolean holdsAll(List<Coming> comings) {
        return fits(comings.size(), comings.stream().mapToLong(RunSize::bytes).sum());
    }

    private boolean fits(int count, long bytes) {
        return count <= most && bytes <= mostBytes;
    }

    static long bytes(Coming coming) {
        return Math.max(0, coming.pkg().packageBytes());
    }

    /// Tells whether a run ends before a group that would join it.
    boolean endsBefore(int count, long bytes, int moreCount, long moreBytes) {
        boolean enough = count >= least || count > 0 && bytes + moreBytes > mostBytes;
        return enough && !fits(count + moreCount, bytes + moreBytes);
    }
}
