"""Callers of a real gate: keys made by the program, reloaded under load, and where a gate may listen.

    callers_test.py SOURCE_DIR BUILD_DIR [TEST…]
"""

import http.client
import re
import signal
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


def run(*arguments):
    return subprocess.run([GATE, *arguments], capture_output=True, text=True, timeout=PATIENCE)


def new_key(*flags):
    """(the key, its entry for the configuration), as `keys new` prints them."""
    done = run("keys", "new", *flags)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip(), re.search(r"of a caller: (\{.*\})", done.stderr)[1]


def expired_entry():
    """The entry of a key that was good until 2 January 2024."""
    _, entry = new_key("--expires-days", "1")
    return re.sub(r'expires = "[^"]*"', 'expires = "2024-01-02T03:00:00Z"', entry)


def id_in(entry):
    return re.search(r'id = "(\w+)"', entry)[1]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-callers-")
        self.addCleanup(folder.cleanup)
        self.config = Path(folder.name) / "gate.toml"
        self.err = Path(folder.name) / "err"

    def write(self, *callers, more=""):
        text = 'listen = "127.0.0.1:0"\nthreads = 2\n' + more
        for name, entries in callers:
            text += f'[[callers]]\nname = "{name}"\nkeys = [{", ".join(entries)}]\n'
        self.config.write_text(text)

    def start(self):
        self.gate, line = start_gate(self, GATE, self.config, self.err, PATIENCE)
        self.port = int(line.rpartition(":")[2])

    def wait_told(self, text, begin):
        for _ in range(PATIENCE * 20):
            if text in self.err.read_text()[begin:]:
                return
            time.sleep(0.05)
        self.fail(f"never told: {text}; but: {self.err.read_text()[begin:]}")

    def status(self, key, target=CHECK, connection=None):
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        own.request("GET", target, headers={"Authorization": f"Bearer {key}"} if key else {})
        answer = own.getresponse()
        answer.read()
        if not connection:
            own.close()
        return answer.status

    def wait_for(self, key, status):
        for _ in range(PATIENCE * 20):
            if self.status(key) == status:
                return
            time.sleep(0.05)
        self.fail(f"never {status}")


class Keys(Case):
    def test_a_key_that_was_made_is_good_and_another_is_not(self):
        (key, entry), (other, _) = new_key(), new_key()
        self.write(("store", [entry]))
        self.start()
        self.assertEqual(self.status(key), 200)
        self.assertEqual(self.status(other), 401)
        self.assertEqual(self.status(None), 401)
        self.assertEqual(self.status(None, "/readyz"), 200)
        self.assertNotIn(key, self.err.read_text())
        self.assertIn("-H 'Authorization: Bearer KEY'", self.gate.stdout.readline().decode(),
                      "what is told to try would work")

    def test_rotation_under_load_fails_no_request(self):
        (old, old_entry), (new, new_entry) = new_key(), new_key()
        self.write(("store", [old_entry]))
        self.start()
        failures, counts, stop = [], [0], threading.Event()
        key = [old]

        def load(me):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            while not stop.is_set():
                shown[me] = key[0]
                status = self.status(shown[me], connection=connection)
                counts[0] += 1
                if status != 200:
                    failures.append(status)
            connection.close()

        shown = [old] * 3
        threads = [threading.Thread(target=load, args=(me,)) for me in range(3)]
        for thread in threads:
            thread.start()
        try:
            # First both keys are good, then the caller switches to the new one, then the old one
            # goes.
            self.write(("store", [old_entry, new_entry]))
            told = len(self.err.read_text())
            self.gate.send_signal(signal.SIGHUP)
            self.wait_told("serving registry", told)
            wait_taken(self.gate)  # by both workers
            self.assertEqual(self.status(new), 200)
            key[0] = new
            for _ in range(PATIENCE * 100):
                if set(shown) == {new}:  # requests with the old one are answered
                    break
                time.sleep(0.01)
            self.write(("store", [new_entry]))
            self.gate.send_signal(signal.SIGHUP)
            self.wait_for(old, 401)
        finally:
            stop.set()
            for thread in threads:
                thread.join(PATIENCE)
        self.assertGreater(counts[0], 20)
        self.assertEqual(failures, [])
        told = self.err.read_text()
        for entry in (old_entry, new_entry):
            id_, hash_ = re.search(r'id = "(\w+)", sha256 = "(\w{64})"', entry).groups()
            self.assertIn(id_, told, "what a reload changes is told")
            self.assertNotIn(hash_, told, "of a key no more than its id")


    def test_a_key_that_ends_is_told_at_start_and_on_a_reload(self):
        over, soon = expired_entry(), new_key("--expires-days", "3")[1]
        self.write(("store", [over]))
        self.start()
        self.wait_told(f"key {id_in(over)} of store expired at 2024-01-02T03:00:00Z", 0)
        time.sleep(2.1)  # it looks once a second
        self.assertEqual(self.err.read_text().count("expired at"), 1, "told once")
        self.write(("store", [over, soon]))
        told = len(self.err.read_text())
        self.gate.send_signal(signal.SIGHUP)
        self.wait_told(f"key {id_in(soon)} of store expires at", told)
        self.assertIn(f"key {id_in(over)} of store expired", self.err.read_text()[told:])


class Rates(Case):
    def test_a_reload_pays_nobody_s_debt(self):
        key, entry = new_key()
        self.config.write_text('listen = "127.0.0.1:0"\nthreads = 1\n[[callers]]\nname = "a"\n'
                               f"keys = [{entry}]\nchecks_per_second = 1\n")
        self.start()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        row = '{"operation":"distribute"}'

        def ask():
            connection.request("POST", "/v1/checks", '{"checks":[' + ",".join([row] * 1000) + "]}",
                               {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()

        self.assertEqual(when_taken(ask)[0], 200)
        connection.close()
        self.assertEqual(self.status(key), 429)
        self.gate.send_signal(signal.SIGHUP)
        self.wait_told("serving registry", self.err.read_text().index("serving registry") + 1)
        wait_taken(self.gate)
        self.assertEqual(self.status(key), 429)


class Replay(Case):
    def test_a_caller_is_judged_by_its_profile_again(self):
        key, entry = new_key()
        folder = self.config.parent
        self.config.write_text(
            'listen = "127.0.0.1:0"\nthreads = 1\n[[callers]]\nname = "looking"\n'
            f'keys = [{entry}]\nprofile = "observe"\n[policy]\nfile = "{ROOT}/conf/policy.toml"\n'
            f'[log]\nfolder = "{folder}/log"\nkeep_request = true\n')
        self.start()
        self.assertEqual(self.status(key, CHECK + "&package=cn.beian-gate.nothing"), 200)
        self.gate.terminate()
        self.gate.wait(PATIENCE)
        shown = run("log", "show", f"{folder}/log")
        self.assertIn('"decision":"allow"', shown.stdout)
        self.assertIn('"NUMBER_MISSING"', shown.stdout)
        done = run("log", "replay", f"{folder}/log", "--config", str(self.config))
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertIn("1 decided the same", done.stderr)
        self.assertNotIn("does not name", done.stderr)
        # Nobody knows the profile of a caller that was renamed since.
        self.config.write_text(self.config.read_text().replace('"looking"', '"renamed"'))
        done = run("log", "replay", f"{folder}/log", "--config", str(self.config))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("callers that the configuration does not name, so decided by the policy "
                      "outside of profiles: 1, the first by looking\n", done.stderr)


class Configuration(Case):
    def check(self):
        return run("config", "check", str(self.config))

    def test_a_check_without_a_gate_needs_no_key(self):
        _, entry = new_key()
        self.write(("store", [entry]))
        for number, code in (("1A", 0), ("2A", 1)):
            done = run("check", "--config", str(self.config), "--operation", "distribute",
                       "--number", "京ICP备2099000000号-" + number)
            self.assertEqual(done.returncode, code, done.stderr)

    def test_a_key_that_ends_is_told(self):
        over, soon = expired_entry(), new_key("--expires-days", "3")[1]
        later, endless = new_key("--expires-days", "15")[1], new_key()[1]
        for entries, told in (
                ([over], [over]), ([over, endless], [over]), ([over, soon], [over, soon]),
                ([soon], [soon]), ([soon, later], []), ([soon, endless], []), ([later], []),
                ([endless], [])):
            with self.subTest(entries=entries):
                self.write(("store", entries))
                done = self.check()
                self.assertEqual(done.returncode, 0, done.stderr)
                lines = done.stderr.splitlines()
                self.assertEqual(len(lines), len(told), lines)
                for entry, line in zip(told, lines):
                    word = "expired" if entry == over else "expires"
                    self.assertIn(f"callers: key {id_in(entry)} of store {word} at 2", line)

    def test_of_many_keys_that_end_only_the_first_are_told(self):
        self.write(*((f"caller-{i}", [expired_entry()]) for i in range(12)))
        lines = self.check().stderr.splitlines()
        self.assertEqual(len(lines), 11)
        self.assertIn("of caller-9 expired", lines[9])
        self.assertIn("more keys than these", lines[10])

    def test_what_is_printed_reads_again(self):
        _, entry = new_key()
        self.config.write_text(
            f'[[callers]]\nname = "a\\"b\\\\\\n\\u001b\\u007f甲"\nkeys = [{entry}]\noperations = ["distribute", "connect"]\n'
            'endpoints = ["check", "authz"]\nchecks_per_second = 5\nburst = 7\n')
        printed = run("config", "print", str(self.config)).stdout
        self.config.write_text(printed)
        self.assertEqual(run("config", "print", str(self.config)).stdout, printed)
        self.assertIn("burst = 7", printed)
        self.assertNotIn("\x1b", printed)

    def test_errors_name_line_and_key(self):
        _, entry = new_key()
        key = f"keys = [{entry}]\n"
        for text, wanted in (
                ('[[callers]]\n' + key, "callers.name"),
                ('[[callers]]\nname = "a"\n', "callers.keys"),
                ('[[callers]]\nname = "a"\ncertificate_names = ["DNS:a"]\n', "needs tls.client_ca"),
                ('[[callers]]\nname = "a"\ncertificate_names = ["a.example"]\n', "must hold texts such as"),
                ('[[callers]]\nname = "a"\ncertificate_names = ["DNS:a", "DNS:A"]\n', "DNS:A\" is there twice"),
                ('[[callers]]\nname = "a"\nkeys = []\n', "the old one and the new one"),
                ('[[callers]]\nname = "a"\nkeys = [{id = "x", sha256 = "y"}]\n', "callers.keys.id"),
                ('[[callers]]\nname = "a"\nkeys = [{id = "0123456789ABCDEF", sha256 = "y"}]\n',
                 "16 hexadecimal digits in lower case"),
                ('[[callers]]\nname = "a"\nkeys = [{id = "0123456789abcdeg", sha256 = "y"}]\n',
                 "16 hexadecimal digits in lower case"),
                ('[[callers]]\nname = ""\n' + key, "callers.name: must be 1 to 128 bytes"),
                (f'[[callers]]\nname = "{"x" * 129}"\n' + key, "callers.name: must be 1 to 128 bytes"),
                ('[[callers]]\nname = "a"\n' + key + 'endpoints = ["package"]\n',
                 "lookup, packages or operations"),
                ('[[callers]]\nname = "a"\n' + key + 'operations = ["sell"]\n',
                 "distribute, connect or preinstall"),
                ('[[callers]]\nname = "a"\n' + key + "endpoints = []\n", "leave it out"),
                ('[[callers]]\nname = "a"\n' + key + 'endpoints = ["all"]\n',
                 "check, bulk, authz, lookup, packages or operations"),
                ('[[callers]]\nname = "a"\n' + key + "burst = 3\n", "needs checks_per_second"),
                ('[[callers]]\nname = "a"\n' + key + "checks_per_second = 0\n", "must be 1 to"),
                ('[[callers]]\nname = "a"\n' + key + 'profile = "none"\n', 'no profile "none"'),
                ('[[callers]]\nname = "a"\n' + key + 'profile = "none"\n', "observe and factory"),
                ('[[callers]]\nname = "a"\n' + key + '[[callers]]\nname = "a"\n' + key, "twice"),
                ('[[callers]]\nname = "a"\n' + key + "colour = 1\n", "unknown key")):
            with self.subTest(wanted=wanted):
                self.config.write_text(text)
                done = self.check()
                self.assertEqual(done.returncode, 65, done.stderr)
                self.assertIn(wanted, done.stderr)


class Exposure(Case):
    def test_other_machines_are_let_in_only_in_so_many_words(self):
        for listen in ("0.0.0.0:0", "[::]:0", "192.0.2.1:80", "example.com:80"):
            with self.subTest(listen=listen):
                done = run("serve", "--listen", listen)
                self.assertEqual(done.returncode, 64, done.stderr)
                self.assertIn(listen, done.stderr)
                self.assertIn("--allow-open", done.stderr)
                self.assertIn("nobody would have to show a key", done.stderr)
        _, entry = new_key()
        self.config.write_text(f'listen = "0.0.0.0:0"\n[[callers]]\nname = "a"\nkeys = [{entry}]\n')
        self.assertIn("keys would go over the network in clear",
                      run("serve", "--config", str(self.config)).stderr)
        self.config.write_text('[admin]\nlisten = "0.0.0.0:0"\n')
        self.assertIn("admin.listen", run("config", "check", str(self.config)).stderr)
        self.config.write_text('listen = "0.0.0.0:8080"\nallow_open = true\n')
        self.assertEqual(run("config", "check", str(self.config)).returncode, 0)

    def test_this_machine_needs_no_words(self):
        for listen in ("127.0.0.1:0", "127.9.9.9:1", "[::1]:1", "localhost:1",
                       f"unix:{self.config}.sock"):
            with self.subTest(listen=listen):
                self.config.write_text(f'listen = "{listen}"\n')
                self.assertEqual(run("config", "check", str(self.config)).returncode, 0)

    def test_a_reload_opens_nothing(self):
        """What counts is where the gate has been listening since its start, not what the file says
        now."""
        _, entry = new_key()
        folder = self.config.parent
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-subj", "/CN=gate", "-keyout", "key.pem", "-out", "cert.pem"],
            cwd=folder, check=True, capture_output=True, timeout=PATIENCE)
        tls = f'[tls]\ncertificate = "{folder}/cert.pem"\nkey = "{folder}/key.pem"\n'
        callers = f'[[callers]]\nname = "a"\nkeys = [{entry}]\n'
        self.config.write_text('listen = "0.0.0.0:0"\nthreads = 1\n' + callers + tls)
        self.start()
        for text, lacks in ((tls, "nobody would have to show a key"),
                            (callers, "keys would go over the network in clear"),
                            ("", "nobody would have to show a key")):
            for first in ('listen = "127.0.0.1:0"\n', 'listen = "0.0.0.0:0"\nallow_open = true\n'):
                with self.subTest(text=text, first=first):
                    told = len(self.err.read_text())
                    self.config.write_text(first + text)
                    self.gate.send_signal(signal.SIGHUP)
                    self.wait_told("kept the old state", told)
                    self.assertIn(lacks, self.err.read_text()[told:])

    def test_what_is_read_once_waits_for_a_restart(self):
        self.config.write_text('listen = "127.0.0.1:0"\nthreads = 1\n')
        self.start()
        self.config.write_text('listen = "127.0.0.1:0"\nthreads = 2\n[log]\nfolder = "nowhere"\n'
                               "[registry]\nstale_after_seconds = 77\n")
        self.gate.send_signal(signal.SIGHUP)
        self.wait_told("not before a restart: log.folder", 0)
        told = self.err.read_text()
        self.assertIn("+ registry.stale_after_seconds = 77\n", told)
        self.assertIn("not before a restart: threads = 2\n", told)
        self.assertNotIn("+ threads", told)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
