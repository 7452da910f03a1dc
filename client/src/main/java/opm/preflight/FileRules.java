package opm.preflight;

import opm.base.OpmException;
import opm.host.Disk.Kind;

/// rpm's rules about two files of one name (4.18). Each method names the function it follows.
final class FileRules {
    private final Ground ground;
    private final Switches switches;

    FileRules(Ground ground, Switches switches) {
        this.ground = ground;
        this.switches = switches;
    }

    /// `rpmfilesCompare`: whether two packages mean different things by one name.
    static boolean differ(Item one, Item other) {
        if (one.entry().isGhost() || other.entry().isGhost()) {
            return false;
        }
        boolean links = one.type() == Item.Type.LINK && other.type() == Item.Type.LINK;
        if (!links && one.entry().mode() != other.entry().mode()) {
            return true;
        }
        boolean sized = one.type() == Item.Type.LINK || one.type() == Item.Type.FILE;
        if (sized && one.entry().sizeBytes() != other.entry().sizeBytes()) {
            return true;
        }
        if (!one.entry().user().equals(other.entry().user())
                || !one.entry().group().equals(other.entry().group())) {
            return true;
        }
        return switch (one.type()) {
            case LINK -> !one.entry().linkTo().equals(other.entry().linkTo());
            case FILE -> !one.entry().digest().equals(other.entry().digest());
            case DIRECTORY, OTHER -> false;
        };
    }

    /// `handleRemovalConflict`: what an old version leaves that the new one cannot replace.
    boolean cannotReplace(Item coming, Item leaving, String key) {
        boolean folder = leaving.type() == Item.Type.DIRECTORY;
        boolean bad = folder && coming.type() != Item.Type.DIRECTORY;
        if (leaving.type() == Item.Type.LINK && coming.type() == Item.Type.DIRECTORY) {
            bad = ground.isFolder(key);
        }
        if (!bad) {
            return false;
        }
        Kind now = ground.kind(key);
        return now != Kind.ABSENT && !is(now, coming.type());
    }

    private static boolean is(Kind kind, Item.Type type) {
        return switch (type) {
            case DIRECTORY -> kind == Kind.DIRECTORY;
            case LINK -> kind == Kind.LINK;
            case FILE -> kind == Kind.FILE;
            case OTHER -> kind == Kind.OTHER;
        };
    }

    /// `handleColorConflict`: 0 unresolved, 1 the first stays out, 2 the second does.
    int byColor(Item one, Item other) {
        int first = one.color() & switches.colors();
        int second = other.color() & switches.colors();
        if (first == 0 || second == 0 || first == second) {
            return 0;
        }
        if ((first & switches.preferred()) != 0) {
            return 2;
        }
        return (second & switches.preferred()) != 0 ? 1 : 0;
    }

    /// `rpmfilesDecideFate`: a name of an installed package comes again, one of the two `%config`.
    Fate decide(Item old, Item coming, String key) throws OpmException {
        if (coming.entry().isGhost()) {
            return Fate.SKIP;
        }
        Kind now = ground.kind(key);
        if (now == Kind.ABSENT) {
            return coming.isMissingOk() ? Fate.SKIP : Fate.CREATE;
        }
        Fate save = coming.entry().isNoReplace() ? Fate.RPMNEW : Fate.RPMSAVE;
        if (old.type() == Item.Type.FILE) {
            return decideFile(old, coming, key, now, save);
        }
        return old.type() == Item.Type.LINK ? decideLink(old, coming, key, now, save) : Fate.CREATE;
    }

    private Fate decideFile(Item old, Item coming, String key, Kind now, Fate save)
            throws OpmException {
        String fresh = coming.type() == Item.Type.FILE ? coming.entry().digest() : "";
        String stale = old.entry().digest();
        if (now == Kind.FILE) {
            if (!fresh.isEmpty() && ground.digest(key, fresh.length()).equals(fresh)) {
                return Fate.TOUCH;
            }
            if (!stale.isEmpty() && ground.digest(key, stale.length()).equals(stale)) {
                return Fate.CREATE;
            }
        }
        if (!coming.entry().isConfig()) {
            return Fate.RPMSAVE;
        }
        return !fresh.isEmpty() && fresh.equals(stale) ? Fate.SKIP : save;
    }

    private Fate decideLink(Item old, Item coming, String key, Kind now, Fate save) {
        boolean link = coming.type() == Item.Type.LINK;
        if (now == Kind.LINK) {
            String target = String.valueOf(ground.target(key));
            if (link && target.equals(coming.entry().linkTo())) {
                return Fate.TOUCH;
            }
            if (target.equals(old.entry().linkTo())) {
                return Fate.CREATE;
            }
        }
        if (!coming.entry().isConfig()) {
            return Fate.RPMSAVE;
        }
        return link && old.entry().linkTo().equals(coming.entry().linkTo()) ? Fate.SKIP : save;
    }

    /// `rpmfilesConfigConflict`: whether a `%config` name is on the disk with other content.
    boolean isEdited(Item item, String key) throws OpmException {
        if (!item.entry().isConfig()) {
            return false;
        }
        if (item.type() != Item.Type.FILE && item.type() != Item.Type.LINK) {
            return true;
        }
        Kind now = ground.kind(key);
        if (now == Kind.ABSENT) {
            return false;
        }
        if (item.entry().isGhost() || !is(now, item.type())) {
            return true;
        }
        if (item.type() == Item.Type.LINK) {
            return !item.entry().linkTo().equals(ground.target(key));
        }
        String wanted = item.entry().digest();
        return ground.sizeBytes(key) != item.entry().sizeBytes()
                || !ground.digest(key, wanted.length()).equals(wanted);
    }
}
