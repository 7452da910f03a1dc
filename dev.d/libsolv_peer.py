"""The solver's lines of ./dev bench, answered by libsolv through python3-solv.

    python3 libsolv_peer.py UNIVERSE RUNS NAMES.json CASE...

Prints `CASE SECONDS PACKAGES` for each, the least of the runs. Pools are loaded and indexed before the clock
starts, and one round goes before those that count: the peer is as warm as we are.
"""

import json
import os
import re
import sys
import time

import solv

FLAGS = ("SOLVER_FLAG_ALLOW_VENDORCHANGE", "SOLVER_FLAG_BEST_OBEY_POLICY",
         "SOLVER_FLAG_YUM_OBSOLETES", "SOLVER_FLAG_IGNORE_RECOMMENDED")


def pool_of(universe, names, installed):
    pool = solv.Pool()
    pool.setdisttype(solv.Pool.DISTTYPE_RPM)
    pool.setarch("x86_64")
    for name in names + (["installed"] if installed else []):
        repo = pool.add_repo(name)
        folder = os.path.join(universe, name)
        with open(os.path.join(folder, "repodata/repomd.xml")) as f:
            found = re.search(r'<data type="primary">.*?<location href="([^"]+)"', f.read(), re.S)
        stream = solv.xfopen(os.path.join(folder, found.group(1)))
        if not repo.add_rpmmd(stream, None, 0):
            sys.exit("libsolv: " + pool.errstr)
        stream.close()
        if name == "installed":
            pool.installed = repo
    pool.addfileprovides()
    pool.createwhatprovides()
    return pool


def solve(pool, jobs):
    solver = pool.Solver()
    for flag in FLAGS:
        solver.set_flag(getattr(solv.Solver, flag), 1)
    problems = solver.solve(jobs)
    if problems:
        sys.exit("libsolv: found a problem, expected an answer: %s" % problems[0])
    return len(solver.transaction().newsolvables())


def installs(pool, names):
    flags = (solv.Selection.SELECTION_NAME | solv.Selection.SELECTION_PROVIDES
             | solv.Selection.SELECTION_CANON | solv.Selection.SELECTION_DOTARCH)
    return sum(solve(pool, pool.select(name, flags).jobs(solv.Job.SOLVER_INSTALL))
               for name in names)


def upgrade(pool):
    everything = solv.Job.SOLVER_UPDATE | solv.Job.SOLVER_SOLVABLE_ALL
    return solve(pool, [pool.Job(everything, 0)])


def main():
    universe, runs, names_file, cases = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    with open(names_file) as f:
        names = json.load(f)
    empty = pool_of(universe, ["base"], False)
    system = pool_of(universe, ["base", "updates"], True)
    work = {"golden-empty": lambda: installs(empty, names),
            "golden-installed": lambda: installs(system, names),
            "upgrade-all": lambda: upgrade(system)}
    for case in cases:
        spent = []
        for _ in range(runs + 1):
            start = time.perf_counter()
            changes = work[case]()
            spent.append(time.perf_counter() - start)
        print(case, min(spent[1:]), changes, flush=True)


main()
