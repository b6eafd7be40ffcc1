"""A throw-away copy of this machine with a systemd of its own: what is installed there leaves
nothing here.

The copy is an overlay on / whose changes are in memory, in namespaces of its own (mounts,
processes, network, cgroups). It needs root and a kernel that lets root do this; where either is
missing, Unavailable says what.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE = 60  # seconds; after that there is no copy
COMMAND_SECONDS_MAX = 300  # then a test fails instead of hanging

# The script that becomes process 1 of the copy. Kernel settings are read-only, because they are
# this machine's. It uses pivot_root because user namespaces, which the unit wants, cannot be made
# in a chroot. Container images come with a policy-rc.d that keeps packages from starting services;
# in the copy they may.
BOOT = r"""
set -e
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 none sys/fs/cgroup
mount -t tmpfs none run
mount -t tmpfs none tmp
mount --rbind /dev dev
mkdir run/changes
mount --bind "$1/upper" run/changes
ln -sf /dev/null etc/systemd/system/systemd-udevd.service
rm -f usr/sbin/policy-rc.d
pivot_root . mnt
cd /
umount -l /mnt
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=basic.target --show-status=no
"""


class Unavailable(Exception):
    """This machine cannot be copied; the text says why."""


def own_cgroup():
    """The folder of this process in the unified hierarchy."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    roots = [mount[1] for mount in mounts if mount[2] == "cgroup2"]
    if not roots:
        raise Unavailable("no cgroup2 is mounted")
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            return Path(roots[0] + line[3:])
    raise Unavailable("this process is in no cgroup of version 2")


class MachineCopy:
    def __init__(self):
        if os.geteuid() != 0:
            raise Unavailable("only root can copy the machine")
        self.folder = Path(tempfile.mkdtemp(prefix="beian-copy-"))
        self.cgroup = None
        self.holder = None
        try:
            self.boot()
        except (OSError, Unavailable) as error:
            self.close()
            raise Unavailable(str(error)) from error

    def boot(self):
        cgroup = own_cgroup() / f"beian-copy-{os.getpid()}"
        cgroup.mkdir()
        self.cgroup = cgroup
        self.said = open(self.folder / "said", "w+b")
        (self.folder / "machine").mkdir()
        # The process enters the cgroup before unshare makes that the root of what the copy sees.
        self.holder = subprocess.Popen(
            ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', cgroup, "unshare", "--mount",
             "--pid", "--fork", "--net", "--uts", "--ipc", "--cgroup", "--kill-child",
             "--propagation", "private", "sh", "-c", BOOT, "boot", self.folder / "machine"],
            stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.holder.poll() is None:
            self.first = self.process_one()
            if self.first and self.run("systemctl", "is-active", "basic.target",
                                       may_fail=True).stdout == "active\n":
                self.run("ip", "link", "set", "lo", "up")
                return
            time.sleep(0.1)
        raise Unavailable("no systemd came up: " +
                          (self.folder / "said").read_text(errors="replace")[-500:])

    def process_one(self):
        """The process id of systemd as seen from here; None until there is one."""
        children = Path(f"/proc/{self.holder.pid}/task/{self.holder.pid}/children").read_text()
        for child in children.split():
            if Path(f"/proc/{child}/comm").read_text() == "systemd\n":
                return child
        return None

    def run(self, *command, may_fail=False):
        """Runs `command` in the copy and returns its output as text."""
        done = subprocess.run(
            ["nsenter", "--target", self.first, "--mount", "--pid", "--net", "--uts", "--ipc",
             "--cgroup", "--wdns=/", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command],
            capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX, stdin=subprocess.DEVNULL)
        if done.returncode and not may_fail:
            raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def write(self, path, data):
        """Creates a file in the copy."""
        target = Path(f"/proc/{self.first}/root{path}")
        target.write_bytes(data)

    def changed(self):
        """Paths in the copy that differ from this machine's."""
        found = self.run("find", "/run/changes", "-mindepth", "1", "-printf", "/%P\n").stdout
        return found.splitlines()

    def close(self):
        if self.holder:
            self.holder.kill()
            self.holder.wait(PATIENCE)
            self.said.close()
        if self.cgroup:
            self.remove_cgroup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def remove_cgroup(self):
        """Once its processes are gone, for which the kernel needs a moment."""
        for _ in range(PATIENCE * 10):
            for folder, _, _ in os.walk(self.cgroup, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass
            if not self.cgroup.exists():
                return
            time.sleep(0.1)
