"""./dev bench web: the web app with the universe: opening, search, choices, many users at once.

Asks as the page does. The bars: ready in 2 s, search p95 50 ms, a choice p95 200 ms; 50 users at
once within twice that and 1 GB.
"""

import argparse
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
FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}


def percentile(times, share):
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class User:
    """One visitor: measures as they ask."""

    def __init__(self, address, profile):
        self.address = address
        self.times = {"open": [], "search": [], "choice": []}
        self.busy = 0
        self.visit = ""
        answer = self.ask("open", "/visit", profile, {"Accept": "application/json"})
        self.visit = "/v/" + json.loads(answer)["visit"]

    def ask(self, kind, path, data=None, headers=None):
        request = urllib.request.Request(self.address + path, data=data, headers=headers or {})
        while True:
            start = time.perf_counter()
            try:
                with urllib.request.urlopen(request, timeout=120) as answer:
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
                self.ask("search", self.visit + "?hits=1&q=" + urllib.parse.quote(word))
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


def main(root, argv):
    parser = argparse.ArgumentParser(prog="./dev bench web")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--opm", default=os.path.join(root, "opm"))
    parser.add_argument("--profile", default=os.environ.get("OPM_BENCH_PROFILE"),
                        help="of a machine with the universe's packages")
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
