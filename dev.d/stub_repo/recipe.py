"""A text that describes packages, for what no repository has: scriptlets, triggers, configs.

    # The demo's reader.
    package abc-reader-2.0-1.noarch
      summary: Reads aloud what is on the page
      requires: abc-base >= 2, (abc-voice if abc-sound)
      obsoletes: abc-viewer < 2
      dir /usr/share/abc
      file /usr/share/abc/readme 0644: one line
      config(noreplace) /etc/abc.conf <<END
    several = lines
    END
      link /usr/bin/abc -> ../share/abc/start
      post <lua>: print("hello")
      triggerin <lua> (abc-base): print("abc-base came")
      filetriggerin <lua> (/usr/share/abc): print("a file came")

One fact per line; unknown words are errors. `package` takes a NEVRA, the epoch as `name-1:v-r.a`.
A text ends at the line's end, or after `<<WORD` at a line that is WORD alone.
"""

import datetime
import re
import stat
import sys

from . import rpmfile
from .rpmfile import Dep, File, Package, Trigger

NEVRA = re.compile(r"(.+)-(?:(\d+):)?([^-:]+)-([^-]+)\.([^.-]+)$")
FILE_WORDS = {
    "file": 0,
    "doc": rpmfile.FILE_DOC,
    "license": rpmfile.FILE_LICENSE,
    "config": rpmfile.FILE_CONFIG,
    "config(noreplace)": rpmfile.FILE_CONFIG | rpmfile.FILE_NOREPLACE,
    "config(missingok)": rpmfile.FILE_CONFIG | rpmfile.FILE_MISSINGOK,
    "ghost": rpmfile.FILE_GHOST,
}
FIELDS = ("summary", "description", "license", "vendor", "group", "url", "packager", "source")


class Wrong(Exception):
    pass


def nevra(word):
    m = NEVRA.match(word)
    if not m:
        raise Wrong("%r is not name-[epoch:]version-release.arch" % word)
    name, epoch, version, release, arch = m.groups()
    return Package(name=name, version=version, release=release, arch=arch, epoch=int(epoch or 0))


def split_deps(line):
    """Commas part dependencies, but not inside parentheses."""
    depth, start = 0, 0
    for i, c in enumerate(line + ","):
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            if line[start:i].strip():
                yield line[start:i].strip()
            start = i + 1


def dep(words, more=0):
    if words.startswith("("):
        return Dep(words, more)
    parts = words.split()
    if len(parts) == 1:
        return Dep(parts[0], more)
    if len(parts) != 3 or parts[1] not in rpmfile.SENSE:
        raise Wrong("dependency %r is not `name`, `name OP version` or `(rich)`" % words)
    return Dep(parts[0], rpmfile.SENSE[parts[1]] | more, parts[2])


def seconds(word):
    day = datetime.datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=datetime.timezone.utc)
    return int(day.timestamp())


class Reader:
    def __init__(self, lines):
        self.lines = lines
        self.at = 0
        self.packages = []

    def packages_of(self):
        while self.at < len(self.lines):
            line = self.lines[self.at].strip()
            self.at += 1
            if line and not line.startswith("#"):
                self.fact(line)
        return [finished(p) for p in self.packages]

    def fact(self, line):
        word, _, rest = line.partition(" ")
        if word == "package":
            self.packages.append(nevra(rest.strip()))
            return
        if not self.packages:
            raise Wrong("%r before the first `package`" % word)
        pkg, rest = self.packages[-1], rest.strip()
        field = word[:-1] if word.endswith(":") else ""
        kind = re.match(r"(\w+)(?:\((pre|post|preun|postun)\))?$", field)
        if field in FIELDS:
            setattr(pkg, field, self.text(rest))
        elif field == "built":
            pkg.build_seconds = seconds(rest)
        elif field == "changelog":
            day, _, about = rest.partition(" ")
            author, _, change = about.partition(": ")
            pkg.changelog.append((seconds(day) + 43200, author, change))
        elif kind and kind.group(1) in rpmfile.DEPENDENCIES:
            more = rpmfile.SCRIPTLETS[kind.group(2)][2] if kind.group(2) else 0
            deps = pkg.deps.setdefault(kind.group(1), [])
            deps += [dep(d, more) for d in split_deps(rest)]
        elif word in rpmfile.SCRIPTLETS:
            interpreter, body = self.body(rest)
            pkg.scriptlets[word] = (interpreter, body)
        elif word in rpmfile.TRIGGERS:
            pkg.triggers.append(self.trigger(word, rest))
        else:
            pkg.files.append(self.file(word, rest))

    def text(self, rest):
        """A line's rest, or the lines of a here-document."""
        m = re.search(r"<<(\w+)$", rest)
        if not m:
            return rest
        start = self.at
        while self.at < len(self.lines) and self.lines[self.at] != m.group(1):
            self.at += 1
        if self.at == len(self.lines):
            raise Wrong("no line %r ends the text" % m.group(1))
        self.at += 1
        return "".join(line + "\n" for line in self.lines[start:self.at - 1])

    def body(self, rest):
        """`INTERPRETER: text` or `INTERPRETER <<END`."""
        m = re.match(r"(<lua>|/[^:<]*?)\s*(?::\s*(.*)|(<<\w+))$", rest)
        if not m:
            raise Wrong("expected `INTERPRETER: script`, found %r" % rest)
        return m.group(1), self.text(m.group(2) if m.group(2) is not None else m.group(3))

    def trigger(self, word, rest):
        m = re.match(r"(<lua>|/\S+)\s+(?:priority (\d+)\s+)?\((.*?)\)\s*(:.*|<<\w+)$", rest)
        if not m:
            raise Wrong("expected `%s INTERPRETER (TARGETS): script`, found %r" % (word, rest))
        interpreter, priority, targets, body = m.groups()
        _, script = self.body(interpreter + body)
        return Trigger(word, interpreter, script, [dep(t) for t in split_deps(targets)],
                       int(priority or rpmfile.DEFAULT_FILE_TRIGGER_PRIORITY))

    def file(self, word, rest):
        m = re.match(r"(/\S*)(?:\s+(0[0-7]{3,4}))?\s*(?:->\s*(\S+)|(?:(:)\s?|(?=<<))(.*))?$", rest)
        if not m:
            raise Wrong("expected `%s /path ...`, found %r" % (word, rest))
        path, mode, target, _, content = m.groups()
        path = path.rstrip(":") if content is None else path
        mode = int(mode, 8) if mode else None
        if word == "dir":
            return File(path, stat.S_IFDIR | (mode or 0o755))
        if word == "link" and target:
            return File(path, stat.S_IFLNK | 0o777, link_to=target)
        if word not in FILE_WORDS:
            raise Wrong("unknown word %r" % word)
        content = self.text(content) if content is not None else ""
        if content and not content.endswith("\n"):
            content += "\n"
        return File(path, stat.S_IFREG | (mode or 0o644), content.encode(), FILE_WORDS[word])


def finished(pkg):
    """Adds what rpmbuild would: the package provides itself, and its configuration."""
    provides = pkg.deps.setdefault("provides", [])
    provides.insert(0, Dep(pkg.name, rpmfile.EQUAL, pkg.evr()))
    if pkg.arch == "x86_64":
        provides.append(Dep("%s(x86-64)" % pkg.name, rpmfile.EQUAL, pkg.evr()))
    if any(f.flags & rpmfile.FILE_CONFIG for f in pkg.files):
        name = "config(%s)" % pkg.name
        provides.append(Dep(name, rpmfile.EQUAL | rpmfile.CONFIG_DEP, pkg.evr()))
        pkg.deps.setdefault("requires", []).append(
            Dep(name, rpmfile.EQUAL | rpmfile.CONFIG_DEP, pkg.evr()))
    return pkg


def read(path):
    with open(path, encoding="utf-8") as f:
        reader = Reader(f.read().splitlines())
    try:
        return reader.packages_of()
    except (Wrong, ValueError) as e:
        sys.exit("stub-repo: %s line %d: %s" % (path, reader.at, e))
