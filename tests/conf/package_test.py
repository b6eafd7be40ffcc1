#!/usr/bin/env python3
"""What is installed where, what the Debian package says about itself, and how well its unit is
sandboxed.

    package_test.py ROOT BUILD [TEST…]
"""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from package_build import build_package

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
sys.path.append(str(ROOT / "tests/integration"))
import readme_test  # noqa: E402

UNIT = "usr/lib/systemd/system/beian-gate.service"
EXPOSURE_MAX = 1.0  # of 10


def output(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=600, **options).stdout


class Package(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="beian-deb-")
        cls.addClassCleanup(folder.cleanup)
        cls.package = build_package(BUILD, folder.name)
        cls.tree = Path(folder.name) / "tree"
        cls.control = Path(folder.name) / "control"
        output("dpkg-deb", "-x", cls.package, cls.tree)
        output("dpkg-deb", "-e", cls.package, cls.control)

    def field(self, name):
        return output("dpkg-deb", "-f", self.package, name).strip()

    def test_it_holds_the_program_and_what_runs_it(self):
        for path, mode in (("usr/bin/beian-gate", 0o755), ("etc/beian-gate/gate.toml", 0o644),
                           (UNIT, 0o644), ("usr/share/man/man1/beian-gate.1.gz", 0o644),
                           ("usr/lib/sysusers.d/beian-gate.conf", 0o644),
                           ("usr/share/doc/beian-gate/copyright", 0o644)):
            with self.subTest(path=path):
                self.assertEqual((self.tree / path).stat().st_mode & 0o7777, mode)
        owners = {line.split()[1] for line in output("dpkg-deb", "-c", self.package).splitlines()}
        self.assertEqual(owners, {"root/root"})
        sections = output("readelf", "-S", self.tree / "usr/bin/beian-gate")
        self.assertNotIn(".symtab", sections, "stripped")

    def test_pages_that_are_named_are_there(self):
        pages = self.tree / "usr/share/doc/beian-gate"
        texts = [*pages.rglob("*.md"), pages / "examples/prometheus/beian-gate.rules.yml",
                 self.tree / "etc/beian-gate/gate.toml"]
        names = {name for text in texts
                 for name in re.findall(r"\b(?:cache|gate)/[\w/]+\.md\b", text.read_text(encoding="utf-8"))}
        self.assertGreater(len(names), 5)
        for name in names:
            with self.subTest(name=name):
                self.assertTrue((pages / name).is_file())

    def test_it_needs_what_the_program_is_linked_with(self):
        needed = set(re.findall(r"Shared library: \[lib(ssl|zstd|tbb|hiredis|simdjson)\.",
                                output("readelf", "-d", self.tree / "usr/bin/beian-gate")))
        self.assertGreater(len(needed), 4)
        for name in needed:
            self.assertRegex(self.field("Depends"), rf"\blib{name}\d")
        self.assertNotIn("-dev", self.field("Depends"))
        self.assertEqual(self.field("Recommends"), "ca-certificates")

    def test_versions_are_one(self):
        version = re.search(r"project\(beian-gate VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        log = output("zcat", self.tree / "usr/share/doc/beian-gate/changelog.gz")
        self.assertEqual(self.field("Version"), version)
        self.assertTrue(log.startswith(f"beian-gate ({version}) "), "conf/debian/changelog lags behind")

    def test_all_of_etc_is_configuration_that_upgrades_keep(self):
        there = {"/" + str(path.relative_to(self.tree))
                 for path in (self.tree / "etc").rglob("*") if path.is_file()}
        self.assertEqual(set((self.control / "conffiles").read_text().split()), there)

    def test_scripts_end_at_the_first_error_and_are_shell(self):
        for name in ("postinst", "prerm", "postrm"):
            with self.subTest(name=name):
                script = self.control / name
                self.assertEqual(script.stat().st_mode & 0o7777, 0o755)
                self.assertRegex(script.read_text(), r"(?s)\A#!/bin/sh\n(#.*?\n)+set -e\n")
                output("sh", "-n", script)

    def test_the_page_names_every_verb_and_flag_and_has_no_fault(self):
        packed = self.tree / "usr/share/man/man1/beian-gate.1.gz"
        page = output("zcat", packed)
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=page, text=True,
                              capture_output=True, timeout=600)
        self.assertEqual((lint.returncode, lint.stdout), (0, ""))
        shown = output("mandoc", "-T", "utf8", "-O", "width=300", packed)
        shown = re.sub(r".\x08", "", shown)
        contract = readme_test.section(readme_test.read("gate/http/API.md"), "Command line")
        cells = [readme_test.unquoted(row[0]) for row in readme_test.table_rows(contract)]
        verbs = {verb[0] for cell in cells if (verb := re.match(r"[a-z]+(?: [a-z]+)?", cell))}
        told = set(re.findall(r"(?m)^   ([a-z]+(?: [a-z]+)?) \[OPTIONS\]", shown))
        self.assertGreater(len(told), 20)
        self.assertEqual(told - verbs, set())
        flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", contract)) - {"--help", "--version"}
        self.assertEqual({flag for flag in flags if not re.search(rf"{flag}\b", shown)}, set())

    def test_the_bill_of_materials_lists_what_is_loaded_and_compiled_in(self):
        bill = json.loads((self.tree / "usr/share/doc/beian-gate/sbom.spdx.json").read_text())
        self.assertEqual((bill["spdxVersion"], bill["dataLicense"], bill["SPDXID"]),
                         ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"))
        self.assertRegex(bill["creationInfo"]["created"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        packages = {package["SPDXID"]: package for package in bill["packages"]}
        self.assertEqual(len(packages), len(bill["packages"]), "each has an id of its own")
        for identity, package in packages.items():
            self.assertRegex(identity, r"^SPDXRef-[A-Za-z0-9.-]+$")
            self.assertTrue({"name", "downloadLocation", "versionInfo", "filesAnalyzed"} <= set(package))
        linked = {kind: {packages[relation["relatedSpdxElement"]]["name"] for relation in bill["relationships"]
                         if relation["relationshipType"] == kind}
                  for kind in ("DESCRIBES", "DYNAMIC_LINK", "STATIC_LINK")}
        self.assertEqual(linked["DESCRIBES"], {"beian-gate"})
        self.assertEqual(set(packages), {"SPDXRef-beian-gate", *(
            relation["relatedSpdxElement"] for relation in bill["relationships"])})
        # dpkg-shlibdeps examines the same program independently.
        depends = set(re.findall(r"(?:^|, )(lib\S+|zlib1g)", self.field("Depends")))
        self.assertEqual(depends - linked["DYNAMIC_LINK"], set())
        self.assertTrue({"libboost1.81-dev", "libcli11-dev"} <= linked["STATIC_LINK"], "headers alone")
        self.assertFalse({name for name in linked["STATIC_LINK"] if "gtest" in name}, "tests are not in it")

    def test_the_unit_starts_what_was_installed(self):
        unit = (self.tree / UNIT).read_text()
        self.assertNotIn("@", re.sub(r"(?m)^(#.*|SystemCallFilter=.*)$", "", unit))
        program, *arguments = re.search(r"^ExecStart=(.*)$", unit, re.M)[1].split()
        for path in (program, arguments[-1]):
            self.assertTrue((self.tree / path[1:]).is_file(), path)
        installed = self.tree / program[1:]
        checked = output(installed, "config", "check", self.tree / arguments[-1][1:])
        self.assertIn("valid", checked)
        # The unit as shipped, with the path of the program as it is here.
        here = self.tree / "beian-gate.service"
        here.write_text(unit.replace(program, str(installed)).replace("man:beian-gate(1)", "https://example.org"))
        said = subprocess.run(["systemd-analyze", "verify", "--man=no", here], capture_output=True,
                              text=True, timeout=600)
        self.assertEqual([line for line in said.stderr.splitlines() if "beian-gate" in line], [])

    def test_the_unit_is_shut_off(self):
        told = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager",
                               f"--threshold={EXPOSURE_MAX * 10:.0f}", self.tree / UNIT],
                              capture_output=True, text=True, timeout=600)
        print(told.stdout.strip().splitlines()[-1])
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)

    def test_everybody_may_enter_its_folders_whatever_the_umask(self):
        with tempfile.TemporaryDirectory(prefix="beian-umask-") as folder:
            package = build_package(BUILD, folder, umask=0o077)
            modes = {line.split()[0] for line in output("dpkg-deb", "-c", package).splitlines()}
        self.assertEqual(modes, {"drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"})

    def test_below_another_prefix_nothing_is_written_elsewhere(self):
        with tempfile.TemporaryDirectory(prefix="beian-prefix-") as prefix:
            output("cmake", "--install", BUILD, "--prefix", prefix)
            unit = (Path(prefix) / "lib/systemd/system/beian-gate.service").read_text()
            self.assertIn(f"ExecStart={prefix}/bin/beian-gate serve --config {prefix}/etc/beian-gate/gate.toml\n",
                          unit)
            config = Path(prefix) / "etc/beian-gate/gate.toml"
            config.write_text("# mine\n")
            told = output("cmake", "--install", BUILD, "--prefix", prefix)
            self.assertEqual(config.read_text(), "# mine\n", "what an operator wrote stays")
            for path in re.findall(r"(?:Installing|Up-to-date): (\S+)", told):
                self.assertTrue(path.startswith(prefix), path)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
