"""./dev bench presolve [--small] [--server] [--opm COMMAND]: trees of answers, and the server.

Builds all names of universe/base beside the 1,858 installed packages; changes one leaf package;
adds the updates; compares with trees that are built from nothing. Then asks the server with wrk:
plain files of a few kilobytes, presolved answers, and names that it has to solve. With --small the
universe is sample2000, with --server only the server is asked. Bytes and counts need no quiet
machine; seconds do. CPU time stands beside.
"""

import gzip
import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)


def shared():
    for place in (os.environ.get("OPM_SHARED"), os.path.join(ROOT, "../shared")):
        if place and os.path.isdir(os.path.join(place, "universe/base")):
            return os.path.join(os.path.abspath(place), "universe")
    sys.exit("bench presolve: no shared universe here; skipped")


class Bench:
    def __init__(self, small, program, server_only=False):
        self.server_only = server_only
        self.universe = shared() if not small else os.path.join(shared(), "sample2000")
        self.small, self.program = small, program
        self.work = tempfile.mkdtemp(prefix="opm-presolve-")
        self.failed = False

    def path(self, *names):
        return os.path.join(self.work, *names)

    def row(self, what, found, wanted="", good=True):
        self.failed |= not good
        print("| %-46s | %-34s | %-12s | %s |" % (what, found, wanted, "" if good else "NO"),
              flush=True)

    def opm(self, *words):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.time()
        said = subprocess.run([self.program, *words], stdout=subprocess.PIPE, text=True,
                              check=True).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return said, time.time() - start, cpu

    def root(self):
        """A profile of the installed packages: imported from their metadata's names."""
        profile = self.path("base.opmprofile")
        given = os.environ.get("OPM_BENCH_PROFILE")
        if given:
            return given
        root = self.path("root")
        tool = os.path.join(os.path.dirname(shared()), "tools/installed-to-rpmdb")
        subprocess.run([tool, "--files", "all", os.path.join(self.universe, "installed"), root],
                       check=True, stdout=subprocess.DEVNULL)
        self.opm("profile", "--root", root, "-o", profile)
        return profile

    def repo(self, name, change):
        """A copy of base whose metadata is edited; the id of the repository stays."""
        target = self.path(name)
        shutil.copytree(os.path.join(self.universe, "base"), target, dirs_exist_ok=True)
        primary = [f for f in os.listdir(target + "/repodata") if "primary" in f][0]
        place = os.path.join(target, "repodata", primary)
        text = gzip.decompress(open(place, "rb").read()).decode()
        text = change(text)
        count = len(re.findall(r"<package type=", text))
        text = re.sub(r'packages="\d+"', 'packages="%d"' % count, text, count=1)
        plain = self.path("primary.xml")
        with open(plain, "w") as out:
            out.write(text)
        subprocess.run(["modifyrepo_c", "--remove", "primary", target + "/repodata"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["modifyrepo_c", "--mdtype=primary", plain, target + "/repodata"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return target

    def updated(self, text):
        where = os.path.join(self.universe, "updates/repodata")
        primary = [f for f in os.listdir(where) if "primary" in f][0]
        more = gzip.decompress(open(os.path.join(where, primary), "rb").read()).decode()
        packages = "".join(re.findall(r'<package type="rpm">.*?</package>\s*', more, re.S))
        return text.replace("</metadata>", packages + "</metadata>")

    @staticmethod
    def leaf(text):
        """The last package that nobody seems to need gets another release."""
        needed = set(re.findall(r'<rpm:entry name="([^"]+)"', text))
        names = re.findall(r"<name>([^<]+)</name>", text)
        for name in reversed(names):
            at = text.index("<name>%s</name>" % name)
            end = text.index("</package>", at)
            package = text[at:end]
            own = re.findall(r"<rpm:provides>.*?</rpm:provides>", package, re.S)
            provided = set(re.findall(r'name="([^"]+)"', "".join(own)))
            others = text[:at] + text[end:]
            if len(provided) == 1 and 'name="%s"' % name not in others and name in needed:
                digest = re.search(r"[0-9a-f]{64}", package).group()
                fresh = digest[:-1] + ("0" if digest[-1] != "0" else "1")
                other = package.replace(digest, fresh)
                own = r'(<(?:version|rpm:entry name="%s") [^>]*rel="[^"]*)"' % re.escape(name)
                other = re.sub(own, r'\1.1"', other)
                return text[:at] + other + text[end:]
        sys.exit("no leaf package")

    def build(self, repo, tree, *names):
        said, wall, cpu = self.opm(
            "presolve", "build", *(names or ["--all"]), "--baseline", self.profile, "--platform", "bench/1",
            "--repo", "base=file://" + repo, "--state", self.path("state"), "-o", self.path(tree),
            "--json")
        return json.loads(said), wall, cpu

    def answers(self, tree):
        folder = self.path(tree, "packages/bench/1")
        found = {}
        for entry in os.scandir(folder):
            if entry.is_file() and not entry.name.endswith(".plan") and entry.name != "updates":
                with open(entry.path, "rb") as one, open(entry.path + ".plan", "rb") as two:
                    stat = entry.stat()
                    found[entry.name] = (one.read() + two.read(), stat.st_ino, stat.st_mtime_ns)
        return found

    def import_seconds(self, repo):
        state = self.path("import-state")
        shutil.rmtree(state, ignore_errors=True)
        return self.opm("refresh", "--repo", "base=file://" + repo, "--state", state,
                        "--root", self.work)[1]

    def run(self):
        print("| %-46s | %-34s | %-12s |   |" % ("what", "found", "wanted"))
        self.profile = self.root()
        base = os.path.join(self.universe, "base")
        self.opm("refresh", "--repo", "base=file://" + base, "--state", self.path("state"),
                 "--root", self.work)
        built, wall, cpu = self.build(base, "tree")
        full = wall
        self.row("all names, written", "%.1f s, %.0f s of CPU, %d answers"
                 % (wall, cpu, built["answers"]), "<= 120 s", wall <= 120)
        if self.server_only:
            self.serve(base, full)
            shutil.rmtree(self.work)
            return 1 if self.failed else 0
        first = self.answers("tree")
        names = random.Random(1).sample(sorted(first), min(3000, len(first)))
        folder = self.path("tree/packages/bench/1")
        packed = [len(gzip.compress(open(os.path.join(folder, n), "rb").read(), 9)) for n in names]
        self.row("an answer, gzipped: median, largest of 3,000", "%d, %d bytes"
                 % (statistics.median(packed), max(packed)), "<= 8192",
                 statistics.median(packed) <= 8192)
        size = subprocess.run(["du", "-s", "--apparent-size", "-BM", self.path("tree/packages")],
                              stdout=subprocess.PIPE, text=True).stdout.split()[0]
        self.row("the tree", size)
        for what, change in (("one leaf", self.leaf), ("the updates", self.updated)):
            repo = self.repo("repo-" + what.replace(" ", "-"), change)
            imported = self.import_seconds(repo)
            before = self.answers("tree")
            built, wall, cpu = self.build(repo, "tree")
            after = self.answers("tree")
            kept = [n for n in before if n in after and before[n][0] == after[n][0]]
            touched = [n for n in kept if before[n][1:] != after[n][1:]]
            changed = [n for n in after if n not in before or before[n][0] != after[n][0]]
            whole, wall2, _ = self.build(repo, "whole")
            other = self.answers("whole")
            equal = {n: a[0] for n, a in after.items()} == {n: a[0] for n, a in other.items()}
            self.row(what + ": the same as from nothing", str(equal), "True", equal)
            self.row(what + ": written, and differing", "%d, %d" % (built["written"], len(changed)),
                     "equal", built["written"] == len(changed))
            self.row(what + ": touched without a change", str(len(touched)), "0", not touched)
            share = len(changed) / max(1, len(after))
            most = 2 + imported if what == "one leaf" else 1.3 * share * wall2 + 5
            self.row(what + ": seconds", "%.1f s (%.1f CPU), %d solved, share %.3f"
                     % (wall, cpu, built["solved"], share), "<= %.1f s" % most, wall <= most)
            shutil.rmtree(self.path("whole"))
            if what == "the updates":
                # What no analysis of changes can save: the changed answers are the large ones.
                _, wall3, cpu3 = self.build(repo, "alone", *changed)
                self.row(what + ": just the changed, from nothing", "%.1f s (%.1f CPU) of %.1f s"
                         % (wall3, cpu3, wall2))
                shutil.rmtree(self.path("alone"))
        self.serve(base, full)
        shutil.rmtree(self.work)
        return 1 if self.failed else 0

    def wrk(self, port, paths, seconds=6):
        script = self.path("paths.lua")
        with open(script, "w") as out:
            out.write("local paths = {%s}\nlocal at = 0\nrequest = function()\n"
                      "  at = at + 1\n  if at > #paths then at = 1 end\n"
                      "  return wrk.format('GET', paths[at])\nend\n"
                      % ",".join('"%s"' % p for p in paths))
        said = subprocess.run(
            ["wrk", "-t1", "-c32", "-d%ds" % seconds, "--latency", "-s", script,
             "http://127.0.0.1:%d" % port], stdout=subprocess.PIPE, text=True).stdout
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))
        unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
        late = float(unit.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[unit.group(2)]
        errors = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
        return rate, late, int(errors.group(1)) if errors else 0

    def served(self, heap, *words):
        environment = dict(os.environ, OPM_JAVA_OPTS="-Xmx%s -XX:+UseSerialGC" % heap)
        server = subprocess.Popen(
            [self.program, "serve", "--presolve", self.path("tree"), "--listen", "127.0.0.1:0",
             "--per-address", "0", "--json", *words], stdout=subprocess.PIPE, text=True, env=environment)
        text = ""
        while '"port"' not in text or "}" not in text:
            line = server.stdout.readline()
            if not line:
                sys.exit("opm serve did not start")
            text += line
        return server, int(re.search(r'"port"\s*:\s*(\d+)', text).group(1))

    def serve(self, base, _):
        if not shutil.which("wrk"):
            self.row("the server", "wrk is not installed: not measured")
            return
        folder = self.path("tree/packages/bench/1")
        names = random.Random(2).sample(sorted(self.answers("tree")), 500)
        plain = self.path("tree/plain")
        os.makedirs(plain, exist_ok=True)
        for name in names:
            shutil.copy(os.path.join(folder, name), os.path.join(plain, name))
        server, port = self.served("64m")
        try:
            static = ["/plain/" + n for n in names]
            solved = ["/packages/bench/1/" + n for n in names]
            self.wrk(port, solved, 4)
            rate, _, _ = self.wrk(port, static)
            found, late, errors = self.wrk(port, solved)
            self.row("answers a second, beside plain files", "%.0f of %.0f, %d errors"
                     % (found, rate, errors), ">= 0.8", found >= 0.8 * rate and not errors)
            self.row("99 % of them after", "%.1f ms" % late, "<= 10 ms", late <= 10)
            with open("/proc/%d/status" % server.pid) as status:
                rss = re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)
            self.row("the server's resident set", "%d MB" % (int(rss) // 1024))
        finally:
            server.terminate()
            server.wait()
        shutil.rmtree(plain)
        os.makedirs(self.path("empty"), exist_ok=True)
        os.rename(self.path("tree"), self.path("hidden"))
        self.build_one(base)
        server, port = self.served(
            "512m", "--solve", "--baseline", self.profile, "--repo", "base=file://" + base,
            "--state", self.path("state"))
        try:
            self.wrk(port, ["/packages/bench/1/" + n for n in names], 10)
            rate, late, errors = self.wrk(port, ["/packages/bench/1/" + n for n in names], 15)
            self.row("solved on demand a second", "%.0f, %d errors, 99 %% after %.0f ms"
                     % (rate, errors, late), ">= 200", rate >= 200)
        finally:
            server.terminate()
            server.wait()

    def build_one(self, base):
        """A tree with one answer: all others are solved on demand."""
        name = sorted(os.listdir(self.path("hidden/packages/bench/1")))[2]
        self.opm("presolve", "build", name.removesuffix(".plan"), "--baseline", self.profile,
                 "--platform", "bench/1", "--repo", "base=file://" + base, "--state",
                 self.path("state"), "-o", self.path("tree"))


def main(arguments):
    small = "--small" in arguments
    program = os.path.join(ROOT, "opm")
    if "--opm" in arguments:
        program = arguments[arguments.index("--opm") + 1]
    return Bench(small, program, "--server" in arguments).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
