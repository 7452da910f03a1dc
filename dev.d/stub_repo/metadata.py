"""rpm-md of a folder of packages: by createrepo_c, or written here.

Where createrepo_c is present its word counts. What is written here is plain XML without a time of
its own, so that a repository which is kept in version control comes out byte for byte again; a
test compares the two.
"""

import hashlib
import os
import re
import shutil
import subprocess
from xml.sax.saxutils import escape, quoteattr

from . import rpmfile

FLAGS = {rpmfile.LESS: "LT", rpmfile.LESS | rpmfile.EQUAL: "LE", rpmfile.EQUAL: "EQ",
         rpmfile.GREATER | rpmfile.EQUAL: "GE", rpmfile.GREATER: "GT"}
ORDER = ("provides", "requires", "conflicts", "obsoletes", "suggests", "enhances", "recommends",
         "supplements")
PRIMARY_FILE = re.compile(r"^(/etc/.*|.*bin/.*|/usr/lib/sendmail)$")


def createrepo(out):
    subprocess.run(["createrepo_c", "--quiet", "--no-database", "--revision=1",
                    "--set-timestamp-to-revision", out], check=True)


def available():
    return shutil.which("createrepo_c") is not None


def entry(dep):
    out = "      <rpm:entry name=%s" % quoteattr(dep.name)
    comparison = dep.sense & 14
    if comparison and dep.evr:
        epoch, _, rest = dep.evr.rpartition(":")
        version, _, release = rest.partition("-")
        out += " flags=%s epoch=%s ver=%s" % tuple(
            map(quoteattr, (FLAGS[comparison], epoch or "0", version)))
        if release:
            out += " rel=%s" % quoteattr(release)
    if dep.sense & (64 | rpmfile.PRE | rpmfile.POST):
        out += ' pre="1"'
    return out + "/>\n"


def file_elements(files, indent):
    for f in files:
        kind = (' type="dir"' if f.is_dir()
                else ' type="ghost"' if f.flags & rpmfile.FILE_GHOST else "")
        yield "%s<file%s>%s</file>\n" % (indent, kind, escape(f.path))


def version(pkg):
    return "<version epoch=%s ver=%s rel=%s/>" % tuple(
        map(quoteattr, (str(pkg.epoch), pkg.version, pkg.release)))


def required(pkg, deps):
    """As createrepo_c: not what rpm itself or the package satisfies, and nothing twice."""
    seen = {(d.name, d.sense & 14, d.evr) for d in pkg.deps.get("provides", ())}
    seen |= {(f.path, 0, "") for f in pkg.files}
    for dep in deps:
        key = (dep.name, dep.sense & 14, dep.evr)
        if not dep.name.startswith("rpmlib(") and key not in seen:
            seen.add(key)
            yield dep


def primary_entry(pkg, written, location):
    out = ['<package type="rpm">\n']

    def line(tag, value, indent="  "):
        out.append("%s<%s>%s</%s>\n" % (indent, tag, escape(value), tag))

    line("name", pkg.name)
    line("arch", pkg.arch)
    out.append("  %s\n" % version(pkg))
    out.append('  <checksum type="sha256" pkgid="YES">%s</checksum>\n'
               % hashlib.sha256(written.data).hexdigest())
    line("summary", pkg.summary or pkg.name)
    line("description", (pkg.description or pkg.summary or pkg.name).rstrip("\n"))
    line("packager", pkg.packager)
    line("url", pkg.url)
    out.append('  <time file="%d" build="%d"/>\n' % (pkg.build_seconds, pkg.build_seconds))
    out.append('  <size package="%d" installed="%d" archive="%d"/>\n'
               % (len(written.data), sum(len(f.content) for f in pkg.files), written.payload_bytes))
    out.append("  <location href=%s/>\n  <format>\n" % quoteattr(location))
    for tag, value in (("license", pkg.license), ("vendor", pkg.vendor), ("group", pkg.group),
                       ("buildhost", "localhost"),
                       ("sourcerpm", pkg.source or "%s-%s-%s.src.rpm"
                        % (pkg.name, pkg.version, pkg.release))):
        line("rpm:" + tag, value, "    ")
    out.append('    <rpm:header-range start="%d" end="%d"/>\n'
               % (written.header_start, written.header_end))
    for kind in ORDER:
        deps = pkg.deps.get(kind, ())
        if kind == "requires":
            deps = list(required(pkg, written.requires))
        if deps:
            out.append("    <rpm:%s>\n%s    </rpm:%s>\n" % (kind, "".join(map(entry, deps)), kind))
    out += file_elements([f for f in pkg.files if PRIMARY_FILE.match(f.path)], "    ")
    out.append("  </format>\n</package>\n")
    return "".join(out)


def wrapped(kind, spaces, entries):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<%s %s packages="%d">\n%s</%s>\n'
            % (kind, spaces, len(entries), "".join(entries), kind))


def write(out, packages):
    """Writes repodata/ of `packages`: (Package, Written, location), in that order."""
    base = "http://linux.duke.edu/metadata/"
    about, lists, other = [], [], []
    for pkg, written, location in packages:
        digest = hashlib.sha256(written.data).hexdigest()
        head = '<package pkgid="%s" name=%s arch=%s>\n  %s\n' % (
            digest, quoteattr(pkg.name), quoteattr(pkg.arch), version(pkg))
        about.append(primary_entry(pkg, written, location))
        lists.append(head + "".join(file_elements(pkg.files, "  ")) + "</package>\n")
        changes = "".join('  <changelog author=%s date="%d">%s</changelog>\n'
                          % (quoteattr(author), at, escape(what))
                          for at, author, what in reversed(pkg.changelog))
        other.append(head + changes + "</package>\n")
    files = {
        "primary": wrapped("metadata", 'xmlns="%scommon" xmlns:rpm="%srpm"' % (base, base), about),
        "filelists": wrapped("filelists", 'xmlns="%sfilelists"' % base, lists),
        "other": wrapped("otherdata", 'xmlns="%sother"' % base, other),
    }
    os.makedirs(os.path.join(out, "repodata"), exist_ok=True)
    rows = []
    for kind, content in files.items():
        data = content.encode("utf-8", "surrogateescape")
        digest = hashlib.sha256(data).hexdigest()
        href = "repodata/%s-%s.xml" % (digest, kind)
        with open(os.path.join(out, href), "wb") as f:
            f.write(data)
        rows.append('  <data type="%s">\n    <checksum type="sha256">%s</checksum>\n'
                    '    <location href="%s"/>\n    <timestamp>1</timestamp>\n'
                    '    <size>%d</size>\n  </data>\n' % (kind, digest, href, len(data)))
    with open(os.path.join(out, "repodata/repomd.xml"), "w") as f:
        f.write('<?xml version="1.0" encoding="UTF-8"?>\n<repomd xmlns="%srepo" xmlns:rpm="%srpm">\n'
                "  <revision>1</revision>\n%s</repomd>\n" % (base, base, "".join(rows)))
