#!/usr/bin/env python3
"""Makes signed packages with Debian's aapt and apksigner, and records what apksigner says about
them.

    make_apks.py FOLDER

    FOLDER/NAME.apk  a package
    FOLDER/NAME.txt  how apksigner verifies it (Apksigner.java)
    FOLDER/list.tsv  one line per package: NAME, `both` or `ours` (where apksigner does not know a
                     rule yet), and `good`, or the oddity of a package that does not hold, or
                     `holds` and an oddity
    FOLDER/NAME.pkg, others.tsv  the same for HAPs and IPAs (other_packages.py)

One JVM signs everything and a second one verifies everything, because starting a JVM is most of the
cost.
"""

import pathlib
import shutil
import subprocess
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import make_keys  # noqa: E402
import other_packages  # noqa: E402
import tampered  # noqa: E402

MANIFEST = """<manifest xmlns:android="http://schemas.android.com/apk/res/android"
    package="cn.example.signed"><application/></manifest>
"""
SCHEMES = {"v1": "100", "v2": "010", "v3": "001", "v12": "110", "v123": "111"}


def run_jvm(commands):
    """commands: (file for the output, arguments)"""
    text = "".join("\t".join([str(out), *map(str, rest)]) + "\n" for out, *rest in commands)
    subprocess.run(["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
                    "/usr/share/java/apksigner.jar", HERE / "Apksigner.java"],
                   input=text.encode(), check=True)


def make_plain(folder):
    """An unsigned package: a manifest and entries, stored and deflated."""
    (folder / "AndroidManifest.xml").write_text(MANIFEST)
    (folder / "assets").mkdir()
    (folder / "assets" / "text.txt").write_text("numbers\n" * 2000)
    (folder / "assets" / "picture.png").write_bytes(bytes(range(256)) * 40)
    plain = folder / "plain.apk"
    subprocess.run(["aapt", "package", "-f", "-M", "AndroidManifest.xml", "-A", "assets", "-F",
                    "plain.apk"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    # aapt does not accept such a name; its line in a MANIFEST.MF is folded.
    with zipfile.ZipFile(plain, "a") as archive:
        archive.writestr("res/名字很长 and with spaces, so that a line of it has to go on.txt",
                         "folded\n")
    subprocess.run(["zipalign", "-f", "4", plain, folder / "aligned.apk"], check=True,
                   stdout=subprocess.DEVNULL)
    return folder / "aligned.apk"


class Maker:
    def __init__(self, folder):
        self.folder = folder
        self.keys = make_keys.Keys(folder)
        self.plain = make_plain(folder)
        self.commands = []
        self.good = {}  # name -> flags of verify

    def rotate(self, *names):
        """A lineage of these keys, oldest first; apksigner adds one key at a time."""
        before = None
        for i in range(1, len(names)):
            out = self.folder / ("lineage_" + "_".join(names[:i + 1]))
            self.commands.append([
                self.folder / "log", "rotate", *(["--in", before] if before else []), "--out", out,
                "--old-signer", *self.keys.flags(names[i - 1]),
                "--new-signer", *self.keys.flags(names[i])])
            before = out
        return before

    def sign(self, name, keys, schemes, *flags, min_sdk=21, verify=()):
        signers = [flag for key in keys for flag in ["--next-signer", *self.keys.flags(key)]][1:]
        v1, v2, v3 = ("true" if bit == "1" else "false" for bit in SCHEMES[schemes])
        self.commands.append([
            self.folder / "log", "sign", "--min-sdk-version", str(min_sdk),
            "--v1-signing-enabled", v1, "--v2-signing-enabled", v2, "--v3-signing-enabled", v3,
            "--v4-signing-enabled", "false", *flags, *signers, "--in", self.plain, "--out",
            self.folder / f"{name}.apk"])
        self.good[name] = verify or ["--min-sdk-version", str(min_sdk)]

    def sign_all(self):
        for key in ("rsa2048", "rsa4096", "ec256", "ec384", "ec521", "dsa1024"):
            for schemes in SCHEMES:
                # Without v1, releases before Android 7 are out; without v2, those before 9.
                min_sdk = {"v2": 24, "v3": 28}.get(schemes, 21)
                self.sign(f"{key}-{schemes}", [key], schemes, min_sdk=min_sdk)
        for key in sorted(self.keys.all):
            if key.startswith("name_") or key in ("debug", "chain"):
                self.sign(key, [key], "v12")
                self.sign(key + "-v1", [key], "v1")
        self.sign("rsa1024-v1", ["rsa1024"], "v1")
        self.sign("rsa3072-v2", ["rsa3072"], "v2", min_sdk=24)
        self.sign("old-v1", ["rsa2048"], "v1", min_sdk=9)  # SHA-1
        self.sign("old-dsa-v1", ["dsa1024"], "v1", min_sdk=9)
        self.sign("verity-rsa-v2", ["rsa2048"], "v2", "--verity-enabled", min_sdk=24)
        self.sign("verity-ec-v3", ["ec256"], "v3", "--verity-enabled", min_sdk=28)
        several = ["rsa2048", "ec256", "rsa4096"]
        self.sign("several-v1", several, "v1")
        self.sign("several-v2", several, "v2", min_sdk=24)
        self.sign("several-v12", several[:2], "v12")
        # Only v2 and older read: the v1 certificates.
        once = self.rotate("rsa2048", "second")
        twice = self.rotate("ec256", "second", "third")
        self.sign("rotated-v123", ["rsa2048", "second"], "v123", "--lineage", once)
        self.sign("rotated-v3", ["second"], "v3", "--lineage", once, min_sdk=28)
        self.sign("rotated-twice-v123", ["ec256", "third"], "v123", "--lineage", twice)
        self.sign("rotated-back-v3", ["second"], "v3", "--lineage", twice, min_sdk=28)

    def verify_all(self, expected):
        commands = [[self.folder / f"{name}.txt", "verify", "--print-certs", "-v",
                     *self.good.get(name, ["--min-sdk-version", "24"]),
                     self.folder / f"{name}.apk"] for name in expected]
        run_jvm(commands)


def take_real(folder):
    """Packages made by others, fetched by `./dev setup`."""
    names = []
    for path in sorted((HERE / "node_modules").rglob("*.apk")):
        names.append("real-" + path.stem)
        shutil.copy(path, folder / f"{names[-1]}.apk")
    if len(names) < 3:
        sys.exit("tests/package/node_modules lacks packages: run ./dev setup")
    return names


def main():
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    maker = Maker(folder)
    maker.sign_all()
    run_jvm(maker.commands)
    expected = {name: "good" for name in [*maker.good, *take_real(folder)]}
    expected.update(tampered.make(folder, maker.keys))
    maker.good.update(tampered.VERIFY)
    other_packages.make(folder, maker.keys)
    maker.verify_all(expected)
    lines = [f"{name}\t" + (code if "\t" in code else f"both\t{code}")
             for name, code in expected.items()]
    (folder / "list.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
