"""Throw-away OpenPGP keys and signatures, from nothing but the standard library.

A key is computed from its name, so anyone can compute it: IT PROTECTS NOTHING. It exists so that
signature checks have something real to check and the same input gives the same bytes.
Formats: RFC 4880 sections 4.2, 5.2, 5.5 (version 4 keys and signatures, RSA with SHA-256).
"""

import base64
import hashlib
import os
import struct

BITS = 2048
CREATED = 1700000000
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def stream(seed):
    counter = 0
    while True:
        yield hashlib.sha256(b"%s %d" % (seed, counter)).digest()
        counter += 1


def probably_prime(n, witnesses):
    small = (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
    if any(n % p == 0 for p in small):
        return False
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(witnesses):
        x = pow(int.from_bytes(hashlib.sha256(b"%d %d" % (n, _)).digest(), "big"), odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(seed, bits):
    blocks = stream(seed)
    raw = b"".join(next(blocks) for _ in range(bits // 256))
    candidate = int.from_bytes(raw, "big") | (3 << (bits - 2)) | 1
    while not (candidate % 65537 != 1 and probably_prime(candidate, 1)
               and probably_prime(candidate, 20)):
        candidate += 2
    return candidate


def mpi(n):
    return struct.pack(">H", n.bit_length()) + n.to_bytes((n.bit_length() + 7) // 8, "big")


def packet(tag, body):
    return struct.pack(">BH", 0x80 | tag << 2 | 1, len(body)) + body


def subpacket(kind, body):
    return bytes([len(body) + 1, kind]) + body


class Key:
    """An RSA key of 2,048 bits that everybody knows."""

    def __init__(self, name, cache_dir=None):
        self.name = name
        self.user = ("opm %s key, made for tests, protects nothing <%s@opm.invalid>"
                     % (name, name)).encode()
        p, q = self._primes(cache_dir)
        self.n = p * q
        self.p, self.q, self.q_inverse = p, q, pow(q, -1, p)
        self.dp, self.dq = pow(65537, -1, p - 1), pow(65537, -1, q - 1)
        self.body = struct.pack(">BIB", 4, CREATED, 1) + mpi(self.n) + mpi(65537)
        framed = b"\x99" + struct.pack(">H", len(self.body)) + self.body
        self.fingerprint = hashlib.sha1(framed).digest()

    def _primes(self, cache_dir):
        file = cache_dir and os.path.join(cache_dir, self.name)
        if file and os.path.exists(file):
            with open(file) as f:
                p, q = (int(line, 16) for line in f)
            return p, q
        p, q = (prime(b"opm %s %s" % (self.name.encode(), half), BITS // 2) for half in (b"p", b"q"))
        if file:
            os.makedirs(cache_dir, exist_ok=True)
            with open(file + ".%d" % os.getpid(), "w") as f:
                f.write("%x\n%x\n" % (p, q))
            os.rename(f.name, file)
        return p, q

    def _sign(self, digest):
        length = BITS // 8
        block = SHA256_PREFIX + digest
        m = int.from_bytes(b"\0\1" + b"\xff" * (length - 3 - len(block)) + b"\0" + block, "big")
        # The Chinese remainder form, four times as fast as pow(m, d, n).
        mp, mq = pow(m, self.dp, self.p), pow(m, self.dq, self.q)
        return mq + self.q * ((mp - mq) * self.q_inverse % self.p)

    def _signature_packet(self, kind, signed, seconds, more=b""):
        hashed = (subpacket(33, b"\4" + self.fingerprint) + subpacket(2, struct.pack(">I", seconds))
                  + more)
        head = struct.pack(">BBBBH", 4, kind, 1, 8, len(hashed)) + hashed
        digest = hashlib.sha256(signed + head + b"\4\xff" + struct.pack(">I", len(head))).digest()
        unhashed = subpacket(16, self.fingerprint[-8:])
        return packet(2, head + struct.pack(">H", len(unhashed)) + unhashed + digest[:2]
                      + mpi(self._sign(digest)))

    def signature(self, data, seconds):
        """A detached signature of a document, not older than the key."""
        return self._signature_packet(0, data, max(seconds, CREATED))

    def certificate(self):
        """The public key with its user id and self-signature, ASCII armoured."""
        certified = (b"\x99" + struct.pack(">H", len(self.body)) + self.body
                     + b"\xb4" + struct.pack(">I", len(self.user)) + self.user)
        flags = subpacket(27, b"\3") + subpacket(11, b"\x09\x08") + subpacket(21, b"\x08\x0a")
        raw = (packet(6, self.body) + packet(13, self.user)
               + self._signature_packet(0x13, certified, CREATED, flags))
        text = base64.b64encode(raw).decode()
        lines = [text[i:i + 64] for i in range(0, len(text), 64)]
        check = base64.b64encode(crc24(raw).to_bytes(3, "big")).decode()
        return "\n".join(["-----BEGIN PGP PUBLIC KEY BLOCK-----", "", *lines, "=" + check,
                          "-----END PGP PUBLIC KEY BLOCK-----", ""])


def crc24(data):
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc
