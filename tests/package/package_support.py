"""What the tests of `inspect` and `vet` share: the program, folders, APKs."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

import apks

BUILD = Path(sys.argv[1]).resolve()
GATE = str(BUILD / "beian-gate")
# Same length as the name of the test identity, which aapt does not accept as a package name.
PLACEHOLDER, PASS = "cn.beian_gate.pass", "cn.beian-gate.pass"
INTERNET = '<uses-permission android:name="android.permission.INTERNET"/>'


class Done:
    def __init__(self, finished):
        self.code, self.err = finished.returncode, finished.stderr.decode()
        self.out = finished.stdout.decode()

    def rows(self):
        return [json.loads(text) for text in self.out.split("\n")[:-1]]


def gate(*arguments, powerless=False):
    """`powerless`: as a user who may not read everything, even when the tests run as root."""
    command = [GATE, *map(str, arguments)]
    if powerless and os.geteuid() == 0:
        command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
    return Done(subprocess.run(command, capture_output=True, timeout=120))


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-package-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def path(self, name):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, name, data):
        self.path(name).write_bytes(data)
        return self.path(name)

    def inspect(self, *paths):
        done = gate("inspect", *paths)
        self.assertEqual(done.code, 0, done.err)
        return done.rows()

    def archive(self, name, entries):
        with zipfile.ZipFile(self.path(name), "w") as archive:
            for entry, data in entries.items():
                archive.writestr(entry, data)
        return self.path(name)


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
