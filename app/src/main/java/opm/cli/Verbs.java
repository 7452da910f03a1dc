package opm.cli;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
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
                    new Entry("demo", Group.START, DemoVerb::new),
                    new Entry("profile", Group.TRIP, ProfileVerb::new),
                    new Entry(
                            "profile show",
                            Group.TRIP,
                            () -> new ProfileLookVerb(ProfileLookVerb.Act.SHOW)),
                    new Entry(
                            "profile diff",
                            Group.TRIP,
                            () -> new ProfileLookVerb(ProfileLookVerb.Act.DIFF)),
                    new Entry(
                            "profile redact",
                            Group.TRIP,
                            () -> new ProfileLookVerb(ProfileLookVerb.Act.REDACT)),
                    new Entry("profile import", Group.TRIP, ProfileImportVerb::new),
                    new Entry("profile export", Group.TRIP, ProfileExportVerb::new),
                    new Entry("bundle create", Group.TRIP, BundleCreateVerb::new),
                    new Entry("bundle inspect", Group.TRIP, BundleInspectVerb::new),
                    new Entry("bundle sbom", Group.TRIP, BundleSbomVerb::new),
                    new Entry("bundle verify", Group.TRIP, BundleVerifyVerb::new),
                    new Entry("bundle extract", Group.TRIP, BundleExtractVerb::new),
                    new Entry("bundle diff", Group.TRIP, BundleDiffVerb::new),
                    new Entry("bundle sign", Group.TRIP, BundleSignVerb::new),
                    new Entry("bundle slip", Group.TRIP, BundleSlipVerb::new),
                    new Entry("bundle repair", Group.TRIP, BundleRepairVerb::new),
                    new Entry("bundle split", Group.TRIP, BundleSplitVerb::new),
                    new Entry("bundle join", Group.TRIP, BundleJoinVerb::new),
                    new Entry("key generate", Group.TRIP, KeyGenerateVerb::new),
                    new Entry("check", Group.TRIP, CheckVerb::new),
                    new Entry("apply", Group.TRIP, ApplyVerb::new),
                    change("install", Request.Verb.INSTALL),
                    change("remove", Request.Verb.REMOVE),
                    change("upgrade", Request.Verb.UPGRADE),
                    change("downgrade", Request.Verb.DOWNGRADE),
                    change("reinstall", Request.Verb.REINSTALL),
                    new Entry(AutoVerb.NAME, Group.CHANGE, AutoVerb::new),
                    new Entry("resume", Group.CHANGE, ResumeVerb::new),
                    new Entry("undo", Group.CHANGE, () -> new TurnVerb(TurnVerb.Way.UNDO)),
                    new Entry("redo", Group.CHANGE, () -> new TurnVerb(TurnVerb.Way.REDO)),
                    new Entry("rollback", Group.CHANGE, () -> new TurnVerb(TurnVerb.Way.ROLLBACK)),
                    change("distro-sync", Request.Verb.DISTRO_SYNC),
                    change("autoremove", Request.Verb.AUTOREMOVE),
                    new Entry(
                            "group install",
                            Group.CHANGE,
                            () -> new GroupsVerb(GroupsVerb.Act.INSTALL)),
                    new Entry("mark user", Group.CHANGE, () -> new MarkVerb(true)),
                    new Entry("mark dependency", Group.CHANGE, () -> new MarkVerb(false)),
                    new Entry("history list", Group.CHANGE, HistoryListVerb::new),
                    new Entry("history show", Group.CHANGE, () -> new HistoryDiffVerb(true)),
                    new Entry("history diff", Group.CHANGE, () -> new HistoryDiffVerb(false)),
                    new Entry("refresh", Group.LOOK, RefreshVerb::new),
                    new Entry("search", Group.LOOK, SearchVerb::new),
                    new Entry("info", Group.LOOK, InfoVerb::new),
                    new Entry("list", Group.LOOK, ListVerb::new),
                    new Entry("files", Group.LOOK, FilesVerb::new),
                    new Entry("provides", Group.LOOK, () -> new ProvidesVerb(false)),
                    new Entry("owns", Group.LOOK, () -> new ProvidesVerb(true)),
                    new Entry("requires", Group.LOOK, RequiresVerb::new),
                    new Entry("whatrequires", Group.LOOK, WhatRequiresVerb::new),
                    new Entry("repoquery", Group.LOOK, RepoqueryVerb::new),
                    new Entry("why", Group.LOOK, WhyVerb::new),
                    new Entry("why-not", Group.LOOK, WhyNotVerb::new),
                    new Entry("advisories", Group.LOOK, AdvisoriesVerb::new),
                    new Entry("group list", Group.LOOK, () -> new GroupsVerb(GroupsVerb.Act.LIST)),
                    new Entry("group info", Group.LOOK, () -> new GroupsVerb(GroupsVerb.Act.INFO)),
                    new Entry("plan diff", Group.LOOK, PlanDiffVerb::new),
                    new Entry("download", Group.LOOK, DownloadVerb::new),
                    new Entry("fetch limit", Group.CACHE, FetchLimitVerb::new),
                    new Entry("cache list", Group.CACHE, () -> new CacheListVerb(false)),
                    new Entry("cache recent", Group.CACHE, () -> new CacheListVerb(true)),
                    new Entry("cache info", Group.CACHE, () -> new CacheInfoVerb(false)),
                    new Entry("cache why", Group.CACHE, () -> new CacheInfoVerb(true)),
                    new Entry("cache summary", Group.CACHE, CacheSummaryVerb::new),
                    new Entry("cache check", Group.CACHE, CacheCheckVerb::new),
                    new Entry("cache add", Group.CACHE, CacheAddVerb::new),
                    new Entry("cache get", Group.CACHE, CacheGetVerb::new),
                    new Entry("cache pin", Group.CACHE, CachePinVerb::new),
                    new Entry("cache unpin", Group.CACHE, CacheUnpinVerb::new),
                    new Entry("cache keep", Group.CACHE, CacheKeepVerb::new),
                    new Entry("cache headers", Group.CACHE, CacheHeadersVerb::new),
                    new Entry("cache gc", Group.CACHE, CacheGcVerb::new),
                    new Entry("cache publish", Group.CACHE, CachePublishVerb::new),
                    new Entry("cache merge", Group.CACHE, CacheMergeVerb::new),
                    new Entry("cache rsync-to", Group.CACHE, () -> new CacheRsyncVerb(false)),
                    new Entry("cache rsync-from", Group.CACHE, () -> new CacheRsyncVerb(true)),
                    new Entry("share", Group.CACHE, ShareVerb::new),
                    new Entry("delta make", Group.SETS, () -> new DeltaVerb(DeltaVerb.Act.MAKE)),
                    new Entry("delta apply", Group.SETS, () -> new DeltaVerb(DeltaVerb.Act.APPLY)),
                    new Entry("delta info", Group.SETS, () -> new DeltaVerb(DeltaVerb.Act.INFO)),
                    new Entry("set build", Group.SETS, () -> new SetBuildVerb(false)),
                    new Entry("set info", Group.SETS, () -> new SetInfoVerb(false)),
                    new Entry("set check", Group.SETS, () -> new SetInfoVerb(true)),
                    new Entry("set diff", Group.SETS, SetDiffVerb::new),
                    new Entry("set increment", Group.SETS, SetIncrementVerb::new),
                    new Entry("set merge", Group.SETS, () -> new SetBuildVerb(true)),
                    new Entry("presolve build", Group.SERVE, PresolveBuildVerb::new),
                    new Entry(
                            "presolve get",
                            Group.SERVE,
                            () -> new PresolveInstallVerb(false)),
                    new Entry(
                            "presolve install",
                            Group.SERVE,
                            () -> new PresolveInstallVerb(true)),
                    new Entry("serve", Group.SERVE, ServeVerb::new),
                    new Entry("packagekit", Group.SERVE, PackageKitVerb::new),
                    new Entry("solve", Group.LOOK, SolveVerb::new),
                    new Entry("config diff", Group.CHANGE, () -> new ConfigVerb(false)),
                    new Entry("config merge", Group.CHANGE, () -> new ConfigVerb(true)),
                    new Entry("doctor", Group.HELP, DoctorVerb::new),
                    new Entry("help", Group.HELP, HelpVerb::new),
                    new Entry("completion", Group.HELP, CompletionVerb::new),
                    new Entry("version", Group.HELP, VersionVerb::new));

    private Verbs() {}

    private static Entry change(String name, Request.Verb act) {
        return new Entry(name, Group.CHANGE, () -> new ChangeVerb(act));
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
    record Entry(String name, Group group, Supplier<Verb> maker) {
        Verb make() {
            return maker.get();
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
