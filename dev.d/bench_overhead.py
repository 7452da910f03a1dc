"""./dev bench overhead [-n RUNS] [--small] [--ext4] [--sh] [--steps] [--opm COMMAND]

What opm takes beside rpm: 200 packages of 2 MB and 50 files each are upgraded in a root on tmpfs,
in turns by one `rpm -U`, by `opm apply` of a bundle, which makes the old packages again and keeps
them, and by `opm apply --no-keep`; medians. opm's own time is its wall time less the time in which
some rpm or rpmkeys that it started ran, which a small program in front of them writes down. It may
be 0.15 x plain rpm + 0.5 s. --ext4: on an ext4 image, and rpm with `sync -f` after it. --sh: the
bundle's own program instead of opm, which keeps nothing. --small: 20 packages, to see that it
works. --steps: what each of the last run's rpms took.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, HERE)

from stub_repo import metadata, openpgp, rpmfile  # noqa: E402

FILES, FILE_BYTES = 50, 40_000
# A program of this name before the true one in PATH: when it began and ended goes into a file.
# In C, because sixty shells would take a tenth of a second that nobody else spends.
IN_FRONT = r"""
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int count, char **words) {
    double begin = now();
    pid_t pid = vfork();
    if (pid == 0) {
        execv(TRUE_ONE, words);
        _exit(127);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    char line[600], *name = strrchr(words[0], '/');
    int length = snprintf(line, 200, "%.6f %.6f %.60s", begin, now(), name ? name + 1 : words[0]);
    for (int at = 1; at < count && length < 500; at++) {
        length += snprintf(line + length, 598 - length, " %.90s", words[at]);
        length = length > 597 ? 597 : length;
    }
    for (int at = 0; at < length; at++) {
        line[at] = line[at] == '\n' ? ' ' : line[at];
    }
    line[length++] = '\n';
    int log = open(LOG, O_WRONLY | O_APPEND | O_CREAT, 0644);
    write(log, line, length);
    close(log);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
"""


def packages(folder, version, count, key):
    """Random bytes: nothing gets smaller by compression, so a package is as large as its files."""
    os.makedirs(folder + "/Packages")
    for number in range(count):
        noise = random.Random("%s %d" % (version, number))
        files = [rpmfile.File("/usr/share/p%d/%d" % (number, f), content=noise.randbytes(FILE_BYTES))
                 for f in range(FILES)]
        name = "p%d" % number
        itself = rpmfile.Dep(name, rpmfile.EQUAL, version + "-1")
        pkg = rpmfile.Package(name, version, "1", "noarch", files=files,
                              deps={"provides": [itself]})
        with open("%s/Packages/%s" % (folder, pkg.file_name()), "wb") as f:
            f.write(rpmfile.write(pkg, key).data)
    metadata.createrepo(folder)


def files_of(folder):
    return sorted(entry.path for entry in os.scandir(folder + "/Packages"))


def run(command, **more):
    more = more if "input" in more else dict(more, stdin=subprocess.DEVNULL)
    got = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if got.returncode:
        sys.exit("bench overhead: %s: exit status %d\n%s" % (command[:6], got.returncode, got.stdout))
    return got.stdout


def timed(command, **more):
    begin = time.monotonic()
    run(command, **more)
    return time.monotonic() - begin


def main(words):
    a = argparse.ArgumentParser(prog="./dev bench overhead", description=__doc__.split("\n")[2])
    a.add_argument("-n", type=int, default=7, metavar="RUNS")
    a.add_argument("--small", action="store_true")
    a.add_argument("--ext4", action="store_true")
    a.add_argument("--sh", action="store_true")
    a.add_argument("--steps", action="store_true")
    a.add_argument("--opm", default=os.path.join(ROOT, "opm"), metavar="COMMAND")
    o = a.parse_args(words)
    if os.getuid() != 0:
        sys.exit("bench overhead: only root may mount and use rpm --root")
    work = os.path.join(ROOT, "target/bench/overhead")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    run(["mount", "-t", "tmpfs", "-o", "size=8G", "opm-bench", work])
    mounts = [work]
    try:
        return measure(o, work, mounts)
    finally:
        for mount in reversed(mounts):
            subprocess.run(["umount", mount], check=False)


def measure(o, work, mounts):
    count = 20 if o.small else 200
    key = openpgp.Key("stub", os.path.join(ROOT, "target/stub-repo/keys"))
    packages(work + "/old", "1", count, key)
    packages(work + "/new", "2", count, key)
    with open(work + "/key", "w") as f:
        f.write(key.certificate())
    debian = ["--force-debian"] if os.path.exists("/etc/debian_version") else []
    pristine, root = work + "/pristine", work + "/root"
    os.makedirs(pristine)
    run(["rpmkeys", "--root", pristine, "--import", work + "/key"])
    run(["rpm", "--root", pristine, *debian, "-U", *files_of(work + "/old")])
    if o.ext4:
        # Beside tmpfs, on a disk: that is what it is about.
        image = os.path.join(ROOT, "target/bench/overhead.ext4")
        run(["truncate", "-s", "6G", image])
        run(["mkfs.ext4", "-q", "-F", image])
        os.makedirs(work + "/disk")
        run(["mount", "-o", "loop", image, work + "/disk"])
        mounts.append(work + "/disk")
        root = work + "/disk/root"
    # On the disk of the root, as at home: packages move from the one to the other by a second name.
    state = os.path.dirname(root) + "/opm-state"
    box = work + "/box.opm"
    said = run([*o.opm.split(), "bundle", "create", "--root", pristine, "--upgrade", "--repo",
                "new=" + work + "/new", "--state", work + "/state", "-o", box])
    if not os.path.exists(box):
        sys.exit("bench overhead: no bundle was made: " + said)
    os.makedirs(work + "/front")
    log = work + "/rpm.log"
    for program in ("rpm", "rpmkeys"):
        run(["cc", "-w", "-O1", "-x", "c", "-", "-o", work + "/front/" + program,
             '-DTRUE_ONE="%s"' % shutil.which(program), '-DLOG="%s"' % log], input=IN_FRONT)
    front = dict(os.environ, PATH=work + "/front:" + os.environ["PATH"])
    apply = ["sh", box] if o.sh else [*o.opm.split(), "apply", box, "--state", state]
    rpm = ["rpm", "--root", root, *debian, "-U", *files_of(work + "/new")]
    if o.ext4:
        rpm = ["sh", "-c", '"$@" && sync -f ' + root, "sh", *rpm]
    ways = {"sh": []} if o.sh else {"opm": [], "opm --no-keep": ["--no-keep"]}
    plain = []
    whole, own = {way: [] for way in ways}, {way: [] for way in ways}
    for _ in range(o.n):
        fresh(pristine, root)
        plain.append(timed(rpm))
        line = "rpm %.2f s" % plain[-1]
        for way, options in ways.items():
            fresh(pristine, root)
            shutil.rmtree(state, ignore_errors=True)
            open(log, "w").close()
            began = time.time()
            whole[way].append(timed([*apply, *options, "--root", root, "--yes"], env=front))
            own[way].append(whole[way][-1] - busy(log))
            line += ", %s %.2f s, of which its own %.2f s" % (way, whole[way][-1], own[way][-1])
            if o.steps and len(plain) == o.n:
                steps(way, log, began, began + whole[way][-1])
        print(line, flush=True)
    limit = 0.15 * statistics.median(plain) + 0.5
    good = True
    for way in ways:
        fits = statistics.median(own[way]) <= limit
        good = good and fits
        print("median of %d: rpm %.2f s, %s %.2f s, its own %.2f s %s %.2f s" % (
            o.n, statistics.median(plain), way, statistics.median(whole[way]),
            statistics.median(own[way]), "<=" if fits else "NOT <=", limit))
    return 0 if good else 1


def spans(log):
    """(begin, end, words) of every program that ran, in the order in which they began."""
    with open(log) as f:
        lines = [line.rstrip().split(" ", 2) for line in f]
    return sorted((float(begin), float(end), words) for begin, end, words in lines)


def busy(log):
    """Seconds in which one of them ran: two that run at once count once."""
    total = until = 0.0
    for begin, end, _ in spans(log):
        total += max(0.0, end - max(begin, until))
        until = max(until, end)
    return total


def steps(way, log, began, ended):
    ran = spans(log)
    until = began
    for begin, end, words in ran:
        alone = " %5.3f s alone before" % (begin - until) if begin - until > 0.02 else ""
        print("%s %8.3f %8.3f s  %s%s" % (way, begin - ran[0][0], end - begin, words[:150], alone))
        until = max(until, end)
    print("%s %8.3f %8.3f s alone at the end" % (way, until - ran[0][0], ended - until))


def fresh(pristine, root):
    shutil.rmtree(root, ignore_errors=True)
    run(["cp", "-a", pristine, root])
    run(["sync", "-f", root])
