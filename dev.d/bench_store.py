"""./dev bench fetch|collect|check|store [-n RUNS]: the store and downloads beside their peers.

collect  50,000 objects, all kept by plans of 100, then of 1,000: one plan is released and what it
         alone kept is removed. Time after start-up: the whole process less a small command. rm of as
         many files is the floor: on a busy disk it alone takes seconds.
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
    for size in (100, 1000):
        store = WORK + "/collect"
        shutil.rmtree(store, ignore_errors=True)
        digests = [place(store, b"object %d" % n) for n in range(o.objects)]
        plans = [digests[at:at + size] for at in range(0, o.objects, size)]
        for number, plan in enumerate(plans):
            reference(store, "plan%d" % number, plan)
        runs, starts, floor = [], [], []
        for number in range(o.n):
            starts.append(timed(opm("fetch", "limit")))
            runs.append(timed(opm("cache", "unpin", "plan%d" % number, "--type", "plan",
                                  "--collect", "--cache", store)))
            left = sum(len(f) for _, _, f in os.walk(store + "/sha256"))
            if left != o.objects - size * (number + 1):
                sys.exit("collect: %d objects are left" % left)
        for plan in plans[o.n:2 * o.n]:
            floor.append(timed(["rm"] + ["%s/sha256/%s/%s" % (store, d[:4], d) for d in plan]))
        first, first_least = show("start alone", starts)
        then, then_least = show("release and collect %d" % size, runs)
        show("rm of as many files", floor)
        print("plan of %d of %d objects, after start-up: median %.0f ms, least %.0f ms (bar: 50 ms)"
              % (size, o.objects, (then - first) * 1000, (then_least - first_least) * 1000))


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


SERVER = """
import http.server, os, sys
class H(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass
os.chdir(sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H)
print(server.server_address[1], flush=True)
server.serve_forever()
"""

NGINX = """
daemon off; pid %(w)s/nginx.pid; worker_processes 1; error_log %(w)s/nginx.err;
events { worker_connections 512; }
http { access_log off; sendfile on; client_body_temp_path %(w)s/n1; proxy_temp_path %(w)s/n2;
       fastcgi_temp_path %(w)s/n3; uwsgi_temp_path %(w)s/n4; scgi_temp_path %(w)s/n5;
       server { listen 127.0.0.1:%(p)d; root %(r)s; } }
"""


def serve(folder):
    """A server on loopback; returns (process, address). nginx where it is installed."""
    if not shutil.which("nginx"):
        process = subprocess.Popen([sys.executable, "-c", SERVER, folder], stdout=subprocess.PIPE,
                                   text=True)
        return process, "http://127.0.0.1:%s" % process.stdout.readline().strip()
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    with open(WORK + "/nginx.conf", "w") as f:
        f.write(NGINX % {"w": WORK, "p": port, "r": folder})
    process = subprocess.Popen(["nginx", "-c", WORK + "/nginx.conf"], stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 0.1).close()
            break
        except OSError:
            time.sleep(0.05)
    return process, "http://127.0.0.1:%d" % port


def packages(folder, files, size):
    """A repository of packages with payloads that nothing compresses; returns their names."""
    sys.path.insert(0, HERE)
    from stub_repo import metadata, rpmfile
    from stub_repo.rpmfile import File, Package
    if os.path.exists(folder + ".done"):
        return ["big%03d" % n for n in range(files)]
    shutil.rmtree(folder, ignore_errors=True)
    rnd = random.Random(5)
    written = []
    for n in range(files):
        pkg = Package("big%03d" % n, "1", "1", "noarch", summary="large", license="MIT",
                      files=[File("/usr/share/big/%03d" % n)])
        file = rpmfile.write(pkg)
        file.data += rnd.randbytes(size // files)
        written.append((pkg, file, "Packages/" + pkg.file_name()))
    for pkg, file, where in written:
        path = os.path.join(folder, where)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(file.data)
    metadata.write(folder, written)
    open(folder + ".done", "w").close()
    return ["big%03d" % n for n in range(files)]


def fetch(o):
    repo = WORK + "/repo"
    names = packages(repo, o.files, o.bytes)
    process, address = serve(repo)
    try:
        common = ["--repo", "big=" + address, "--root", WORK + "/empty", "--arch", "x86_64"]
        os.makedirs(WORK + "/empty", exist_ok=True)
        subprocess.run(opm("refresh", *common), check=True, stdout=subprocess.DEVNULL)
        with open(WORK + "/curl.conf", "w") as conf, open(WORK + "/curl.sums", "w") as sums:
            for name in names:
                file = name + "-1-1.noarch.rpm"
                with open(os.path.join(repo, "Packages", file), "rb") as f:
                    sums.write("%s  %s\n" % (hashlib.sha256(f.read()).hexdigest(), file))
                conf.write("url = %s/Packages/%s\noutput = %s\n" % (address, file, file))
        with open(WORK + "/dnf.conf", "w") as f:
            f.write("[main]\ngpgcheck=0\nmax_parallel_downloads=8\n")
        dnf = ["dnf", "-q", "--config", WORK + "/dnf.conf", "--installroot", WORK + "/empty",
               "--releasever=12", "--setopt=reposdir=/nonexistent",
               "--setopt=module_platform_id=platform:u12", "--setopt=cachedir=" + WORK + "/dnf-c",
               "--repofrompath=big," + address]
        runs = {"opm": [], "curl": [], "dnf": []}
        environment = dict(os.environ, OPM_JAVA_OPTS="-Xmx64m")
        for _ in range(o.n):
            shutil.rmtree(WORK + "/fetched", ignore_errors=True)
            runs["opm"].append(timed(
                opm("download", "--store-only", *common, "--cache", WORK + "/fetched", *names),
                env=environment))
            shutil.rmtree(WORK + "/curl", ignore_errors=True)
            os.makedirs(WORK + "/curl")
            runs["curl"].append(timed(
                ["sh", "-c", "curl -sS --parallel --parallel-max 8 -K ../curl.conf && "
                 "sha256sum --quiet -c ../curl.sums"], cwd=WORK + "/curl"))
            if shutil.which("dnf"):
                if not runs["dnf"]:
                    subprocess.run(dnf + ["makecache"], check=True, stdout=subprocess.DEVNULL)
                # Solving and checksums are part of both; only the packages come over the network.
                for folder, _, _ in list(os.walk(WORK + "/dnf-c")):
                    if folder.endswith("/packages"):
                        shutil.rmtree(folder)
                runs["dnf"].append(timed(dnf + ["install", "-y", "--downloadonly", *names]))
        ours, _ = show("opm download (heap 64 MB)", runs["opm"])
        curl, _ = show("curl and sha256sum -c", runs["curl"])
        print("opm at %.2f x curl's rate (bar: 0.9)" % (curl / ours))
        if runs["dnf"]:
            dnf_wall, _ = show("dnf install --downloadonly", runs["dnf"])
            print("opm at %.2f x dnf's rate (bar: 1.5)" % (dnf_wall / ours))
    finally:
        process.terminate()
        process.wait()


def main(argv):
    a = argparse.ArgumentParser(prog="./dev bench store", description=__doc__.split("\n")[0])
    cases = {"collect": collect, "check": check, "fetch": fetch}
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
