"""TLS of a real gate: protocol versions, client certificates, and certificates that are replaced
while it answers.

    tls_test.py SOURCE_DIR BUILD_DIR [TEST…]
"""

import ctypes
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
sys.path.insert(0, str(ROOT / "tests/support"))

from gate_process import start_gate, wait_taken, when_taken  # noqa: E402

GATE = BUILD / "beian-gate"
PATIENCE = 30  # seconds; then a test fails instead of hanging
CHECK = "/v1/check?operation=distribute&detail=brief"
NUMBER = "京ICP备2099000000号-1A"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True,
                   timeout=PATIENCE)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-tls-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.make_authority("ca")
        self.make_certificate("server", "ca", 1001)

    def make_authority(self, name):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.folder / f"{name}.key", "-out", self.folder / f"{name}.pem",
                "-days", "2", "-subj", f"/CN={name}")

    def make_certificate(self, name, authority, serial, names="DNS:localhost,IP:127.0.0.1"):
        base = self.folder / name
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                f"{base}.key", "-out", f"{base}.csr", "-subj", f"/CN={name}")
        Path(f"{base}.ext").write_text(f"subjectAltName={names}\n")
        openssl("x509", "-req", "-in", f"{base}.csr", "-CA", self.folder / f"{authority}.pem",
                "-CAkey", self.folder / f"{authority}.key", "-set_serial", serial, "-days", "2",
                "-extfile", f"{base}.ext", "-out", f"{base}.pem")

    def write(self, more=""):
        (self.folder / "gate.toml").write_text(
            f'listen = "127.0.0.1:0"\nthreads = 2\n[tls]\ncertificate = "{self.folder}/server.pem"\n'
            f'key = "{self.folder}/server.key"\n{more}')

    def start(self):
        self.gate, line = start_gate(self, GATE, self.folder / "gate.toml", self.folder / "err",
                                     PATIENCE)
        self.assertIn("listening on https://127.0.0.1:", line, (self.folder / "err").read_text())
        self.port = int(line.rpartition(":")[2])

    def context(self, client=None, version=None):
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        if client:
            context.load_cert_chain(self.folder / f"{client}.pem", self.folder / f"{client}.key")
        if version:
            context.minimum_version = context.maximum_version = version
        return context

    def connect(self, **options):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        try:
            return self.context(**options).wrap_socket(plain, server_hostname="localhost")
        except BaseException:
            plain.close()
            raise

    def ask(self, method="GET", target=CHECK, body=None, connection=None, **options):
        own = connection or http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE,
                                                        context=self.context(**options))
        own.request(method, target, body, {"Content-Type": "application/json"} if body else {})
        answer = own.getresponse()
        text = answer.read()
        if not connection:
            own.close()
        return answer.status, text

    def serial(self):
        with self.connect() as encrypted:
            return int(encrypted.getpeercert()["serialNumber"], 16)


class Updater:
    """A client that can update its keys, which Python's own cannot. It trusts every server."""

    def __init__(self, port):
        self.library = ctypes.CDLL("libssl.so.3")
        self.context = self.made("SSL_CTX_new", self.made("TLS_client_method"))
        self.session = self.made("SSL_new", self.context)
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.call("SSL_set_fd", self.session, self.socket.fileno())
        if self.call("SSL_connect", self.session) != 1:
            raise ConnectionError("no handshake")
        # What is written from here on goes out through send(), all at once.
        self.written = self.made("BIO_new", self.made("BIO_s_mem"))
        self.call("SSL_set0_wbio", self.session, self.written)

    def made(self, name, *arguments):
        function = self.library[name]
        function.restype = ctypes.c_void_p
        return ctypes.c_void_p(function(*arguments))

    def call(self, name, *arguments):
        return self.library[name](*arguments)

    def read(self, name, source):
        room = ctypes.create_string_buffer(1 << 16)
        count = self.call(name, source, room, len(room))
        return room.raw[:max(count, 0)]

    def send(self):
        self.socket.sendall(self.read("BIO_read", self.written))

    def update(self, times):
        for _ in range(times):
            self.call("SSL_key_update", self.session, 0)
            self.call("SSL_do_handshake", self.session)
        self.send()

    def ask(self, request):
        self.call("SSL_write", self.session, request, len(request))
        self.send()
        return self.read("SSL_read", self.session)

    def is_closed(self):
        self.socket.settimeout(20)  # sooner than an idle connection is closed
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def close(self):
        self.socket.close()
        self.call("SSL_free", self.session)
        self.call("SSL_CTX_free", self.context)


class Protocol(Case):
    def test_tls_1_2_and_1_3_are_spoken_and_nothing_older(self):
        self.write()
        self.start()
        for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
            with self.connect(version=version) as encrypted:
                self.assertEqual(encrypted.version(), name)
                self.assertRegex(encrypted.cipher()[0], "GCM|CHACHA20")
            self.assertEqual(self.ask(version=version)[0], 200)
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-tls1_1",
                               "-cipher", "ALL:@SECLEVEL=0"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE)
        self.assertIn(b"protocol version", done.stderr)

    def test_only_http_1_1_is_agreed_on(self):
        self.write()
        self.start()
        context = self.context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with socket.create_connection(("127.0.0.1", self.port)) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as encrypted:
                self.assertEqual(encrypted.selected_alpn_protocol(), "http/1.1")
        context.set_alpn_protocols(["h2"])
        with socket.create_connection(("127.0.0.1", self.port)) as plain:
            self.assertRaises(ssl.SSLError, context.wrap_socket, plain, server_hostname="localhost")

    def test_who_asks_in_clear_is_told_of_tls(self):
        self.write()
        self.start()
        url = f"http://127.0.0.1:{self.port}"
        for verb in (("healthcheck",), ("check", "--operation", "distribute", "--number", "x")):
            done = subprocess.run([GATE, *verb, "--url", url], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, 69)
            self.assertIn(b"if TLS is spoken there", done.stderr)

    def test_what_is_no_tls_is_closed_and_harms_nobody(self):
        self.write()
        self.start()
        for noise in (b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 70000,
                      b"\x00" * 100):
            with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as plain:
                try:
                    plain.sendall(noise)
                    plain.shutdown(socket.SHUT_WR)
                    while plain.recv(65536):
                        pass
                except OSError as error:  # closed before we had sent everything
                    self.assertNotIsInstance(error, TimeoutError)
        # Nobody waits for ever for the rest of a handshake.
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as half:
            half.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
            self.assertEqual(self.ask()[0], 200)
            self.assertEqual(half.recv(1), b"")

    def test_half_of_a_record_keeps_no_drain_waiting(self):
        self.write()
        self.start()
        with self.connect() as encrypted:
            encrypted.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertIn(b"200 OK", encrypted.recv(65536))
            os.write(encrypted.fileno(), b"\x17\x03\x03")
            self.gate.send_signal(signal.SIGTERM)
            self.gate.wait(PATIENCE)
        self.assertIn("drained: every answer was sent", (self.folder / "err").read_text())

    def test_who_only_updates_keys_keeps_nobody_waiting(self):
        self.write()
        self.start()
        peer = Updater(self.port)
        self.addCleanup(peer.close)
        for _ in range(3):
            peer.update(50)
            self.assertIn(b"200 OK", peer.ask(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"))
        peer.update(1000)
        self.assertTrue(peer.is_closed())

    def test_large_bodies_answers_and_pipelines_come_whole(self):
        self.write()
        self.start()
        checks = [{"id": i, "operation": "distribute", "filing_number": NUMBER,
                   "app": {"name": "x" * 500}} for i in range(1000)]
        status, text = when_taken(
            lambda: self.ask("POST", "/v1/checks?detail=full", json.dumps({"checks": checks})))
        self.assertEqual(status, 200)
        self.assertEqual([row["id"] for row in json.loads(text)["decisions"]], list(range(1000)))
        request = f"GET {CHECK} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
        with self.connect() as encrypted:
            whole = request * 299 + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
            for begin in range(0, len(whole), 777):
                encrypted.sendall(whole[begin:begin + 777])
            received = b""
            while part := encrypted.recv(65536):
                received += part
        self.assertEqual(received.count(b"HTTP/1.1 200 OK\r\n"), 300)

    def test_rows_of_a_stream_are_answered_while_it_lasts(self):
        self.write()
        self.start()
        row = json.dumps({"operation": "distribute", "filing_number": NUMBER}).encode() + b"\n"

        def ask():
            with self.connect() as encrypted:
                encrypted.sendall(b"POST /v1/checks:stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                                  b"Content-Type: application/x-ndjson\r\nConnection: close\r\n\r\n")
                received = b""
                for _ in range(20):
                    encrypted.sendall(b"%x\r\n%b\r\n" % (len(row), row))
                    before = received.count(b'"decision"')
                    while received.count(b'"decision"') == before:
                        part = encrypted.recv(65536)
                        if not part:
                            return int(received[9:12]), received
                        received += part
                encrypted.sendall(b"0\r\n\r\n")
                while part := encrypted.recv(65536):
                    received += part
                return 200, received

        status, received = when_taken(ask)
        self.assertEqual(status, 200)
        self.assertIn(b'"rows":20', received)


class ClientCertificates(Case):
    def test_only_who_shows_one_comes_in(self):
        self.make_certificate("friend", "ca", 1)
        self.make_authority("others")
        self.make_certificate("stranger", "others", 1)
        self.write(f'client_ca = "{self.folder}/ca.pem"\n')
        self.start()
        self.assertEqual(self.ask(client="friend")[0], 200)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for client in (None, "stranger"):
                with self.subTest(client=client, version=version):
                    with self.assertRaises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
                        self.ask(client=client, version=version)

    def test_a_name_on_it_says_who_the_caller_is(self):
        self.make_certificate("store", "ca", 1, "IP:10.0.0.1,DNS:Store.Example")
        self.make_certificate("pipeline", "ca", 2, "URI:spiffe://maker.example/vetting")
        self.make_certificate("nobody", "ca", 3, "DNS:store.example.attacker.example")
        callers = """
            [[callers]]
            name = "store"
            certificate_names = ["DNS:store.example"]
            operations = ["connect"]
            [[callers]]
            name = "maker"
            certificate_names = ["email:vetting@maker.example", "URI:spiffe://maker.example/vetting"]
            """
        log = self.folder / "log"
        self.write(f'client_ca = "{self.folder}/ca.pem"\n{callers}\n[log]\nfolder = "{log}"\n'
                   'durability = "before_answer"\n')
        self.start()
        self.assertEqual([self.ask(client=client)[0] for client in ("store", "pipeline", "nobody")],
                         [403, 200, 401])
        self.assertIn(b"certificate", self.ask(client="nobody")[1])
        decided = [json.loads(line) for line in
                   (log / "decisions-00000001.ndjson").read_text().splitlines() if '"decision_id"' in line]
        self.assertEqual([one["caller"] for one in decided], ["maker"])

    def make_list(self, *names, seconds=86400, authority="ca"):
        """A revocation list of the authority, for the certificates `names`."""
        config = self.folder / "crl.conf"
        config.write_text(f"[ca]\ndefault_ca = one\n[one]\ndatabase = {self.folder}/index\n"
                          f"crlnumber = {self.folder}/number\ndefault_md = sha256\n")
        (self.folder / "index").write_text("")
        (self.folder / "number").write_text("01\n")
        sign = ("-config", config, "-cert", self.folder / f"{authority}.pem",
                "-keyfile", self.folder / f"{authority}.key")
        for name in names:
            openssl("ca", *sign, "-revoke", self.folder / f"{name}.pem")
        openssl("ca", *sign, "-gencrl", "-crlsec", seconds, "-out", self.folder / "list.pem")

    def comes_in(self, client):
        try:
            return self.ask(client=client)[0] == 200
        except (ssl.SSLError, ConnectionError, http.client.HTTPException):
            return False

    def stay_as(self, client):
        """A connection of the client that has had one answer, and is not made again once it is closed."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE,
                                                 context=self.context(client=client))
        self.addCleanup(connection.close)
        self.assertEqual(self.ask(connection=connection)[0], 200)
        connection.auto_open = 0
        return connection

    def assert_ends_with_401(self, connection):
        self.assertEqual(self.ask(connection=connection)[0], 401)
        with self.assertRaises(http.client.NotConnected):
            self.ask(connection=connection)

    def expirations(self, least):
        """How often an expired list has been reported, once that is at least `least`."""
        for _ in range(PATIENCE * 20):
            count = (self.folder / "err").read_text().count("certificate that authority signed comes in")
            if count >= least:
                return count
            time.sleep(0.05)
        self.fail((self.folder / "err").read_text())

    def reload(self):
        said = self.folder / "err"
        before = said.read_text().count("serving registry")
        self.gate.send_signal(signal.SIGHUP)
        for _ in range(PATIENCE * 20):
            if said.read_text().count("serving registry") > before:
                return wait_taken(self.gate)
            time.sleep(0.05)
        self.fail(said.read_text())

    def test_a_reload_that_asks_for_them_asks_those_who_are_there(self):
        made = subprocess.run([GATE, "keys", "new"], capture_output=True, text=True, timeout=PATIENCE)
        entry = re.search(r"of a caller: (\{.*\})", made.stderr)[1]
        self.make_certificate("friend", "ca", 1)
        self.write(f'[[callers]]\nname = "store"\nkeys = [{entry}]\n')
        self.start()
        single, batch = (http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE,
                                                     context=self.context()) for _ in range(2))
        self.addCleanup(single.close)
        self.addCleanup(batch.close)
        self.assertEqual(self.ask(connection=single)[0], 401)
        self.assertEqual(self.ask(connection=batch)[0], 401)
        single.auto_open = batch.auto_open = 0  # do not reconnect: unchanged, or closed
        self.write(f'client_ca = "{self.folder}/ca.pem"\n')
        self.reload()
        self.assertEqual(self.ask(connection=single)[0], 401)
        self.assertEqual(when_taken(
            lambda: self.ask("POST", "/v1/checks", '{"checks":[]}', connection=batch))[0], 401)
        with self.assertRaises(http.client.NotConnected):
            self.ask(connection=single)
        self.assertEqual(self.ask(client="friend")[0], 200)

    def test_a_certificate_counts_while_its_authority_does(self):
        self.make_certificate("friend", "ca", 1)
        self.make_authority("others")
        self.make_certificate("stranger", "others", 1, "DNS:store.example")
        self.write(f'client_ca = "{self.folder}/others.pem"\n')
        self.start()
        stranger = self.stay_as("stranger")
        self.write(f'client_ca = "{self.folder}/ca.pem"\n[[callers]]\nname = "store"\n'
                   'certificate_names = ["DNS:store.example"]\n')
        self.reload()
        self.assert_ends_with_401(stranger)

    def test_who_is_on_a_revocation_list_stays_outside(self):
        self.make_certificate("friend", "ca", 1)
        self.make_certificate("lost", "ca", 2)
        self.make_list("lost")
        self.write(f'client_ca = "{self.folder}/ca.pem"\nclient_crl = "{self.folder}/list.pem"\n')
        self.start()
        self.assertEqual((self.comes_in("friend"), self.comes_in("lost")), (True, False))
        friend = self.stay_as("friend")
        self.reload()
        self.assertEqual(self.ask(connection=friend)[0], 200)
        self.make_list("lost", "friend")
        self.reload()
        self.assert_ends_with_401(friend)
        self.assertEqual((self.comes_in("friend"), self.comes_in("lost")), (False, False))
        self.make_list()
        self.reload()
        self.assertEqual((self.comes_in("friend"), self.comes_in("lost")), (True, True))

    def test_an_authority_that_was_taken_back_lets_nobody_in(self):
        lists = []
        for name in ("branch", "sold"):
            self.make_certificate(name, "ca", 7 + len(lists), "DNS:a\nbasicConstraints=critical,CA:TRUE")
            self.make_certificate(f"of-{name}", name, 1)
            chain = self.folder / f"of-{name}.pem"
            chain.write_text(chain.read_text() + (self.folder / f"{name}.pem").read_text())
            self.make_list(authority=name)
            lists.append((self.folder / "list.pem").read_text())
        self.write(f'client_ca = "{self.folder}/ca.pem"\nclient_crl = "{self.folder}/all.pem"\n')
        for names, of_branch, of_sold in (((), True, True), (("sold",), True, False)):
            self.make_list(*names)
            above = (self.folder / "list.pem").read_text()
            (self.folder / "all.pem").write_text("".join(lists) + above)
            self.start()
            self.assertEqual((self.comes_in("of-branch"), self.comes_in("of-sold")), (of_branch, of_sold))
        staying = self.stay_as("of-branch")
        (self.folder / "all.pem").write_text("".join(lists))  # without a list of the authority above: as before
        self.reload()
        self.assertEqual(self.ask(connection=staying)[0], 200)
        self.assertEqual((self.comes_in("of-branch"), self.comes_in("of-sold")), (True, True))

    def test_a_list_that_has_expired_lets_nobody_in(self):
        self.make_certificate("friend", "ca", 1)
        self.make_list(seconds=1)
        self.write(f'client_ca = "{self.folder}/ca.pem"\nclient_crl = "{self.folder}/list.pem"\n')
        self.start()
        time.sleep(2.1)  # lists are dated to the second
        self.assertFalse(self.comes_in("friend"))
        self.assertEqual(self.expirations(1), 1)
        self.reload()  # is taken all the same: the old one would let nobody in either
        self.assertEqual(self.expirations(2), 2)
        self.make_list()
        self.reload()
        self.assertTrue(self.comes_in("friend"))
        self.assertEqual(self.expirations(2), 2)


class Verbs(Case):
    """check, audit and healthcheck as clients of a gate that lets only some callers in."""

    def start(self):
        self.make_certificate("friend", "ca", 1)
        made = subprocess.run([GATE, "keys", "new"], capture_output=True, text=True, timeout=PATIENCE)
        entry = re.search(r"of a caller: (\{.*\})", made.stderr)[1]
        self.key = made.stdout.strip()
        (self.folder / "key").write_text(made.stdout)
        self.write(f'client_ca = "{self.folder}/ca.pem"\n[[callers]]\nname = "store"\nkeys = [{entry}]\n')
        super().start()
        self.trusted = ("--ca-file", self.folder / "ca.pem")
        self.known = ("--cert-file", self.folder / "friend.pem", "--key-file", self.folder / "friend.key")

    def run_verb(self, *arguments, key=None, url=None):
        environment = {**os.environ, "BEIAN_GATE_API_KEY": key or ""}
        return subprocess.run([GATE, *arguments, "--url", url or f"https://localhost:{self.port}"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
                              env=environment)

    def check(self, *arguments, **options):
        return self.run_verb("check", "--operation", "distribute", "--number", NUMBER, *arguments, **options)

    def test_who_shows_certificate_and_key_gets_an_answer(self):
        self.start()
        both = (*self.trusted, *self.known)
        by_file = self.check(*both, "--api-key-file", self.folder / "key")
        self.assertEqual((by_file.returncode, by_file.stderr), (0, ""))
        self.assertEqual(json.loads(by_file.stdout)["decision"], "allow")
        self.assertEqual(self.check(*both, key=self.key).returncode, 0)
        self.assertEqual(self.run_verb("healthcheck", *both).returncode, 0)

    def test_an_audit_takes_them_too(self):
        self.start()
        catalog = self.folder / "catalog.ndjson"
        row = json.dumps({"operation": "distribute", "filing_number": NUMBER})
        catalog.write_text(f"{row}\n" * 3000)
        done = self.run_verb("audit", catalog, "--output", "ndjson", "--threads", "3", *self.trusted,
                             *self.known, "--api-key-file", self.folder / "key")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.count('"decision":"allow"'), 3000)

    def test_what_is_wrong_is_told(self):
        self.make_certificate("server", "ca", 1001, "DNS:localhost")
        self.start()
        both = (*self.trusted, *self.known)
        (self.folder / "empty").write_text("\n")
        (self.folder / "slip").write_text(self.key[:-1] + ("0" if self.key[-1] != "0" else "1"))
        for said, code, done in (
                ("certificate is refused", 65, self.check(*self.known)),
                ("it is not for 127.0.0.1", 65, self.check(*both, url=f"https://127.0.0.1:{self.port}")),
                ("certificate", 65, self.check(*self.trusted, key=self.key)),
                ("API key", 65, self.check(*both)),
                ("API key", 65, self.check(*both, key=self.made_key())),
                ("BEIAN_GATE_API_KEY: that is no API key", 65, self.check(*both, key="x")),
                ("slip: that is no API key", 65, self.check(*both, "--api-key-file", self.folder / "slip")),
                ("the API key, is empty", 65, self.check(*both, "--api-key-file", self.folder / "empty")),
                ("absent", 69, self.check(*both, "--api-key-file", self.folder / "absent")),
                ("absent.pem", 69, self.check("--ca-file", self.folder / "absent.pem")),
                ("a client certificate needs its key", 64, self.check(*self.known[:2])),
                ("certificates are for https://", 64,
                 self.check(*both, url=f"http://127.0.0.1:{self.port}"))):
            with self.subTest(said=said):
                self.assertIn(said, done.stderr)
                self.assertEqual((done.returncode, done.stdout), (code, ""))
                self.assertNotIn(self.key[-64:], done.stderr)

    def test_a_key_that_would_be_read_along_is_told(self):
        for url in ("http://gate.invalid", "http://127.gate.invalid", "http://localhost.invalid:1"):
            done = self.check(key=self.made_key(), url=url)
            self.assertIn(f"the API key goes to {url} in clear", done.stderr)
        done = self.check(key=self.made_key(), url="http://127.0.0.1:1")
        self.assertNotIn("in clear", done.stderr)

    def made_key(self):
        return subprocess.run([GATE, "keys", "new"], capture_output=True, text=True,
                              timeout=PATIENCE).stdout.strip()


class Renewal(Case):
    def test_a_new_certificate_costs_no_request(self):
        self.write()
        self.start()
        self.assertEqual(self.serial(), 1001)
        failures, count, stop = [], [0], threading.Event()

        def load():
            kept = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE,
                                               context=self.context())
            while not stop.is_set():
                for connection in (kept, None):
                    status, _ = self.ask(connection=connection)
                    count[0] += 1
                    if status != 200:
                        failures.append(status)
            kept.close()

        threads = [threading.Thread(target=load) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            for serial in (1002, 1003):
                self.make_certificate("server", "ca", serial)
                self.gate.send_signal(signal.SIGHUP)
                for _ in range(PATIENCE * 20):
                    if self.serial() == serial:
                        break
                    time.sleep(0.05)
                else:
                    self.fail(f"never {serial}")
        finally:
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
        self.assertGreater(count[0], 10)
        self.assertEqual(failures, [])

    def test_a_bad_one_keeps_the_old(self):
        self.write()
        self.start()
        good = (self.folder / "server.pem").read_bytes()
        (self.folder / "server.pem").write_bytes(good[:200])
        self.gate.send_signal(signal.SIGHUP)
        for _ in range(PATIENCE * 20):
            if "kept the old state: " in (self.folder / "err").read_text():
                break
            time.sleep(0.05)
        self.assertIn(": tls.certificate ", (self.folder / "err").read_text())
        self.assertEqual(self.serial(), 1001)


class Configuration(Case):
    def check(self, text):
        (self.folder / "gate.toml").write_text(text)
        done = subprocess.run([GATE, "config", "check", self.folder / "gate.toml"], text=True,
                              capture_output=True, timeout=PATIENCE)
        return done.returncode, done.stderr

    def test_errors_name_the_file(self):
        self.make_authority("other")
        folder = self.folder
        openssl("genrsa", "-out", folder / "rsa.key", "2048")
        openssl("pkey", "-in", folder / "server.key", "-aes128", "-passout", "pass:x", "-out", folder / "locked.key")
        openssl("req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=small", "-keyout", folder / "small.key",
                "-out", folder / "small.pem")
        pair = f'certificate = "{folder}/server.pem"\nkey = "{folder}/server.key"\n'
        authorities = pair + f'client_ca = "{folder}/ca.pem"\n'
        for text, code, wanted in (
                (f'[tls]\ncertificate = "{folder}/server.pem"\n', 65, "needs both"),
                (f'[tls]\nclient_ca = "{folder}/ca.pem"\n', 65, "needs certificate and key too"),
                (f'[tls]\ncertificate = "{folder}/none.pem"\nkey = "{folder}/server.key"\n', 69,
                 f":2: tls.certificate: cannot open {folder}/none.pem: No such file or directory"),
                (f'[tls]\ncertificate = "{folder}/small.pem"\nkey = "{folder}/small.key"\n', 65,
                 "small.pem: the key of a certificate in it is too small: RSA takes 2048 bits or more"),
                (f'[tls]\ncertificate = "{folder}/server.pem"\nkey = "{folder}/gate.toml"\n', 65,
                 ":3: tls.key " f"{folder}/gate.toml: not PEM, or PEM of something else"),
                (f'[tls]\ncertificate = "{folder}/server.key"\nkey = "{folder}/server.key"\n', 65,
                 "server.key: not PEM, or PEM of something else"),
                (f'[tls]\ncertificate = "{folder}/server.pem"\nkey = "{folder}/other.key"\n', 65,
                 "it is not the key of tls.certificate"),
                (f'[tls]\ncertificate = "{folder}/server.pem"\nkey = "{folder}/rsa.key"\n', 65,
                 "it is not the key of tls.certificate"),
                (f'[tls]\ncertificate = "{folder}/server.pem"\nkey = "{folder}/locked.key"\n', 65,
                 "it has a passphrase"),
                (f'[registry]\nurl = "rediss://127.0.0.1"\nallow_unsigned = true\n[registry.redis]\n'
                 f'cert_file = "{folder}/server.pem"\nkey_file = "{folder}/locked.key"\n', 65,
                 "locked.key: the key has a passphrase"),
                ("[tls]\n" + pair + f'client_ca = "{folder}/server.key"\n', 65, "tls.client_ca"),
                ("[tls]\n" + pair + f'client_crl = "{folder}/ca.pem"\n', 65, "needs client_ca too"),
                ("[tls]\n" + authorities + f'client_crl = "{folder}/ca.pem"\n', 65, "tls.client_crl"),
                ("[tls]\n" + authorities + f'client_crl = "{folder}/none.pem"\n', 69,
                 f"tls.client_crl: cannot open {folder}/none.pem"),
                ('listen = "0.0.0.0:1"\n[tls]\n' + pair, 65, "nobody would have to show a key"),
                ('listen = "0.0.0.0:1"\n[tls]\n' + pair + f'client_ca = "{folder}/ca.pem"\n', 0, ""),
                ("[tls]\n" + pair, 0, "")):
            with self.subTest(text=text):
                given, said = self.check(text)
                self.assertEqual(given, code, said)
                self.assertIn(wanted, said)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
