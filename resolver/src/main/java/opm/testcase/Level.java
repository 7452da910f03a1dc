package opm.testcase;

/// How closely an outcome follows what a testcase expects; each level holds the ones before.
public enum Level {
    /// What is not about problems is as expected, and so is whether there are any.
    T,
    /// The problems are as many, say the same and have the same ways out.
    P1,
    /// The names of rules, problems, ways out and choices are the same too: MD5 over the rules that
    /// libsolv's own search came across.
    P2
}
