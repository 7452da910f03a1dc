"""./dev bench sets [CASE...] [-n RUNS]: package sets beside dnf, libsolv and zstd, in one run.

Cases: files queries size merge open little glob tab steps fold zchunk golden (default: all). Answers are
compared with dnf's, set for set. What is measured in bytes needs no quiet machine; what is measured in seconds
does. Wanted and found stand in one row; `NO` means missed.
"""

import argparse
import glob
import gzip
import hashlib
import json
import lzma
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time

import bench_solver

CASES = ("files", "queries", "size", "merge", "open", "little", "glob", "tab", "steps", "fold", "zchunk",
         "golden")
PACKAGE = re.compile(r'<package type="rpm">.*?</package>', re.S)
QUERIES = {
    "name glob": ("repoquery gcc-*", "repoquery 'gcc-*'"),
    "provides": ("repoquery --whatprovides mail-transport-agent",) * 2,
    "whatrequires": ("repoquery --whatrequires libssl3",) * 2,
    "search": ("search json",) * 2,
}
WALL, MEMORY = 0.5, 0.65
# One whole answer of a command, then what it says of one package.
NEVRA = re.compile(r"^\S+-\d+:\S+$")


class Sets:
    def __init__(self, rig, run, runs):
        self.rig, self.measure, self.runs = rig, run, runs
        self.work = os.path.join(rig.work, "sets")
        os.makedirs(self.work, exist_ok=True)
        self.universe = os.path.dirname(rig.base[len("file://"):])

    def path(self, name):
        return os.path.join(self.work, name)

    def opm(self, *words):
        return subprocess.run([self.rig.program, *words], check=True, stdout=subprocess.PIPE,
                              text=True).stdout

    def built(self, name, *options):
        """A set of a repository of the universe; made once a run of the bench."""
        target = self.path(name + "-".join(["", *options]).replace("-", "") + ".opmset")
        if not os.path.exists(target) or os.path.getmtime(target) < START:
            self.opm("set", "build", *options, os.path.join(self.universe, name), "-o", target)
        return target

    def row(self, case, what, found, wanted, note=""):
        print("| %-8s | %-38s | %10s | %10s | %-3s | %s" % (
            case, what, number(found), number(wanted), "yes" if found <= wanted else "NO", note),
            flush=True)
        return found <= wanted

    # ---- cases

    def files(self):
        """Primary and file lists from a cold start, in turns with dnf."""
        target, cache = self.path("files.opmset"), os.path.join(self.rig.work, "dnf-e")
        ours = "%s set build --files %s -o %s" % (
            self.rig.program, os.path.join(self.universe, "base"), target)
        theirs = self.rig.dnf(self.rig.empty, "e", "makecache")
        best = {}
        for look in [False] * self.runs + [True]:
            for who, command in (("opm", ours), ("dnf", theirs)):
                shutil.rmtree(cache, ignore_errors=True)
                got = self.measure(command, self.path("files-%s.log" % who), look=look)
                if got["status"]:
                    sys.exit("bench: %s ended with %d" % (command, got["status"]))
                old = best.setdefault(who, got)
                best[who] = {"wall": old["wall"] if look else min(old["wall"], got["wall"]),
                             "cpu": min(old["cpu"], got["cpu"]),
                             "rss": max(old["rss"], got["rss"]), "anon": got["anon"]}
        o, d = best["opm"], best["dnf"]
        good = self.row("files", "primary + file lists: seconds", o["wall"], 0.2 * d["wall"],
                        "%.2f of dnf's %.1f; CPU %.1f and %.1f s" % (
                            o["wall"] / d["wall"], d["wall"], o["cpu"], d["cpu"]))
        good &= self.row("files", "primary + file lists: MiB", o["rss"], 0.4 * d["rss"],
                         "no file's: %.0f and %.0f" % (o["anon"], d["anon"]))
        got = self.measure("OPM_JAVA_OPTS=-Xmx128m " + ours, self.path("files-opm.log"))
        return good & self.row("files", "with -Xmx128m: exit status", got["status"], 0,
                               "%.1f s, %.0f MiB" % (got["wall"], got["rss"]))

    def queries(self):
        log = self.path("query.log")
        for command in (self.rig.opm(self.rig.empty, "e", "refresh"),
                        self.rig.dnf(self.rig.empty, "e", "makecache")):
            self.measure(command, log)
        good = True
        for name, (words, quoted) in QUERIES.items():
            ours = self.rig.opm(self.rig.empty, "e", words.replace("gcc-*", "'gcc-*'"))
            theirs = self.rig.dnf(self.rig.empty, "e", quoted)
            best = {}
            for _ in range(self.runs):
                for who, command in (("opm", ours), ("dnf", theirs)):
                    got = self.measure(command, self.path("query-%s.log" % who))
                    if got["status"]:
                        sys.exit("bench: %s ended with %d" % (command, got["status"]))
                    old = best.setdefault(who, got)
                    best[who] = {"wall": min(old["wall"], got["wall"]),
                                 "cpu": min(old["cpu"], got["cpu"]),
                                 "rss": max(old["rss"], got["rss"])}
            answers = [self.answers("query-%s.log" % who) for who in ("opm", "dnf")]
            for who, command in (("opm", ours), ("dnf", theirs)):
                best[who]["anon"] = self.measure(command, log, look=True)["anon"]
            o, d = best["opm"], best["dnf"]
            same = answers[0] == answers[1] and len(answers[0]) > 0
            note = "%d answers, %s; CPU %.3f and %.3f s" % (
                len(answers[0]), "equal" if same else "NOT EQUAL", o["cpu"], d["cpu"])
            good &= same
            good &= self.row("queries", name + ": seconds", o["wall"], WALL * d["wall"], note)
            good &= self.row("queries", name + ": MiB", o["rss"], MEMORY * d["rss"],
                             "no file's: %.0f and %.0f" % (o["anon"], d["anon"]))
        return good

    def answers(self, log):
        """Lines that name a package; of a search, names with their architecture."""
        found = set()
        with open(self.path(log)) as f:
            for line in f:
                search = re.match(r"^(\S+\.(?:x86_64|noarch|i686|src)) : ", line)
                if search:
                    found.add(search.group(1))
                elif NEVRA.match(line.strip()):
                    found.add(line.strip())
        return found

    def size(self):
        packed = glob.glob(self.rig.primary)[0]
        solv = subprocess.run("zcat -f %s | rpmmd2solv | wc -c" % packed, shell=True, check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        info = json.loads(self.opm("set", "info", "--json", self.built("base")))
        good = self.row("size", "required sections beside .solv", info["coreBytes"], int(solv),
                        "with all texts %s" % number(info["bytes"]))
        return good & self.row("size", "with all files",
                               os.path.getsize(self.built("base", "--files")), 70_000_000)

    def merge(self):
        one, two = self.built("base"), self.built("updates")
        best, rss = 1e9, 0
        for _ in range(self.runs):
            got = self.measure("%s set merge %s %s -o %s" % (
                self.rig.program, one, two, self.path("both.opmset")), self.path("merge.log"))
            best, rss = min(best, got["wall"]), max(rss, got["rss"])
        good = self.row("merge", "base + updates: seconds", best, 1.5, "CPU %.2f" % got["cpu"])
        return good & self.row("merge", "base + updates: MiB", rss, 256)

    def open(self):
        java, path = bench_solver.compiled()
        found = bench_solver.lines([java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                                    "--enable-native-access=ALL-UNNAMED", "-cp", path,
                                    "opm.bench.OpenTimes", self.built("base"),
                                    self.built("updates")])
        good = self.row("open", "open and look up: seconds", found["open"][0], 0.005,
                        "the first of a process %.4f" % found["open-first"][0])
        return good & self.row("open", "view of two and look up: seconds", found["view"][0], 0.02,
                               "the first of a process %.4f" % found["view-first"][0])

    def little(self):
        """Every question with a heap of 32 MB; what is asked of is there already."""
        self.measure(self.rig.opm(self.rig.empty, "e", "repoquery -f /usr/bin/vim.basic"),
                     self.path("little.log"))
        self.measure(self.rig.opm(self.rig.empty, "e", "repoquery -f '/usr/share/vim/vim90/*'"),
                     self.path("little.log"))
        os.environ["OPM_JAVA_OPTS"] = "-Xmx32m"
        good = True
        for words in [q[0].replace("gcc-*", "'gcc-*'") for q in QUERIES.values()] + [
                "repoquery -f /usr/bin/vim.basic", "repoquery -f '/usr/share/vim/vim90/*'",
                "search --all json", "info vim", "repoquery -l vim", "list --all-versions",
                "repoquery --requires '*'", "advisories"]:
            got = self.measure(self.rig.opm(self.rig.empty, "e", words), self.path("little.log"))
            good &= self.row("little", "-Xmx32m " + words[:30], got["status"], 0,
                             "%.0f MiB" % got["rss"])
        del os.environ["OPM_JAVA_OPTS"]
        return good

    def glob(self):
        """A glob over all files; what both ask of is there already. dnf takes a minute."""
        words = "repoquery -f '/usr/share/vim/vim90/*'"
        ours = self.rig.opm(self.rig.empty, "e", words)
        theirs = self.rig.dnf(self.rig.empty, "e", words)
        self.measure(ours, self.path("glob.log"))
        self.measure(self.rig.dnf(self.rig.empty, "e", "makecache"), self.path("glob.log"))
        best = min(self.measure(ours, self.path("glob-opm.log"))["wall"]
                   for _ in range(self.runs))
        dnf = self.measure(theirs, self.path("glob-dnf.log"))["wall"]
        answers = [self.answers("glob-%s.log" % who) for who in ("opm", "dnf")]
        same = answers[0] == answers[1] and len(answers[0]) > 0
        return same & self.row("glob", "over all files: seconds", best, 0.01 * dnf,
                               "%d answers, %s" % (
                                   len(answers[0]), "equal" if same else "NOT EQUAL"))

    def tab(self):
        """Names behind TAB in bash; zsh and fish, which are not everywhere, ask the same lists."""
        self.measure(self.rig.opm(self.rig.empty, "e", "refresh"), self.path("tab.log"))
        with open(self.path("opm.bash"), "w") as f:
            f.write(self.opm("completion", "bash"))
        ask = (". %s; COMP_WORDS=(opm --state %s install gc); COMP_CWORD=4; "
               'COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; for n in {1..21}; do '
               "from=$EPOCHREALTIME; _opm_complete; to=$EPOCHREALTIME; "
               "echo $((${to/./} - ${from/./})); done; echo ${#COMPREPLY[@]}" % (
                   self.path("opm.bash"), os.path.join(self.rig.work, "opm-e")))
        said = subprocess.run(["bash", "-c", ask], check=True, stdout=subprocess.PIPE,
                              env=dict(os.environ, LC_ALL="C")).stdout.split()
        *micros, names = [int(word) for word in said]
        good = self.row("tab", "install gc, in bash: seconds", sorted(micros)[10] / 1e6, 0.03,
                        "%d names; the first time %.4f, the slowest %.4f" % (
                            names, micros[0] / 1e6, max(micros) / 1e6))
        return good & (names > 1)

    def epel(self):
        place = os.environ.get("OPM_SHARED") or os.path.join(bench_solver.ROOT, "../shared")
        found = glob.glob(os.path.join(place, "corpus/real/repos/epel8-*/repodata/*primary.xml.xz"))
        if not found:
            sys.exit("bench: no EPEL 8 in the shared data")
        with open(found[0], "rb") as f:
            packed = f.read()
        return lzma.decompress(packed).decode(), len(packed)

    def repo(self, name, xml, **more):
        """A folder with repodata of a primary, packed by gzip, and of other items."""
        data = self.path(name + "/repodata")
        shutil.rmtree(self.path(name), ignore_errors=True)
        os.makedirs(data)
        items = dict(more, primary=("primary.xml.gz", gzip.compress(xml.encode(), 6, mtime=0)))
        lines = ['<repomd xmlns="http://linux.duke.edu/metadata/repo">']
        for kind, (file, content) in sorted(items.items()):
            with open(os.path.join(data, file), "wb") as f:
                f.write(content)
            lines.append('<data type="%s"><checksum type="sha256">%s</checksum><location '
                         'href="repodata/%s"/><size>%d</size></data>' % (
                             kind, hashlib.sha256(content).hexdigest(), file, len(content)))
        with open(os.path.join(data, "repomd.xml"), "w") as f:
            f.write("\n".join(lines) + "\n</repomd>\n")
        return self.path(name)

    def step(self, name, old, new):
        """Bytes of the step between two primaries."""
        files = []
        for which, xml in (("old", old), ("new", new)):
            files.append(self.path("%s-%s.opmset" % (name, which)))
            self.opm("set", "build", self.repo("%s-%s" % (name, which), xml), "-o", files[-1])
        out = self.path(name + "-steps")
        shutil.rmtree(out, ignore_errors=True)
        self.opm("set", "increment", *files, "-o", out)
        return os.path.getsize(os.path.join(out, "increments"))

    def steps(self):
        xml, packed = self.epel()
        changed, elements = rebuilt(xml, 43)
        got = self.step("epel", xml, changed)
        return self.row("steps", "43 of EPEL 8's packages: bytes", got, packed // 100,
                        "zstd -19 of the 43 elements: %d" % zstd19("\n".join(elements)))

    def fold(self):
        old = gzip.open(glob.glob(self.rig.primary)[0]).read().decode()
        updates = glob.glob(os.path.join(self.universe, "updates/repodata/*primary.xml.gz"))[0]
        new, elements, removed = folded(old, gzip.open(updates).read().decode())
        got = self.step("fold", old, new)
        peer = zstd19("\n".join(elements) + "\n" + "\n".join(removed))
        return self.row("fold", "base with its updates: bytes", got, int(1.5 * peer),
                        "%d elements, %d removed; zstd -19 of them %d" % (
                            len(elements), len(removed), peer))

    def zchunk(self):
        if not (shutil.which("zck") and shutil.which("nginx")):
            print("bench: zck or nginx is not installed, zchunk is left out")
            return True
        xml, _ = self.epel()
        changed, _ = rebuilt(xml, 43)
        state = self.path("zck-state")
        shutil.rmtree(state, ignore_errors=True)
        heads = []
        samples = self.path("elements")
        shutil.rmtree(samples, ignore_errors=True)
        os.makedirs(samples)
        for index, element in enumerate(PACKAGE.findall(xml)[::3]):
            with open(os.path.join(samples, str(index)), "w") as f:
                f.write(element)
        subprocess.run("zstd -q --train -r %s --maxdict=100000 -f -o %s" % (
            samples, self.path("dictionary")), shell=True, check=True)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        for version in (xml, changed):
            with open(self.path("primary.xml"), "w") as f:
                f.write(version)
            subprocess.run(["zck", "-m", "-s", "<package ", "-D", self.path("dictionary"), "-o", self.path("primary.xml.zck"),
                            self.path("primary.xml")], check=True, stdout=subprocess.DEVNULL)
            with open(self.path("primary.xml.zck"), "rb") as f:
                content = f.read()
            heads.append((chunks(content), content))
            self.repo("zck", version, primary_zck=("primary.xml.zck", content))
            sent, requests = self.served(self.path("zck"), state, port)
        known = set(c[0] for c in heads[0][0][1])
        wanted = sum(c[1] for c in heads[1][0][1] if c[0] not in known)
        head = heads[1][0][0]
        return self.row("zchunk", "43 of EPEL 8's packages: bytes", sent - head, 1.2 * wanted,
                        "and a head of %d; %d ranges; whole file %d" % (
                            head, requests, len(heads[1][1])))

    def golden(self):
        """The 400 golden requests where there are no file lists."""
        place = self.path("shared")
        shutil.rmtree(place, ignore_errors=True)
        for repo in os.listdir(self.universe):
            source = os.path.join(self.universe, repo)
            target = os.path.join(place, "universe", repo)
            data = os.path.join(source, "repodata")
            if not os.path.isdir(data):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.symlink(source, target)
                continue
            os.makedirs(os.path.join(target, "repodata"))
            for name in os.listdir(data):
                if "filelists" not in name:
                    os.symlink(os.path.join(data, name), os.path.join(target, "repodata", name))
        status = subprocess.run(
            [os.path.join(bench_solver.ROOT, "dev"), "quick", "--select-class",
             "opm.solve.GoldenTest"], env=dict(os.environ, OPM_SHARED=place),
            stdout=subprocess.DEVNULL).returncode
        return self.row("golden", "400 requests without file lists: status", status, 0)

    def served(self, folder, state, port):
        """opm refresh from an nginx on this machine: body bytes of the zchunk file, requests."""
        log, conf = self.path("nginx.log"), self.path("nginx.conf")
        with open(conf, "w") as f:
            f.write("daemon off; master_process off; pid %s/nginx.pid; error_log stderr;\n"
                    "events {}\nhttp { log_format b '$uri $status $body_bytes_sent';\n"
                    "access_log %s b; client_body_temp_path %s/t;\n"
                    "proxy_temp_path %s/t; fastcgi_temp_path %s/t; uwsgi_temp_path %s/t;\n"
                    "scgi_temp_path %s/t;\nserver { listen 127.0.0.1:%d; root %s; } }\n" % (
                        self.work, log, *[self.work] * 5, port, folder))
        if os.path.exists(log):
            os.remove(log)
        server = subprocess.Popen(["nginx", "-c", conf, "-e", "stderr"],
                                  stderr=subprocess.DEVNULL)
        try:
            for _ in range(200):
                with socket.socket() as s:
                    if s.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.02)
            # One address for both states: another port would be another repository.
            self.opm("refresh", "--root", self.rig.empty, "--state", state, "--repo",
                     "zck=http://127.0.0.1:%d/" % port, "--arch", "x86_64")
        finally:
            server.terminate()
            server.wait()
        with open(log) as f:
            rows = [line.split() for line in f if ".zck " in line]
        return sum(int(row[2]) for row in rows), len(rows)


START = time.time()


def number(value):
    return "%.4f" % value if isinstance(value, float) and value < 100 else "%d" % value


def zstd19(text):
    return len(subprocess.run(["zstd", "-19", "-c", "-q"], input=text.encode(), check=True,
                              stdout=subprocess.PIPE).stdout)


def rebuilt(xml, count):
    """The same primary with some packages built again: release, checksum, sizes, times."""
    rnd = random.Random(43)
    elements = PACKAGE.findall(xml)
    chosen = set(rnd.sample(range(len(elements)), count))
    out = []
    for at in sorted(chosen):
        element = elements[at]
        release = re.search(r'<version [^>]*rel="([^"]*)"', element).group(1)
        parts = release.split(".")
        parts[0] = str(int(re.match(r"\d+", parts[0]).group()) + 1)
        newer = element.replace(release, ".".join(parts))
        newer = re.sub(r"(<checksum [^>]*>)[0-9a-f]+",
                       lambda m: m.group(1) + "%064x" % rnd.getrandbits(256), newer)
        newer = re.sub(r'(<size package=")\d+', lambda m: m.group(1) + str(rnd.randrange(1 << 22)),
                       newer)
        newer = re.sub(r'file="\d+" build="\d+"', 'file="%d" build="%d"' % (
            1_741_000_000 + rnd.randrange(99_999), 1_740_900_000 + rnd.randrange(99_999)), newer)
        out.append(newer)
    newer = dict(zip(sorted(chosen), out))
    numbers = iter(range(len(elements)))
    return PACKAGE.sub(lambda m: newer.get(next(numbers), m.group()), xml), out


def folded(old, updates):
    """base with each updated package in the place of the one of its name and architecture."""
    def key(element):
        return tuple(re.search("<%s>(.*?)</%s>" % (tag, tag), element).group(1)
                     for tag in ("name", "arch"))
    added = {key(e): e for e in PACKAGE.findall(updates)}
    removed = []

    def replaced(match):
        if key(match.group()) not in added:
            return match.group()
        removed.append(re.search(r"<checksum [^>]*>([0-9a-f]+)", match.group()).group(1))
        return ""

    kept = PACKAGE.sub(replaced, old)
    at = kept.rindex("</metadata>")
    return kept[:at] + "\n".join(added.values()) + kept[at:], list(added.values()), removed


def chunks(content):
    """Length of a zchunk file's head, and (checksum, bytes) of each chunk."""
    def number(at):
        value = shift = 0
        while True:
            byte = content[at]
            at += 1
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte & 0x80:
                return value, at
    lengths = {0: 20, 1: 32, 2: 64, 3: 16}
    kind, at = number(5)
    rest, at = number(at)
    end = at + lengths[kind] + rest
    at += 2 * lengths[kind]
    flags, at = number(at)
    _, at = number(at)
    _, at = number(at)
    kind, at = number(at)
    count, at = number(at)
    found = []
    for _ in range(count):
        checksum = content[at:at + lengths[kind]]
        at += lengths[kind] * (2 if flags & 4 else 1)
        packed, at = number(at)
        _, at = number(at)
        found.append((checksum, packed))
    return end, found


def main(words, rig, run):
    a = argparse.ArgumentParser(prog="./dev bench sets", description=__doc__.split("\n")[0])
    a.add_argument("cases", nargs="*", metavar="CASE", help=" ".join(CASES))
    a.add_argument("-n", type=int, default=3, metavar="RUNS")
    o = a.parse_args(words)
    unknown = set(o.cases) - set(CASES)
    if unknown:
        a.error("no case %s; there are: %s" % (" ".join(sorted(unknown)), " ".join(CASES)))
    sets = Sets(rig, run, o.n)
    print("| case     | what                                   |      found |     wanted | ok  | note")
    print("|---|---|---:|---:|---|---|")
    good = True
    for case in CASES:
        if not o.cases or case in o.cases:
            good &= getattr(sets, case)()
    return not good
