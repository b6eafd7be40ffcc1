"""Files that verbs are told to read and write: no output destroys an input, nothing but a file is
replaced, and an empty value is not a default.

    places_test.py SOURCE_DIR BUILD_DIR [TEST…]
"""

import http.server
import json
import threading

from audit_support import *


def gate(*arguments, folder):
    return Done(subprocess.run([GATE, *map(str, arguments)], cwd=folder, stdin=subprocess.DEVNULL,
                               capture_output=True, timeout=120))


class Places(Case):
    def setUp(self):
        super().setUp()
        self.root = Path(self.folder.name)
        fixtures = ROOT / "fixtures"
        for name, source in (("feed.ndjson", "registry.ndjson"), ("rows.ndjson", "catalog.ndjson"),
                             ("app.apk", "system/app/Clock/Clock.apk")):
            (self.root / name).write_bytes((fixtures / source).read_bytes())
        self.run_gate("registry", "build", "feed.ndjson", "-o", "registry.snap")
        self.run_gate("audit", "rows.ndjson", "--output", "json=part.json")
        self.run_gate("registry", "keygen", "key")
        (self.root / "gate.toml").write_text('[policy]\nfile = "policy.toml"\n')
        (self.root / "policy.toml").write_bytes((ROOT / "conf/policy.toml").read_bytes())
        os.symlink("rows.ndjson", self.root / "link")
        os.symlink("later", self.root / "link-to-nothing")
        os.link(self.root / "rows.ndjson", self.root / "hard")
        (self.root / "in").mkdir()

    def run_gate(self, *arguments):
        return gate(*arguments, folder=self.root)

    def contents(self):
        return {path.name: path.read_bytes() for path in self.root.iterdir() if path.is_file()}

    REFUSED = (
        ("audit rows.ndjson --output ndjson=rows.ndjson", "the catalog rows.ndjson"),
        ("audit rows.ndjson --output json=in/../rows.ndjson", "the catalog rows.ndjson"),
        ("audit rows.ndjson --output csv=link", "the catalog rows.ndjson"),
        ("audit link --output csv=hard", "the catalog link"),
        ("audit rows.ndjson --resume rows.ndjson --output csv=x", "the catalog rows.ndjson"),
        ("audit rows.ndjson --registry registry.snap --output ndjson=registry.snap", "the registry"),
        ("audit rows.ndjson --config gate.toml --output csv=gate.toml", "--config gate.toml"),
        ("audit rows.ndjson --config gate.toml --output csv=policy.toml", "the policy"),
        ("audit rows.ndjson --url http://127.0.0.1:1 --output csv=x --resume x", "--resume x"),
        ("audit rows.ndjson --output csv=x --resume ./x", "--resume ./x"),
        ("audit rows.ndjson --output csv=x --output ndjson=in/../x", "--output csv x"),
        ("audit rows.ndjson --output csv=later --output ndjson=link-to-nothing", "csv later"),
        ("audit merge part.json --output summary=part.json", "the part part.json"),
        ("registry diff registry.snap registry.snap --catalog rows.ndjson --output csv=hard",
         "the catalog rows.ndjson"),
        ("registry diff registry.snap registry.snap --catalog rows.ndjson --output "
         "csv=registry.snap", "the snapshot registry.snap"),
        ("registry build feed.ndjson -o feed.ndjson", "the feed feed.ndjson"),
        ("registry build feed.ndjson --sign key -o ./key", "--sign key"),
        ("registry export registry.snap --format ndjson -o registry.snap", "the snapshot"),
        ("vet . --inspected app.apk", "the package ./app.apk"),
        ("vet app.apk --output ndjson=app.apk", "the package app.apk"),
        ("vet app.apk --output ndjson=x --inspected x", "--inspected x"),
    )

    def test_an_output_that_is_an_input_is_refused_and_both_are_as_before(self):
        before = self.contents()
        for command, name in self.REFUSED:
            with self.subTest(command):
                done = self.run_gate(*command.split())
                self.assertEqual(done.code, 64, done.err)
                self.assertIn(name, done.err)
                self.assertEqual(self.contents(), before)

    def test_standard_output_that_goes_on_behind_the_catalog_is_refused(self):
        with open(self.root / "rows.ndjson", "ab") as file:
            done = subprocess.run([GATE, "audit", "rows.ndjson", "--output", "ndjson"],
                                  cwd=self.root, stdout=file, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual(done.returncode, 64, done.stderr)

    def test_two_streams_are_not_mixed_in_one_pipe(self):
        os.mkfifo(self.root / "pipe")
        os.symlink("pipe", self.root / "to-pipe")
        reader = os.open(self.root / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        for outputs in ("ndjson csv=/dev/stdout", "ndjson=/dev/stdout csv=/proc/self/fd/1",
                        "ndjson=pipe csv=./pipe", "ndjson=pipe csv=to-pipe"):
            with self.subTest(outputs):
                flags = [flag for output in outputs.split() for flag in ("--output", output)]
                done = self.run_gate("audit", "rows.ndjson", *flags)
                self.assertEqual((done.code, done.out), (64, b""), done.err)
                self.assertIn("is the same file as --output ndjson", done.err)
        # A summary comes when the rows have ended, and what is thrown away may be mixed.
        for outputs in ("ndjson=/dev/stdout summary", "ndjson=/dev/null csv=/proc/self/fd/0"):
            with self.subTest(outputs):
                flags = [flag for output in outputs.split() for flag in ("--output", output)]
                done = self.run_gate("audit", "rows.ndjson", *flags)
                self.assertEqual(done.code, 1, done.err)

    def test_outputs_beside_their_inputs_and_links_are_written(self):
        self.run_gate("audit", "rows.ndjson", "--output", "csv=rows.csv", "--output", "json=r.json")
        self.assertTrue((self.root / "rows.csv").stat().st_size)
        self.assertTrue((self.root / "r.json").stat().st_size)
        os.symlink("registry.snap", self.root / "current.snap")
        done = self.run_gate("registry", "build", "feed.ndjson", "-o", "current.snap")
        self.assertEqual(done.code, 0, done.err)
        self.assertFalse((self.root / "current.snap").is_symlink())

    def test_what_is_no_file_is_never_replaced(self):
        os.mkfifo(self.root / "pipe")
        os.symlink("pipe", self.root / "to-pipe")
        os.symlink("/proc/self/fd/1", self.root / "stdout")
        for out in ("pipe", "to-pipe", "stdout", "in"):
            with self.subTest(out):
                for command in ("registry build feed.ndjson -o",
                                "registry export registry.snap --format ndjson -o",
                                "vet app.apk --inspected"):
                    done = self.run_gate(*command.split(), out)
                    self.assertEqual(done.code, 69, done.err)
                    self.assertIn("not a regular file", done.err)
        self.assertTrue((self.root / "pipe").is_fifo())
        self.assertTrue((self.root / "to-pipe").is_symlink())
        self.assertTrue((self.root / "stdout").is_symlink())

    def test_no_half_of_a_key_pair_is_overwritten(self):
        (self.root / "lost.pub").write_text("the public key of somebody")
        for key in ("key", "lost"):
            before = self.contents()
            done = self.run_gate("registry", "keygen", key)
            self.assertEqual(done.code, 65)
            self.assertIn("exists", done.err)
            self.assertEqual(self.contents(), before)


class Values(Case):
    def test_an_empty_value_is_no_default(self):
        for command in ("audit - --registry", "audit - --config", "audit - --url", "audit - --resume",
                        "check --number x --registry", "check --number x --url",
                        "serve --registry", "serve --listen", "vet . --registry",
                        "healthcheck --url", "registry export x --format ndjson -o"):
            with self.subTest(command):
                done = gate(*command.split(), "", folder=self.folder.name)
                self.assertEqual(done.code, 64, done.err)
                self.assertIn("an empty value", done.err)

    def test_an_empty_value_behind_an_equals_sign_takes_nothing_else(self):
        # As scripts write it: --id="$ID" with ID unset. The other package must be noticed.
        claim = ("--operation", "distribute", "--number", "京ICP备2099000000号-1A")
        for name in ("id", "app-version", "provider", "host-platform", "displayed-number",
                     "fingerprint", "public-key", "domain", "ip", "category"):
            with self.subTest(name):
                for empty in ((f"--{name}=",), (f"--{name}", "")):
                    done = gate("check", *claim, *empty, "--package=cn.evil", "--platform=android",
                                folder=self.folder.name)
                    self.assertEqual(done.code, 1, done.err)
                    self.assertIn(b"PACKAGE_NOT_FILED", done.out)
        for command in ("audit - --registry= --strict", "serve --listen= --threads=1"):
            with self.subTest(command):
                done = gate(*command.split(), folder=self.folder.name)
                self.assertEqual(done.code, 64, done.err)
                self.assertIn("an empty value", done.err)
        for word in ("--offline=", "--strict="):
            with self.subTest(word):
                done = gate("check", *claim, word, folder=self.folder.name)
                self.assertEqual(done.code, 64, done.err)
                self.assertIn(f"{word} has no value", done.err)

    def test_no_argument_drives_the_terminal(self):
        hostile = "/no\x1b[31m\u202epe"
        for command in (("check", "--number", "x", "--registry", hostile), ("check", hostile),
                        ("check", "--lang", hostile), ("check", "--number", "x", "--url", hostile),
                        ("audit", hostile), ("config", "check", hostile), (hostile,)):
            with self.subTest(command):
                done = gate(*command, folder=self.folder.name)
                self.assertGreaterEqual(done.code, 64)
                self.assertNotIn("\x1b", done.err)
                self.assertNotIn("\u202e", done.err)
                self.assertIn("\\u{1B}[31m\\u{202E}pe", done.err)

    def test_a_flag_is_no_value(self):
        done = gate("check", "--number", "--package=cn.evil", folder=self.folder.name)
        self.assertEqual(done.code, 64, done.err)
        self.assertIn("--number wants a value, and --package=cn.evil is a flag", done.err)
        done = gate("check", "--operation", "distribute", "--id=--package", "--number=x",
                    folder=self.folder.name)
        self.assertEqual(json.loads(done.out)["id"], "--package")
        pem = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"
        done = gate("check", "--operation", "distribute", "--number=x", "--public-key", pem,
                    folder=self.folder.name)
        self.assertIn("public_key", done.err, "read, and refused for what it is")

    def test_an_option_that_would_not_count_is_refused(self):
        for command in ("check --number x --url http://127.0.0.1:1 --config gate.toml",
                        "registry build feed -o x --serial 0"):
            with self.subTest(command):
                self.assertEqual(gate(*command.split(), folder=self.folder.name).code, 64)


class Foreign(Case):
    """Whatever answers at --url need not be a gate."""

    def answered(self, body):
        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Page)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.handle_request, daemon=True).start()
        return gate("check", "--url", "http://127.0.0.1:%d" % server.server_port, "--operation", "connect",
                    "--number", "x", folder=self.folder.name)

    def test_an_answer_without_a_decision_is_none(self):
        for body in (b"<html>login</html>", b"", b'{"status":"ok"}', b'{"decision":"maybe"}', b'"decision":"allow"'):
            with self.subTest(body):
                done = self.answered(body)
                self.assertEqual((done.code, done.out), (69, b""))
                self.assertIn("is that a beian-gate?", done.err)

    def test_blanks_in_json_mean_nothing(self):
        for word, code in (("allow", 0), ("deny", 1), ("review", 2), ("unknown", 3)):
            with self.subTest(word):
                self.assertEqual(self.answered(b'{ "decision" : "%s" }' % word.encode()).code, code)


if __name__ == "__main__":
    run_tests()
