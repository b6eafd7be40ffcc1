"""Surgery on signed APKs: the APK Signing Block is taken apart and put together again, with
hand-made signers of v2, v3 and v3.1, right and wrong ones. Tests only."""

import hashlib
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

V2, V3, V31 = 0x7109871A, 0xF05368C0, 0x1B93AD61
MAGIC = b"APK Sig Block 42"
ROTATION, ROTATES_FROM, SCHEME = 0x3BA06F8C, 0x559F8B02, 0xBEEFF00D


def u32(value):
    return struct.pack("<I", value)


def prefixed(data):
    return u32(len(data)) + data


def sequence(items):
    return prefixed(b"".join(prefixed(item) for item in items))


def take(data):
    """A length-prefixed item, and what follows it."""
    size = struct.unpack_from("<I", data)[0]
    return data[4:4 + size], data[4 + size:]


class Apk:
    """entries | block | directory | end, as bytes; the block as pairs of identifier and value."""

    def __init__(self, data):
        at = data.rindex(b"PK\5\6")
        directory = struct.unpack_from("<I", data, at + 16)[0]
        self.directory, self.end = data[directory:at], data[at:]
        self.entries, self.pairs = data[:directory], []
        if self.entries.endswith(MAGIC):
            size = struct.unpack_from("<Q", self.entries, directory - 24)[0]
            block = self.entries[directory - size:-24]
            self.entries = self.entries[:directory - size - 8]
            while block:
                length, identifier = struct.unpack_from("<QI", block)
                self.pairs.append((identifier, block[12:8 + length]))
                block = block[8 + length:]

    def value(self, identifier):
        return next(value for found, value in self.pairs if found == identifier)

    def set(self, identifier, value):
        self.pairs = [(found, value if found == identifier else old) for found, old in self.pairs]
        return self

    def drop(self, *identifiers):
        self.pairs = [pair for pair in self.pairs if pair[0] not in identifiers]
        return self

    def block(self):
        body = b"".join(struct.pack("<QI", 4 + len(value), identifier) + value
                        for identifier, value in self.pairs)
        size = struct.pack("<Q", len(body) + 24)
        return size + body + size + MAGIC

    def bytes(self, block=None):
        """`block`: other bytes in place of the block; if empty, no block at all."""
        block = self.block() if block is None else block
        at = struct.pack("<I", len(self.entries) + len(block))
        return self.entries + block + self.directory + self.end[:16] + at + self.end[20:]

    def digest(self):
        """Chunked SHA-256 of the contents."""
        at = struct.pack("<I", len(self.entries))
        chunks = []
        for part in (self.entries, self.directory, self.end[:16] + at + self.end[20:]):
            chunks += [part[i:i + (1 << 20)] for i in range(0, len(part), 1 << 20)]
        digests = [hashlib.sha256(b"\xa5" + u32(len(one)) + one).digest() for one in chunks]
        return hashlib.sha256(b"\x5a" + u32(len(digests)) + b"".join(digests)).digest()


def algorithm_of(key):
    return 0x0103 if isinstance(key, rsa.RSAPrivateKey) else 0x0201


def sign(key, data):
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER,
                                         serialization.PublicFormat.SubjectPublicKeyInfo)


def lineage(*steps):
    """Steps of (key, certificate), oldest first."""
    record, before = u32(1), None
    for i, (key, certificate) in enumerate(steps):
        signed = prefixed(der(certificate)) + u32(algorithm_of(before) if before else 0)
        by = algorithm_of(key) if i + 1 < len(steps) else 0
        signature = sign(before, signed) if before else b""
        record += prefixed(prefixed(signed) + u32(31) + u32(by) + prefixed(signature))
        before = key
    return record


def signer(apk, key, certificate, sdk=None, signed_sdk=None, attributes=(), algorithms=None,
           digest_algorithms=None, certificates=None, public_key=None):
    """One signer; whatever is not given is correct."""
    algorithms = [algorithm_of(key)] if algorithms is None else algorithms
    digest_algorithms = algorithms if digest_algorithms is None else digest_algorithms
    certificates = [der(certificate)] if certificates is None else certificates
    sdk_bytes = struct.pack("<II", *sdk) if sdk else b""
    signed_sdk = struct.pack("<II", *signed_sdk) if signed_sdk else sdk_bytes
    signed = (sequence([u32(one) + prefixed(apk.digest()) for one in digest_algorithms]) +
              sequence(certificates) + signed_sdk +
              sequence([u32(name) + value for name, value in attributes]))
    signatures = sequence([u32(one) + prefixed(sign(key, signed)) for one in algorithms])
    public_key = spki(key) if public_key is None else public_key
    return prefixed(signed) + sdk_bytes + signatures + prefixed(public_key)
