"""Keys of signed packages, against registries that have them in every rendering in which people
file them.

    keys_test.py BUILD_DIR SIGNED_DIR [TEST…]
"""

import base64
import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from package_support import *

SIGNED = Path(sys.argv.pop(2)).resolve()
PACKAGE = "cn.example.signed"
PACKAGES = ("rsa2048-v2", "rsa4096-v1", "ec256-v2", "ec384-v3", "ec521-v12", "dsa1024-v1")


def renderings(spki):
    key = serialization.load_der_public_key(spki)
    yield base64.b64encode(spki).decode()
    yield key.public_bytes(serialization.Encoding.PEM,
                           serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    yield spki.hex()
    if isinstance(key, rsa.RSAPublicKey):
        modulus = key.public_numbers().n
        yield f"{modulus:x}"
        yield str(modulus)
        yield key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_bytes(serialization.Encoding.X962,
                                 serialization.PublicFormat.UncompressedPoint)
        yield point.hex()
        yield point.hex(":").upper()


class Keys(Case):
    def vet(self, apk, key):
        subject = {"record": "subject", "id": 1, "number": "京ICP备2023000001号", "sponsor": "示例",
                   "status": "filed"}
        service = {"record": "service", "id": 2, "subject_id": 1, "number": "京ICP备2023000001号-1A",
                   "names": ["示例"], "status": "filed",
                   "platforms": [{"os": "android", "package": PACKAGE, "public_keys": [key]}]}
        feed = self.write("feed.ndjson", "".join(json.dumps(one) + "\n"
                                                 for one in (subject, service)).encode())
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        built = gate("registry", "build", feed, "-o", self.folder / "registry.snap", "--serial", 1,
                     "--as-of", now)
        self.assertEqual(built.code, 0, built.err)
        done = gate("vet", apk, "--registry", self.folder / "registry.snap", "--output", "ndjson")
        (row,) = done.rows()
        return row["assurance"], [finding["code"] for finding in row["findings"]]

    def test_a_key_is_the_same_in_every_rendering_and_no_other(self):
        keys = {}
        for name in PACKAGES:
            (app,) = self.inspect(SIGNED / f"{name}.apk")
            (signer,) = [one for one in app["signatures"]["signers"] if one["counts"]]
            keys[name] = base64.b64decode(signer["certificate"]["public_key"])
        for name, other in zip(PACKAGES, PACKAGES[1:] + PACKAGES[:1]):
            for rendering in renderings(keys[name]):
                with self.subTest(name, rendering=rendering[:40]):
                    assurance, codes = self.vet(SIGNED / f"{name}.apk", rendering)
                    self.assertEqual(assurance, "certificate")
                    self.assertNotIn("PUBLIC_KEY_MISMATCH", codes)
            with self.subTest(name, other=other):
                assurance, codes = self.vet(SIGNED / f"{name}.apk",
                                            base64.b64encode(keys[other]).decode())
                self.assertIn("PUBLIC_KEY_MISMATCH", codes)
                self.assertNotEqual(assurance, "certificate")


if __name__ == "__main__":
    main()
