#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads opm bundles; written from docs/formats/bundle.md alone, as somebody else would.

    read_bundle.py FILE...      prints what is in each file, or why it is damaged (exit status 3)
"""
import hashlib
import re
import struct
import sys
import zipfile
import zlib

HEAD, ALIGN = 2048, 4096
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
    need(lines[-2] == "end " + sha256(text[:-len(lines[-2]) - 1]), "manifest: its closing digest")
    entries = []
    for line in (line for line in lines if line.startswith("entry ")):
        found = re.fullmatch(r"entry ([ 0-9]{15}) ([ 0-9]{15}) (\w{64}) (\w{8}) (\S+)", line)
        need(found, "manifest: " + line)
        at, size, digest, crc, path = found.groups()
        entries.append((path, int(at), int(size), digest, int(crc, 16)))
    return entries


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
    at, gaps = HEAD + head["body_size"], hashlib.sha256()
    need(sha256(data[HEAD:at]) == head["body_sha256"], "script")
    with zipfile.ZipFile(path) as box:
        infos = box.infolist()
        need([info.filename for info in infos] == [e[0] for e in entries], "directory: names")
        for info, (name, data_at, size, digest, crc) in zip(infos, entries):
            need(info.header_offset == at and data_at % ALIGN == 0, "place of " + name)
            need(at + 30 + sum(struct.unpack_from("<HH", data, at + 26)) == data_at,
                 "ZIP header of " + name)
            need((info.compress_type, info.file_size, info.CRC) == (0, size, crc),
                 "directory: " + name)
            need((info.external_attr, info.flag_bits, info.comment) == (0o100644 << 16, 0, b""),
                 "directory: not a plain file: " + name)
            need(sha256(data[data_at:data_at + size]) == digest, name)
            gaps.update(data[at:data_at])
            at = data_at + size
        need(box.testzip() is None, "CRC-32")
        need(box.comment == data[-82:], "seal: its place")
    need(gaps.hexdigest() == head["gaps_sha256"], "a ZIP header or padding")
    need(at == head["directory_at"], "directory: its place")
    need(sha256(data[at:-82]) == head["directory_sha256"], "directory")
    need(data[-82:] == b"opm-seal 1 sha256 %s" % sha256(data[:-82]).encode(), "seal")
    return data[-64:].decode(), {e[0]: data[e[1]:e[1] + e[2]] for e in entries}


def main():
    status = 0
    for path in sys.argv[1:]:
        try:
            seal, files = read(path)
            print(f"{path}: whole, {len(files)} entries, seal {seal}")
        except (Damaged, ValueError, struct.error, zipfile.BadZipFile) as damage:
            print(f"{path}: damaged: {damage}")
            status = 3
    return status


if __name__ == "__main__":
    sys.exit(main())
