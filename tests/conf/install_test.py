#!/usr/bin/env python3
"""The Debian package on a copy of this machine: installed, started by systemd, queried, reloaded,
and removed without residue.

    install_test.py ROOT BUILD [TEST…]
"""

import json
import sys
import tempfile
import time
import unittest
from pathlib import Path

import machine_copy
from package_build import build_package

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
sys.path.append(str(ROOT / "tests/integration"))
import readme_test  # noqa: E402

SYSTEMD_TRIES = 5  # default start limit, within ten seconds; then the service stays failed
CHECK = "http://127.0.0.1:8080/v1/check?operation=distribute&number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-2A"


class Install(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="beian-deb-")
        cls.addClassCleanup(folder.cleanup)
        cls.built = build_package(BUILD, folder.name)

    def setUp(self):
        try:
            self.copy = machine_copy.MachineCopy()
        except machine_copy.Unavailable as why:
            self.skipTest(str(why))
        self.addCleanup(self.copy.close)
        self.package = f"/root/build/release/{self.built.name}"
        self.copy.run("mkdir", "-p", "/root/build/release")
        self.copy.write(self.package, self.built.read_bytes())

    def systemctl(self, *arguments, may_fail=False):
        return self.copy.run("systemctl", *arguments, may_fail=may_fail).stdout

    def state(self, *names):
        return [self.systemctl("show", "-P", name, "beian-gate").strip() for name in names]

    def wait_for(self, holds):
        for _ in range(machine_copy.PATIENCE * 10):
            if holds():
                return
            time.sleep(0.1)
        self.fail(self.systemctl("status", "beian-gate", may_fail=True))

    def decision(self):
        return json.loads(self.copy.run("curl", "-sS", CHECK).stdout)["decision"]

    def older(self):
        """The package as an earlier release might have been."""
        self.copy.run("dpkg-deb", "-R", self.package, "/root/older")
        self.copy.run("sed", "-i", "s/^Version: .*/Version: 0.0.1/", "/root/older/DEBIAN/control")
        self.copy.run("sh", "-c", "echo '# as it was' >> /root/older/etc/beian-gate/gate.toml")
        self.copy.run("dpkg-deb", "-Znone", "-b", "/root/older", "/root/older.deb")
        return "/root/older.deb"

    def test_from_installation_to_purge(self):
        older = self.older()
        before = set(self.copy.changed())
        self.copy.run("dpkg", "-i", older)
        self.assertEqual(self.state("ActiveState", "UnitFileState"), ["inactive", "disabled"],
                         "nothing starts before it is configured")

        self.copy.run("systemctl", "enable", "--now", "beian-gate")
        self.assertEqual(self.state("ActiveState", "SubState", "NRestarts"), ["active", "running", "0"])
        self.assertIn("serving registry serial 1", self.state("StatusText")[0])
        self.assertEqual(self.decision(), "deny")
        self.confined()
        self.reloaded()
        self.logged()

        # An upgrade keeps what the operator wrote, and continues with the new program.
        process = self.state("MainPID")
        self.copy.run("dpkg", "--force-confold", "-i", self.package)
        self.assertEqual(self.state("ActiveState"), ["active"])
        self.assertNotEqual(self.state("MainPID"), process)
        self.assertIn("decisions", self.copy.run("cat", "/etc/beian-gate/gate.toml").stdout)

        self.copy.run("dpkg", "-r", "beian-gate")
        self.assertEqual(self.copy.run("pgrep", "-x", "beian-gate", may_fail=True).stdout, "")
        self.copy.run("test", "-d", "/var/lib/beian-gate/decisions")
        self.copy.run("dpkg", "-P", "beian-gate")
        self.assertEqual(self.copy.run("getent", "passwd", "beian-gate", may_fail=True).stdout, "")
        self.assertEqual(self.copy.run("getent", "group", "beian-gate", may_fail=True).stdout, "")
        left = [path for path in set(self.copy.changed()) - before
                if "beian" in path and not path.startswith("/var/log/journal/")]
        self.assertEqual(left, [])

    def test_a_registry_that_comes_late_is_waited_for(self):
        self.copy.run("dpkg", "-i", self.package)
        registry = "/var/lib/beian-gate/registry.snap"
        self.copy.write("/etc/beian-gate/gate.toml", f'[registry]\nfile = "{registry}"\n'.encode())
        self.copy.run("systemctl", "start", "beian-gate", may_fail=True)
        self.wait_for(lambda: int(self.state("NRestarts")[0]) > SYSTEMD_TRIES)
        self.copy.run("beian-gate", "registry", "build", str(ROOT / "fixtures/registry.ndjson"), "-o", registry)
        self.wait_for(lambda: self.state("ActiveState") == ["active"])

    def test_a_purge_leaves_disks_and_their_owner(self):
        self.copy.run("dpkg", "-i", self.package)
        log = "/var/lib/beian-gate/decisions"
        self.copy.run("install", "-d", "-o", "beian-gate", log)
        self.copy.run("mount", "-t", "tmpfs", "none", log)
        self.copy.run("touch", f"{log}/head", "/var/lib/beian-gate/registry.snap")
        self.copy.run("dpkg", "-P", "beian-gate")
        self.copy.run("test", "-e", f"{log}/head")
        self.copy.run("test", "!", "-e", "/var/lib/beian-gate/registry.snap")
        self.copy.run("getent", "passwd", "beian-gate")
        # With the disk unmounted, and with a key that somebody put beside the configuration.
        self.copy.run("umount", log)
        self.copy.run("dpkg", "-i", self.package)
        self.copy.write("/etc/beian-gate/log.key", b"secret")
        self.copy.run("dpkg", "-P", "beian-gate")
        self.copy.run("test", "!", "-e", "/var/lib/beian-gate")
        self.copy.run("getent", "group", "beian-gate")

    def test_a_purge_leaves_the_owner_of_a_log_elsewhere(self):
        self.copy.run("dpkg", "-i", self.package)
        changes = "/etc/systemd/system/beian-gate.service.d"
        self.copy.run("install", "-d", changes)
        self.copy.run("install", "-d", "-o", "beian-gate", "/srv/decisions")
        self.copy.write(f"{changes}/override.conf", b"[Service]\nReadWritePaths=/srv/decisions\n")
        self.copy.write("/etc/beian-gate/gate.toml", b'[log]\nfolder = "/srv/decisions"\n')
        self.systemctl("daemon-reload")
        self.systemctl("start", "beian-gate")
        self.copy.run("dpkg", "-P", "beian-gate")
        self.copy.run("test", "-e", "/srv/decisions/head")
        self.copy.run("test", "!", "-e", changes)
        self.copy.run("getent", "passwd", "beian-gate")
        # Nor does a purge fail while the user is at work.
        self.copy.run("dpkg", "-i", self.package)
        self.copy.run("systemd-run", "--uid=beian-gate", "sleep", "1000")
        self.copy.run("dpkg", "-P", "beian-gate")

    def test_an_upgrade_succeeds_although_the_gate_cannot_start(self):
        self.copy.run("dpkg", "-i", self.package)
        self.systemctl("start", "beian-gate")
        registry = "/var/lib/beian-gate/registry.snap"
        self.copy.write("/etc/beian-gate/gate.toml", f'[registry]\nfile = "{registry}"\n'.encode())
        self.copy.run("dpkg", "--force-confold", "-i", self.package)
        self.copy.run("beian-gate", "registry", "build", str(ROOT / "fixtures/registry.ndjson"), "-o", registry)
        self.wait_for(lambda: self.state("ActiveState") == ["active"])

    def test_something_else_in_the_place_of_the_state_is_told_before_anything_is_made(self):
        state = "/var/lib/beian-gate"
        for other in (("touch", state), ("ln", "-s", "/srv/no-disk-yet", state)):
            with self.subTest(other=other):
                self.copy.run(*other)
                done = self.copy.run("dpkg", "-i", self.package, may_fail=True)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(f"beian-gate: {state} is there and is not a folder", done.stderr)
                self.assertEqual(self.copy.run("getent", "passwd", "beian-gate", may_fail=True).stdout, "")
                self.copy.run("rm", state)
        self.copy.run("dpkg", "--configure", "beian-gate")
        self.copy.run("test", "-d", state)

    def test_the_readme_leads_from_the_package_to_a_verified_log(self):
        self.copy.run("ln", "-s", str(ROOT / "fixtures"), "/root/fixtures")
        (line, steps), = readme_test.console_blocks(readme_test.read("README.md"), "console root")
        script = "cd /root\n" + "".join(f"{command}\nprintf '{readme_test.MARK}'\n"
                                        for command, _ in steps)
        outputs = self.copy.run("bash", "-c", f"exec 2>&1\n{script}").stdout.split(readme_test.MARK)
        self.assertEqual(len(outputs), len(steps) + 1)
        for (command, wanted), given in zip(steps, outputs):
            with self.subTest(line=line, command=command):
                self.assertTrue(readme_test.matches(wanted, given.splitlines()), given)

    def confined(self):
        """The service runs as its own user, without capabilities, behind a system call filter."""
        process = self.state("MainPID")[0]
        status = dict(line.split(":\t", 1) for line in
                      self.copy.run("cat", f"/proc/{process}/status").stdout.splitlines() if ":\t" in line)
        user = self.copy.run("id", "-u", "beian-gate").stdout.strip()
        self.assertEqual(set(status["Uid"].split()), {user})
        self.assertEqual((int(status["CapEff"], 16), status["NoNewPrivs"], status["Seccomp"]), (0, "1", "2"))

    def reloaded(self):
        self.copy.run("rm", "/bin/kill")  # of procps, which a small machine does not have
        process = self.state("MainPID")[0]
        self.systemctl("reload", "beian-gate")
        # The state is `reloading` until the gate says that it is done.
        self.wait_for(lambda: self.state("ActiveState") == ["active"])
        self.assertEqual(self.state("ActiveState", "MainPID"), ["active", process])
        self.copy.write("/etc/beian-gate/gate.toml", b"listen = 4\n")
        self.systemctl("reload", "beian-gate")
        self.assertEqual(self.decision(), "deny", "a bad configuration keeps the old state")
        self.assertEqual(self.state("MainPID"), [process])

    def logged(self):
        """The state folder can hold a decision log, and the `log` verb reads it."""
        self.copy.write("/etc/beian-gate/gate.toml",
                        b'[log]\nfolder = "decisions"\ndurability = "before_answer"\n')
        self.systemctl("restart", "beian-gate")
        self.assertEqual(self.decision(), "deny")
        self.systemctl("stop", "beian-gate")
        self.assertEqual(self.state("ActiveState", "Result"), ["inactive", "success"])
        verified = self.copy.run("beian-gate", "log", "verify", "/var/lib/beian-gate/decisions")
        self.assertIn("ok: 1 decisions", verified.stdout)
        self.systemctl("start", "beian-gate")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
