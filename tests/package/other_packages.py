"""Signed packages of HarmonyOS and of Apple's platforms, which no program in Debian makes: layouts
by hand, signatures by OpenSSL. Each is a name, the bytes and the expected result, as in
tampered.py. Tests only."""

import base64
import hashlib
import io
import json
import plistlib
import struct
import zipfile

from apk_block import Apk, der, prefixed, u32
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7

PROFILE, SIGNATURE = 0x20000002, 0x20000000
NAME = "cn.example.signed"
MODULE = {"app": {"bundleName": NAME, "label": "示例"}, "module": {"name": "entry"}}


def archive(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


class Others:
    def __init__(self, folder, keys):
        self.folder, self.keys, self.expected = folder, keys, {}

    def add(self, name, data, what):
        (self.folder / f"{name}.pkg").write_bytes(data)
        self.expected[name] = what

    def sign(self, content, detached=False, name="chain"):
        key, certificate = self.keys[name]
        builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
        builder = builder.add_signer(certificate, key, hashes.SHA256())
        if name == "chain":
            builder = builder.add_certificate(self.keys.root)
        options = [pkcs7.PKCS7Options.Binary]
        return builder.sign(serialization.Encoding.DER, options + (
            [pkcs7.PKCS7Options.DetachedSignature] if detached else []))

    @staticmethod
    def hap_block(parts, magic=b"<hap sign block>", version=3, count=None):
        heads, values = b"", b""
        for kind, value in parts:
            heads += struct.pack("<III", kind, len(value), 12 * len(parts) + len(values))
            values += value
        count = len(parts) if count is None else count
        size = len(heads) + len(values) + 32
        return heads + values + struct.pack("<IQ", count, size) + magic + u32(version)

    def hap(self):
        plain = Apk(archive({"module.json": json.dumps(MODULE), "ets/modules.abc": b"code" * 1000,
                             "pack.info": b"{}"}))
        profile = b"a profile"

        def digest(behind):
            at = u32(len(plain.entries))
            parts = (plain.entries, plain.directory, plain.end[:16] + at + plain.end[20:])
            digests = b"".join(hashlib.sha256(b"\xa5" + u32(len(one)) + one).digest()
                               for one in parts)
            return hashlib.sha256(b"\x5a" + u32(3) + digests + behind).digest()

        def content(behind=profile, algorithm=0x201):
            return u32(2) + u32(1) + prefixed(u32(algorithm) + prefixed(digest(behind)))

        good = self.sign(content())
        parts = [(PROFILE, profile), (SIGNATURE, good)]
        block = self.hap_block(parts)
        self.add("hap", plain.bytes(block), "good")
        self.add("hap-ec", plain.bytes(self.hap_block(
            [(PROFILE, profile), (SIGNATURE, self.sign(content(), name="ec384"))])), "good")
        self.add("hap-old", plain.bytes(self.hap_block(parts, b"HAP Sig Block 42", 2)), "good")
        self.add("hap-negative", plain.bytes(self.hap_block(parts, b"HAP Sig Block 42", 2**32 - 1)), "good")
        self.add("hap-alone", plain.bytes(self.hap_block([(SIGNATURE, self.sign(content(b"")))])),
                 "good")
        self.add("hap-unsigned", plain.bytes(b""), "unsigned")
        self.add("hap-magic", plain.bytes(self.hap_block(parts, b"HAP Sig Block 42", 3)),
                 "unsigned")
        self.add("hap-entry", flip(plain.bytes(block), 120), "content_digest_mismatch")
        self.add("hap-profile", plain.bytes(self.hap_block(
            [(PROFILE, b"another"), (SIGNATURE, good)])), "content_digest_mismatch")
        self.add("hap-signature", plain.bytes(self.hap_block(
            [(PROFILE, profile), (SIGNATURE, flip(good, len(good) - 9))])), "signature_invalid")
        for name, value in (("garbage", b"garbage"), ("empty", b""), ("cut", good[:300]),
                            ("content", self.sign(b"no digest")),
                            ("algorithm", self.sign(content(algorithm=0x999)))):
            self.add(f"hap-{name}", plain.bytes(self.hap_block(
                [(PROFILE, profile), (SIGNATURE, value)])), "signature_malformed")
        self.add("hap-twice", plain.bytes(self.hap_block(parts + parts[1:])),
                 "signature_malformed")
        self.add("hap-none", plain.bytes(self.hap_block(parts[:1])), "signature_malformed")
        at = len(block) - 32
        for name, changed in (
                ("count", self.hap_block(parts, count=2**32 - 1)),
                ("offset", block[:8] + u32(2**32 - 1) + block[12:]),
                ("length", block[:4] + u32(len(block)) + block[8:]),
                ("size", block[:at + 4] + struct.pack("<Q", 2**63) + block[at + 12:]),
                ("tiny", block[:at + 4] + struct.pack("<Q", 31) + block[at + 12:])):
            self.add(f"hap-block-{name}", plain.bytes(changed), "hap_block_malformed")

    def executable(self, cms, directory=b"a code directory"):
        def blob(magic, content):
            return struct.pack(">II", magic, 8 + len(content)) + content

        blobs = [blob(0xFADE0C02, directory)] + ([blob(0xFADE0B01, cms)] if cms else [])
        index, at = b"", 12 + 8 * len(blobs)
        for slot, one in zip((0, 0x10000), blobs):
            index += struct.pack(">II", slot, at)
            at += len(one)
        signature = struct.pack(">III", 0xFADE0CC0, at, len(blobs)) + index + b"".join(blobs)
        commands = struct.pack("<II", 0x1B, 8) + struct.pack("<IIII", 0x1D, 16, 4096,
                                                             len(signature))
        header = struct.pack("<IIIIIIII", 0xFEEDFACF, 0x0100000C, 0, 2, 2, len(commands), 0, 0)
        return (header + commands).ljust(4096, b"\0") + signature

    @staticmethod
    def fat(*parts):
        heads, values, at = b"", b"", 4096
        for part in parts:
            heads += struct.pack(">IIIII", 0x0100000C, 0, at, len(part), 12)
            values += part
            at += len(part)
        return (struct.pack(">II", 0xCAFEBABE, len(parts)) + heads).ljust(4096, b"\0") + values

    def ipa(self):
        directory = struct.pack(">II", 0xFADE0C02, 8 + 16) + b"a code directory"
        cms = self.sign(directory, detached=True)
        data = base64.encodebytes(der(self.keys["chain"][1])).decode()
        profile = self.sign(f"""<?xml version="1.0"?><plist><dict><key>Name</key><string>x</string>
<key>DeveloperCertificates</key><array><data>{data}</data><data>AAAA</data></array></dict></plist>
""".encode(), name="ec256")
        app = "Payload/Example.app/"

        def ipa(name, what, executable, entry="Example", **more):
            entries = {f"{app}Info.plist": plistlib.dumps({"CFBundleIdentifier": NAME}),
                       f"{app}{entry}": executable}
            if more.get("profile", profile):
                entries[f"{app}embedded.mobileprovision"] = more.get("profile", profile)
            self.add(name, archive(entries), what)

        good = self.executable(cms)
        ipa("ipa", "good", good)
        ipa("ipa-store", "good", good, profile=b"")
        ipa("ipa-fat", "good", self.fat(self.executable(b""), good))
        ipa("ipa-adhoc", "unsigned", self.executable(b""), profile=b"")
        ipa("ipa-directory", "signature_invalid", self.executable(cms, b"A code directory"))
        ipa("ipa-profile", "holds signature_malformed", good, profile=b"garbage")
        ipa("ipa-profile-bad", "holds signature_invalid", good,
            profile=flip(profile, len(profile) - 5))
        ipa("ipa-elsewhere", "executable_missing", good, entry="Other")
        for name, executable in (("garbage", b"garbage"), ("empty", b""), ("cut", good[:-300]),
                                 ("header", good[:30]), ("cms", self.executable(b"garbage")),
                                 ("fat-cut", self.fat(good)[:5000]),
                                 ("fat-count", struct.pack(">II", 0xCAFEBABE, 2**32 - 1))):
            ipa(f"ipa-{name}", "signature_malformed", executable)


def make(folder, keys):
    """Writes NAME.pkg, and others.tsv with one line per package: NAME and the expected result."""
    others = Others(folder, keys)
    others.hap()
    others.ipa()
    (folder / "others.tsv").write_text("".join(f"{name}\t{what}\n" for name, what in
                                               others.expected.items()))
