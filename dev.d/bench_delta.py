"""./dev bench delta [--opm COMMAND]

What a delta saves: pairs of real updates in $OPM_SHARED/corpus/real, and packages built twice here,
of which the second has a part moved and bytes changed, packed by gzip, xz and zstd. Each delta is
made, applied and compared with the package; deltarpm's own delta stands beside it where it is
installed. The median saving is printed; a wrong file fails the run.
"""

import argparse
import filecmp
import glob
import os
import random
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)
PACKINGS = ("w9.gzdio", "w6.xzdio", "w3.zstdio", "w19.zstdio")
SPEC = """Name: box
Version: %d
Release: 1
Summary: A box
License: MIT
BuildArch: noarch
%%description
A box.
%%install
mkdir -p %%{buildroot}/opt/box
cp %s/* %%{buildroot}/opt/box/
%%files
/opt/box
"""


def build(work, packing, version):
    """Programs of this machine, one of which another version changes in the middle."""
    top = "%s/%s-%d" % (work, packing, version)
    os.makedirs(top + "/files")
    for name in ("dash", "sed", "grep", "tar"):
        shutil.copy(shutil.which(name), top + "/files/")
    if version == 2:
        path = top + "/files/tar"
        with open(path, "rb") as f:
            code = bytearray(f.read())
        rnd = random.Random(version)
        moved = code[:len(code) // 2] + rnd.randbytes(2000) + code[len(code) // 2:]
        for at in range(0, len(moved), 997):
            moved[at] = moved[at] + 4 & 255
        with open(path, "wb") as f:
            f.write(moved)
    with open(top + "/box.spec", "w") as f:
        f.write(SPEC % (version, top + "/files"))
    subprocess.run(["rpmbuild", "-bb", "--quiet", "--define", "_topdir " + top, "--define",
                    "_binary_payload " + packing, "--define", "__os_install_post %{nil}",
                    "--define", "_binaries_in_noarch_packages_terminate_build 0",
                    top + "/box.spec"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return glob.glob(top + "/RPMS/noarch/*.rpm")[0]


def corpus():
    shared = os.environ.get("OPM_SHARED", os.path.join(ROOT, "../shared"))
    chain = sorted(glob.glob(shared + "/corpus/real/drpm/suse-libdns-x86_64/*.rpm"))
    closed = shared + "/corpus/real/rpms/centos7-closed/"
    pairs = list(zip(chain, chain[1:]))
    for name in ("epel-release", "libreport-filesystem"):
        two = sorted(glob.glob(closed + name + "-*.rpm"))
        pairs += [tuple(two)] if len(two) == 2 else []
    return pairs


def main(words):
    a = argparse.ArgumentParser(prog="./dev bench delta", description=__doc__.split("\n")[2])
    a.add_argument("--opm", default=os.path.join(ROOT, "opm"), metavar="COMMAND")
    o = a.parse_args(words)
    work = os.path.join(ROOT, "target/bench/delta")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    pairs = [(os.path.basename(new)[:40], old, new) for old, new in corpus()]
    if shutil.which("rpmbuild"):
        pairs += [("built " + p, build(work, p, 1), build(work, p, 2)) for p in PACKINGS]
    delta, made, saved, peers = work + "/x.opmdelta", work + "/x.rpm", [], []
    opm = [*o.opm.split(), "delta"]
    print("| package | whole | delta | saved | deltarpm | make s | apply s |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, old, new in pairs:
        begin = time.monotonic()
        run = subprocess.run([*opm, "make", old, new, "--state", work + "/state", "-o", delta],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if run.returncode:
            print("| %s | %d | none: %s |" % (name, os.path.getsize(new), run.stdout.split("\n")[0]))
            continue
        between = time.monotonic()
        subprocess.run([*opm, "apply", old, delta, "--state", work + "/state", "-o", made],
                       check=True, stdout=subprocess.DEVNULL)
        end = time.monotonic()
        if not filecmp.cmp(made, new, shallow=False):
            sys.exit("bench delta: %s: another file came out" % name)
        size, full, peer = os.path.getsize(delta), os.path.getsize(new), "-"
        if shutil.which("makedeltarpm") and subprocess.run(
                ["makedeltarpm", old, new, work + "/x.drpm"], stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL).returncode == 0:
            peer = os.path.getsize(work + "/x.drpm")
            peers.append(size / peer)
        saved.append(1 - size / full)
        print("| %s | %d | %d | %.1f %% | %s | %.1f | %.1f |" % (
            name, full, size, 100 * saved[-1], peer, between - begin, end - between), flush=True)
    print("median saving of %d: %.1f %%; never a wrong file" % (len(saved),
                                                               100 * statistics.median(saved)))
    if peers:
        print("size beside deltarpm's, median: %.2f" % statistics.median(peers))
    return 0
