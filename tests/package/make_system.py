"""Remakes fixtures/system, the small system image used by README and tests.

    make_system.py FOLDER

Needs aapt, apksigner and keytool. The platform key is made on the way and thrown away, so the
certificate differs each time: README names its digest.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import apks

INTERNET = '<uses-permission android:name="android.permission.INTERNET"/>'
# Same length as the name of the test identity, which aapt does not accept as a package name.
PLACEHOLDER, PASS = "cn.beian_gate.pass", "cn.beian-gate.pass"


def sign(apk, out, store):
    subprocess.run(["apksigner", "sign", "--ks", store, "--ks-pass", "pass:platform",
                    "--v4-signing-enabled", "false", "--min-sdk-version", "24",
                    "--out", str(out), str(apk)], check=True)


def main(folder):
    with tempfile.TemporaryDirectory() as work:
        store = str(Path(work) / "store.p12")
        subprocess.run(["keytool", "-genkeypair", "-keystore", store, "-storetype", "PKCS12",
                        "-storepass", "platform", "-alias", "platform", "-keyalg", "EC",
                        "-validity", "36500", "-dname", "CN=Platform, O=Example, C=CN"], check=True)
        names = {"app/News": ("cn.example.news_x", INTERNET, "每日要闻"),
                 "app/Clock": ("cn.example.clock", "", "时钟"),
                 "app/Notes": (PLACEHOLDER, INTERNET, "测试应用"),
                 "priv-app/Settings": ("cn.example.settings", INTERNET, "设置")}
        for place, (package, permissions, label) in names.items():
            apk = apks.make(work, place.replace("/", "_"), package=package, children=permissions,
                            application=f'android:label="{label}"')
            out = Path(folder) / place / (Path(place).name + ".apk")
            out.parent.mkdir(parents=True, exist_ok=True)
            if place.startswith("priv-app"):
                sign(apk, out, store)
            else:
                out.write_bytes(apks.renamed(apk, PLACEHOLDER, PASS))


main(sys.argv[1])
