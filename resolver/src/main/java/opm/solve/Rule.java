package opm.solve;

/// Kinds of rules, with the numbers by which libsolv orders several reasons for one rule.
enum Rule {
    UNKNOWN,
    PKG,
    NOT_INSTALLABLE,
    NOTHING_PROVIDES,
    REQUIRES,
    SELF_CONFLICT,
    CONFLICTS,
    SAME_NAME,
    OBSOLETES,
    IMPLICIT_OBSOLETES,
    INSTALLED_OBSOLETES,
    RECOMMENDS_PKG,
    UPDATE,
    FEATURE,
    JOB,
    JOB_NOTHING_PROVIDES,
    JOB_PROVIDED_BY_SYSTEM,
    JOB_UNKNOWN_PACKAGE,
    JOB_UNSUPPORTED,
    DISTUPGRADE,
    INFARCH,
    CHOICE,
    LEARNT,
    BEST,
    YUMOBS,
    RECOMMENDS,
    BLACK,
    STRICT_REPO_PRIORITY
}
