#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads opm bundles; written from docs/formats/bundle.md alone, as somebody else would.

    read_bundle.py FILE...      prints what is in each file, or why it is damaged (exit status 3)
"""
import hashlib
import re
import struct
import sys
import zlib

HEAD, ALIGN, MANY, BIG = 2048, 4096, 0xFFFF, 0xFFFFFFFF
PART = r"[A-Za-z0-9_+~^@=,][A-Za-z0-9._+~^@=,-]{0,199}"
PATH = re.compile(rf"{PART}(/{PART})*")
NAMES = ("box_format box_size body_size body_sha256 manifest_at manifest_size manifest_sha256"
         " gaps_sha256 directory_at directory_size directory_sha256").split()


class Damaged(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Damaged(what)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def read_head(head):
    need(len(head) == HEAD and head.startswith(b"#!/bin/sh\n"), "script: not a bundle")
    marker = b"# The head ends here.\n"
    need(head[-77 - len(marker):-77] == marker, "script: no marker at the end of the head")
    need(head[-77:] == b"head_sha256=%s\n" % sha256(head[:-77]).encode(), "script: head")
    facts = dict(line.split("=", 1) for line in head.decode("ascii").split("\n")
                 if re.match(r"[a-z0-9_]+=", line))
    need([name for name in facts if name != "head_sha256"] == NAMES, "script: assignments")
    need(facts["box_format"] == "1", "another format")
    return {name: value if "sha256" in name else int(value) for name, value in facts.items()}


def read_manifest(text):
    lines = text.decode("ascii").split("\n")
    need(lines[0] == "opm-bundle 1" and lines[-1] == "", "manifest: first or last line")
    body = text[:-len(lines[-2]) - 1]
    need(lines[-2] == "end " + sha256(body), "manifest: its closing digest")
    entries = []
    for line in lines[1:-2]:
        if line.startswith("entry "):
            found = re.fullmatch(r"entry ([ 0-9]{15}) ([ 0-9]{15}) (\w{64}) (\w{8}) (\S+)", line)
            need(found, "manifest: " + line)
            at, size, digest, crc, path = found.groups()
            entries.append((path, int(at), int(size), digest, int(crc, 16)))
    return entries


def local_header(path, size, crc, start):
    big = size >= BIG
    extra = struct.pack("<HHQQ", 1, 16, size, size) if big else b""
    shown = BIG if big else size
    name = path.encode("ascii")
    shortest = start + 30 + len(name) + len(extra) + 6
    data_at = (shortest + ALIGN - 1) // ALIGN * ALIGN
    fill = data_at - shortest
    extra += struct.pack("<HHH", 0xD935, 2 + fill, ALIGN) + bytes(fill)
    return struct.pack("<IHHHHHIIIHH", 0x04034B50, 45 if big else 10, 0, 0, 0, 0x21, crc, shown,
                       shown, len(name), len(extra)) + name + extra


def directory(entries, starts, at):
    rows = b""
    for (path, _, size, _, crc), start in zip(entries, starts):
        extra = struct.pack("<QQ", size, size) if size >= BIG else b""
        extra += struct.pack("<Q", start) if start >= BIG else b""
        version = 45 if extra else 10
        extra = struct.pack("<HH", 1, len(extra)) + extra if extra else b""
        rows += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 0x300 | version, version, 0, 0, 0,
                            0x21, crc, min(size, BIG), min(size, BIG), len(path), len(extra), 0, 0,
                            0, 0o100644 << 16, min(start, BIG)) + path.encode("ascii") + extra
    count, end = len(entries), b""
    if count >= MANY or at >= BIG or len(rows) >= BIG:
        end = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 0x300 | 45, 45, 0, 0, count, count,
                          len(rows), at) + struct.pack("<IIQI", 0x07064B50, 0, at + len(rows), 1)
    return rows + end + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, min(count, MANY),
                                    min(count, MANY), min(len(rows), BIG), min(at, BIG), 82)


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    head = read_head(data[:HEAD])
    need(len(data) == head["box_size"], f"cut off or too long: {len(data)} bytes")
    manifest = data[head["manifest_at"]:][:head["manifest_size"]]
    need(sha256(manifest) == head["manifest_sha256"], "manifest")
    entries = [("manifest", head["manifest_at"], len(manifest), sha256(manifest),
                zlib.crc32(manifest))] + read_manifest(manifest)
    need(all(PATH.fullmatch(e[0]) and len(e[0]) <= 1000 for e in entries), "an unsafe path")
    need(len({e[0].lower() for e in entries}) == len(entries), "a path twice")
    at, gaps, starts = HEAD + head["body_size"], hashlib.sha256(), []
    need(sha256(data[HEAD:at]) == head["body_sha256"], "script")
    for name, data_at, size, digest, crc in entries:
        header = local_header(name, size, crc, at)
        need(data[at:data_at] == header, "ZIP header or padding of " + name)
        need(sha256(data[data_at:data_at + size]) == digest, name)
        need(zlib.crc32(data[data_at:data_at + size]) == crc, "CRC-32 of " + name)
        gaps.update(header)
        starts.append(at)
        at = data_at + size
    need(gaps.hexdigest() == head["gaps_sha256"], "script: gaps_sha256")
    need(at == head["directory_at"] and data[at:-82] == directory(entries, starts, at), "directory")
    need(sha256(data[at:-82]) == head["directory_sha256"], "script: directory_sha256")
    need(data[-82:] == b"opm-seal 1 sha256 %s" % sha256(data[:-82]).encode(), "seal")
    return data[-64:].decode(), {e[0]: data[e[1]:e[1] + e[2]] for e in entries}


def main():
    status = 0
    for path in sys.argv[1:]:
        try:
            seal, files = read(path)
            print(f"{path}: whole, {len(files)} entries, seal {seal}")
        except (Damaged, ValueError) as damage:
            print(f"{path}: damaged: {damage}")
            status = 3
    return status


if __name__ == "__main__":
    sys.exit(main())
