"""The solver's lines of ./dev bench: answers in one process, beside libsolv in the same run."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)

# case -> most that opm may take: of the peer's time, or of seconds where there is no peer
WARM = {"golden-empty": 0.15, "golden-installed": 0.15, "upgrade-all": 1.0}
CASES = (*WARM, "corpus", "every-package", "bounded")
EVERY_PACKAGE_SECONDS = 90
SUITES = ("libsolv", "libsolv-zypptestcases")


def python_with_solv():
    for python in (sys.executable, "/usr/bin/python3"):
        if os.path.exists(python) and not subprocess.run(
                [python, "-c", "import solv"], stderr=subprocess.DEVNULL).returncode:
            return python
    return None


def compiled():
    """Compiles the project and bench/ without Maven; returns (java, class path)."""
    subprocess.run([os.path.join(ROOT, "dev"), "quick"], check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(ROOT, "target/classpath")) as f:
        libraries = f.read().strip().rstrip(":")
    classes = os.path.join(ROOT, "target/quick-bench")
    shutil.rmtree(classes, ignore_errors=True)
    os.makedirs(classes)
    sources = [os.path.join(place, name) for place, _, names in os.walk(ROOT + "/bench/src")
               for name in names if name.endswith(".java")]
    path = os.pathsep.join([classes, ROOT + "/target/quick", libraries])
    java = os.path.join(os.environ["JAVA_HOME"], "bin/java")
    subprocess.run([java + "c", "-nowarn", "--release", "25", "-proc:full", "-processor",
                    "org.openjdk.jmh.generators.BenchmarkProcessor", "-d", classes, "-cp", path,
                    *sources], check=True)
    return java, path


def lines(command, **kwargs):
    """Runs a program that prints `CASE SECONDS COUNT`; returns case -> (seconds, count)."""
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **kwargs).stdout
    found = {}
    for line in said.splitlines():
        case, seconds, count = line.split()
        found[case] = (float(seconds), int(count))
    return found


def row(case, seconds, peer, peer_seconds, bar, note=""):
    ratio = seconds / peer_seconds if peer_seconds else None
    held = (ratio if ratio is not None else seconds) <= bar
    print("| %-16s | %8.4f | %-11s | %8s | %6s | %6s | %-4s | %s" % (
        case, seconds, peer, "%.4f" % peer_seconds if peer_seconds else "",
        "%.3f" % ratio if ratio is not None else "", "%g" % bar if peer_seconds else "%g s" % bar,
        "yes" if held else "NO", note), flush=True)
    return {"opm_s": seconds, "peer": peer, "peer_s": peer_seconds, "ratio": ratio, "bar": bar,
            "holds": held, "note": note}


def golden_names(universe):
    with open(os.path.join(universe, "golden/empty.json")) as f:
        return sorted(json.load(f)["requests"])


def warm(universe, cases, runs, work, java, path):
    """The same requests in a process of ours and one of python3-solv, both warm."""
    names = golden_names(universe)
    names_file = os.path.join(work, "names.json")
    with open(names_file, "w") as f:
        json.dump(names, f)
    env = dict(os.environ, OPM_SHARED=os.path.dirname(universe))
    ours = lines([java, "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-cp", path,
                  "opm.bench.SolverLines", str(runs), *cases, "--", *names], env=env)
    python = python_with_solv()
    peers = [c for c in cases if c in WARM]
    theirs = lines([python, os.path.join(HERE, "libsolv_peer.py"), universe, str(runs),
                    names_file, *peers]) if python and peers else {}
    table = {}
    for case in cases:
        seconds, count = ours[case]
        if case == "every-package":
            table[case] = row(case, seconds, "", None, EVERY_PACKAGE_SECONDS,
                              "%d requests, 2 threads" % count)
        elif case in theirs:
            note = "%d packages, libsolv %d" % (count, theirs[case][1])
            table[case] = row(case, seconds, "python-solv", theirs[case][0], WARM[case], note)
        else:
            print("bench: no python3-solv here, %s alone: %.4f s" % (case, seconds))
    return table


def corpus(universe, runs, opm):
    """All testcases in one process of ours, JVM start included, and one testsolv after another."""
    folder = os.path.join(os.path.dirname(universe), "corpus/solver")
    suites = [os.path.join(folder, s) for s in SUITES if os.path.isdir(os.path.join(folder, s))]
    tests = sorted(os.path.join(place, name) for s in suites for place, _, names in os.walk(s)
                   for name in names if name.endswith(".t"))
    if not tests or not shutil.which("testsolv"):
        print("bench: corpus left out: %d testcases, testsolv %s"
              % (len(tests), shutil.which("testsolv")))
        return {}
    spent = {"T": [], "P1": [], "testsolv": []}
    totals = ""
    for _ in range(runs):
        for level in ("T", "P1"):
            start = time.monotonic()
            said = subprocess.run([*opm.split(), "solve", "--level", level, *suites],
                                  stdout=subprocess.PIPE, text=True)
            spent[level].append(time.monotonic() - start)
            totals = said.stdout.strip().splitlines()[-1]
        start = time.monotonic()
        for test in tests:
            subprocess.run(["testsolv", "-r", test], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        spent["testsolv"].append(time.monotonic() - start)
    totals = re.sub(r"\s+", " ", totals)
    return {"corpus-" + level: row("corpus " + level, min(spent[level]), "testsolv",
                                   min(spent["testsolv"]), 1.0, totals) for level in ("T", "P1")}


def bounded(opm, work):
    """Fifteen pigeons into fourteen holes: every proof by resolution is exponentially long."""
    from stub_repo import metadata, rpmfile
    from stub_repo.rpmfile import Dep, Package
    holes, packages = 14, []
    for pigeon in range(holes + 1):
        for hole in range(holes):
            pkg = Package("p%dh%d" % (pigeon, hole), "1", "1", "noarch", summary="x", license="x")
            pkg.deps = {"provides": [Dep(pkg.name, rpmfile.EQUAL, pkg.evr()),
                                     Dep("pigeon%d" % pigeon, 0, "")],
                        "conflicts": [Dep("p%dh%d" % (other, hole), 0, "")
                                      for other in range(pigeon)]}
            packages.append(pkg)
    loft = Package("loft", "1", "1", "noarch", summary="x", license="x")
    loft.deps = {"provides": [Dep("loft", rpmfile.EQUAL, loft.evr())],
                 "requires": [Dep("pigeon%d" % n, 0, "") for n in range(holes + 1)]}
    repo = os.path.join(work, "pigeons")
    metadata.write(repo, [(p, rpmfile.write(p), "Packages/" + p.file_name())
                          for p in [*packages, loft]])
    root = os.path.join(work, "empty")
    os.makedirs(root, exist_ok=True)
    start = time.monotonic()
    said = subprocess.run([*opm.split(), "install", "--assumeno", "loft", "--root", root, "--state",
                           os.path.join(work, "opm-p"), "--repo", "pigeons=file://" + repo,
                           "--arch", "x86_64"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    spent = time.monotonic() - start
    last = [line for line in said.stdout.splitlines() if line.startswith("opm:")]
    return {"bounded": row("bounded", spent, "", None, 60,
                           "exit %d, %s" % (said.returncode, last[-1] if last else "no message"))}


def run(cases, universe, runs, work, opm):
    print("| %-16s | %8s | %-11s | %8s | %6s | %6s | %-4s | %s" % (
        "case", "opm s", "peer", "peer s", "ratio", "bar", "held", "answers"))
    print("|---|---:|---|---:|---:|---:|---|---|")
    table = {}
    in_process = [c for c in cases if c in WARM or c == "every-package"]
    if in_process:
        table.update(warm(universe, in_process, runs, work, *compiled()))
    if "corpus" in cases:
        table.update(corpus(universe, runs, opm))
    if "bounded" in cases:
        table.update(bounded(opm, work))
    return table
