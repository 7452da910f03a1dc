package opm.solve;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The items of a request in the solver's words: what to do, and with which packages.
///
/// `how` joins a way to select, an action and flags; `what` is a package, a dependency, a list or a
/// repository, as the selection says. The bits are libsolv's, so that its test cases read one to
/// one.
public final class Jobs {
    public static final int PKG = 0x01;
    public static final int NAME = 0x02;
    public static final int PROVIDES = 0x03;
    public static final int ONE_OF = 0x04;
    public static final int REPO = 0x05;
    public static final int ALL = 0x06;
    public static final int SELECT = 0xff;

    public static final int NOOP = 0x0000;
    public static final int INSTALL = 0x0100;
    public static final int ERASE = 0x0200;
    public static final int UPDATE = 0x0300;
    public static final int WEAKENDEPS = 0x0400;
    public static final int MULTIVERSION = 0x0500;
    public static final int LOCK = 0x0600;
    public static final int DISTUPGRADE = 0x0700;
    public static final int VERIFY = 0x0800;
    public static final int DROP_ORPHANED = 0x0900;
    public static final int USERINSTALLED = 0x0a00;
    public static final int ALLOWUNINSTALL = 0x0b00;
    public static final int FAVOR = 0x0c00;
    public static final int DISFAVOR = 0x0d00;
    public static final int BLACKLIST = 0x0e00;
    public static final int EXCLUDEFROMWEAK = 0x1000;
    public static final int ACTION = 0xff00;

    public static final int WEAK = 0x010000;
    public static final int ESSENTIAL = 0x020000;
    public static final int CLEANDEPS = 0x040000;
    public static final int ORUPDATE = 0x080000;
    public static final int FORCEBEST = 0x100000;
    public static final int TARGETED = 0x200000;
    public static final int NOTBYUSER = 0x400000;
    public static final int SETEV = 0x01000000;
    public static final int SETEVR = 0x02000000;
    public static final int SETARCH = 0x04000000;
    public static final int SETVENDOR = 0x08000000;
    public static final int SETREPO = 0x10000000;
    public static final int NOAUTOSET = 0x20000000;
    public static final int SETNAME = 0x40000000;
    public static final int SETMASK = 0x7f000000;

    final IntList how = new IntList();
    final IntList what = new IntList();

    /// The packages of each [#ONE_OF]; `what` is the index here.
    final List<IntList> lists = new ArrayList<>();

    private final List<@Nullable IntList> members = new ArrayList<>();
    private final Pool pool;

    Jobs(Pool pool) {
        this.pool = pool;
    }

    int size() {
        return how.size;
    }

    void add(int jobHow, int jobWhat) {
        how.push(jobHow);
        what.push(jobWhat);
        members.add(null);
    }

    /// Adds a job on a list of packages.
    void add(int action, IntList pkgs) {
        lists.add(pkgs);
        add(action | ONE_OF, lists.size() - 1);
    }

    int action(int job) {
        return how.at[job] & ACTION;
    }

    int select(int job) {
        return how.at[job] & SELECT;
    }

    boolean has(int job, int flag) {
        return (how.at[job] & flag) != 0;
    }

    /// Tells whether a job addresses all packages of a repository; of the installed one also `ALL`.
    boolean isRepo(int job, Pool.@Nullable Repo repo) {
        return select(job) == REPO && repo != null && what.at[job] == repo.index;
    }

    /// Returns the packages that a job names, in order; none for [#REPO] and [#ALL].
    IntList members(int job) {
        IntList known = members.get(job);
        if (known == null) {
            known = find(how.at[job] & SELECT, what.at[job]);
            members.set(job, known);
        }
        return known;
    }

    private IntList find(int select, int target) {
        var found = new IntList();
        switch (select) {
            case PKG -> found.push(target);
            case ONE_OF -> {
                return lists.get(target);
            }
            case NAME, PROVIDES -> {
                for (int at = pool.provides(target); pool.data[at] != 0; at++) {
                    int pkg = pool.data[at];
                    if (select == PROVIDES || pool.matchesName(pkg, target)) {
                        found.push(pkg);
                    }
                }
            }
            default -> {}
        }
        return found;
    }
}
