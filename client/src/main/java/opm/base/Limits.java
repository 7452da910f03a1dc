package opm.base;

/// Every bound on what comes from outside, in one place.
///
/// Each is far above what real repositories, packages and machines hold (the largest seen stands
/// beside it), and a test stands just past it.
public final class Limits {
    private Limits() {}

    /// Bytes of a repomd.xml; the largest seen is 15 KB.
    public static final int REPOMD_BYTES = 4 << 20;

    /// Bytes of one metadata file, unpacked; Fedora's filelists are about 900 MB.
    public static final long METADATA_BYTES = 4L << 30;

    /// Advisories of one repository; RHEL 8 has 9,000.
    public static final int ADVISORIES = 1_000_000;

    /// Packages or references of one advisory; the most seen is 3,000.
    public static final int ADVISORY_PARTS = 100_000;

    /// Components of AppStream in one repository; Fedora has 5,000.
    public static final int COMPONENTS = 200_000;

    /// Groups of one repository; the most seen is 200.
    public static final int GROUPS = 100_000;

    /// Packages of one group; the most seen is 900.
    public static final int GROUP_PACKAGES = 100_000;

    /// Bytes of a modules.yaml, unpacked; the largest seen has 9 MB.
    public static final int MODULES_BYTES = 128 << 20;

    /// Packages of one repository; Fedora rawhide has 77,000.
    public static final int PACKAGES = 4_000_000;

    /// Bytes of one XML text or attribute; the longest changelog seen is 60 KB.
    public static final int XML_TEXT_BYTES = 4 << 20;

    /// Depth of XML elements; rpm-md needs 6.
    public static final int XML_DEPTH = 32;

    /// Dependencies of one package; the most seen is 11,000.
    public static final int DEPENDENCIES = 1_000_000;

    /// Nested parentheses of a rich dependency; rpm itself has no bound, the deepest seen is 4.
    public static final int RICH_DEPTH = 64;

    /// Names in one rich dependency; the most seen is 60.
    public static final int RICH_OPERANDS = 500;

    /// Characters of one dependency, rich ones included; the longest seen is 900.
    public static final int DEPENDENCY_CHARS = 64 << 10;

    /// Bytes of an rpm header's data; rpm's own bound is 256 MB (header.c, HEADER_DATA_MAX).
    public static final int HEADER_BYTES = 256 << 20;

    /// Index entries of an rpm header; rpm's own bound (header.c, HEADER_TAGS_MAX).
    public static final int HEADER_TAGS = 0xffff;

    /// Characters of all paths of one package; the most seen is 6 million (texlive).
    public static final long PACKAGE_PATH_CHARS = 512L << 20;

    /// Bytes of a profile, unpacked; 2,000 packages need 2 MB.
    public static final int PROFILE_BYTES = 64 << 20;

    /// Bytes of what stands in front of the profile in a job file.
    public static final int JOB_HEAD_BYTES = 1 << 20;

    /// Lines of a profile; 2,000 packages need 50,000.
    public static final int PROFILE_LINES = 2_000_000;

    /// Bytes of a plan; 2,000 packages need 400 KB.
    public static final int PLAN_BYTES = 64 << 20;

    /// Machines that one bundle is for.
    public static final int BUNDLE_MACHINES = 10_000;

    /// Packages of one plan.
    public static final int PLAN_STEPS = 200_000;

    /// Batches of one plan; 1,858 packages need 60.
    public static final int PLAN_BATCHES = 10_000;

    /// Bytes of a bundle's manifest.
    public static final int MANIFEST_BYTES = 256 << 20;

    /// Repositories of one plan; the most seen on one machine is 60.
    public static final int PLAN_SOURCES = 10_000;

    /// Requests of one plan, each a line of what the user asked.
    public static final int PLAN_ASKED = 100_000;

    /// Characters of a path inside a repository or a bundle; Linux's own bound.
    public static final int PATH_CHARS = 4096;

    /// Bytes of one package; the largest seen is 3 GB.
    public static final long PACKAGE_BYTES = 1L << 40;

    /// Bytes of one package's files on the disk; the largest seen is 9 GB.
    public static final long INSTALLED_BYTES = 1L << 44;

    /// Bytes of one reference of the store; a plan of 2,000 packages needs 140 KB.
    public static final int REFERENCE_BYTES = 32 << 20;

    /// Characters of a reference's name, owner or reason.
    public static final int REFERENCE_CHARS = 1000;

    /// Bytes of the store's notes that are read; 50,000 objects need 10 MB.
    public static final long NOTES_BYTES = 1L << 30;

    /// Entries of a bundle.
    public static final int BUNDLE_ENTRIES = 200_000;

    /// Bytes of one line in any of opm's text formats.
    public static final int LINE_BYTES = 1 << 20;

    /// Redirects that one request may follow.
    public static final int REDIRECTS = 10;

    /// Bytes of the head of an HTTP answer; the largest seen has 2 KB.
    public static final int HTTP_HEAD_BYTES = 64 << 10;

    /// Bytes of a file of certificates; what systems trust has 220 KB.
    public static final int PEM_BYTES = 16 << 20;

    /// Seconds without a byte before a transfer counts as stalled.
    public static final int STALL_SECONDS = 30;

    /// Bytes of one file of a libsolv testcase, unpacked; the largest seen has 40 MB.
    public static final int TESTCASE_BYTES = 1 << 30;

    /// Bytes of a package's archive, unpacked, that a delta is made of or applied to; both are in
    /// memory then. The largest of a usual system has 500 MB.
    public static final int DELTA_ARCHIVE_BYTES = 1 << 30;

    /// Bytes of the facts at the front of a delta; they need 1 KB.
    public static final int DELTA_HEAD_BYTES = 64 << 10;

    /// Bytes of the head of a request that our servers read; a browser sends 1 KB.
    public static final int REQUEST_HEAD_BYTES = 16 << 10;

    /// Bytes of the body of a request that our servers read: a profile, gzipped or not.
    public static final int REQUEST_BODY_BYTES = 16 << 20;

    /// Bytes of the bodies of all requests that one server holds at a time.
    public static final int REQUEST_BODIES_BYTES = 64 << 20;

    /// Seconds in which the head of a request has to arrive.
    public static final int REQUEST_HEAD_SECONDS = 10;

    /// Seconds in which a request has to arrive.
    public static final int REQUEST_SECONDS = 60;

    /// Requests a second of one address, unless told otherwise, ten seconds' worth at once. A
    /// browser that fetches small packages by four streams sends 100.
    public static final int REQUESTS_PER_ADDRESS = 300;

    /// Addresses whose requests one server counts.
    public static final int KNOWN_ADDRESSES = 10_000;

    /// Seconds in which some of an answer has to be taken, and another request has to begin.
    public static final int IDLE_SECONDS = 60;

    /// Connections that one server serves at a time.
    public static final int SERVED_CONNECTIONS = 512;

    /// Characters of the words of a search.
    public static final int SEARCH_CHARS = 200;

    /// Packages that a search tells.
    public static final int SEARCH_RESULTS = 100;

    /// Bytes of what a client of PackageKit asks; all packages of a large system by name have 1 MB.
    public static final int JOB_BYTES = 16 << 20;

    /// Names, paths and words of one such question.
    public static final int JOB_TEXTS = 100_000;

    /// Such questions that are at work at a time; packagekitd lets 500 of a user wait.
    public static final int JOBS = 64;

    /// Seconds that solving one request for somebody else may take.
    public static final int SOLVE_SECONDS = 20;

    /// Requests that wait for being solved; more are told to come back.
    public static final int SOLVE_WAITING = 64;

    /// Bytes of a stranger's profile, unpacked; 8,000 packages need that, and 200 MB to be read.
    public static final int GUEST_PROFILE_BYTES = 8 << 20;

    /// Lines of a stranger's profile; 1,858 packages have 35,000.
    public static final int GUEST_PROFILE_LINES = 250_000;

    /// Profiles above so many bytes, unpacked, are read one at a time.
    public static final int GUEST_LARGE_BYTES = 3 << 20;

    /// Bytes of the heap for each byte of the profiles of those who are here; 50 visits of 1.3 MB
    /// were measured in 700 MB.
    public static final int HEAP_FOR_PROFILES = 8;

    /// Bytes of the heap for each visit whose solver is kept for the next question: it takes a
    /// quarter of that (12 MB for a machine of 1,858 packages).
    public static final long HEAP_FOR_SOLVER = 48 << 20;

    /// Sets of one repository with what file lists say of some paths; each is as large as the
    /// repository's own.
    public static final int PATH_SETS = 4;

    /// Words of a search.
    public static final int SEARCH_WORDS = 8;

    /// People who use one web app at a time; each needs some megabytes.
    public static final int VISITS = 200;

    /// Seconds after which somebody who asks nothing is forgotten.
    public static final int VISIT_IDLE_SECONDS = 3600;

    /// Seconds that opening a visit may take: where nobody was before, metadata is imported.
    public static final int VISIT_OPEN_SECONDS = 50;

    /// Seconds between two looks of a web app at its repositories.
    public static final int WORKSHOP_REFRESH_SECONDS = 600;

    /// Mirrors of a repository that a page names: each stands in the head of every answer.
    public static final int MIRRORS_SHOWN = 3;

    /// Kinds of machines, by system, release and architecture, whose repositories are kept fresh.
    public static final int KINDS_OF_MACHINES = 32;

    /// Choices of one visit.
    public static final int BASKET_ITEMS = 1000;

    /// Packages that a search as one types tells.
    public static final int SEARCH_HITS = 30;

    /// Packages of a group that a page lists.
    public static final int GROUP_HITS = 200;

    /// Packages that a picture of a plan shows by name.
    public static final int PICTURE_ROWS = 60;

    /// Bundles that wait for being built.
    public static final int BUILDS_WAITING = 20;

    /// Seconds that a bundle waits for its turn.
    public static final int BUILD_WAIT_SECONDS = 3600;
}
