"""Signed packages that somebody changed, and some that apksigner cannot make: a name, the bytes and
the expected result, `good` or the code of an oddity. Tests only."""

import io
import struct
import zipfile

from apk_block import (MAGIC, ROTATES_FROM, ROTATION, SCHEME, V2, V3, V31, Apk, der, lineage, prefixed,
                       sequence, signer, spki, take, u32)
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7

# Cases that releases before Android 7 look at as well; the others are verified for 7 and later.
VERIFY = {}
SOON = (28, 0x7FFFFFFF)
ROTATED = (33, 0x7FFFFFFF)


def flip(data, at, mask=1):
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1:]


def rezip(data, changes, drop=()):
    """The archive with these entries changed or added, without a signing block."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            if entry.filename not in drop:
                new.writestr(entry, changes.pop(entry.filename, None) or old.read(entry))
        for name, content in changes.items():
            new.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def member(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


class Cases:
    def __init__(self, folder, keys):
        self.folder, self.keys, self.expected = folder, keys, {}
        self.key, self.certificate = keys["rsa2048"]

    def load(self, name):
        return (self.folder / f"{name}.apk").read_bytes()

    def add(self, name, data, code, verify=None, agrees=True):
        """`agrees`: Debian's apksigner, which predates some rules, finds the same."""
        (self.folder / f"{name}.apk").write_bytes(data)
        self.expected[name] = code if agrees else f"ours\t{code}"
        if verify:
            VERIFY[name] = ["--min-sdk-version", verify]

    def regions(self):
        """A byte flipped in each region of a file signed with all schemes."""
        for base, scheme in (("rsa2048-v2", V2), ("ec256-v3", V3), ("verity-rsa-v2", V2),
                             ("ec521-v123", V3)):
            data = self.load(base)
            apk = Apk(data)
            directory = len(apk.entries) + len(apk.block())
            self.add(f"{base}-entry", flip(data, 200), "content_digest_mismatch")
            self.add(f"{base}-directory", flip(data, directory + 12), "content_digest_mismatch")
            value = apk.value(scheme)
            signed = take(take(value)[0])[0]
            at = data.index(signed)
            after = take(signed)[1]
            skip = 8 if scheme == V3 else 0
            sizes = struct.unpack_from("<I", after, skip)[0]
            parts = {"digest": 20, "certificate": 120, "signature": len(signed) - len(after) +
                     4 + skip + sizes - 8, "key": len(signed) - 30}
            for part, offset in parts.items():
                self.add(f"{base}-{part}", flip(data, at + offset), {
                    "certificate": "certificate_malformed|signature_invalid",
                }.get(part, "signature_invalid"))
        data = self.load("rsa2048-v2")
        self.add("comment", data[:-2] + b"\x01\x00!", "content_digest_mismatch")

    def stripped(self):
        self.add("no-block-v12", Apk(self.load("rsa2048-v12")).bytes(b""), "signature_stripped")
        self.add("no-block-v123", Apk(self.load("ec256-v123")).bytes(b""), "signature_stripped")
        self.add("no-v3", Apk(self.load("rsa2048-v123")).drop(V3).bytes(), "signature_stripped")
        self.add("no-v3-no-v1", Apk(self.load("ec384-v123")).drop(V3).bytes(),
                 "signature_stripped")
        self.add("unsigned", (self.folder / "aligned.apk").read_bytes(), "")

    def block(self):
        """Wrong sizes."""
        apk = Apk(self.load("rsa2048-v2"))
        block = apk.block()
        at = "signing_block_malformed"
        self.add("block-begin", apk.bytes(flip(block, 0)), at)
        self.add("block-end", apk.bytes(flip(block, len(block) - 24)), at)
        self.add("block-huge", apk.bytes(block[:-24] + b"\xff" * 8 + MAGIC), at)
        self.add("block-tiny", apk.bytes(struct.pack("<Q", 8) + block[8:-24] +
                                         struct.pack("<Q", 8) + MAGIC), at)
        self.add("block-magic", apk.bytes(flip(block, len(block) - 1)), "")
        for name, size in (("overflow", 2**64 - 1), ("negative", 2**63), ("long", len(block)),
                           ("short", 3), ("zero", 0)):
            self.add(f"pair-{name}", apk.bytes(block[:8] + struct.pack("<Q", size) + block[16:]),
                     at)
        good = apk.value(V2)
        bad = flip(good, len(good) - 400)
        # Android never reaches what follows the pair that it wants.
        for name, pairs in (("behind", struct.pack("<QI", 2**40, 7)), ("short-behind", struct.pack("<QH", 2, 7))):
            body = block[8:-24] + pairs
            size = struct.pack("<Q", len(body) + 24)
            self.add(f"pair-{name}", apk.bytes(size + body + size + MAGIC), f"holds {at}")
        self.add("pairs-many", self.with_pairs(apk, *[(7, b"")] * 2000, *apk.pairs), "good")
        self.add("twice-bad-first", self.with_pairs(apk, (V2, bad), (V2, good)),
                 "signing_block_duplicate")
        for name, value in (("empty", b""), ("short", b"\1\0"), ("no-signer", u32(0)),
                            ("overflow", u32(0xFFFFFFFF) + good[4:]),
                            ("signer-overflow", good[:4] + u32(0xFFFFFFF0) + good[8:]),
                            ("data-overflow", good[:8] + u32(len(good)) + good[12:]),
                            ("cut", good[:4] + good[4:len(good) // 2]),
                            ("cut-signer", prefixed(good[4:len(good) // 2])),
                            ("zeros", sequence([bytes(64)]))):
            self.add(f"v2-{name}", self.with_pairs(apk, (V2, value)), "signature_malformed")

    @staticmethod
    def with_pairs(apk, *pairs):
        copy = Apk(apk.bytes())
        copy.pairs = list(pairs)
        return copy.bytes()

    def signers(self):
        """Signers made by hand: first correct ones, then wrong ones."""
        apk = Apk((self.folder / "aligned.apk").read_bytes())
        key, certificate = self.key, self.certificate
        other_key, other = self.keys["third"]

        def v2(name, code, *signers, agrees=True):
            self.add(f"hand-{name}", self.with_pairs(apk, (V2, sequence(signers))), code,
                     agrees=agrees)

        def one(**more):
            return signer(apk, key, certificate, **more)

        v2("right", "good", one())
        v2("unknown", "signature_algorithm_unknown", one(algorithms=[0x0999]))
        v2("unknown-too", "good", one(algorithms=[0x0999, 0x0103]))
        v2("wrong-algorithm", "signature_invalid", one(algorithms=[0x0104]))
        v2("key-of-other-kind", "signature_invalid", one(algorithms=[0x0201]))
        v2("digests", "signature_digests_differ", one(digest_algorithms=[0x0103, 0x0201]))
        v2("digests-order", "signature_digests_differ",
           one(algorithms=[0x0103, 0x0999], digest_algorithms=[0x0999, 0x0103]))
        v2("no-signature", "signature_malformed", one(algorithms=[]))
        v2("certificate-of-other", "signature_key_mismatch", one(certificates=[der(other)]))
        v2("forged", "signature_invalid", signer(apk, other_key, certificate,
                                                 public_key=spki(key)))
        v2("key-garbage", "signature_invalid", one(public_key=b"garbage"))
        v2("no-certificate", "signature_malformed", one(certificates=[]))
        v2("certificate-garbage", "certificate_malformed", one(certificates=[b"\x30\x03abc"]))
        # Android compares a certificate by all its bytes.
        v2("certificate-longer", "good", one(certificates=[der(certificate) + b"!"]))
        v2("names-v3", "signature_stripped", one(attributes=[(SCHEME, u32(3))]))
        v2("eleven", "signers_too_many", *[one()] * 11, agrees=False)
        v2("second-bad", "signature_invalid", one(), signer(apk, other_key, other,
                                                            public_key=spki(key)))
        v2("second-garbage", "signature_malformed", one(), b"garbage")
        self.releases(apk, other_key, other)

    def releases(self, apk, new_key, new):
        old = (self.key, self.certificate)
        chain = [(ROTATION, lineage(old, (new_key, new)))]

        def v3(name, code, *signers, v31=(), agrees=True):
            pairs = [(V3, sequence(signers))] + ([(V31, sequence(v31))] if v31 else [])
            self.add(f"hand-{name}", self.with_pairs(apk, *pairs), code, verify="28",
                     agrees=agrees)

        def one(key, certificate, sdk=SOON, **more):
            return signer(apk, key, certificate, sdk=sdk, **more)

        v3("v3-right", "good", one(*old))
        v3("v3-rotated", "good", one(new_key, new, attributes=chain))
        v3("v3-sdk", "signature_sdk_mismatch", one(*old, signed_sdk=(30, 33)))
        v3("v3-two", "signers_too_many", one(*old), one(new_key, new), agrees=False)
        v3("lineage-twice", "lineage_invalid", one(new_key, new, attributes=chain * 2),
           agrees=False)
        v3("lineage-other-end", "lineage_invalid", one(*old, attributes=chain))
        forged = lineage((new_key, self.certificate), (new_key, new))
        v3("lineage-forged", "lineage_invalid", one(new_key, new, attributes=[(ROTATION, forged)]))
        loop = lineage(old, (new_key, new), old)
        v3("lineage-loop", "lineage_invalid", one(*old, attributes=[(ROTATION, loop)]))
        v3("lineage-cut", "lineage_invalid",
           one(new_key, new, attributes=[(ROTATION, chain[0][1][:-9])]))
        names = [(ROTATES_FROM, u32(33))]
        later = one(new_key, new, sdk=ROTATED, attributes=chain)
        latest = one(new_key, new, sdk=(34, 0x7FFFFFFF), attributes=chain)
        # Debian's apksigner does not know v3.1.
        v3("v31", "good", one(*old, attributes=names), v31=[later], agrees=False)
        v3("v31-without-name", "good", one(*old), v31=[later], agrees=False)
        v3("v31-stripped", "signature_stripped", one(*old, attributes=names), agrees=False)
        v3("v31-bad", "signature_invalid", one(*old), v31=[flip(later, len(later) - 500)],
           agrees=False)
        over = one(new_key, new, sdk=(33, 34), attributes=chain)
        v3("v31-over", "good", one(*old), v31=[over], agrees=False)
        # On releases that use v3.1 it holds; the others refuse v3.
        v3("v31-later", "holds signature_stripped", one(*old, attributes=names), v31=[latest],
           agrees=False)

    def jar(self):
        data = self.load("rsa2048-v1")
        manifest, sf, rsa = (f"META-INF/{name}" for name in
                             ("MANIFEST.MF", "RSA2048.SF", "RSA2048.RSA"))
        text, signature = member(data, manifest), member(data, rsa)

        def v1(name, code, changes, drop=()):
            self.add(f"v1-{name}", rezip(data, changes, drop), code, verify="21")

        v1("again", "good", {})
        v1("entry", "jar_entry_mismatch", {"assets/text.txt": b"other"})
        v1("added", "jar_entry_unsigned", {"assets/added.txt": b"added"})
        v1("removed", "jar_entry_missing", {}, ["assets/text.txt"])
        v1("manifest", "jar_manifest_mismatch", {manifest: text.replace(b"text.txt", b"test.txt")})
        # Unlike jarsigner, apksigner does not sign the first section separately.
        v1("manifest-main", "good",
           {manifest: text.replace(b"Manifest-Version: 1.0", b"Manifest-Version: 1.1")})
        v1("no-manifest", "jar_manifest_malformed", {}, [manifest])
        v1("sf", "signature_invalid", {sf: member(data, sf) + b"\r\n"})
        v1("garbage", "jar_signature_malformed", {rsa: b"garbage"})
        v1("cut", "jar_signature_malformed", {rsa: signature[:200]})
        v1("flipped", "signature_invalid", {rsa: flip(signature, len(signature) - 9)})
        v1("of-other", "signature_invalid",
           {rsa: member(self.load("old-v1"), rsa)})
        v1("no-sf", "", {}, [sf])
        v1("no-version", "jar_signature_malformed", self.signed(
            sf, rsa, member(data, sf).replace(b"Signature-Version: 1.0\r\n", b"")))
        section = member(data, sf).index(b"Name: ")
        v1("no-names", "jar_entry_unsigned", self.signed(sf, rsa, member(data, sf)[:section]))
        v1("names-schemes", "signature_stripped", self.signed(
            sf, rsa, member(data, sf).replace(b"\r\n", b"\r\nX-Android-APK-Signed: 1, 3\r\n", 1)))
        v1("attributes", "good", self.signed(sf, rsa, member(data, sf), []))
        # The signature covers a text embedded in it, not the .SF beside it, which goes with
        # MANIFEST.MF.
        builder = pkcs7.PKCS7SignatureBuilder().set_data(b"Signature-Version: 1.0\r\n\r\n")
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        within = builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
        v1("within", "signature_invalid", {rsa: within})
        self.chain()

    def signed(self, sf, rsa, text, options=(pkcs7.PKCS7Options.NoAttributes,)):
        """Entries of a signature file, signed anew."""
        builder = pkcs7.PKCS7SignatureBuilder().set_data(text)
        builder = builder.add_signer(self.certificate, self.key, hashes.SHA256())
        return {sf: text, rsa: builder.sign(
            serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature,
                                         pkcs7.PKCS7Options.Binary, *options])}

    def chain(self):
        """The root comes before the leaf: the signer info names who signed."""
        data = self.load("chain-v1")
        name = "META-INF/CHAIN.RSA"
        leaf, root = der(self.keys["chain"][1]), der(self.keys.root)
        block = member(data, name)
        if leaf + root in block:
            block = block.replace(leaf + root, root + leaf)
        else:
            block = block.replace(root + leaf, leaf + root)
        self.add("chain-turned-v1", rezip(data, {name: block}), "good", verify="21")


def make(folder, keys):
    cases = Cases(folder, keys)
    for step in (cases.regions, cases.stripped, cases.block, cases.signers, cases.jar):
        step()
    return cases.expected
