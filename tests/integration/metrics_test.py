"""`/metrics`, the admin listener and reloads of a real gate, read by promtool.

    metrics_test.py SOURCE_DIR BUILD_DIR [TEST…]
"""

import http.client
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import yaml

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
sys.path.insert(0, str(ROOT / "tests/support"))

from gate_process import is_sanitized, start_gate  # noqa: E402

GATE = BUILD / "beian-gate"
PATIENCE = 30  # seconds; then a test fails instead of hanging


class Gate:
    """A running gate; its configuration is `text`, which the flags override."""

    def __init__(self, case, text, *flags):
        folder = tempfile.TemporaryDirectory(prefix="beian-metrics-")
        case.addCleanup(folder.cleanup)
        self.config = Path(folder.name) / "gate.toml"
        self.config.write_text(text)
        self.err = Path(folder.name) / "err"
        self.process, line = start_gate(case, GATE, self.config, self.err, PATIENCE, flags,
                                        cwd=folder.name)
        self.port = int(line.rpartition(":")[2])
        admin = re.search(r"operations at 127\.0\.0\.1:(\d+)", self.said())
        self.admin_port = int(admin[1]) if admin else None

    def said(self):
        return self.err.read_text(encoding="utf-8")

    def ask(self, method, target, port=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE)
        connection.request(method, target, body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def scrape(self):
        status, text = self.ask("GET", "/metrics", self.admin_port)
        assert status == 200, text
        return text

    def wait_told(self, what):
        """Waits until the gate has said `what`, which it does after counting."""
        for _ in range(PATIENCE * 20):
            if what in self.said():
                return
            time.sleep(0.05)
        raise AssertionError(f"never told: {what}\n{self.said()}")

    def wait_for(self, what):
        for _ in range(PATIENCE * 20):
            text = self.scrape()
            if what in text:
                return text
            time.sleep(0.05)
        raise AssertionError(f"never: {what}\n{text}")


ADMIN = 'listen = "127.0.0.1:0"\nthreads = 2\n[admin]\nlisten = "127.0.0.1:0"\n'
FOLLOWING = ADMIN + '[registry]\nurl = "redis://127.0.0.1:1"\nallow_unsigned = true\n'
# In the gate's own folder.
LOGGING = FOLLOWING + '[log]\nfolder = "log"\n'
EVERYTHING = LOGGING + '[packages]\ninspect = true\nfolder = "."\n'


def names_in(text):
    return set(re.findall(r"^# TYPE (\S+) ", text, re.M))


class Healthcheck(unittest.TestCase):
    def test_a_gate_that_does_not_answer_is_not_waited_for_without_end(self):
        """The server's accept queue is full, as behind a firewall that drops silently."""
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            waiting = []
            for _ in range(3):
                one = socket.socket()
                self.addCleanup(one.close)
                one.setblocking(False)
                one.connect_ex(full.getsockname())
                waiting.append(one)
            done = subprocess.run([GATE, "healthcheck", "--url", "http://127.0.0.1:%d" % full.getsockname()[1]],
                                  capture_output=True, text=True, timeout=2 * PATIENCE)
        self.assertEqual(done.returncode, 69)
        self.assertIn("connecting took too long", done.stderr)

    def test_a_url_with_a_path_is_usage(self):
        done = subprocess.run([GATE, "healthcheck", "--url", "http://127.0.0.1:1/readyz"],
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 64)
        self.assertIn("http://HOST[:PORT]", done.stderr)


class Scrapes(unittest.TestCase):
    def check(self, text):
        done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True,
                              capture_output=True, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_promtool_finds_no_fault(self):
        for text in (ADMIN, FOLLOWING, LOGGING, EVERYTHING, 'listen = "127.0.0.1:0"\n'):
            with self.subTest(text=text):
                self.check(Gate(self, text).scrape())

    def test_api_md_names_every_metric(self):
        followed = Gate(self, EVERYTHING).wait_for('beian_gate_follower_state{state="waiting"} 1')
        given = names_in(followed)
        document = (ROOT / "gate/http/API.md").read_text(encoding="utf-8")
        section = re.search(r"^### Metrics$(.*?)^### ", document, re.M | re.S)[1]
        rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
        told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
        self.assertEqual(given - told, set())
        # Unknown until a Redis has answered.
        self.assertEqual(told - given, {"beian_gate_follower_lag_batches",
                                        "beian_gate_follower_last_contact_timestamp_seconds",
                                        "beian_gate_registry_epoch"})

    def test_bounds_are_told_as_they_are_in_effect(self):
        text = Gate(self, "connections_per_address = 7\n" + ADMIN).scrape()
        self.assertIn('beian_gate_limit{name="connections_per_address"} 7\n', text)
        given = set(re.findall(r'^beian_gate_(?:limit|deadline_seconds){name="(\w+)"}', text, re.M))
        document = (ROOT / "gate/http/API.md").read_text(encoding="utf-8")
        section = re.search(r"^### Limits$(.*?)^## ", document, re.M | re.S)[1]
        cells = [line.split("|")[4] for line in section.splitlines() if line.startswith("| ")][1:]
        self.assertEqual({name for cell in cells for name in re.findall(r"`(\w+)`", cell)}, given)

    def test_no_label_says_what_was_asked(self):
        gate = Gate(self, ADMIN)
        package, number = "cn.secret.app", "2099000000"
        gate.ask("GET", f"/v1/packages/android/{package}")
        gate.ask("GET", f"/v1/check?operation=connect&package={package}&number={number}&domain=d.test")
        gate.ask("GET", f"/{package}")
        text = gate.scrape()
        for word in (package, number, "d.test"):
            self.assertNotIn(word, text)

    def test_every_worker_and_connection_counts(self):
        gate = Gate(self, ADMIN)
        for _ in range(40):
            gate.ask("GET", "/livez")
        text = gate.wait_for('beian_gate_http_requests_total{route="/livez",status="2xx"} 40\n')
        self.assertRegex(text, r"(?m)^beian_gate_http_connections_total 40$")
        self.assertRegex(text, r'(?m)^beian_gate_http_request_duration_seconds_count{route="/livez"} 40$')
        gate.ask("GET", "/" + "x" * 9000)
        gate.wait_for('beian_gate_http_refusals_total{status="414"} 1\n')


class Alerts(unittest.TestCase):
    RULES = ROOT / "conf/prometheus/beian-gate.rules.yml"

    def test_each_fires_when_it_has_to_and_not_beside_a_gate_that_is_well(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-alerts-")
        self.addCleanup(folder.cleanup)
        tests = Path(folder.name) / "tests.yml"
        text = (ROOT / "tests/integration/alert_rules.yml").read_text()
        wanted = yaml.safe_load(text.replace("RULES", str(self.RULES)))
        rules = yaml.safe_load(self.RULES.read_text())["groups"][0]["rules"]
        steps = {rule["alert"]: rule["annotations"]["description"] for rule in rules}
        for test in wanted["tests"]:
            for alert in test["alert_rule_test"]:
                for fired in alert.get("exp_alerts", []):
                    fired["exp_annotations"]["description"] = steps[alert["alertname"]]
        tests.write_text(yaml.safe_dump(wanted, allow_unicode=True))
        done = subprocess.run(["promtool", "test", "rules", tests], text=True, capture_output=True,
                              timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for name in re.findall(r"alert: (\w+)", self.RULES.read_text()):
            self.assertEqual(text.count(f"alertname: {name}"), 2, f"{name}: firing and silent")

    def test_they_ask_for_metrics_that_there_are(self):
        document = (ROOT / "gate/http/API.md").read_text(encoding="utf-8")
        for name in re.findall(r"\b(beian_gate_\w+)", self.RULES.read_text()):
            self.assertIn(f"`{name}`", document)


class Admin(unittest.TestCase):
    def test_operations_are_at_the_admin_listener_alone(self):
        gate = Gate(self, ADMIN)
        for method, target, public, admin in (("GET", "/metrics", 404, 200),
                                              ("POST", "/reload", 404, 202),
                                              ("GET", "/readyz", 200, 200),
                                              ("GET", "/livez", 200, 200),
                                              ("GET", "/v1/registry", 200, 404)):
            with self.subTest(target=target):
                self.assertEqual(gate.ask(method, target)[0], public)
                self.assertEqual(gate.ask(method, target, gate.admin_port)[0], admin)

    def test_a_reload_is_taken_or_refused_and_counted(self):
        gate = Gate(self, ADMIN)
        gate.ask("POST", "/reload", gate.admin_port)
        gate.wait_for('beian_gate_reloads_total{result="taken"} 1\n')
        gate.config.write_text(ADMIN + "[registry]\nstale_after_seconds = 7\n")
        gate.ask("POST", "/reload", gate.admin_port)
        gate.wait_for('beian_gate_reloads_total{result="taken"} 2\n')
        gate.wait_told("- registry.stale_after_seconds = 86400\n")
        gate.wait_told("+ registry.stale_after_seconds = 7\n")
        gate.config.write_text(ADMIN + "nonsense = 1\n")
        gate.ask("POST", "/reload", gate.admin_port)
        gate.wait_for('beian_gate_reloads_total{result="refused"} 1\n')
        gate.wait_told("kept the old state")
        self.assertEqual(gate.ask("GET", "/v1/check?operation=connect")[0], 200)

    def test_a_gate_that_is_draining_begins_no_reload(self):
        gate = Gate(self, ADMIN)
        # An answer that is still owed keeps it from ending at once.
        with socket.create_connection(("127.0.0.1", gate.port), PATIENCE) as owed:
            owed.sendall(b"POST /v1/check HTTP/1.1\r\nHost: gate\r\nContent-Length: 2\r\n\r\n{")
            gate.process.terminate()
            gate.wait_told("draining")
            status, text = gate.ask("POST", "/reload", gate.admin_port)
            self.assertEqual(status, 503, text)
            self.assertIn("urn:beian-gate:problem:stopping", text)
            owed.sendall(b"}")
            self.assertIn(b"400", owed.recv(100))
        gate.process.wait(PATIENCE)
        self.assertNotIn("reloading", gate.said())

    def test_an_exception_that_is_over_is_told_at_start_and_by_each_reload(self):
        gate = Gate(self, ADMIN)
        (gate.config.parent / "policy.toml").write_text(
            '[[exception]]\nowner = "wang"\nnote = "old"\nfiling_number = "京ICP备2023000001号-2A"\n'
            'codes = ["NAME_MISMATCH"]\nexpires = 2024-01-01\n')
        told = "policy.toml:1: exception: expired on 2024-01-01, lifts nothing any more; its owner is wang"
        text = ADMIN + '[policy]\nfile = "policy.toml"\n'
        gate.config.write_text(text)
        gate.ask("POST", "/reload", gate.admin_port)
        gate.wait_told(told)
        again = Gate(self, ADMIN + f'[policy]\nfile = "{gate.config.parent}/policy.toml"\n')
        again.wait_told(told)

    def test_an_address_that_is_taken_ends_the_start(self):
        gate = Gate(self, ADMIN)
        gate.config.write_text(f'listen = "127.0.0.1:0"\n[admin]\nlisten = "127.0.0.1:{gate.port}"\n')
        done = subprocess.run([GATE, "serve", "--config", gate.config], capture_output=True,
                              text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn(str(gate.port), done.stderr)

    def test_threads_0_is_one_a_processor_whatever_the_file_says(self):
        processors = len(os.sched_getaffinity(0))
        gate = Gate(self, f'listen = "127.0.0.1:0"\nthreads = {processors + 1}\n', "--threads", "0")
        self.assertIn(f"\nbeian_gate_workers {2 * processors}\n", gate.scrape())

    def test_too_few_files_or_threads_end_the_start_and_are_no_bug(self):
        limits = [(resource.RLIMIT_NOFILE, 200)]
        if not is_sanitized(BUILD):  # shadow memory takes terabytes
            limits.append((resource.RLIMIT_AS, 500 << 20))  # enough for some of the stacks
        for limit, value in limits:
            with self.subTest(limit=limit):
                done = subprocess.run([GATE, "serve", "--listen", "127.0.0.1:0", "--threads", "100"],
                                      capture_output=True, text=True, timeout=PATIENCE,
                                      preexec_fn=lambda: resource.setrlimit(limit, (value, value)))
                self.assertEqual(done.returncode, 69, done.stderr)
                self.assertIn("cannot start 200 workers", done.stderr)
        done = subprocess.run([GATE, "serve", "--threads", "1025"], capture_output=True, text=True,
                              timeout=PATIENCE)
        self.assertEqual(done.returncode, 64, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
