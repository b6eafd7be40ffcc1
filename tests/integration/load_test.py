"""The load generator against real servers: it offers what it was told to, and counts every answer
once.

    load_test.py SOURCE_DIR BUILD_DIR [TEST…]

No test checks how large a latency is, only that there is one for each answer.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
LOAD = BUILD / "bench/beian-bench-load"
ROW = '{"operation":"distribute","filing_number":"京ICP备2099000000号-%dA"}\n'


class Case(unittest.TestCase):
    def start(self, *command):
        """Starts a server; returns its address."""
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        for line in server.stdout:
            if found := re.search(rb"127\.0\.0\.1:\d+", line):
                # Keep reading, so that the server never blocks on us.
                threading.Thread(target=lambda: list(server.stdout), daemon=True).start()
                return found[0].decode()
        self.fail(f"{command[0]} did not start")

    def echo(self):
        return self.start(BUILD / "tests/http/http_echo", "--listen", "127.0.0.1:0")

    def gate(self):
        return self.start(BUILD / "beian-gate", "serve", "--listen", "127.0.0.1:0")

    def rows(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-load-")
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "rows.ndjson"
        path.write_text("".join(ROW % serial for serial in range(1, 9)), encoding="utf-8")
        return path

    def load(self, to, *arguments):
        """The lines that it prints, one per phase."""
        done = subprocess.run([LOAD, "--to", to, "--patience", "60", *map(str, arguments)], capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]


class Counts(Case):
    def test_a_low_rate_is_offered_sent_and_answered(self):
        quiet, busier = self.load(self.echo(), "--get", "/__echo", "--phase", "100:1", "--phase", "400:1",
                                  "--connections", "16")
        for phase, offered in ((quiet, 100), (busier, 400)):
            self.assertEqual([phase[key] for key in ("offered", "sent", "ok")], [offered] * 3)
            self.assertEqual([phase[key] for key in ("refused", "given_up", "broken", "unanswered")], [0] * 4)
            self.assertEqual(phase["by_status"], {"200": offered})
            latencies = phase["ok_us"]
            self.assertEqual(latencies["count"], offered)
            self.assertEqual(phase["ok_sent_us"]["count"], offered)
            self.assertLessEqual(phase["ok_sent_us"]["max"], latencies["max"])
            order = [latencies[key] for key in ("p50", "p90", "p99", "p99.9", "max")]
            self.assertEqual(order, sorted(order))
            self.assertLess(0, order[0])

    def test_targets_share_the_rate_by_weight(self):
        [phase] = self.load(self.echo(), "--get", "/__echo=3", "--get", "/nothing", "--phase", "200:1")
        self.assertEqual(phase["targets"]["GET /__echo"]["by_status"], {"200": 150})
        self.assertEqual(phase["targets"]["GET /nothing"]["by_status"], {"404": 50})
        self.assertEqual(phase["targets"]["GET /nothing"]["refused_us"]["count"], 50)
        self.assertEqual((phase["ok"], phase["refused"]), (150, 50))

    def test_connections_that_end_are_made_anew(self):
        # A batch of more than 64 KiB, which the echo refuses before reading it, and then closes.
        rows = self.rows()
        rows.write_text("a" * 70_000 + "\n", encoding="utf-8")
        [phase] = self.load(self.echo(), "--post", "/__echo", "--rows", rows, "--phase", "50:1")
        counted = phase["refused"] + phase["broken"]
        self.assertEqual((phase["offered"], counted), (50, 50))
        self.assertLessEqual(phase["by_status"].keys(), {"413"})

    def test_from_several_addresses(self):
        # More connections than a single address may have.
        [phase] = self.load(self.gate(), "--get", "/livez", "--phase", "600:1", "--connections", "300",
                            "--sources", "4")
        self.assertEqual(phase["by_status"], {"200": 600})


class Bodies(Case):
    def test_rows_and_batches_are_checked(self):
        gate, rows = self.gate(), self.rows()
        [phase] = self.load(gate, "--post", "/v1/check?detail=brief", "--post", "/v1/checks", "--rows", rows,
                            "--batch-rows", "5", "--phase", "100:1")
        single, batch = (phase["targets"][f"POST {path}"]["by_status"]
                         for path in ("/v1/check?detail=brief", "/v1/checks"))
        self.assertEqual(single, {"200": 50})
        self.assertGreater(batch.pop("200"), 0)
        self.assertEqual(set(batch) - {"503"}, set(), "a gate that is behind, on a busy machine, sheds them")

    def test_bulk_runs_in_its_phase_only(self):
        gate, rows = self.gate(), self.rows()
        for kind in ("stream", "batch"):
            with self.subTest(kind=kind):
                before, beside = self.load(gate, "--get", "/livez", "--rows", rows, "--phase", "50:1",
                                           "--phase", "50:1:bulk", "--bulk", kind, "--bulk-connections", "2")
                self.assertNotIn("bulk", before)
                self.assertGreater(beside["bulk"]["rows_per_second"], 0)
                self.assertEqual(beside["by_status"], {"200": 50})


class Options(Case):
    def test_what_it_cannot_do_is_said(self):
        for arguments, word in ((("--get", "livez", "--phase", "1:1"), "/PATH"),
                                (("--get", "/", "--phase", "fast"), "RATE:SECONDS"),
                                (("--post", "/", "--phase", "1:1"), "--rows"),
                                (("--phase", "1:1"), "--get")):
            done = subprocess.run([LOAD, "--to", "127.0.0.1:1", *arguments], capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertIn(word, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
