"""What the tests of `beian-gate audit` share: the program, a synthetic world, catalogs, reports."""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()
BUILD = Path(sys.argv[2]).resolve()
GATE = str(BUILD / "beian-gate")
SYNTH = str(BUILD / "fixtures" / "beian-synth")

PASS = {"operation": "distribute", "filing_number": "京ICP备2099000000号-1A",
        "app": {"name": "测试应用", "platform": "android", "package": "cn.beian-gate.pass"}}
NUMBERS = {"allow": "京ICP备2099000000号-1A", "deny": "京ICP备2099000000号-2A",
           "review": "京ICP备2099000000号-8A"}


def line(row):
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def row_of(decision, **more):
    """A row that the built-in registry answers with this decision."""
    row = {"operation": "distribute", "filing_number": NUMBERS.get(decision, NUMBERS["allow"])}
    if decision == "unknown":
        row["min_serial"] = 9_000_000_000
    return {**row, **more}


class Done:
    def __init__(self, finished):
        self.code, self.out, self.err = finished.returncode, finished.stdout, finished.stderr.decode()

    def rows(self):
        return [json.loads(text) for text in self.out.decode().split("\n")[:-1]]


def audit(*arguments, given=b"", env=None):
    return Done(subprocess.run([GATE, "audit", *map(str, arguments)], input=given,
                               capture_output=True, timeout=120, env=env))


# In memory if there is such a folder: a kill leaves the same there, and a sync costs nothing.
FOLDER = "/dev/shm" if os.path.isdir("/dev/shm") else None


class Case(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="beian-audit-", dir=FOLDER)
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return Path(self.folder.name) / name

    def write(self, name, data):
        self.path(name).write_bytes(data)
        return self.path(name)


class World:
    """A synthetic registry with the test identities, and a labelled catalog for it, built once per
    process. Unlike the built-in registry, its as_of is fixed."""

    _folder = None

    @classmethod
    def get(cls):
        if cls._folder is None:
            cls._folder = tempfile.TemporaryDirectory(prefix="beian-world-", dir=FOLDER)
            cls.root = Path(cls._folder.name)
            cls.registry = cls.root / "registry.snap"
            cls.catalog = cls.root / "catalog.ndjson"
            subprocess.run([SYNTH, "feed", "--services", "3000", "--seed", "5", "-o",
                            cls.root / "feed.ndjson"], check=True)
            subprocess.run([GATE, "registry", "build", cls.root / "feed.ndjson", "-o",
                            cls.registry, "--with-test-identities"], check=True,
                           capture_output=True)
            subprocess.run([SYNTH, "catalog", "--services", "3000", "--seed", "5", "--rows", "12000",
                            "-o", cls.catalog], check=True)
        return cls


def run_tests():
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=1)
