"""./dev bench pipeline [--rate RATE] [--opm COMMAND]

When the first batch is in: 400 packages of 60 kB from a slow server (1 MB/s unless --rate says
otherwise), `opm upgrade --pipelined`. The time until the journal has the first batch as verified may
be 20 % of the whole.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)

import bench_overhead  # noqa: E402
from stub_repo import openpgp  # noqa: E402


def main(words):
    a = argparse.ArgumentParser(prog="./dev bench pipeline", description=__doc__.split("\n")[2])
    a.add_argument("--rate", default="1M")
    a.add_argument("--opm", default=os.path.join(ROOT, "opm"), metavar="COMMAND")
    o = a.parse_args(words)
    work = tempfile.mkdtemp(prefix="opm-bench")
    try:
        return measure(o, work)
    finally:
        shutil.rmtree(work)


def measure(o, work):
    bench_overhead.FILES, bench_overhead.FILE_BYTES = 3, 20_000
    key = openpgp.Key("stub", os.path.join(ROOT, "target/stub-repo/keys"))
    for folder, version in (("old", "1"), ("new", "2")):
        bench_overhead.packages(work + "/" + folder, version, 400, key)
    with open(work + "/key", "w") as f:
        f.write(key.certificate())
    root = work + "/root"
    os.makedirs(root)
    debian = ["--force-debian"] if os.path.exists("/etc/debian_version") else []
    bench_overhead.run(["rpmkeys", "--root", root, "--import", work + "/key"])
    bench_overhead.run(["rpm", "--root", root, *debian, "-U", *bench_overhead.files_of(work + "/old")])
    server = subprocess.Popen([sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "0",
                               "--directory", work + "/new"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, env=dict(os.environ,
                                                                             PYTHONUNBUFFERED="1"))
    try:
        port = server.stdout.readline().split("port ")[1].split()[0]
        bench_overhead.run([*o.opm.split(), "version"])  # builds it
        begin, first = time.monotonic(), None
        opm = subprocess.Popen(
            [*o.opm.split(), "upgrade", "--pipelined", "--yes", "--root", root, "--state",
             work + "/state", "--limit-rate", o.rate, "--repo", "new=http://127.0.0.1:%s/" % port],
            stdout=subprocess.DEVNULL, stderr=open(work + "/said", "w"))
        while opm.poll() is None:
            try:
                with open(root + "/var/lib/opm/journal") as f:
                    if first is None and " verified 1 1" in f.read():
                        first = time.monotonic() - begin
            except FileNotFoundError:
                pass
            time.sleep(0.01)
        whole = time.monotonic() - begin
        if opm.returncode or first is None:
            sys.exit("bench pipeline: opm ended with %d\n%s" % (
                opm.returncode, open(work + "/said").read()[-2000:]))
        good = first <= 0.2 * whole
        print("first batch in after %.1f s of %.1f s: %.0f %% %s 20 %%" % (
            first, whole, 100 * first / whole, "<=" if good else "NOT <="))
        return 0 if good else 1
    finally:
        server.kill()
        server.wait()
