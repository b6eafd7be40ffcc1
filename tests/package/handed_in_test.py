"""`POST /v1/packages:inspect` compared with `beian-gate inspect`, on every package that the tests
make.

    handed_in_test.py BUILD_DIR SIGNED_DIR [TEST…]
"""

import http.client
import signal
import time
import uuid

from package_support import *

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from gate_process import when_taken  # noqa: E402

SIGNED = Path(sys.argv.pop(2)).resolve()
PATH = "/v1/packages:inspect"


def form(data):
    boundary = uuid.uuid4().hex
    head = ('Content-Disposition: form-data; name="package"; filename="a.apk"\r\n'
            'Content-Type: application/octet-stream\r\n\r\n')
    body = f"--{boundary}\r\n{head}".encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def raw(data):
    return data, {"Content-Type": "application/vnd.android.package-archive"}


class HandedIn(Case):
    def start(self, more="", packages="inspect = true\npackage_mib = 32\n"):
        self.path("gate.toml").write_text(
            f'listen = "127.0.0.1:0"\n{more}[packages]\nfolder = "{self.folder}"\n{packages}')
        self.gate = subprocess.Popen([GATE, "serve", "--config", self.path("gate.toml")],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.stop)
        line = self.gate.stdout.readline().decode()
        self.assertIn("listening on ", line)
        self.port = int(line.rpartition(":")[2])

    def stop(self):
        self.gate.send_signal(signal.SIGTERM)
        self.gate.communicate(timeout=60)
        self.assertEqual(self.gate.returncode, 0)

    def ask(self, body, fields, target=PATH):
        return when_taken(lambda: self.ask_once(body, fields, target))

    def ask_once(self, body, fields, target):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.addCleanup(connection.close)
        connection.request("POST" if body is not None else "GET", target, body, fields)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def metric(self, name):
        _, text = self.ask(None, {}, "/metrics")
        return [float(line.rpartition(" ")[2]) for line in text.splitlines()
                if line.startswith(name + " ")]

    def test_the_answer_is_that_of_inspect(self):
        self.start()
        packages = sorted([*SIGNED.glob("*.apk"), *SIGNED.glob("*.pkg")])
        self.assertGreater(len(packages), 60)
        read = 0
        for i, path in enumerate(packages):
            verify = i % 2 == 1
            done = gate("inspect", *(["--verify"] if verify else []), path)
            body, fields = (form if i % 3 else raw)(path.read_bytes())
            status, text = self.ask(body, fields, PATH + ("?verify=true" if verify else ""))
            with self.subTest(path.name):
                if done.code != 0:
                    self.assertEqual(status, 400, text)
                    reason = done.err.strip().split(f"{path}: ", 1)[1]
                    self.assertEqual(json.loads(text)["detail"], reason)
                    continue
                (wanted,) = done.rows()
                del wanted["file"]
                self.assertEqual((status, json.loads(text)), (200, wanted))
                read += 1
        self.assertEqual(self.metric('beian_gate_packages_total{result="read"}'), [read])
        deadline = time.monotonic() + 30  # a place becomes free a moment after its answer was sent
        while self.metric("beian_gate_packages_in_flight") != [0]:
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["gate.toml"])

    def test_bounds_are_those_of_the_configuration(self):
        self.start()
        status, text = self.ask(*raw(b"x" * (32 << 20)))
        self.assertEqual((status, json.loads(text)["type"].rpartition(":")[2]),
                         (400, "package-unreadable"))
        status, text = self.ask(*raw(b"x" * ((32 << 20) + 1)))
        self.assertEqual(status, 413)
        self.assertIn(str(32 << 20), json.loads(text)["detail"])
        self.assertEqual(self.metric("beian_gate_package_bytes_max"), [32 << 20])

    def test_it_is_off_unless_it_is_turned_on(self):
        self.start(packages="")
        status, text = self.ask(*raw(b"PK"))
        self.assertEqual((status, json.loads(text)["type"].rpartition(":")[2]),
                         (403, "packages-off"))
        self.assertNotIn(PATH, self.ask(None, {}, "/console/gate.json")[1])

    def test_a_key_has_to_be_for_packages(self):
        keys = {}
        config = ""
        for name, endpoints in (("vet", '"packages"'), ("store", '"check", "bulk", "lookup"')):
            made = gate("keys", "new")
            keys[name] = made.out.strip()
            entry = made.err.split("caller: ", 1)[1].splitlines()[0]
            config += (f'[[callers]]\nname = "{name}"\nkeys = [{entry}]\n'
                       f"endpoints = [{endpoints}]\n")
        self.start(config)
        apk = min(SIGNED.glob("*.apk")).read_bytes()
        for fields, wanted in (({}, 401), ({"Authorization": f"Bearer {keys['store']}"}, 403),
                               ({"Authorization": f"Bearer {keys['vet']}"}, 200)):
            with self.subTest(wanted):
                self.assertEqual(self.ask(apk, fields)[0], wanted)
        self.assertEqual(self.ask(None, {"Authorization": f"Bearer {keys['vet']}"},
                                  "/v1/registry")[0], 403)

    def test_a_folder_that_is_none_is_told_at_the_start(self):
        self.path("bad.toml").write_text(
            f'[packages]\ninspect = true\nfolder = "{self.folder}/none"\n')
        for verb in (("config", "check"), ("serve", "--config")):
            done = gate(*verb, self.path("bad.toml"))
            self.assertEqual(done.code, 69, done.err)
            self.assertIn(f"packages.folder: cannot make a temporary file in {self.folder}/none",
                          done.err)


if __name__ == "__main__":
    main()
