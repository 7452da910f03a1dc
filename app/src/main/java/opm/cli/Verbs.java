package opm.cli;

import java.util.List;
import java.util.Map;
import opm.base.OpmException.BadRequest;
import opm.solve.Request;
import opm.words.Messages;
import org.jspecify.annotations.Nullable;

/// Every command of opm, in the order of its help; each is made only when it is asked for.
final class Verbs {
    /// Words of dnf users, for the names that we gave.
    private static final Map<String, String> ALIASES =
            Map.of(
                    "update", "upgrade",
                    "erase", "remove",
                    "makecache", "refresh",
                    "in", "install",
                    "dsync", "distro-sync",
                    "distrosync", "distro-sync",
                    "dup", "distro-sync",
                    "updateinfo", "advisories",
                    "groupinstall", "group install");

    static final List<Entry> ALL =
            List.of(
                    new Entry("demo", Group.START),
                    new Entry("profile", Group.TRIP),
                    new Entry("profile show", Group.TRIP),
                    new Entry("profile diff", Group.TRIP),
                    new Entry("profile redact", Group.TRIP),
                    new Entry("profile import", Group.TRIP),
                    new Entry("profile export", Group.TRIP),
                    new Entry("bundle create", Group.TRIP),
                    new Entry("bundle inspect", Group.TRIP),
                    new Entry("bundle sbom", Group.TRIP),
                    new Entry("bundle verify", Group.TRIP),
                    new Entry("bundle extract", Group.TRIP),
                    new Entry("bundle diff", Group.TRIP),
                    new Entry("bundle sign", Group.TRIP),
                    new Entry("bundle slip", Group.TRIP),
                    new Entry("bundle repair", Group.TRIP),
                    new Entry("bundle split", Group.TRIP),
                    new Entry("bundle join", Group.TRIP),
                    new Entry("key generate", Group.TRIP),
                    new Entry("check", Group.TRIP),
                    new Entry("apply", Group.TRIP),
                    new Entry("install", Group.CHANGE),
                    new Entry("remove", Group.CHANGE),
                    new Entry("upgrade", Group.CHANGE),
                    new Entry("downgrade", Group.CHANGE),
                    new Entry("reinstall", Group.CHANGE),
                    new Entry(AutoVerb.NAME, Group.CHANGE),
                    new Entry("resume", Group.CHANGE),
                    new Entry("undo", Group.CHANGE),
                    new Entry("redo", Group.CHANGE),
                    new Entry("rollback", Group.CHANGE),
                    new Entry("distro-sync", Group.CHANGE),
                    new Entry("autoremove", Group.CHANGE),
                    new Entry("group install", Group.CHANGE),
                    new Entry("mark user", Group.CHANGE),
                    new Entry("mark dependency", Group.CHANGE),
                    new Entry("history list", Group.CHANGE),
                    new Entry("history show", Group.CHANGE),
                    new Entry("history diff", Group.CHANGE),
                    new Entry("refresh", Group.LOOK),
                    new Entry("search", Group.LOOK),
                    new Entry("info", Group.LOOK),
                    new Entry("list", Group.LOOK),
                    new Entry("files", Group.LOOK),
                    new Entry("provides", Group.LOOK),
                    new Entry("owns", Group.LOOK),
                    new Entry("requires", Group.LOOK),
                    new Entry("whatrequires", Group.LOOK),
                    new Entry("repoquery", Group.LOOK),
                    new Entry("why", Group.LOOK),
                    new Entry("why-not", Group.LOOK),
                    new Entry("advisories", Group.LOOK),
                    new Entry("group list", Group.LOOK),
                    new Entry("group info", Group.LOOK),
                    new Entry("plan diff", Group.LOOK),
                    new Entry("download", Group.LOOK),
                    new Entry("fetch limit", Group.CACHE),
                    new Entry("cache list", Group.CACHE),
                    new Entry("cache recent", Group.CACHE),
                    new Entry("cache info", Group.CACHE),
                    new Entry("cache why", Group.CACHE),
                    new Entry("cache summary", Group.CACHE),
                    new Entry("cache check", Group.CACHE),
                    new Entry("cache add", Group.CACHE),
                    new Entry("cache get", Group.CACHE),
                    new Entry("cache pin", Group.CACHE),
                    new Entry("cache unpin", Group.CACHE),
                    new Entry("cache keep", Group.CACHE),
                    new Entry("cache headers", Group.CACHE),
                    new Entry("cache gc", Group.CACHE),
                    new Entry("cache publish", Group.CACHE),
                    new Entry("cache merge", Group.CACHE),
                    new Entry("cache rsync-to", Group.CACHE),
                    new Entry("cache rsync-from", Group.CACHE),
                    new Entry("share", Group.CACHE),
                    new Entry("delta make", Group.SETS),
                    new Entry("delta apply", Group.SETS),
                    new Entry("delta info", Group.SETS),
                    new Entry("set build", Group.SETS),
                    new Entry("set info", Group.SETS),
                    new Entry("set check", Group.SETS),
                    new Entry("set diff", Group.SETS),
                    new Entry("set increment", Group.SETS),
                    new Entry("set merge", Group.SETS),
                    new Entry("presolve build", Group.SERVE),
                    new Entry("presolve get", Group.SERVE),
                    new Entry("presolve install", Group.SERVE),
                    new Entry("serve", Group.SERVE),
                    new Entry("packagekit", Group.SERVE),
                    new Entry("solve", Group.LOOK),
                    new Entry("config diff", Group.CHANGE),
                    new Entry("config merge", Group.CHANGE),
                    new Entry("doctor", Group.HELP),
                    new Entry("help", Group.HELP),
                    new Entry("completion", Group.HELP),
                    new Entry("version", Group.HELP));

    private Verbs() {}

    /// Makes the command of a name. One switch, and not a maker for each name: such a maker is a
    /// class of its own, and with those of a hundred commands every start read half a megabyte.
    private static Verb made(String name) {
        return switch (name) {
            case "demo" -> new DemoVerb();
            case "profile" -> new ProfileVerb();
            case "profile show" -> new ProfileLookVerb(ProfileLookVerb.Act.SHOW);
            case "profile diff" -> new ProfileLookVerb(ProfileLookVerb.Act.DIFF);
            case "profile redact" -> new ProfileLookVerb(ProfileLookVerb.Act.REDACT);
            case "profile import" -> new ProfileImportVerb();
            case "profile export" -> new ProfileExportVerb();
            case "bundle create" -> new BundleCreateVerb();
            case "bundle inspect" -> new BundleInspectVerb();
            case "bundle sbom" -> new BundleSbomVerb();
            case "bundle verify" -> new BundleVerifyVerb();
            case "bundle extract" -> new BundleExtractVerb();
            case "bundle diff" -> new BundleDiffVerb();
            case "bundle sign" -> new BundleSignVerb();
            case "bundle slip" -> new BundleSlipVerb();
            case "bundle repair" -> new BundleRepairVerb();
            case "bundle split" -> new BundleSplitVerb();
            case "bundle join" -> new BundleJoinVerb();
            case "key generate" -> new KeyGenerateVerb();
            case "check" -> new CheckVerb();
            case "apply" -> new ApplyVerb();
            case "install" -> new ChangeVerb(Request.Verb.INSTALL);
            case "remove" -> new ChangeVerb(Request.Verb.REMOVE);
            case "upgrade" -> new ChangeVerb(Request.Verb.UPGRADE);
            case "downgrade" -> new ChangeVerb(Request.Verb.DOWNGRADE);
            case "reinstall" -> new ChangeVerb(Request.Verb.REINSTALL);
            case AutoVerb.NAME -> new AutoVerb();
            case "resume" -> new ResumeVerb();
            case "undo" -> new TurnVerb(TurnVerb.Way.UNDO);
            case "redo" -> new TurnVerb(TurnVerb.Way.REDO);
            case "rollback" -> new TurnVerb(TurnVerb.Way.ROLLBACK);
            case "distro-sync" -> new ChangeVerb(Request.Verb.DISTRO_SYNC);
            case "autoremove" -> new ChangeVerb(Request.Verb.AUTOREMOVE);
            case "group install" -> new GroupsVerb(GroupsVerb.Act.INSTALL);
            case "mark user" -> new MarkVerb(true);
            case "mark dependency" -> new MarkVerb(false);
            case "history list" -> new HistoryListVerb();
            case "history show" -> new HistoryDiffVerb(true);
            case "history diff" -> new HistoryDiffVerb(false);
            case "refresh" -> new RefreshVerb();
            case "search" -> new SearchVerb();
            case "info" -> new InfoVerb();
            case "list" -> new ListVerb();
            case "files" -> new FilesVerb();
            case "provides" -> new ProvidesVerb(false);
            case "owns" -> new ProvidesVerb(true);
            case "requires" -> new RequiresVerb();
            case "whatrequires" -> new WhatRequiresVerb();
            case "repoquery" -> new RepoqueryVerb();
            case "why" -> new WhyVerb();
            case "why-not" -> new WhyNotVerb();
            case "advisories" -> new AdvisoriesVerb();
            case "group list" -> new GroupsVerb(GroupsVerb.Act.LIST);
            case "group info" -> new GroupsVerb(GroupsVerb.Act.INFO);
            case "plan diff" -> new PlanDiffVerb();
            case "download" -> new DownloadVerb();
            case "fetch limit" -> new FetchLimitVerb();
            case "cache list" -> new CacheListVerb(false);
            case "cache recent" -> new CacheListVerb(true);
            case "cache info" -> new CacheInfoVerb(false);
            case "cache why" -> new CacheInfoVerb(true);
            case "cache summary" -> new CacheSummaryVerb();
            case "cache check" -> new CacheCheckVerb();
            case "cache add" -> new CacheAddVerb();
            case "cache get" -> new CacheGetVerb();
            case "cache pin" -> new CachePinVerb();
            case "cache unpin" -> new CacheUnpinVerb();
            case "cache keep" -> new CacheKeepVerb();
            case "cache headers" -> new CacheHeadersVerb();
            case "cache gc" -> new CacheGcVerb();
            case "cache publish" -> new CachePublishVerb();
            case "cache merge" -> new CacheMergeVerb();
            case "cache rsync-to" -> new CacheRsyncVerb(false);
            case "cache rsync-from" -> new CacheRsyncVerb(true);
            case "share" -> new ShareVerb();
            case "delta make" -> new DeltaVerb(DeltaVerb.Act.MAKE);
            case "delta apply" -> new DeltaVerb(DeltaVerb.Act.APPLY);
            case "delta info" -> new DeltaVerb(DeltaVerb.Act.INFO);
            case "set build" -> new SetBuildVerb(false);
            case "set info" -> new SetInfoVerb(false);
            case "set check" -> new SetInfoVerb(true);
            case "set diff" -> new SetDiffVerb();
            case "set increment" -> new SetIncrementVerb();
            case "set merge" -> new SetBuildVerb(true);
            case "presolve build" -> new PresolveBuildVerb();
            case "presolve get" -> new PresolveInstallVerb(false);
            case "presolve install" -> new PresolveInstallVerb(true);
            case "serve" -> new ServeVerb();
            case "packagekit" -> new PackageKitVerb();
            case "solve" -> new SolveVerb();
            case "config diff" -> new ConfigVerb(false);
            case "config merge" -> new ConfigVerb(true);
            case "doctor" -> new DoctorVerb();
            case "help" -> new HelpVerb();
            case "completion" -> new CompletionVerb();
            case "version" -> new VersionVerb();
            default -> throw new IllegalStateException("nothing makes " + name);
        };
    }

    /// The headings of the help.
    enum Group {
        START,
        CHANGE,
        LOOK,
        TRIP,
        CACHE,
        SETS,
        SERVE,
        HELP
    }

    /// A command and its name; some have two words: `bundle create`.
    record Entry(String name, Group group) {
        Verb make() {
            return made(name);
        }

        /// Returns the name as part of a message key.
        String key() {
            return name.replace(' ', '-');
        }
    }

    /// Finds the command of one or two words; null when there is none.
    static @Nullable Entry find(String name) {
        String known = ALIASES.getOrDefault(name, name);
        for (Entry entry : ALL) {
            if (entry.name().equals(known)) {
                return entry;
            }
        }
        return null;
    }

    /// Returns the command that the first word of several means where it stands alone.
    static @Nullable String usual(String family) {
        String list = family + " list";
        return find(list) == null ? null : list;
    }

    /// Tells whether some command has this option, with a value in the next word.
    static boolean takesNext(String option, Messages messages) {
        for (Entry entry : ALL) {
            var syntax = Syntax.of(entry.name(), messages);
            entry.make().accept(syntax);
            if (syntax.takesNext(option)) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether commands of two words begin with this one.
    static boolean isFamily(String word) {
        return ALL.stream().anyMatch(entry -> entry.name().startsWith(word + " "));
    }

    /// Says that there is no such command, and which is meant.
    static BadRequest unknown(String name) {
        String nearest = "";
        int best = 3;
        for (Entry entry : ALL) {
            int distance = distance(name, entry.name());
            if (distance < best) {
                best = distance;
                nearest = entry.name();
            }
        }
        return new BadRequest(
                "found '" + name + "', expected a command of opm",
                nearest.isEmpty()
                        ? "`opm help` lists the commands."
                        : "Did you mean `opm " + nearest + "`? `opm help` lists the commands.");
    }

    /// Counts the letters to change, add or drop (Levenshtein).
    private static int distance(String left, String right) {
        var row = new int[right.length() + 1];
        for (int at = 0; at <= right.length(); at++) {
            row[at] = at;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int change = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
