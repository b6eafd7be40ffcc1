"""The decision log of a real gate on disks that are full (a small tmpfs), that stall (strace delays
each flush) and that cannot be read (strace again).

    log_disk_test.py SOURCE_DIR BUILD_DIR [TEST…]

Whatever was answered is in the log once; whatever was refused is counted; memory does not grow with
the wait. No test checks how long anything took.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

from log_test import BUILD, Case, GATE, ROW, is_sanitized

DISK_MIB = 16
MEMORY_KIB_MAX = 24 * 1024  # above the start: queue of 1 MiB, answers and batches in flight, allocator
BATCH = json.dumps({"checks": [ROW] * 500}, ensure_ascii=False)


class Asker(threading.Thread):
    """Sends one check after another, or one batch after another, until it is stopped."""

    def __init__(self, served, path="/v1/check", body=None):
        super().__init__()
        self.served, self.path = served, path
        self.body = body or json.dumps(ROW, ensure_ascii=False)
        self.is_over = False
        self.answered, self.refused = [], 0
        self.others = []

    def run(self):
        while not self.is_over:
            status, body, fields = self.served.ask(self.path, self.body)
            if status == 200:
                self.answered += re.findall(r'"decision_id":"(\w+)"', body) or [None]
                self.refused += body.count("problem:audit_unavailable")
            elif status == 503 and "audit_unavailable" in body and "Retry-After" in fields:
                self.refused += 1
            elif status == 503 and "problem:busy" in body and self.path.startswith("/v1/checks"):
                pass  # others in the lane wait for the disk: not the log's doing
            else:
                self.others.append((status, body))

    def end(self):
        self.is_over = True
        self.join()


class DiskCase(Case):
    def metrics(self, served):
        text = served.ask("/metrics")[1]
        return {name: int(float(value)) for name, value in
                re.findall(r"^beian_gate_log_(\w+) (\S+)$", text, re.M)}

    def memory_kib(self, served):
        status = Path(f"/proc/{served.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1])

    def check_memory(self, served, before):
        if not is_sanitized(BUILD):
            self.assertLess(self.memory_kib(served) - before, MEMORY_KIB_MAX)

    def until(self, served, holds):
        while not holds(self.metrics(served)):
            self.assertIsNone(served.process.poll(), "the gate ended")
            time.sleep(0.01)

    def run_askers(self, askers, holds):
        for asker in askers:
            asker.start()
        while not holds():
            time.sleep(0.01)  # the askers are threads of this process
        return askers

    def assert_accounted(self, served, askers):
        """What was answered is logged, what was refused is counted, and neither twice."""
        shed = self.metrics(served)["shed_total"]
        code, err = served.stop()
        self.assertEqual(code, 0, err)
        self.assert_verifies()
        logged = [entry["decision_id"] for entry in self.show()]
        self.assertEqual(len(logged), len(set(logged)))
        answered = [one for asker in askers for one in asker.answered]
        self.assertEqual(set(answered) - set(logged), set())
        self.assertEqual([asker.others for asker in askers], [[]] * len(askers))
        # A batch without room for its first row is refused as a whole and counts once; otherwise
        # each refused row counts.
        self.assertEqual(shed, sum(asker.refused for asker in askers))


class Full(DiskCase):
    def setUp(self):
        super().setUp()
        self.log.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "beian-log", self.log],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest("mount -t tmpfs is for root: " + mounted.stderr.strip())
        self.addCleanup(subprocess.run, ["umount", "-l", self.log], check=True)

    def fill(self, left_kib):
        """Fills all of the disk but `left_kib`."""
        path = self.log / "somebody-elses"
        free = shutil.disk_usage(self.log).free
        with open(path, "wb") as file:
            file.write(b"x" * max(free - left_kib * 1024, 0))
        return path

    def test_checks_are_refused_until_there_is_room_and_none_is_lost(self):
        # Either setting refuses at once when the disk fails; they differ only when it is slow.
        for on_full, durability in (("shed", "before_answer"), ("block", "async")):
            with self.subTest(on_full=on_full, durability=durability):
                self.fill_and_heal(on_full, durability)
                for path in self.log.iterdir():
                    path.unlink()

    def fill_and_heal(self, on_full, durability):
        served = self.start(durability=durability, on_full=on_full, queue_kib=1024, segment_mib=1)
        before = self.memory_kib(served)
        askers = [Asker(served) for _ in range(4)]
        self.run_askers(askers, lambda: all(len(asker.answered) > 5 for asker in askers))
        filler = self.fill(64)
        self.until(served, lambda log: log["accepting"] == 0 and log["errors_total"] > 0)
        # Held requests may wait for the disk; new ones are refused.
        late = [Asker(served) for _ in range(4)]
        self.run_askers(late, lambda: all(asker.refused > 2 for asker in late))
        self.assertEqual(served.ask("/livez")[0], 200)
        self.check_memory(served, before)
        filler.unlink()
        self.until(served, lambda log: log["accepting"] == 1)
        counts = [len(asker.answered) for asker in askers + late]
        while any(len(asker.answered) <= count for asker, count in zip(askers + late, counts)):
            self.assertIsNone(served.process.poll(), "the gate ended")
            time.sleep(0.01)
        for asker in askers + late:
            asker.end()
        self.assert_accounted(served, askers + late)


class Stalled(DiskCase):
    FLUSH_MICROSECONDS = 3_000_000  # longer than `block` waits

    def stall(self, served):
        """From now on each flush takes that long; ended by heal()."""
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", self.folder / "trace", "-e", "trace=fdatasync", "-e",
             f"inject=fdatasync:delay_enter={self.FLUSH_MICROSECONDS}", "-p", str(served.process.pid)],
            stderr=subprocess.PIPE, text=True)
        while "TracerPid:\t0\n" in Path(f"/proc/{served.process.pid}/status").read_text():
            if tracer.poll() is not None:
                self.skipTest("this system forbids tracing: " + tracer.stderr.read().strip())
        self.addCleanup(tracer.stderr.close)
        self.addCleanup(tracer.wait)
        self.addCleanup(tracer.kill)
        return tracer

    @staticmethod
    def heal(tracer):
        tracer.send_signal(signal.SIGINT)
        tracer.wait()

    def test_what_finds_no_room_in_memory_is_refused_and_the_rest_waits(self):
        for on_full in ("shed", "block"):
            with self.subTest(on_full=on_full):
                shutil.rmtree(self.log, ignore_errors=True)
                served = self.start(durability="before_answer", on_full=on_full, queue_kib=1024)
                before = self.memory_kib(served)
                tracer = self.stall(served)
                # More rows at once than the queue takes.
                askers = [Asker(served, "/v1/checks?detail=full", BATCH) for _ in range(6)]
                wanted = 5 if on_full == "shed" else 1
                self.run_askers(askers, lambda: sum(asker.refused for asker in askers) >= wanted)
                self.assertEqual(served.ask("/livez")[0], 200)
                self.check_memory(served, before)
                self.heal(tracer)
                counts = [len(asker.answered) for asker in askers]
                while any(len(asker.answered) <= count for asker, count in zip(askers, counts)):
                    self.assertIsNone(served.process.poll(), "the gate ended")
                    time.sleep(0.01)
                for asker in askers:
                    asker.end()
                self.assert_accounted(served, askers)


class Unreadable(DiskCase):
    def test_a_folder_that_cannot_be_listed_is_no_empty_one(self):
        served = self.start(durability="before_answer")
        self.assertEqual(served.check()[0], 200)
        served.stop()
        held = {path.name: path.read_bytes() for path in self.log.iterdir()}
        for verb in (("serve", "--config", self.folder / "gate.toml", "--listen", "127.0.0.1:0"),
                     ("log", "verify", self.log)):
            with self.subTest(verb=verb):
                done = subprocess.run(["strace", "-f", "-qq", "-o", self.folder / "trace", "-e", "trace=getdents64",
                                       "-e", "inject=getdents64:error=EIO", "timeout", "20", GATE, *verb],
                                      capture_output=True, text=True)
                if "PTRACE" in done.stderr:
                    self.skipTest("this system forbids tracing: " + done.stderr.strip())
                self.assertEqual(done.returncode, 69, done.stderr)
                self.assertIn("cannot read the folder", done.stderr)
        self.assertEqual({path.name: path.read_bytes() for path in self.log.iterdir()}, held)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
