#!/usr/bin/env python3
"""The decision log of a real gate: what is asked is in it, whatever happens to gate and disk.

    log_test.py ROOT BUILD [CASE]

BEIAN_ROUNDS: how often the gate is killed (default 4). A kill may interrupt anything. What the
client has read counts as acknowledged, and all of it must be in the log, once.
"""

import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1]).resolve() / "tests/support"))

from gate_process import end_with_parent, is_sanitized, when_taken  # noqa: E402,F401

BUILD = Path(sys.argv[2]).resolve()
GATE = str(BUILD / "beian-gate")
ROUNDS = int(os.environ.get("BEIAN_ROUNDS", "4"))
CHECKS_PER_ROUND = 1000
NUMBER = "京ICP备2099000000号-1A"
ROW = {"operation": "distribute", "filing_number": NUMBER}


def gate(*arguments):
    done = subprocess.run([GATE, *map(str, arguments)], capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Gate:
    """A gate on a free port that logs into `folder`; `before` runs in its process before it starts."""

    def __init__(self, folder, before=None, registry=None, **log):
        self.folder = Path(folder)
        lines = [f"{key} = {json.dumps(value)}" for key, value in log.items()]
        config = self.folder / "gate.toml"
        config.write_text("[log]\n" + f"folder = {json.dumps(str(self.folder / 'log'))}\n" +
                          "\n".join(lines) + "\n")
        self.process = subprocess.Popen(
            [GATE, "serve", "--config", str(config), "--listen", "127.0.0.1:0", "--threads", "2",
             *(["--registry", str(registry)] if registry else [])],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=lambda: (end_with_parent(), before and before()))
        self.port = 0
        for line in self.process.stdout:
            if line.startswith(b"listening on "):
                self.port = int(line.rsplit(b":", 1)[1])
            if line.startswith(b"try: "):
                return
        raise AssertionError("no gate: " + self.process.stderr.read().decode())

    def ask(self, path, body=None, headers=None):
        """(status, body, fields)"""
        kind = "application/x-ndjson" if path.endswith(":stream") else "application/json"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}",
                                         data=body.encode() if body is not None else None,
                                         headers={"Content-Type": kind, **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers

    def check(self, row=None):
        return self.ask("/v1/check", json.dumps(row or ROW, ensure_ascii=False))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err.decode()

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=60)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-log-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log = self.folder / "log"

    def start(self, **options):
        started = Gate(self.folder, **options)
        self.addCleanup(lambda: started.process.poll() is None and started.kill())
        return started

    def show(self, *arguments):
        code, out, err = gate("log", "show", self.log, *arguments)
        self.assertEqual(code, 0, err)
        return [json.loads(line) for line in out.splitlines()]

    def assert_verifies(self, *arguments):
        code, out, err = gate("log", "verify", self.log, *arguments)
        self.assertEqual(code, 0, out + err)
        return out


class Entries(Case):
    def test_each_way_of_checking_leaves_its_entries(self):
        with self.subTest("answers"):
            served = self.start(durability="before_answer", keep_request=True)
            trace = "0af7651916cd43dd8448eb211c80319c"
            row = {**ROW, "id": "one", "app": {"platform": "android", "package": "cn.example"}}
            _, posted, _ = served.ask("/v1/check", json.dumps(row),
                                      {"traceparent": f"00-{trace}-b7ad6b7169203331-01",
                                       "X-Request-ID": "edge-7"})
            _, queried, _ = served.ask("/v1/check?operation=connect&number=" +
                                       urllib.request.quote(NUMBER))
            batch = json.dumps({"checks": [{**ROW, "id": "two"}, {"bad": 1}, {**ROW, "id": "three"}]})
            when_taken(lambda: served.ask("/v1/checks", batch))
            rows = json.dumps({**ROW, "id": "four"}) + "\n{}\n" + json.dumps({**ROW, "id": "five"}) + "\n"
            when_taken(lambda: served.ask("/v1/checks:stream", rows))
            _, _, fields = served.ask("/v1/authz", None, {
                "X-Filing-Number": urllib.request.quote(NUMBER), "X-Original-Host": "a.example"})
            served.ask("/livez")
            code, err = served.stop()
            self.assertEqual(code, 0, err)
        entries = self.show()
        self.assertEqual([entry["id"] for entry in entries],
                         ["one", None, "two", "three", "four", "five", None])
        self.assertEqual(entries[0]["decision_id"], json.loads(posted)["decision_id"])
        self.assertEqual(entries[1]["decision_id"], json.loads(queried)["decision_id"])
        self.assertEqual(entries[6]["decision_id"], fields["X-Gate-Decision-Id"])
        self.assertEqual(entries[0]["trace_id"], trace)
        self.assertEqual([entry.get("request_id") for entry in entries], ["edge-7"] + [None] * 6)
        self.assertEqual(self.show("--filter", "request_id=edge-7"), entries[:1])
        self.assertEqual(entries[0]["peer"], "127.0.0.1")
        self.assertEqual(json.loads(entries[0]["request"]), row)
        self.assertIn("ok: 7 decisions", self.assert_verifies())
        with self.subTest("filters"):
            self.assertEqual(len(self.show("--filter", "operation=connect")), 2)
            self.assertEqual(len(self.show("--filter", f"number={NUMBER}",
                                           "--filter", "package=cn.example")), 1)
            self.assertEqual(len(self.show("--until", "2020-01-01T00:00:00Z")), 0)
            for text in ("x=y", "code=SHELLL", "decision=bogus", "serial=x"):
                self.assertEqual(gate("log", "show", self.log, "--filter", text)[0], 64, text)
        with self.subTest("nothing there"):
            for verb in ("verify", "show", "replay"):
                code, _, err = gate("log", verb, self.folder / "decisions-00000001.ndjson")
                self.assertEqual(code, 69, err)
                self.assertEqual(gate("log", verb, self.folder / "nothing")[0], 69)
                # The wrong folder must not look like a log in which nobody was ever denied.
                (self.folder / "other").mkdir(exist_ok=True)
                code, out, err = gate("log", verb, self.folder / "other")
                self.assertEqual(code, 65, out + err)
                self.assertIn("no ", out + err)
        with self.subTest("replay"):
            code, out, err = gate("log", "replay", self.log)
            self.assertEqual((code, out), (0, ""), err)
            self.assertIn("7 decided the same", err)

    def test_replay_tells_what_another_registry_decides(self):
        served = self.start(keep_request=True)
        served.check()
        served.stop()
        feed = self.folder / "feed.ndjson"
        feed.write_text('{"record":"subject","id":1,"number":"京ICP备2023000001号",'
                        '"sponsor":"甲","status":"filed"}\n'
                        '{"record":"service","id":2,"subject_id":1,'
                        '"number":"京ICP备2023000001号-1A","status":"filed"}\n')
        registry = self.folder / "other.snap"
        code, _, err = gate("registry", "build", feed, "-o", registry, "--serial", "7")
        self.assertEqual(code, 0, err)
        code, out, err = gate("log", "replay", self.log, "--registry", registry)
        self.assertEqual(code, 2, err)
        difference = json.loads(out)
        self.assertEqual(difference["before"]["decision"], "allow")
        self.assertEqual(difference["now"]["decision"], "deny")
        self.assertEqual(difference["now"]["findings"], ["NOT_FILED"])
        config = self.folder / "other.toml"
        config.write_text(f'[registry]\nfile = "{registry}"\n')
        self.assertEqual(gate("log", "replay", self.log, "--config", config), (2, out, err))

    def test_replay_takes_no_account_of_a_registry_that_was_stale(self):
        registry = self.folder / "registry.snap"

        def build(hours):
            as_of = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - hours * 3600))
            feed = Path(sys.argv[1]) / "fixtures/registry.ndjson"
            code, _, err = gate("registry", "build", feed, "-o", registry, "--serial", "7",
                                "--as-of", as_of, "--with-test-identities")
            self.assertEqual(code, 0, err)

        build(48)
        served = self.start(registry=registry, keep_request=True)
        served.check()
        served.stop()
        self.assertEqual(self.show()[0]["findings"], ["REGISTRY_STALE"])
        build(0)
        code, out, err = gate("log", "replay", self.log, "--registry", registry)
        self.assertEqual((code, out), (0, ""), err)
        self.assertIn("1 decided the same", err)

    def test_digests_hide_and_find(self):
        key = self.folder / "digest.key"
        key.write_text("ab" * 32 + "\n")
        served = self.start(privacy="digest", digest_key=str(key))
        served.check({**ROW, "app": {"platform": "android", "package": "cn.secret.app"}})
        served.stop()
        raw = b"".join(path.read_bytes() for path in self.log.iterdir())
        self.assertNotIn(b"cn.secret.app", raw)
        self.assertNotIn("2099000000".encode(), raw)
        self.assertEqual(self.show("--filter", "package=cn.secret.app"), [])
        other = self.folder / "other.key"
        other.write_text("ac" * 32 + "\n")
        id_ = json.loads((self.log / "decisions-00000001.ndjson").read_text().split("\n")[0])["digest_key"]
        for filter_, key_, is_told in (("package=cn.secret.app", (), True),
                                       ("package=cn.secret.app", ("--digest-key", other), True),
                                       ("package=cn.secret.app", ("--digest-key", key), False),
                                       ("package=hmac:00", (), False),
                                       ("decision=allow", (), False)):
            _, _, err = gate("log", "show", self.log, "--filter", filter_, *key_)
            self.assertEqual(id_ in err, is_told, (filter_, key_, err))
        self.assertEqual(len(self.show("--filter", "package=cn.secret.app",
                                       "--digest-key", key)), 1)
        self.assertEqual(len(self.show("--filter", f"number={NUMBER}", "--digest-key", key)), 1)

    def test_signed_checkpoints_are_verified(self):
        key = self.folder / "log.key"
        self.assertEqual(gate("registry", "keygen", key)[0], 0)
        other = self.folder / "other.key"
        gate("registry", "keygen", other)
        served = self.start(sign_key=str(key))
        served.check()
        served.stop()
        self.assert_verifies("--key", f"{key}.pub")
        code, out, _ = gate("log", "verify", self.log, "--key", f"{other}.pub")
        self.assertEqual(code, 65)
        self.assertIn("vouched for by no checkpoint, ", out)
        kept = self.folder / "kept"
        kept.write_bytes((self.log / "head").read_bytes())
        self.assert_verifies("--checkpoint", kept)

    def test_a_flipped_byte_is_named_and_stops_the_next_start(self):
        served = self.start()
        served.check()
        served.stop()
        segment = self.log / "decisions-00000001.ndjson"
        data = bytearray(segment.read_bytes())
        at = data.index(b"allow")
        data[at] ^= 1
        segment.write_bytes(data)
        code, out, _ = gate("log", "verify", self.log)
        self.assertEqual(code, 65)
        line = data[:at].count(b"\n") + 1
        begin = data.rindex(b"\n", 0, at) + 1
        self.assertIn(f"decisions-00000001.ndjson:{line}: byte {begin}: ", out)
        report = json.loads(gate("log", "verify", self.log, "--json")[1])
        self.assertEqual(report["faults"][0]["line"], line)
        config = self.folder / "gate.toml"
        code, _, err = gate("serve", "--config", config, "--listen", "127.0.0.1:0")
        self.assertEqual(code, 65)
        self.assertIn("decisions-00000001.ndjson, line", err)

    def test_a_second_gate_does_not_write_there(self):
        self.start()
        code, _, err = gate("serve", "--config", self.folder / "gate.toml",
                            "--listen", "127.0.0.1:0")
        self.assertEqual(code, 69)
        self.assertIn("another gate", err)


class Failing(Case):
    # A limit on the size of files stands for a disk that accepts nothing: it needs no mount, and
    # can be set and lifted while the gate runs.
    def test_a_disk_that_takes_nothing_refuses_checks_and_resumes(self):
        served = self.start(before=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                            durability="before_answer", on_full="shed", queue_kib=1024)

        def limit(size):
            resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE,
                             (size, resource.RLIM_INFINITY))

        answered = [json.loads(served.check()[1])["decision_id"]]
        limit(100)
        # Accepted before the fault is known, so held until the disk is back.
        held = []
        asking = threading.Thread(target=lambda: held.append(served.check()))
        asking.start()
        self.wait_for(served, "beian_gate_log_accepting 0")
        self.assertEqual(held, [])
        status, body, fields = served.check()
        self.assertEqual(status, 503, body)
        self.assertEqual(json.loads(body)["type"], "urn:beian-gate:problem:audit_unavailable")
        self.assertIn("Retry-After", fields)
        self.assertEqual(served.ask("/livez")[0], 200)
        limit(resource.RLIM_INFINITY)
        asking.join()
        self.assertEqual(held[0][0], 200)
        answered.append(json.loads(held[0][1])["decision_id"])
        self.wait_for(served, "beian_gate_log_accepting 1")
        answered.append(json.loads(served.check()[1])["decision_id"])
        metrics = served.ask("/metrics")[1]
        self.assertIn("beian_gate_log_shed_total 1\n", metrics)
        self.assertIn("beian_gate_log_written_total 3\n", metrics)
        # A refused check is not a decision.
        self.assertIn('beian_gate_decisions_total{operation="distribute",decision="allow"} 3\n', metrics)
        code, err = served.stop()
        self.assertEqual(code, 0, err)
        self.assertIn("checks are refused", err)
        self.assertIn("writing again", err)
        self.assertEqual([entry["decision_id"] for entry in self.show()], answered)
        self.assert_verifies()

    @staticmethod
    def wait_for(served, line):
        while line not in served.ask("/metrics")[1].splitlines():  # whole lines, because its HELP may begin alike
            time.sleep(0.01)


class Client(threading.Thread):
    """Sends checks in bunches on one connection until it breaks; keeps the ids of those answered."""

    REQUEST = ("GET /v1/check?operation=distribute&number=" + urllib.request.quote(NUMBER) +
               " HTTP/1.1\r\nHost: gate\r\n\r\n").encode() * 16

    def __init__(self, port):
        super().__init__()
        self.port = port
        self.answered = []

    def run(self):
        received = b""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
                while True:
                    connection.sendall(self.REQUEST)
                    wanted = len(self.answered) + 16
                    while len(self.answered) < wanted:
                        part = connection.recv(1 << 16)
                        if not part:
                            return
                        received = self.take(received + part)
        except OSError:
            return

    def take(self, received):
        """Removes the complete answers from the front of `received`."""
        while True:
            head, found, rest = received.partition(b"\r\n\r\n")
            if not found:
                return received
            length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
            if len(rest) < length:
                return received
            self.answered.append(json.loads(rest[:length])["decision_id"])
            received = rest[length:]


class Kill(Case):
    def test_no_acknowledged_decision_is_lost_or_doubled(self):
        seed = int(os.environ.get("BEIAN_SEED", random.randrange(1 << 32)))
        draw = random.Random(seed)
        answered = []
        for _ in range(ROUNDS):
            served = self.start(durability="before_answer", segment_mib=1, queue_kib=1024)
            clients = [Client(served.port) for _ in range(4)]
            for client in clients:
                client.start()
            wanted = CHECKS_PER_ROUND + draw.randrange(500)
            while sum(len(client.answered) for client in clients) < wanted:
                threading.Event().wait(0.001)
            served.kill()
            for client in clients:
                client.join()
                answered += client.answered
        served = self.start(durability="before_answer", segment_mib=1, queue_kib=1024)
        code, err = served.stop()
        self.assertEqual(code, 0, err)
        self.assert_verifies()
        logged = [entry["decision_id"] for entry in self.show()]
        self.assertEqual(len(logged), len(set(logged)), f"doubled; BEIAN_SEED={seed}")
        self.assertEqual(set(answered) - set(logged), set(), f"lost; BEIAN_SEED={seed}")
        self.assertGreaterEqual(len(answered), ROUNDS * CHECKS_PER_ROUND)
        print(f"{ROUNDS} kills, {len(answered)} acknowledged, {len(logged)} in the log",
              file=sys.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
