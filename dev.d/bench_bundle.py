"""./dev bench bundle [-n RUNS] [--small] [--opm COMMAND]

Bundles of 1,000 packages of 2 MB (--small: 50), on tmpfs when root. Each round runs every contender
once; the least wall time and the least CPU time of the rounds count. What must hold:

- Packages that are in the store are written into a bundle, with a heap of 64 MB, at least 0.8 times
  as fast as `cat` writes the same files into one and `sha256sum` reads them. That is the time in
  which the file grows; the whole command, which also solves twice and lets rpmkeys read every
  package, is printed beside it.
- `sh x.opm --dry-run` is at least 0.85 times as fast as `sha256sum x.opm`, with dash and coreutils,
  and with nothing but busybox.
- The last package comes out as fast as the first, with either, and with `opm bundle extract`.
"""

import argparse
import glob
import os
import resource
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)

import bench_overhead  # noqa: E402
from stub_repo import openpgp  # noqa: E402

HEAP = "64m"
# Functions of the program at a bundle's front, run as it runs them.
PART = ('. "$1"; box=$2 manifest_at=$3 manifest_size=$4; shift 4; n=0; '
        'while [ $n -lt 20 ]; do n=$((n + 1)); part "$1" "$2" >"$3"; done')
TOOLS = ("awk basename cat chmod cmp cp cut date dd df dirname env expr find grep head id ln "
         "ls mkdir mktemp mv paste printf ps pwd readlink rm rmdir sed seq sh sha256sum sleep sort "
         "split stat sync tail taskset tee test touch tr true uname uniq wc xargs").split()


def main(words):
    a = argparse.ArgumentParser(prog="./dev bench bundle", description=__doc__.split("\n")[2])
    a.add_argument("-n", type=int, default=5, metavar="RUNS")
    a.add_argument("--small", action="store_true")
    a.add_argument("--opm", default=os.path.join(ROOT, "opm"), metavar="COMMAND")
    o = a.parse_args(words)
    work = os.path.join(ROOT, "target/bench/bundle")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    mounted = os.getuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12G", "opm-bench", work], check=False).returncode == 0
    try:
        return measure(o, work)
    finally:
        if mounted:
            subprocess.run(["umount", work], check=False)
        shutil.rmtree(work, ignore_errors=True)


class Clock:
    """The least wall and CPU seconds of every contender, and how they compare."""

    def __init__(self):
        self.wall, self.cpu, self.good = {}, {}, True

    def run(self, who, command, **more):
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        bench_overhead.run(command, **more)
        wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.wall[who] = min(wall, self.wall.get(who, wall))
        self.cpu[who] = min(cpu, self.cpu.get(who, cpu))

    def watch(self, who, file, command, **more):
        """As run, and how long `file` was there while the command ran."""
        seen, over = [], threading.Event()

        def look():
            while not over.wait(0.002):
                if os.path.exists(file):
                    seen.append(time.monotonic())

        thread = threading.Thread(target=look)
        thread.start()
        self.run(who, command, **more)
        over.set()
        thread.join()
        wall = seen[-1] - seen[0]
        self.wall[who + ", the file"] = min(wall, self.wall.get(who + ", the file", wall))
        self.cpu[who + ", the file"] = float("nan")

    def compare(self, who, peers, least):
        wall, cpu = (sum(t[p] for p in peers) / t[who] for t in (self.wall, self.cpu))
        fits = wall >= least
        self.good = self.good and fits
        print("%s: %.2f s (CPU %.2f); %s: %.2f s (CPU %.2f); %.2f times as fast %s %.2f (CPU %.2f)" % (
            who, self.wall[who], self.cpu[who], " and ".join(peers), sum(self.wall[p] for p in peers),
            sum(self.cpu[p] for p in peers), wall, ">=" if fits else "NOT >=", least, cpu), flush=True)


def measure(o, work):
    count = 50 if o.small else 1000
    bench_overhead.FILES, bench_overhead.FILE_BYTES = 1, 2_000_000
    key = openpgp.Key("stub", os.path.join(ROOT, "target/stub-repo/keys"))
    bench_overhead.packages(work + "/repo", "1", count, key)
    files = bench_overhead.files_of(work + "/repo")
    with open(work + "/key", "w") as f:
        f.write(key.certificate())
    os.makedirs(work + "/root")
    bench_overhead.run(["rpmkeys", "--root", work + "/root", "--import", work + "/key"])
    box, clock = work + "/box.opm", Clock()
    environment = dict(os.environ, OPM_JAVA_OPTS="-Xmx" + HEAP, OPM_NO_BUILD="1")
    opm = [*o.opm.split(), "bundle"]
    create = [*opm, "create", "--root", work + "/root", "--repo", "r=" + work + "/repo", "--state",
              work + "/state", "-o", box, "--install", *("p%d" % n for n in range(count))]
    bench_overhead.run([*o.opm.split(), "version"])  # builds it
    bench_overhead.run(create, env=environment)  # fills the store
    with open(box, "rb") as f:
        head = dict(line.split("=", 1) for line in f.read(2048).decode().split("\n") if "=" in line)
        f.seek(int(head["manifest_at"]))
        manifest = f.read(int(head["manifest_size"])).decode()
    entries = [line.split() for line in manifest.split("\n") if line.endswith(".rpm")]
    os.makedirs(work + "/busybox")
    for tool in TOOLS:
        os.symlink(shutil.which("busybox") or "/nowhere", work + "/busybox/" + tool)
    for tool in ("rpm", "rpmkeys"):
        os.symlink(shutil.which(tool), work + "/busybox/" + tool)
    userlands = {"coreutils": (dict(os.environ), [shutil.which("dash") or "sh"])}
    if shutil.which("busybox"):
        userlands["busybox"] = (dict(os.environ, PATH=work + "/busybox"),
                                [shutil.which("busybox"), "sh"])
    for _ in range(o.n):
        clock.watch("opm bundle create", box + ".part", create, env=environment)
        clock.run("cat", ["sh", "-c", 'cat "$@" >"$0"', work + "/one", *files])
        clock.run("sha256sum", ["sha256sum", *files])
        os.remove(work + "/one")
        for userland, (env, shell) in userlands.items():
            clock.run(userland + " --dry-run",
                      [*shell, box, "--root", work + "/root", "--dry-run"], env=env)
            clock.run(userland + " sha256sum FILE", [*shell, "-c", "sha256sum " + box], env=env)
            for where, entry in (("first", entries[0]), ("last", entries[-1])):
                clock.run("%s %s 20 times" % (userland, where),
                          [*shell, "-c", PART, "sh", ROOT + "/sh/opm-apply-box.sh", box,
                           head["manifest_at"], head["manifest_size"], entry[1], entry[2],
                           work + "/member"], env=env)
        for where, entry in (("first", entries[0]), ("last", entries[-1])):
            clock.run("opm bundle extract " + where,
                      [*opm, "extract", box, "--entry", entry[5], "-o", work + "/out"], env=environment)
            with open(glob.glob(work + "/out/" + entry[5])[0], "rb") as f:
                assert len(f.read()) == int(entry[2])
    clock.compare("opm bundle create, the file", ["cat", "sha256sum"], 0.8)
    print("the whole command: %.2f s (CPU %.2f)" % (
        clock.wall["opm bundle create"], clock.cpu["opm bundle create"]))
    for userland in userlands:
        clock.compare(userland + " --dry-run", [userland + " sha256sum FILE"], 0.85)
        clock.compare(userland + " last 20 times", [userland + " first 20 times"], 0.9)
    clock.compare("opm bundle extract last", ["opm bundle extract first"], 0.9)
    return 0 if clock.good else 1
