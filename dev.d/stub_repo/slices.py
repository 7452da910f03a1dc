"""Packages out of rpm-md: what a slice of primary.xml and filelists says, as rpmfile.Package.

primary.xml of a release is 118 MB: the text is cut at `<package` and only what the selection
may want goes through an XML parser.
"""

import bz2
import gzip
import lzma
import os
import re
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET

from . import rpmfile
from .rpmfile import Dep, File, Package

SPACES = ('<x xmlns="http://linux.duke.edu/metadata/common" '
          'xmlns:rpm="http://linux.duke.edu/metadata/rpm">')
C = "{http://linux.duke.edu/metadata/common}"
R = "{http://linux.duke.edu/metadata/rpm}"
SENSE = {"LT": 2, "LE": 10, "EQ": 8, "GE": 12, "GT": 4}
PROGRAM = re.compile(r"/(s?bin|libexec|games|rc\.d|init\.d)/[^/]+$")
SHARED_OBJECT = re.compile(r"\.so(\.[0-9.]+)?$")


def stream(path):
    """A metadata file as a stream of bytes, unpacked by what its first bytes say."""
    with open(path, "rb") as f:
        magic = f.read(6)
    if magic[:2] == b"\x1f\x8b":
        return gzip.open(path)
    if magic == b"\xfd7zXZ\0":
        return lzma.open(path)
    if magic[:3] == b"BZh":
        return bz2.open(path)
    if magic[:4] == b"\x28\xb5\x2f\xfd":
        return subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE).stdout
    return open(path, "rb")


def packages(path):
    """The bytes of each `<package ...>...</package>`; a filelists of 600 MB passes in blocks."""
    end = b"</package>"
    rest = b""
    with stream(path) as f:
        while block := f.read(1 << 22):
            rest += block
            cut = rest.rfind(end)
            if cut >= 0:
                whole, rest = rest[:cut], rest[cut + len(end):]
                for chunk in whole.split(end):
                    start = chunk.find(b"<package ")
                    if start >= 0:
                        yield chunk[start:] + end


def metadata_files(source):
    """(primary, filelists or None) of a repository directory or of a bare primary.xml."""
    if not os.path.isdir(source):
        beside = re.sub(r"primary(?=\.xml)", "filelists", source)
        return source, beside if beside != source and os.path.exists(beside) else None
    with open(os.path.join(source, "repodata/repomd.xml")) as f:
        repomd = f.read()

    def location(kind):
        m = re.search(r'<data type="%s">.*?<location[^>]* href="([^"]+)"' % kind, repomd, re.S)
        return m and os.path.join(source, m.group(1))

    primary = location("primary")
    if not primary:
        sys.exit("stub-repo: %s/repodata/repomd.xml names no primary" % source)
    return primary, location("filelists")


class Selection:
    """Which packages are wanted: bare names, name.arch, or NEVRAs with or without epoch."""

    def __init__(self, words):
        self.words = set(words)
        self.met = set()
        names = set()
        for word in self.words:
            names.add(word)
            names.add(word.rsplit(".", 1)[0])
            if word.count("-") >= 2:
                names.add(word.rsplit("-", 2)[0])
        self.names = names

    def wants(self, pkg):
        if not self.words:
            return True
        evra = "%s-%s.%s" % (pkg.version, pkg.release, pkg.arch)
        full = {pkg.name, "%s.%s" % (pkg.name, pkg.arch), "%s-%s" % (pkg.name, evra),
                "%s-%d:%s" % (pkg.name, pkg.epoch, evra), "%d:%s-%s" % (pkg.epoch, pkg.name, evra)}
        hit = full & self.words
        self.met |= hit
        return bool(hit)

    def unmet(self):
        return sorted(self.words - self.met)


def text(element, tag):
    found = element.find(tag)
    return (found.text or "") if found is not None else ""


def dep(entry):
    name, flags = entry.get("name"), entry.get("flags")
    before = rpmfile.PRE if entry.get("pre") == "1" else 0
    if not flags:
        return Dep(name, before)
    if not entry.get("ver"):  # EPEL 8 has `Provides: x =` with nothing behind the sign
        return Dep(name, SENSE[flags] | before)
    epoch = entry.get("epoch") or "0"
    evr = ("" if epoch == "0" else epoch + ":") + entry.get("ver")
    if entry.get("rel"):
        evr += "-" + entry.get("rel")
    return Dep(name, SENSE[flags] | before, evr)


def file(path, kind):
    if kind == "dir":
        return File(path, stat.S_IFDIR | 0o755)
    mode = 0o755 if PROGRAM.search(path) or SHARED_OBJECT.search(path) else 0o644
    return File(path, stat.S_IFREG | mode, flags=rpmfile.FILE_GHOST if kind == "ghost" else 0)


def package(element):
    version, form = element.find(C + "version"), element.find(C + "format")
    pkg = Package(
        name=text(element, C + "name"), version=version.get("ver"), release=version.get("rel"),
        arch=text(element, C + "arch"), epoch=int(version.get("epoch") or 0),
        summary=text(element, C + "summary"), description=text(element, C + "description"),
        license=text(form, R + "license") or "none", vendor=text(form, R + "vendor"),
        group=text(form, R + "group") or "Unspecified", url=text(element, C + "url"),
        packager=text(element, C + "packager"), source=text(form, R + "sourcerpm"),
        build_seconds=int(element.find(C + "time").get("build") or 0))
    for kind in rpmfile.DEPENDENCIES:
        box = form.find(R + kind)
        pkg.deps[kind] = [dep(e) for e in (box if box is not None else ())
                          if not e.get("name").startswith("rpmlib(")]
    own = Dep(pkg.name, rpmfile.EQUAL, pkg.evr())
    if own not in pkg.deps["provides"]:
        pkg.deps["provides"].insert(0, own)
    pkg.files = [file(f.text, f.get("type")) for f in form.findall(C + "file")]
    pkg_id = text(element, C + "checksum")
    return pkg_id, pkg


NAME = re.compile(rb"<name>([^<]*)</name>")


def from_primary(path, selection):
    """(pkgid, Package) in the order of the file."""
    for chunk in packages(path):
        name = NAME.search(chunk).group(1).decode()
        if selection.words and name not in selection.names:
            continue
        element = ET.fromstring(SPACES + chunk.decode("utf-8", "replace") + "</x>")[0]
        pkg_id, pkg = package(element)
        if pkg.arch not in ("src", "nosrc") and selection.wants(pkg):
            yield pkg_id, pkg


def add_filelists(path, by_id):
    """Replaces the files of each package of `by_id` by its complete list."""
    for chunk in packages(path):
        pkg_id = re.search(rb'pkgid="([^"]+)"', chunk[:400]).group(1).decode()
        if pkg_id in by_id:
            element = ET.fromstring(chunk.decode("utf-8", "replace"))
            by_id[pkg_id].files = [file(f.text, f.get("type"))
                                   for f in element.iter() if f.tag.endswith("file")]


def settle_files(selected, same):
    """Gives each file its content, so that the packages install beside each other.

    A path that one package calls a file and another a directory becomes a directory. A path of
    one name only holds its package's version (so an upgrade really changes files); one that
    several names own holds nothing but its path, and is no conflict. `same`: path only, always.
    Returns how many files became directories.
    """
    owner, dirs, changed = {}, set(), 0
    for pkg in selected:
        seen = {}
        for f in pkg.files:
            seen.setdefault(f.path.rstrip("/") or "/", f)
        pkg.files = list(seen.values())
        for f in pkg.files:
            f.path = f.path.rstrip("/") or "/"
            owner[f.path] = pkg.name if owner.get(f.path, pkg.name) == pkg.name else ""
            if f.is_dir():
                dirs.add(f.path)
            parent = f.path.rsplit("/", 1)[0]
            while parent and parent not in dirs:
                dirs.add(parent)
                parent = parent.rsplit("/", 1)[0]
    for pkg in selected:
        for f in pkg.files:
            if f.path in dirs and not f.is_dir():
                f.mode, f.flags, changed = stat.S_IFDIR | 0o755, 0, changed + 1
            elif f.is_regular():
                by = "" if same or not owner[f.path] else " of %s %s" % (pkg.name, pkg.evr())
                f.content = ("stub of %s%s\n" % (f.path, by)).encode("utf-8", "surrogateescape")
    return changed
