"""./dev bench web: the web app with the universe: opening, search, choices, many users at once.

Asks as the page does. With --attack ten users look while a stranger does his worst, one kind of it
after another or --together, and the server's time, memory and disk are watched. The bars: ready in
2 s, search p95 50 ms, a choice p95 200 ms; 50 users at once within twice that and 1 GB; attacked, ten
users within twice what they have alone.
"""

import argparse
import functools
import gzip
import hashlib
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

WORDS = ("vi vim pyth python lib libre ssl kernel gcc java httpd text perl- fire ruby zsh mysql"
         " web docker emacs").split() + ["text editor", "web server", "/usr/bin/perl"]
SPECS = "vim-enhanced httpd php postgresql-server zsh emacs nodejs ruby".split()
PLAIN = {"Accept": "application/json", "Content-Type": "application/octet-stream"}
FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}


def percentile(times, share):
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class From(urllib.request.HTTPHandler):
    """Asks from an address of this computer that others do not have."""

    def __init__(self, own):
        super().__init__()
        self.connection = functools.partial(http.client.HTTPConnection, source_address=(own, 0))

    def http_open(self, request):
        return self.do_open(self.connection, request)


class User:
    """One visitor: measures as they ask."""

    def __init__(self, address, profile, own="127.0.0.1"):
        self.address = address
        self.opener = urllib.request.build_opener(From(own))
        self.times = {"open": [], "search": [], "choice": []}
        self.busy = 0
        self.visit = ""
        answer = self.ask("open", "/visit", profile, PLAIN)
        self.visit = "/v/" + json.loads(answer)["visit"]

    def ask(self, kind, path, data=None, headers=None):
        request = urllib.request.Request(self.address + path, data=data, headers=headers or {})
        while True:
            start = time.perf_counter()
            try:
                with self.opener.open(request, timeout=120) as answer:
                    body = answer.read()
                self.times[kind].append(time.perf_counter() - start)
                return body
            except urllib.error.HTTPError as error:
                if error.code != 503 or not error.headers["Retry-After"]:
                    raise
                self.busy += 1
                time.sleep(1)

    def look(self, rounds, rnd, pause):
        for _ in range(rounds):
            for word in rnd.sample(WORDS, len(WORDS)):
                self.ask("search", self.visit + "?hits=typed&q=" + urllib.parse.quote(word))
                time.sleep(pause * rnd.random())
            for spec in SPECS:
                body = ("do=add&verb=install&spec=" + spec).encode()
                self.ask("choice", self.visit + "/basket", body, FORM)
                time.sleep(pause * rnd.random())
            self.ask("choice", self.visit + "/basket", b"do=clear", FORM)


def row(name, times, bar):
    p95 = percentile(times, 0.95)
    print("| %s | %d | %.0f ms | %.0f ms | %.0f ms | %s |" % (
        name, len(times), percentile(times, 0.5), p95, bar, "holds" if p95 <= bar else "misses"))


def memory(pid):
    with open("/proc/%d/status" % pid) as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) // 1024


def bombs():
    """Profiles that are small on the line and a million packages, or dependencies, in memory."""
    head = b"opm-profile\t1.0\ndistro\t\t\t\t\narch\tx86_64\nrpm\t4.18.0\n"
    for lines in (
            b"".join(b"pkg\tp%07d-0:1-1.noarch\t\t0\t0\t0\t\t-\t\t\t\n" % n for n in range(1000000)),
            b"pkg\tp-0:1-1.noarch\t\t0\t0\t0\t\t-\t\t\t\n" + b"".join(
                b"R\tx%d\n" % n for n in range(1000000))):
        text = head + lines
        end = b"end\t" + hashlib.sha256(text).hexdigest().encode() + b"\n"
        yield gzip.compress(text + end, 6)


KINDS = ("solve", "search", "paths", "profiles")


class Attack:
    """A stranger for each kind, who does his worst until he is stopped."""

    def __init__(self, address, profile, kinds):
        self.address = address
        self.opener = urllib.request.build_opener(From("127.0.0.99"))
        self.over = threading.Event()
        self.longest = {}
        self.statuses = {}
        self.profile = profile
        self.bombs = list(bombs()) if "profiles" in kinds else []
        self.threads = [threading.Thread(target=getattr(self, kind)) for kind in kinds]
        for thread in self.threads:
            thread.start()

    def ask(self, kind, path, data=None, headers=None):
        request = urllib.request.Request(self.address + path, data=data, headers=headers or {})
        start = time.perf_counter()
        body = b"{}"
        try:
            with self.opener.open(request, timeout=200) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status = error.code
            self.over.wait(1 if status == 503 else 0)
        took = time.perf_counter() - start
        self.longest[kind] = max(took, self.longest.get(kind, 0))
        self.statuses.setdefault(kind, set()).add(status)
        return body

    def visit(self):
        while not self.over.is_set():
            answer = json.loads(self.ask("open", "/visit", self.profile, PLAIN))
            if "visit" in answer:
                return "/v/" + answer["visit"]
        return ""

    def solve(self):
        visit = self.visit()
        while not self.over.is_set():
            for spec in ("*", "a* b*", "lib*"):
                self.ask("solve", visit + "/basket", b"do=clear", FORM)
                body = ("do=add&verb=install&spec=" + urllib.parse.quote(spec)).encode()
                self.ask("solve", visit + "/basket", body, FORM)

    def search(self):
        visit = self.visit()
        while not self.over.is_set():
            for words in ("e a i o u " * 20, "[a-z]*" * 30, "x" * 200, "a"):
                self.ask("search", visit + "?q=" + urllib.parse.quote(words[:200]))

    def paths(self):
        visit = self.visit()
        number = 0
        while not self.over.is_set():
            number += 1
            self.ask("path", visit + "?q=/no/such/path/%d" % number)

    def profiles(self):
        while not self.over.is_set():
            for bomb in self.bombs:
                self.ask("profile", "/visit", bomb, PLAIN)

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def metric(address, name):
    with urllib.request.urlopen(address + "/metrics") as answer:
        return re.search(r"^%s (\d+)" % name, answer.read().decode(), re.M).group(1)


def attacked(address, profile, pid, state, options):
    """Ten users, without and with a stranger of each kind."""
    figures = {}
    kinds = options.kinds.split(",")
    for attackers in [()] + ([kinds] if options.together else [[kind] for kind in kinds]):
        attack = Attack(address, profile, attackers) if attackers else None
        users = [User(address, profile, "127.0.0.%d" % (number if options.apart else 1))
                 for number in range(1, 11)]
        end = time.time() + options.attack

        def use(user, number):
            rnd = random.Random(number)
            while time.time() < end:
                user.ask("search", user.visit + "?hits=typed&q=" + urllib.parse.quote(
                    rnd.choice(WORDS)))
                time.sleep(rnd.random())
                body = ("do=add&verb=install&spec=" + rnd.choice(SPECS)).encode()
                user.ask("choice", user.visit + "/basket", body, FORM)
                time.sleep(rnd.random())
                user.ask("choice", user.visit + "/basket", b"do=clear", FORM)
                time.sleep(rnd.random())

        threads = [threading.Thread(target=use, args=one) for one in zip(users, range(10))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        name = " ".join(attackers) or "alone"
        if attack:
            attack.end()
            print("%s: the attacker's longest %s; answered %s" % (
                name, {k: "%.1f s" % v for k, v in attack.longest.items()}, attack.statuses))
        figures[name] = {
            kind: [t for user in users for t in user.times[kind]] for kind in ("search", "choice")}
        busy = sum(user.busy for user in users)
        print("%s: users told to come back %d, resident at most %d MB, state %s MB, load %.1f" % (
            name, busy, memory(pid), subprocess.run(
                ["du", "-sm", state], capture_output=True, text=True).stdout.split()[0],
            os.getloadavg()[0]), flush=True)
    print("| what | requests | median | p95 | bar | |\n|---|---:|---:|---:|---:|---|")
    for name, times in figures.items():
        for kind in ("search", "choice"):
            bar = 2 * percentile(figures["alone"][kind], 0.95) if name != "alone" else 1e6
            row("%s, 10 users, %s" % (kind, name), times[kind], bar)
    print("out of memory: %s times" % metric(address, "opm_out_of_memory_total"))


def main(root, argv):
    parser = argparse.ArgumentParser(prog="./dev bench web")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--opm", default=os.path.join(root, "opm"))
    parser.add_argument("--profile", default=os.environ.get("OPM_BENCH_PROFILE"),
                        help="of a machine with the universe's packages")
    parser.add_argument("--attack", type=int, metavar="SECONDS",
                        help="ten users for so long, alone and then with each kind of attacker")
    parser.add_argument("--kinds", default=",".join(KINDS), help="of attackers: " + ",".join(KINDS))
    parser.add_argument("--together", action="store_true", help="all attackers at once")
    parser.add_argument("--apart", action="store_true", help="each user has an own address")
    options = parser.parse_args(argv)
    if not options.profile:
        parser.error("found no --profile and no OPM_BENCH_PROFILE, expected one")
    shared = os.environ.get("OPM_SHARED", os.path.join(root, "..", "shared"))
    universe = os.path.realpath(os.path.join(shared, "universe"))
    with open(options.profile, "rb") as file:
        profile = file.read()
    with tempfile.TemporaryDirectory() as work:
        argv = [options.opm, "serve", "--listen", "127.0.0.1:0", "--state", work + "/state"]
        for repo in ("base", "updates"):
            argv += ["--repo", "%s=file://%s/%s/" % (repo, universe, repo)]
        environment = dict(os.environ, OPM_JAVA_OPTS="-Xmx700m")
        server = subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment, text=True)
        try:
            port = re.search(r" port (\d+)", server.stdout.readline()).group(1)
            address = "http://127.0.0.1:" + port
            first = User(address, profile)  # imports the repositories, or waits for that
            first.look(3, random.Random(1), 0)
            if options.attack:
                attacked(address, profile, server.pid, work + "/state", options)
                return 0
            print("| what | times | median | p95 | bar | |\n|---|---:|---:|---:|---:|---|")
            one = User(address, profile)
            one.look(4, random.Random(2), 0)
            row("open", one.times["open"], 2000)
            row("search", one.times["search"], 50)
            row("choice", one.times["choice"], 200)
            users = [None] * options.users

            def use(number):
                rnd = random.Random(number)
                time.sleep(10 * rnd.random())
                users[number] = User(address, profile)
                users[number].look(1, rnd, 2)

            threads = [threading.Thread(target=use, args=(n,)) for n in range(options.users)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            done = [user for user in users if user]
            for kind, bar in (("open", 4000), ("search", 100), ("choice", 400)):
                row("%s, %d users" % (kind, len(done)),
                    [t for user in done for t in user.times[kind]], bar)
            print("\n%d users, %d told to come back; resident at most %d MB" % (
                len(done), sum(user.busy for user in done), memory(server.pid)))
        finally:
            server.terminate()
            server.wait(20)
    return 0


if __name__ == "__main__":
    sys.exit(main(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), sys.argv[1:]))
