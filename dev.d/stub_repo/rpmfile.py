"""An rpm file, written byte by byte: lead, signature header, main header, gzip cpio payload.

rpmbuild is not needed, takes no part in the bytes, and the same input gives the same file on
every machine: the payload's gzip holds stored blocks, so no version of zlib has a say either.
Tags and layouts: docs/manual/format_header.md and lib/rpmtag.h of rpm.
"""

import hashlib
import stat
import struct
import zlib
from dataclasses import dataclass, field

CHAR, INT8, INT16, INT32, INT64, STRING, BIN, STRING_ARRAY, I18N = 1, 2, 3, 4, 5, 6, 7, 8, 9
ALIGNMENT = {INT16: 2, INT32: 4, INT64: 8}
STRUCT = {INT8: "B", INT16: "H", INT32: "I", INT64: "Q"}

LESS, GREATER, EQUAL = 2, 4, 8
SENSE = {"<": LESS, "<=": LESS | EQUAL, "=": EQUAL, ">=": GREATER | EQUAL, ">": GREATER}
INTERP, PRE, POST, PREUN, POSTUN = 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12
TRIGGERIN, TRIGGERUN, TRIGGERPOSTUN, TRIGGERPREIN = 1 << 16, 1 << 17, 1 << 18, 1 << 25
CONFIG_DEP, RPMLIB, PRETRANS_DEP = 1 << 28, 1 << 24, 1 << 7

FILE_CONFIG, FILE_DOC, FILE_MISSINGOK, FILE_NOREPLACE, FILE_GHOST, FILE_LICENSE = 1, 2, 8, 16, 64, 128

# The kinds of dependency: tags of name, flags and version.
DEPENDENCIES = {
    "provides": (1047, 1112, 1113),
    "requires": (1049, 1048, 1050),
    "conflicts": (1054, 1053, 1055),
    "obsoletes": (1090, 1114, 1115),
    "recommends": (5046, 5048, 5047),
    "suggests": (5049, 5051, 5050),
    "supplements": (5052, 5054, 5053),
    "enhances": (5055, 5057, 5056),
}
# Scriptlets: tags of body and interpreter, and the flag of the interpreter's own requirement.
SCRIPTLETS = {
    "pre": (1023, 1085, PRE),
    "post": (1024, 1086, POST),
    "preun": (1025, 1087, PREUN),
    "postun": (1026, 1088, POSTUN),
    "pretrans": (1151, 1153, PRETRANS_DEP),
    "posttrans": (1152, 1154, 1 << 5),
}
# Triggers: flag, and tags of scripts, interpreters, names, versions, flags, indexes.
PACKAGE_TRIGGER_TAGS = (1065, 1092, 1066, 1067, 1068, 1069, None)
FILE_TRIGGER_TAGS = (5066, 5067, 5069, 5071, 5072, 5070, 5084)
TRANS_FILE_TRIGGER_TAGS = (5076, 5077, 5079, 5081, 5082, 5080, 5085)
TRIGGERS = {
    "triggerprein": (TRIGGERPREIN, PACKAGE_TRIGGER_TAGS),
    "triggerin": (TRIGGERIN, PACKAGE_TRIGGER_TAGS),
    "triggerun": (TRIGGERUN, PACKAGE_TRIGGER_TAGS),
    "triggerpostun": (TRIGGERPOSTUN, PACKAGE_TRIGGER_TAGS),
    "filetriggerin": (TRIGGERIN, FILE_TRIGGER_TAGS),
    "filetriggerun": (TRIGGERUN, FILE_TRIGGER_TAGS),
    "filetriggerpostun": (TRIGGERPOSTUN, FILE_TRIGGER_TAGS),
    "transfiletriggerin": (TRIGGERIN, TRANS_FILE_TRIGGER_TAGS),
    "transfiletriggerun": (TRIGGERUN, TRANS_FILE_TRIGGER_TAGS),
    "transfiletriggerpostun": (TRIGGERPOSTUN, TRANS_FILE_TRIGGER_TAGS),
}
DEFAULT_FILE_TRIGGER_PRIORITY = 1000000


@dataclass
class Dep:
    name: str
    sense: int = 0
    evr: str = ""

    def rich(self):
        return self.name.startswith("(")


@dataclass
class File:
    path: str
    mode: int = stat.S_IFREG | 0o644
    content: bytes = b""
    flags: int = 0
    link_to: str = ""
    user: str = "root"
    group: str = "root"

    def is_dir(self):
        return stat.S_ISDIR(self.mode)

    def is_regular(self):
        return stat.S_ISREG(self.mode)


@dataclass
class Trigger:
    kind: str
    interpreter: str
    body: str
    targets: list  # of Dep; for file triggers the path prefixes
    priority: int = DEFAULT_FILE_TRIGGER_PRIORITY


@dataclass
class Package:
    name: str
    version: str
    release: str
    arch: str
    epoch: int = 0
    summary: str = ""
    description: str = ""
    license: str = "none"
    vendor: str = ""
    group: str = "Unspecified"
    url: str = ""
    packager: str = ""
    source: str = ""
    build_seconds: int = 1700000000
    deps: dict = field(default_factory=dict)  # kind -> list of Dep
    files: list = field(default_factory=list)
    scriptlets: dict = field(default_factory=dict)  # kind -> (interpreter, body)
    triggers: list = field(default_factory=list)
    changelog: list = field(default_factory=list)  # (seconds, author, text)

    def evr(self):
        return "%s%s-%s" % ("%d:" % self.epoch if self.epoch else "", self.version, self.release)

    def nevra(self):
        """The full form, as opm.base.Nevra.full()."""
        return "%s-%d:%s-%s.%s" % (self.name, self.epoch, self.version, self.release, self.arch)

    def file_name(self):
        return "%s-%s-%s.%s.rpm" % (self.name, self.version, self.release, self.arch)


def header(tags, region):
    """The bytes of a header: `tags` is {number: (type, value)}, `region` 62 or 63.

    The region entry comes first in the index; its 16 bytes end the data, and say where the
    index begins. rpm takes digests and signatures over exactly these bytes.
    """
    data = bytearray()
    index = []
    for tag in sorted(tags):
        kind, value = tags[tag]
        data += b"\0" * (-len(data) % ALIGNMENT.get(kind, 1))
        offset = len(data)
        if kind in STRUCT:
            values = value if isinstance(value, list) else [value]
            data += struct.pack(">%d%s" % (len(values), STRUCT[kind]), *values)
            count = len(values)
        elif kind == BIN:
            data += value
            count = len(value)
        else:
            values = value if isinstance(value, list) else [value]
            data += b"".join(v.encode("utf-8", "surrogateescape") + b"\0" for v in values)
            count = len(values)
        index.append(struct.pack(">IIII", tag, kind, offset, count))
    entries = len(index) + 1
    trailer = struct.pack(">IIiI", region, BIN, -16 * entries, 16)
    first = struct.pack(">IIII", region, BIN, len(data), 16)
    data += trailer
    intro = b"\x8e\xad\xe8\x01\0\0\0\0" + struct.pack(">II", entries, len(data))
    return intro + first + b"".join(index) + bytes(data)


def stored_gzip(data):
    """A gzip of stored blocks: as large as the data, and equal everywhere."""
    out = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"]
    chunks = [data[i:i + 65535] for i in range(0, len(data), 65535)] or [b""]
    for i, chunk in enumerate(chunks):
        last = i == len(chunks) - 1
        out.append(struct.pack("<BHH", last, len(chunk), len(chunk) ^ 0xFFFF) + chunk)
    out.append(struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF))
    return b"".join(out)


def cpio_entry(name, mode, inode, mtime, content):
    raw = name.encode("utf-8", "surrogateescape") + b"\0"
    fields = (inode, mode, 0, 0, 1, mtime, len(content), 0, 0, 0, 0, len(raw), 0)
    head = b"070701" + b"".join(b"%08x" % f for f in fields) + raw
    return head + b"\0" * (-len(head) % 4) + content + b"\0" * (-len(content) % 4)


def payload(pkg):
    parts = []
    for i, f in enumerate(pkg.files):
        if f.flags & FILE_GHOST:
            continue
        content = f.link_to.encode() if f.link_to else f.content
        parts.append(cpio_entry("." + f.path, f.mode, i + 1, pkg.build_seconds, content))
    parts.append(cpio_entry("TRAILER!!!", 0, 0, 0, b""))
    return b"".join(parts)


def rpmlib_requirements(pkg):
    """What rpm itself must understand to read this package."""
    wanted = {"CompressedFileNames": "3.0.4-1", "PayloadFilesHavePrefix": "4.0-1",
              "FileDigests": "4.6.0-1"}
    versions = pkg.version + pkg.release + "".join(d.evr for ds in pkg.deps.values() for d in ds)
    if "~" in versions:
        wanted["TildeInVersions"] = "4.10.0-1"
    if "^" in versions:
        wanted["CaretInVersions"] = "4.15.0-1"
    if any(" " in interpreter for interpreter, _ in pkg.scriptlets.values()):
        wanted["ScriptletInterpreterArgs"] = "4.0.3-1"
    if any(d.rich() for ds in pkg.deps.values() for d in ds):
        wanted["RichDependencies"] = "4.12.0-1"
    bodies = list(pkg.scriptlets.values()) + [(t.interpreter, t.body) for t in pkg.triggers]
    if any(interpreter == "<lua>" for interpreter, _ in bodies):
        wanted["BuiltinLuaScripts"] = "4.2.2-1"
    return [Dep("rpmlib(%s)" % n, LESS | EQUAL | RPMLIB, v) for n, v in sorted(wanted.items())]


def main_tags(pkg, raw_payload, packed):
    tags = {
        100: (STRING_ARRAY, ["C"]),
        1000: (STRING, pkg.name),
        1001: (STRING, pkg.version),
        1002: (STRING, pkg.release),
        1004: (I18N, pkg.summary or pkg.name),
        1005: (I18N, pkg.description or pkg.summary or pkg.name),
        1006: (INT32, pkg.build_seconds),
        1007: (STRING, "localhost"),
        1009: (INT32, sum(len(f.content) for f in pkg.files)),
        1014: (STRING, pkg.license),
        1016: (I18N, pkg.group),
        1021: (STRING, "linux"),
        1022: (STRING, pkg.arch),
        1044: (STRING, pkg.source or "%s-%s-%s.src.rpm" % (pkg.name, pkg.version, pkg.release)),
        1064: (STRING, "4.18.0"),
        1124: (STRING, "cpio"),
        1125: (STRING, "gzip"),
        1126: (STRING, "9"),
        1132: (STRING, "%s-linux" % pkg.arch),
        5062: (STRING, "utf-8"),
        5092: (STRING_ARRAY, [hashlib.sha256(packed).hexdigest()]),
        5093: (INT32, 8),
        5097: (STRING_ARRAY, [hashlib.sha256(raw_payload).hexdigest()]),
    }
    if pkg.epoch:
        tags[1003] = (INT32, pkg.epoch)
    for tag, value in ((1011, pkg.vendor), (1015, pkg.packager), (1020, pkg.url)):
        if value:
            tags[tag] = (STRING, value)
    if pkg.changelog:
        tags[1080] = (INT32, [c[0] for c in pkg.changelog])
        tags[1081] = (STRING_ARRAY, [c[1] for c in pkg.changelog])
        tags[1082] = (STRING_ARRAY, [c[2] for c in pkg.changelog])
    for kind, (name_tag, flag_tag, version_tag) in DEPENDENCIES.items():
        deps = list(pkg.deps.get(kind, ()))
        if kind == "requires":
            deps += interpreter_requirements(pkg) + rpmlib_requirements(pkg)
        if deps:
            tags[name_tag] = (STRING_ARRAY, [d.name for d in deps])
            tags[flag_tag] = (INT32, [d.sense for d in deps])
            tags[version_tag] = (STRING_ARRAY, [d.evr for d in deps])
    tags.update(file_tags(pkg))
    for kind, (interpreter, body) in pkg.scriptlets.items():
        body_tag, program_tag, _ = SCRIPTLETS[kind]
        tags[body_tag] = (STRING, body)
        tags[program_tag] = (STRING_ARRAY, interpreter.split())
    tags.update(trigger_tags(pkg))
    return tags


def interpreter_requirements(pkg):
    """A scriptlet's interpreter is required, as rpmbuild does; Lua lives inside rpm."""
    found = []
    for kind, (interpreter, _) in sorted(pkg.scriptlets.items()):
        if interpreter != "<lua>":
            found.append(Dep(interpreter.split()[0], INTERP | SCRIPTLETS[kind][2]))
    for trigger in pkg.triggers:
        dep = Dep(trigger.interpreter.split()[0], INTERP)
        if trigger.interpreter != "<lua>" and dep not in found:
            found.append(dep)
    return found


def file_tags(pkg):
    files = pkg.files
    if not files:
        return {}
    dirs = {}
    dir_indexes, base_names = [], []
    for f in files:
        parent, base = f.path.rsplit("/", 1)
        dir_indexes.append(dirs.setdefault(parent + "/", len(dirs)))
        base_names.append(base)
    count = len(files)
    digests = [hashlib.sha256(f.content).hexdigest()
               if f.is_regular() and not f.flags & FILE_GHOST else "" for f in files]
    return {
        1028: (INT32, [len(f.link_to) if f.link_to else len(f.content) for f in files]),
        1030: (INT16, [f.mode for f in files]),
        1033: (INT16, [0] * count),
        1034: (INT32, [pkg.build_seconds] * count),
        1035: (STRING_ARRAY, digests),
        1036: (STRING_ARRAY, [f.link_to for f in files]),
        1037: (INT32, [f.flags for f in files]),
        1039: (STRING_ARRAY, [f.user for f in files]),
        1040: (STRING_ARRAY, [f.group for f in files]),
        1045: (INT32, [0xFFFFFFFF] * count),
        1095: (INT32, [1] * count),
        1096: (INT32, list(range(1, count + 1))),
        1097: (STRING_ARRAY, [""] * count),
        1116: (INT32, dir_indexes),
        1117: (STRING_ARRAY, base_names),
        1118: (STRING_ARRAY, list(dirs)),
        5011: (INT32, 8),
    }


def trigger_tags(pkg):
    tags = {}
    families = {}
    for trigger in pkg.triggers:
        families.setdefault(TRIGGERS[trigger.kind][1], []).append(trigger)
    for family, triggers in families.items():
        scripts_tag, program_tag, name_tag, version_tag, flag_tag, index_tag, priority_tag = family
        rows = [(t, i, dep) for i, t in enumerate(triggers) for dep in t.targets]
        tags[scripts_tag] = (STRING_ARRAY, [t.body for t in triggers])
        tags[program_tag] = (STRING_ARRAY, [t.interpreter for t in triggers])
        tags[name_tag] = (STRING_ARRAY, [dep.name for _, _, dep in rows])
        tags[version_tag] = (STRING_ARRAY, [dep.evr for _, _, dep in rows])
        tags[flag_tag] = (INT32, [dep.sense | TRIGGERS[t.kind][0] for t, _, dep in rows])
        tags[index_tag] = (INT32, [i for _, i, _ in rows])
        if priority_tag:
            tags[priority_tag] = (INT32, [t.priority for t in triggers])
    return tags


@dataclass
class Written:
    """What a repository says about a package file."""

    data: bytes
    header_start: int
    header_end: int
    payload_bytes: int
    requires: list


def write(pkg, key=None):
    """The whole file. `key` signs the main header; without one the package is unsigned."""
    pkg.files.sort(key=lambda f: f.path.encode("utf-8", "surrogateescape"))
    raw = payload(pkg)
    packed = stored_gzip(raw)
    main = header(main_tags(pkg, raw, packed), 63)
    signature = {
        269: (STRING, hashlib.sha1(main).hexdigest()),
        273: (STRING, hashlib.sha256(main).hexdigest()),
        1000: (INT32, len(main) + len(packed)),
        1004: (BIN, hashlib.md5(main + packed).digest()),
        1007: (INT32, len(raw)),
    }
    if key:
        signature[268] = (BIN, key.signature(main, pkg.build_seconds))
    sig = header(signature, 62)
    sig += b"\0" * (-len(sig) % 8)
    lead_name = ("%s-%s-%s" % (pkg.name, pkg.version, pkg.release)).encode()[:65]
    lead = struct.pack(">4sBBHH66sHH16s", b"\xed\xab\xee\xdb", 3, 0, 0,
                       255 if pkg.arch == "noarch" else 1, lead_name, 1, 5, b"")
    start = len(lead) + len(sig)
    requires = list(pkg.deps.get("requires", ())) + interpreter_requirements(pkg)
    return Written(lead + sig + main + packed, start, start + len(main), len(raw), requires)
