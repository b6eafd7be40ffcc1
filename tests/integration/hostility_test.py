"""Hostile peers, against a real gate and through real proxies.

    hostility_test.py SOURCE_DIR BUILD_DIR [TEST…]

No test checks how long anything took: ordinary requests beside an attack must be answered, all of
them.
"""

import contextlib
import http.client
import json
import re
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
sys.path.insert(0, str(ROOT / "tests/support"))

from gate_process import is_sanitized, reserved_port  # noqa: E402
from hostile_payloads import GARBAGE, PAYLOADS  # noqa: E402

PATIENCE = 60   # seconds; then a test fails instead of hanging
DESCRIPTORS = 16_000
MANY = 2_000    # connections of an attack
IDLE = 10_000
CHECK = "/v1/check?operation=distribute&number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A"


def allow_descriptors():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-hostility-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        allow_descriptors()
        config = self.folder / "gate.toml"
        config.write_text(f'connections_per_address = {MANY + 100}\n[admin]\nlisten = "127.0.0.1:0"\n')
        self.addCleanup(lambda: self.reader.join())  # runs after the gate has ended
        self.gate = self.start(BUILD / "beian-gate", "serve", "--config", config, "--listen", "127.0.0.1:0",
                               "--threads", "1", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in self.gate.stderr:
            if found := re.search(r"operations at \S*?:(\d+)$", line.strip()):
                self.admin_port = int(found[1])
                break
        self.port = int(re.search(r":(\d+)\s*$", self.gate.stdout.readline())[1])
        self.reader = threading.Thread(target=self.read_on, daemon=True)
        self.reader.start()

    def read_on(self):
        """Reads what else the gate says, so that it never blocks on us."""
        with self.gate.stderr as lines:
            for _ in lines:
                pass

    def start(self, *command, **options):
        process = subprocess.Popen([str(word) for word in command], **options)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.terminate()
        process.wait(PATIENCE)
        if process.stdout:
            process.stdout.close()

    def metric(self, name):
        """The sum over all labels."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        return sum(int(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\d+)$", text, re.M))

    def until(self, name, holds):
        while not holds(self.metric(name)):
            self.assertIsNone(self.gate.poll(), "the gate ended")
            time.sleep(0.01)

    def check(self, connection):
        connection.request("GET", CHECK)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        self.assertEqual((answer.status, body.get("decision")), (200, "allow"), body)

    def connect(self, source=1, port=None):
        return socket.create_connection(("127.0.0.1", port or self.port), timeout=PATIENCE,
                                        source_address=(f"127.0.0.{source}", 0))


def received(connection):
    """Everything until the peer closes or has been silent for a while."""
    parts = []
    with contextlib.suppress(OSError):
        while part := connection.recv(1 << 16):
            parts.append(part)
    return b"".join(parts)


def statuses(data):
    return [int(status) for status in re.findall(rb"(?:^|\n|\})HTTP/1\.[01] (\d{3}) ", data)]


class Slow(Case):
    """slowhttptest holds 2,000 connections; ordinary requests, on old and on new connections, are answered."""

    ATTACKS = {"headers": ("-H", "-u", "/livez"),
               "body": ("-B", "-u", "/v1/check", "-s", "8192", "-f", "application/json"),
               "read": ("-X", "-u", "/openapi.json", "-k", "10", "-w", "1", "-y", "32", "-n", "2", "-z", "1")}

    def test_ordinary_requests_are_unharmed(self):
        for name, (mode, flag, path, *rest) in self.ATTACKS.items():
            with self.subTest(attack=name):
                attack = self.start("slowhttptest", mode, "-c", MANY, "-r", MANY // 2, "-l", "15", "-i", "2",
                                    flag, f"http://127.0.0.1:{self.port}{path}", *rest,
                                    stdout=subprocess.DEVNULL, preexec_fn=allow_descriptors)
                kept = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE,
                                                  source_address=("127.0.0.9", 0))
                before = self.metric("beian_gate_http_connections_total")
                held, answered = 0, 0
                while attack.poll() is None:
                    self.check(kept)
                    fresh = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE,
                                                       source_address=("127.0.0.9", 0))
                    self.check(fresh)
                    fresh.close()
                    answered += 2
                    if answered % 20 == 0:
                        held = max(held, self.metric("beian_gate_http_connections"))
                kept.close()
                attacked = self.metric("beian_gate_http_connections_total") - before - answered // 2
                print(f"slow {name}: {attacked} connections, {held} at once, {answered} requests answered",
                      file=sys.stderr)
                self.assertGreater(attacked, MANY // 2, "a slow machine does not make all of them in time")
                self.assertGreater(answered, 100)
                self.until("beian_gate_http_connections", lambda open: open <= 1)


class Idle(Case):
    def memory_kib(self):
        status = Path(f"/proc/{self.gate.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1])

    def test_ten_thousand_cost_little(self):
        before = self.memory_kib()
        request = f"GET {CHECK} HTTP/1.1\r\nHost: gate\r\n\r\n".encode()
        connections = []
        for begin in range(0, IDLE, 100):
            some = [self.connect(2 + i % 40) for i in range(begin, begin + 100)]
            for connection in some:
                connection.sendall(request)
            for connection in some:
                self.assertTrue(connection.recv(1 << 14).startswith(b"HTTP/1.1 200 "))
            connections += some
        # If the machine took longer than idle connections are kept, the first ones are gone.
        held = self.metric("beian_gate_http_connections")
        self.assertGreater(held, IDLE // 4)
        after = self.memory_kib()
        print(f"{held} idle connections: {before} KiB before, {(after - before) / held:.1f} KiB each",
              file=sys.stderr)
        if not is_sanitized(BUILD):
            self.assertLessEqual(after - before, 32 * held)
            self.assertLessEqual(after, 64 * 1024 + 32 * held)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.check(connection)
        connection.close()
        for one in connections:
            one.close()


class Sockets(Case):
    def test_half_closed_peers_get_what_they_asked_for_and_are_gone(self):
        request = f"GET {CHECK} HTTP/1.1\r\nHost: gate\r\n\r\n".encode()
        for sent, wanted in ((request * 3, [200] * 3), (request + request[:20], [200]), (b"", []),
                             (b"POST /v1/check HTTP/1.1\r\nHost: g\r\nContent-Length: 90\r\n\r\n{", [])):
            with self.subTest(sent=sent[-30:]):
                connections = [self.connect() for _ in range(200)]
                for connection in connections:
                    connection.sendall(sent)
                    connection.shutdown(socket.SHUT_WR)
                for connection in connections:
                    self.assertEqual(statuses(received(connection)), wanted)
                    connection.close()
                self.until("beian_gate_http_connections", lambda open: open <= 1)

    def test_resets_in_the_middle_leave_nothing(self):
        body = b'{"checks":[' + b'{"operation":"distribute","filing_number":"x"},' * 2000
        for head in (f"POST /v1/check HTTP/1.1\r\nHost: g\r\nContent-Length: 9000\r\n\r\n",
                     f"POST /v1/checks HTTP/1.1\r\nHost: g\r\nContent-Length: {len(body) + 9}\r\n\r\n",
                     "POST /v1/checks HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
                     "POST /v1/checks:stream HTTP/1.1\r\nHost: g\r\nContent-Type: application/x-ndjson\r\n"
                     "Transfer-Encoding: chunked\r\n\r\nffff\r\n"):
            with self.subTest(head=head[:30]):
                for size in (0, 1, 500, 5_000, 60_000):
                    for _ in range(20):
                        connection = self.connect()
                        connection.sendall(head.encode() + body[:min(size, 8_999 if "9000" in head else size)])
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                        connection.close()
                self.until("beian_gate_http_connections", lambda open: open <= 1)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.check(connection)
        connection.close()

    def test_garbage_behind_a_request_is_refused_once(self):
        request = f"GET {CHECK} HTTP/1.1\r\nHost: gate\r\n\r\n".encode()
        for garbage in GARBAGE:
            with self.subTest(garbage=garbage[:40]):
                with self.connect() as connection:
                    connection.sendall(request + garbage + request)
                    connection.shutdown(socket.SHUT_WR)
                    got = statuses(received(connection))
                self.assertEqual(got[0], 200)
                self.assertEqual(len(got), 2, got)
                self.assertGreaterEqual(got[1], 400)


class Smuggling(Case):
    """Each payload is one request by its own account, and says that nothing follows. However it is
    interpreted, there is at most one answer, the gate sees no more than one request, and whoever
    comes next gets their own answer."""

    NGINX = """daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{ access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;
  fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  client_header_timeout 1s; client_body_timeout 1s; ignore_invalid_headers off; underscores_in_headers on;
  upstream gate {{ server 127.0.0.1:{gate}; keepalive 4; }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://gate; proxy_http_version 1.1;
    proxy_request_buffering {buffering}; proxy_set_header Connection ""; proxy_set_header Host gate; }} }} }}
"""
    HAPROXY = """defaults
  mode http
  timeout connect 5s
  timeout client 1s
  timeout server 5s
  timeout http-request 1s
  option http-keep-alive
  http-reuse always
frontend in
  bind 127.0.0.1:{port}
  default_backend gate
backend gate
  server gate 127.0.0.1:{gate}
"""

    def start_nginx(self, port, buffering="off"):
        config = self.folder / f"nginx-{buffering}.conf"
        config.write_text(self.NGINX.format(folder=self.folder, gate=self.port, port=port,
                                            buffering=buffering))
        self.start("nginx", "-p", self.folder, "-e", self.folder / "error.log", "-c", config)

    def start_haproxy(self, port):
        config = self.folder / "haproxy.cfg"
        config.write_text(self.HAPROXY.format(gate=self.port, port=port))
        self.start("haproxy", "-q", "-db", "-f", config)

    def probe(self, port, name):
        """An ordinary request, whose answer must be its own."""
        for _ in range(PATIENCE * 20):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            with contextlib.closing(connection), contextlib.suppress(ConnectionRefusedError):
                connection.request("GET", f"/v1/numbers/{name}")
                answer = connection.getresponse()
                self.assertEqual(json.loads(answer.read())["input"], name)
                self.assertEqual(answer.status, 200)
                return
            threading.Event().wait(0.05)
        self.fail(f"nobody listens at {port}")

    def run_payloads(self, port, way):
        self.probe(port, "first")
        answered = reached = 0
        for number, (name, payload) in enumerate(PAYLOADS):
            with self.subTest(payload=name):
                before = self.metric("beian_gate_http_requests_total")
                with self.connect(port=port) as connection:
                    connection.settimeout(3)
                    connection.sendall(payload)
                    if way == "straight":  # nginx takes a half-close for the end; it has deadlines of 1 s
                        connection.shutdown(socket.SHUT_WR)
                    answers = statuses(received(connection))
                seen = self.metric("beian_gate_http_requests_total") - before - 1  # minus our request for metrics
                final = [status for status in answers if status != 100]
                self.assertLessEqual(len(final), 1, answers)
                self.assertLessEqual(seen, 1)
                answered, reached = answered + len(final), reached + seen
                for turn in range(2):  # the next users of the proxy's connections
                    self.probe(port, f"probe-{number}-{turn}")

        print(f"{way}: {len(PAYLOADS)} payloads, {answered} answered, {reached} of them by a route of the gate",
              file=sys.stderr)
        self.assertGreater(answered, len(PAYLOADS) // 2)
        self.assertGreater(reached, 0)

    def test_straight_to_the_gate(self):
        self.run_payloads(self.port, "straight")

    def test_behind_nginx(self):
        for buffering in ("off", "on"):
            with self.subTest(buffering=buffering):
                port = reserved_port(self.addCleanup)
                self.start_nginx(port, buffering)
                self.run_payloads(port, f"nginx, buffering {buffering}")

    def test_behind_haproxy(self):
        port = reserved_port(self.addCleanup)
        self.start_haproxy(port)
        self.run_payloads(port, "HAProxy")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
