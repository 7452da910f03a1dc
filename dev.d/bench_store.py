"""./dev bench store [collect] [check] [fetch] [-n RUNS]: the store and downloads beside their peers.

collect  50,000 objects, 50 plans of 1,000: one plan is released and what it alone kept is removed.
         Time after start-up: the whole process less one that only starts and reads its arguments.
check    every byte of a store of 1 GB hashed by opm and by sha256sum.
fetch    200 files, 500 MB, from a server on loopback: opm, curl with sha256sum, dnf's downloader.
"""

import argparse
import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
import zlib

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)
WORK = os.path.join(ROOT, "target/bench/store")
OPM = os.path.join(ROOT, "opm")


def place(root, data):
    name = hashlib.sha256(data).hexdigest()
    folder = os.path.join(root, "sha256", name[:4])
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)
    return name


def reference(root, name, digests):
    text = "opm-ref 1\ntype plan\nname %s\nowner bench\nreason bench\nexpires 0\n" % name
    text += "".join("keep sha256 %s\n" % d for d in digests)
    text += "end %s\n" % hashlib.sha256(text.encode()).hexdigest()
    folder = os.path.join(root, "opm/refs/plan")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w") as f:
        f.write(text)
    with open(os.path.join(root, "opm/ref-sums"), "a") as f:
        f.write("plan/%s %d %x\n" % (name, len(text), zlib.crc32(text.encode())))


def timed(command, **more):
    """Runs a command; returns (wall seconds, CPU seconds)."""
    before = os.times()
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more)
    wall = time.monotonic() - start
    after = os.times()
    return wall, (after.children_user + after.children_system
                  - before.children_user - before.children_system)


def opm(*words):
    return [OPM, *words, "--state", WORK + "/state"]


def show(what, runs):
    walls = [r[0] for r in runs]
    print("%-28s median %8.3f s   least %8.3f s   CPU %7.3f s"
          % (what, statistics.median(walls), min(walls), min(r[1] for r in runs)), flush=True)
    return statistics.median(walls), min(walls)


def collect(o):
    store = WORK + "/collect"
    shutil.rmtree(store, ignore_errors=True)
    digests = [place(store, b"object %d" % n) for n in range(o.objects)]
    plans = o.objects // 1000
    for plan in range(plans):
        reference(store, "plan%d" % plan, digests[plan * 1000:plan * 1000 + 1000])
    runs, starts = [], []
    for plan in range(o.n):
        starts.append(timed(opm("cache", "unpin", "--cache", WORK + "/nothing",
                                "--help")))
        runs.append(timed(opm("cache", "unpin", "plan%d" % plan, "--type", "plan", "--collect",
                              "--cache", store)))
        left = sum(len(f) for _, _, f in os.walk(store + "/sha256"))
        if left != o.objects - 1000 * (plan + 1):
            sys.exit("collect: %d objects are left" % left)
    first, first_least = show("start alone", starts)
    then, then_least = show("release and collect", runs)
    print("after start-up: median %.0f ms, least %.0f ms (bar: 50 ms)"
          % ((then - first) * 1000, (then_least - first_least) * 1000))


def check(o):
    store = WORK + "/check"
    if not os.path.exists(store + ".done"):
        shutil.rmtree(store, ignore_errors=True)
        rnd = random.Random(3)
        for _ in range(o.files):
            place(store, rnd.randbytes(o.bytes // o.files))
        open(store + ".done", "w").close()
    names = sorted(os.path.join(d, f) for d, _, fs in os.walk(store + "/sha256") for f in fs)
    with open(store + ".sums", "w") as f:
        f.writelines("%s  %s\n" % (os.path.basename(n), n) for n in names)
    ours, theirs = [], []
    for _ in range(o.n):
        ours.append(timed(opm("cache", "check", "--cache", store)))
        theirs.append(timed(["sha256sum", "--quiet", "-c", store + ".sums"]))
    mine, _ = show("opm cache check", ours)
    peer, _ = show("sha256sum -c", theirs)
    print("opm at %.2f x sha256sum's rate (bar: 0.8)" % (peer / mine))


def main(argv):
    a = argparse.ArgumentParser(prog="./dev bench store", description=__doc__.split("\n")[0])
    cases = {"collect": collect, "check": check}
    a.add_argument("cases", nargs="*", metavar="CASE", help=" ".join(cases))
    a.add_argument("-n", type=int, default=5, metavar="RUNS")
    a.add_argument("--objects", type=int, default=50_000)
    a.add_argument("--files", type=int, default=200)
    a.add_argument("--bytes", type=int, default=500_000_000)
    o = a.parse_args(argv)
    os.makedirs(WORK, exist_ok=True)
    subprocess.run([OPM, "version"], check=True, stdout=subprocess.DEVNULL)
    for case in o.cases or cases:
        if case not in cases:
            a.error("no case %s; there are: %s" % (case, " ".join(cases)))
        print("== " + case, flush=True)
        cases[case](o)
    return 0
