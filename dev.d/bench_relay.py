"""./dev bench relay: a package straight from a mirror on loopback, and through opm serve.

The mirror is nginx, the client curl, the file 500 MB: as fast as loopback goes, where all three
share the processors, and as fast as a line of 1 Gbit/s. Then 1, 16 and 64 clients read 200 kB/s each:
what the server's heap and resident set have grown by. The bars: at least 0.8 of the mirror's own
speed; memory of the order of 64 KiB a stream.
"""

import argparse
import base64
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

JSON = {"Accept": "application/json"}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def repository(root, work, megabytes):
    rnd = random.Random(1)
    text = "".join(base64.b64encode(rnd.randbytes(750_000)).decode() for _ in range(megabytes))
    with open(work + "/recipe", "w") as file:
        file.write("package large-1-1.noarch\nfile /usr/share/large: %s\n" % text)
    subprocess.run([root + "/dev.d/stub-repo", "--recipe", work + "/recipe", "--cache",
                    work + "/cache", "-o", work + "/repo"], check=True)
    os.unlink(work + "/recipe")


def nginx(work, rate):
    """@param rate bytes a second of each connection; 0 without a limit"""
    port = free_port()
    with open(work + "/nginx.conf", "w") as file:
        file.write("""daemon off; worker_processes 1; pid %s/nginx.pid; error_log %s/error.log;
            events {} http { access_log off; sendfile on; tcp_nopush on; root %s/repo;
            client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3;
            uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;
            server { listen 127.0.0.1:%d; limit_rate %d; } } user root;""" % (
                (work,) * 8 + (port, rate)))
    process = subprocess.Popen(["nginx", "-e", work + "/error.log", "-c", work + "/nginx.conf"])
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, "http://127.0.0.1:%d/" % port
        except OSError:
            time.sleep(0.05)
    raise SystemExit("nginx does not start: " + open(work + "/error.log").read())


def post(address, path, data, content):
    headers = dict(JSON, **{"Content-Type": content})
    request = urllib.request.Request(address + path, data=data, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def offered(address, profile):
    """Asks for the package as the page does; returns its addresses at the server, at the mirror."""
    visit = "/v/" + post(address, "/visit", profile, "application/octet-stream")["visit"]
    post(address, visit + "/basket", b"do=add&verb=install&spec=large.noarch",
         "application/x-www-form-urlencoded")
    with urllib.request.urlopen(address + visit + "/files.json") as answer:
        said = json.loads(answer.read())
    one = (said["files"] if isinstance(said, dict) else said)[0]
    return address + one["relay"], one["mirrors"][0]


def megabytes_a_second(url):
    said = subprocess.run(
        ["curl", "-sf", "-o", "/dev/null", "-w", "%{size_download} %{time_total}", url],
        capture_output=True, text=True, check=True).stdout.split()
    return int(said[0]) / float(said[1]) / 1e6


def used(pid, jcmd):
    """Heap after a collection, and resident set, in KiB."""
    subprocess.run([jcmd, str(pid), "GC.run"], capture_output=True, check=True)
    said = subprocess.run([jcmd, str(pid), "GC.heap_info"], capture_output=True, text=True,
                          check=True).stdout
    heap = sum(int(k) for k in re.findall(r"total \d+K, used (\d+)K", said))
    with open("/proc/%d/status" % pid) as status:
        return heap, int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


class Slow(threading.Thread):
    """Reads a file slowly until it is stopped."""

    def __init__(self, url):
        super().__init__()
        host, port, path = re.match(r"http://([^:]+):(\d+)(/.*)", url).groups()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        self.socket.connect((host, int(port)))
        self.socket.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (path, host)).encode())
        self.got = 0
        self.over = False
        self.start()

    def run(self):
        while not self.over:
            piece = self.socket.recv(20_000)
            if not piece:
                break
            self.got += len(piece)
            time.sleep(len(piece) / 200_000)
        self.socket.close()


def streams(pid, jcmd, url):
    print("\n| streams | heap | resident | heap a stream | resident a stream |\n|---:|" + "---:|" * 4)
    for turn in ("warm-up", "measured"):
        for count in (1, 16, 64):
            before = used(pid, jcmd)
            all_of_them = [Slow(url) for _ in range(count)]
            time.sleep(5)
            after = used(pid, jcmd)
            alive = sum(one.is_alive() and one.got > 200_000 for one in all_of_them)
            for one in all_of_them:
                one.over = True
            for one in all_of_them:
                one.join()
            if turn == "measured":
                grown = [(a - b) / count for a, b in zip(after, before)]
                print("| %d (%d read) | %d KiB | %d KiB | %.0f KiB | %.0f KiB |" % (
                    (count, alive) + after + tuple(grown)), flush=True)


def compared(name, relay, direct, count):
    megabytes_a_second(relay)
    rounds = []
    print("\n| %s | direct | relay | ratio |\n|---:|---:|---:|---:|" % name)
    for number in range(count):
        one, other = megabytes_a_second(direct), megabytes_a_second(relay)
        rounds.append(other / one)
        print("| %d | %.0f MB/s | %.0f MB/s | %.3f |" % (number + 1, one, other, other / one),
              flush=True)
    print("\n%s: median ratio %.3f; load %.1f" % (
        name, statistics.median(rounds), os.getloadavg()[0]))


def main(root, argv):
    parser = argparse.ArgumentParser(prog="./dev bench relay")
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("-n", type=int, default=5, help="rounds (default: 5)")
    parser.add_argument("--opm", default=os.path.join(root, "opm"))
    options = parser.parse_args(argv)
    jcmd = os.path.join(os.environ.get("JAVA_HOME", "/usr"), "bin/jcmd")
    with tempfile.TemporaryDirectory() as work:
        repository(root, work, options.megabytes)
        os.makedirs(work + "/root")
        subprocess.run(["rpmkeys", "--root", work + "/root", "--import",
                        work + "/repo/RPM-GPG-KEY-stub"], check=True)
        subprocess.run([options.opm, "profile", "--root", work + "/root", "-o",
                        work + "/profile"], check=True, stdout=subprocess.DEVNULL)
        with open(work + "/profile", "rb") as file:
            profile = file.read()
        for name, rate in (("loopback", 0), ("1 Gbit/s", 125_000_000)):
            mirror, at = nginx(work, rate)
            server = subprocess.Popen(
                [options.opm, "serve", "--listen", "127.0.0.1:0", "--state", work + "/state",
                 "--repo", "one=" + at], stdout=subprocess.PIPE, text=True)
            try:
                port = re.search(r" port (\d+)", server.stdout.readline()).group(1)
                relay, direct = offered("http://127.0.0.1:" + port, profile)
                compared(name, relay, direct, options.n)
                if rate:
                    streams(server.pid, jcmd, relay)
            finally:
                server.terminate()
                server.wait(20)
                mirror.terminate()
                mirror.wait(20)
    return 0


if __name__ == "__main__":
    sys.exit(main(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), sys.argv[1:]))
