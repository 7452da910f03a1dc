"""libsolv's distupgrade of the worlds on standard input, through python3-solv.

    world STYLE             dnf or zypp
    repo NAME               `system` is what is installed
    pkg NAME EVR ARCH VENDOR
    requires|provides|conflicts|obsoletes NAME [OP EVR]
    end

Prints for each world one line: what is installed afterwards, sorted; or `unsolvable`.
"""

import sys

import solv

FLAGS = {
    "dnf": ("ALLOW_VENDORCHANGE", "BEST_OBEY_POLICY", "YUM_OBSOLETES", "KEEP_ORPHANS"),
    "zypp": ("DUP_ALLOW_DOWNGRADE", "KEEP_ORPHANS", "SPLITPROVIDES"),
}
KINDS = {"requires": solv.SOLVABLE_REQUIRES, "provides": solv.SOLVABLE_PROVIDES,
         "conflicts": solv.SOLVABLE_CONFLICTS, "obsoletes": solv.SOLVABLE_OBSOLETES}
OPS = {"<": solv.REL_LT, "<=": solv.REL_LT | solv.REL_EQ, "=": solv.REL_EQ,
       ">=": solv.REL_GT | solv.REL_EQ, ">": solv.REL_GT}


def new_pool():
    pool = solv.Pool()
    pool.setdisttype(solv.Pool.DISTTYPE_RPM)
    pool.setarch("x86_64")
    return pool


def nevra(one):
    return "%s-%s.%s" % (one.name, one.evr, one.arch)


def upgrade(pool, style):
    pool.addfileprovides()
    pool.createwhatprovides()
    solver = pool.Solver()
    for flag in ("DUP_ALLOW_VENDORCHANGE", "DUP_ALLOW_ARCHCHANGE", "DUP_ALLOW_NAMECHANGE"):
        value = style == "dnf" or flag != "DUP_ALLOW_VENDORCHANGE"
        solver.set_flag(getattr(solv.Solver, "SOLVER_FLAG_" + flag), value)
    for flag in FLAGS[style]:
        solver.set_flag(getattr(solv.Solver, "SOLVER_FLAG_" + flag), 1)
    everything = solv.Job.SOLVER_DISTUPGRADE | solv.Job.SOLVER_SOLVABLE_ALL
    if solver.solve([pool.Job(everything, 0)]):
        return "unsolvable"
    transaction = solver.transaction()
    after = transaction.newsolvables() + transaction.keptsolvables()
    return " ".join(sorted(nevra(one) for one in after))


def main():
    pool = repo = pkg = None
    style = ""
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "world":
            pool, style = new_pool(), rest[0]
        elif word == "repo":
            repo = pool.add_repo(rest[0])
            if rest[0] == "system":
                pool.installed = repo
        elif word == "pkg":
            pkg = repo.add_solvable()
            pkg.name, pkg.evr, pkg.arch, pkg.vendor = rest
        elif word == "end":
            print(upgrade(pool, style))
        else:
            dep = pool.Dep(rest[0])
            if len(rest) > 1:
                dep = dep.Rel(OPS[rest[1]], pool.Dep(rest[2]))
            pkg.add_deparray(KINDS[word], dep)


main()
