"""The proxy configurations in conf/ do what they say, with the real programs.

    proxy_test.py SOURCE_DIR BUILD_DIR [TEST…]

nginx asks a gate; HAProxy has a map of the same registry. In the shipped files only ports are
replaced by others, and nginx is given longer timeouts. A site behind each reports who got
through.
"""

import http.client
import http.server
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import yaml

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
sys.path.insert(0, str(ROOT / "tests/support"))

from gate_process import end_with_parent, reserved_port  # noqa: E402

GATE = BUILD / "beian-gate"
PATIENCE = 30  # seconds; then a test fails instead of hanging

# host, expected status; filed itself or below a filed parent
SITES = (
    ("www.example.cn", 200),
    ("WWW.Example.CN", 200),
    ("deep.www.example.cn", 200),
    ("very.deep.www.example.cn", 200),
    ("c.d.e.f.example.cn", 200),
    ("b.c.d.e.f.example.cn", 200),
    ("a.b.c.d.e.f.example.cn", 200),
    ("www.example.cn.", 200),          # the same name, written as absolute
    ("beian-gate.test", 200),
    ("jiuli.example.com", 403),      # its subject was cancelled
    ("unknown.test", 403),
    ("notexample.cn", 403),          # ends like a filed one
    ("example.cn.unknown.test", 403),  # begins like one
)


class Site(http.server.BaseHTTPRequestHandler):
    """The site behind a proxy, which records who got through."""

    seen = []

    def do_GET(self):
        self.seen.append(self.headers["Host"])
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"site\n")

    do_POST = do_GET

    def log_message(self, *arguments):
        pass


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-proxy-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
        threading.Thread(target=site.serve_forever, daemon=True).start()
        self.addCleanup(site.server_close)
        self.addCleanup(site.shutdown)
        Site.seen.clear()
        self.ports = {"8081": site.server_port, "8088": reserved_port(self.addCleanup),
                      "8089": reserved_port(self.addCleanup)}

    def run_gate(self, *arguments):
        done = subprocess.run([GATE, *arguments], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def start(self, *command, **options):
        process = subprocess.Popen([str(word) for word in command], preexec_fn=end_with_parent,
                                   **options)
        self.addCleanup(self.end, process)
        self.last = process
        return process

    @staticmethod
    def end(process):
        process.terminate()
        process.wait(PATIENCE)
        if process.stdout:
            process.stdout.close()

    def start_gate(self, *arguments):
        gate = self.start(GATE, "serve", "--listen", "127.0.0.1:0", "--threads", "1", *arguments,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.ports["8080"] = int(gate.stdout.readline().decode().rpartition(":")[2])
        return gate

    def registry(self, *arguments):
        """Builds a snapshot of the fixtures."""
        path = self.folder / "registry.snap"
        self.run_gate("registry", "build", ROOT / "fixtures/registry.ndjson", "-o", path,
                      "--with-test-identities", *arguments)
        return path

    def configuration(self, name):
        """The shipped file with the ports in use here."""
        text = (ROOT / name).read_text(encoding="utf-8")
        return re.sub(r"127\.0\.0\.1:(80\d\d)\b", lambda m: f"127.0.0.1:{self.ports[m[1]]}", text)

    def ask(self, port, host, method="GET", **fields):
        """(status, fields, body); waits until somebody listens at the port."""
        for _ in range(PATIENCE * 20):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            try:
                connection.request(method, "/page?operation=nonsense", headers={"Host": host, **fields},
                                   body=b"form" if method == "POST" else None)
                answer = connection.getresponse()
                return answer.status, answer.headers, answer.read().decode()
            except ConnectionRefusedError:
                self.assertIsNone(self.last.poll(), "the proxy ended")
                time.sleep(0.05)
            finally:
                connection.close()
        self.fail(f"nobody listens at {port}")


class Nginx(Case):
    def start_nginx(self, changes={}):
        site = self.configuration("conf/nginx/beian-gate.conf")
        # On a busy machine a gate may take longer than visitors should have to wait.
        site, patient = re.subn(r"(proxy_(?:connect|read)_timeout) \d+ms;", rf"\1 {PATIENCE}s;", site)
        self.assertEqual(patient, 2)
        for shown, other in changes.items():
            self.assertEqual(site.count(shown), 1)
            site = site.replace(shown, other)
        (self.folder / "site.conf").write_text(site)
        # What a machine's own nginx.conf provides around it.
        (self.folder / "nginx.conf").write_text(
            f"daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log;"
            "worker_processes 1; events { worker_connections 64; }"
            f"http {{ access_log off; client_body_temp_path {self.folder}/a;"
            f"proxy_temp_path {self.folder}/b; fastcgi_temp_path {self.folder}/c;"
            f"uwsgi_temp_path {self.folder}/d; scgi_temp_path {self.folder}/e;"
            f"include {self.folder}/site.conf; }}")
        self.start("nginx", "-p", self.folder, "-e", self.folder / "error.log", "-c",
                   self.folder / "nginx.conf")

    def test_only_who_is_filed_comes_through(self):
        self.start_gate()
        self.start_nginx()
        for host, status in SITES:
            for method in ("GET", "POST"):
                with self.subTest(host=host, method=method):
                    Site.seen.clear()
                    # What visitors claim about themselves does not help them.
                    given, fields, body = self.ask(
                        self.ports["8088"], host, method,
                        **{"X-Forwarded-Host": "www.example.cn", "Authorization": "Bearer x",
                           "X-Filing-Number": "%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1A",
                           "X-Original-Host": "www.example.cn"})
                    self.assertEqual(given, status, body)
                    self.assertEqual(len(fields["X-Gate-Decision-Id"]), 26)
                    self.assertEqual(len(Site.seen), 1 if status == 200 else 0)
                    if status == 403:
                        self.assertIn("no valid filing (deny: N", body)

    def test_what_else_a_visitor_sends_is_no_matter_of_the_gate(self):
        self.start_gate()
        self.start_nginx()
        cookies = {"Cookie": "a=" + "x" * 6000, "X-Other": "y" * 6000, "X-Third": "z" * 6000}
        for fields in (cookies, {f"X-{i}": "1" for i in range(70)}):
            with self.subTest(fields=list(fields)[:3]):
                self.assertEqual(self.ask(self.ports["8088"], "www.example.cn", **fields)[0], 200)
                self.assertEqual(self.ask(self.ports["8088"], "unknown.test", **fields)[0], 403)

    def test_an_incomplete_registry_is_503_and_no_refusal(self):
        self.start_gate("--registry", self.registry("--incomplete"))
        self.start_nginx()
        given, fields, _ = self.ask(self.ports["8088"], "unknown.test")
        self.assertEqual((given, fields["Retry-After"]), (503, "5"))
        self.assertEqual(Site.seen, [])

    def test_a_key_of_nginx_that_is_not_good_refuses_no_site(self):
        def key_of(*more):
            made = subprocess.run([GATE, "keys", "new"], capture_output=True, text=True, check=True)
            entry = re.search(r"of a caller: (\{.*\})", made.stderr)[1]
            return made.stdout.strip(), "\n".join((f"keys = [{entry}]", *more, ""))
        good, proxy = key_of('endpoints = ["authz"]', 'operations = ["connect"]')
        other, store = key_of('endpoints = ["check"]')
        config = self.folder / "gate.toml"
        config.write_text(f'[[callers]]\nname = "proxy"\n{proxy}[[callers]]\nname = "store"\n{store}')
        self.start_gate("--config", config)
        shown = '# proxy_set_header Authorization "Bearer KEY";'
        for key, status in ((good, 200), (other, 503), (good[:-1] + "x", 503), (None, 503)):
            with self.subTest(key=key):
                self.ports["8088"] = reserved_port(self.addCleanup)
                self.start_nginx({shown: shown[2:].replace("KEY", key)} if key else {})
                Site.seen.clear()
                given, _, body = self.ask(self.ports["8088"], "www.example.cn")
                self.assertEqual(given, status, body)
                self.assertEqual(len(Site.seen), 1 if status == 200 else 0)

    def test_without_a_gate_nobody_comes_through(self):
        gate = self.start_gate()
        self.start_nginx()
        self.assertEqual(self.ask(self.ports["8088"], "www.example.cn")[0], 200)
        self.end(gate)
        Site.seen.clear()
        self.assertEqual(self.ask(self.ports["8088"], "www.example.cn")[0], 503)
        self.assertEqual(Site.seen, [])


class HAProxy(Case):
    def start_haproxy(self, registry):
        self.run_gate("registry", "export", registry, "--format", "haproxy-map", "-o",
                      self.folder / "domains.map")
        path = self.folder / "haproxy.cfg"
        path.write_text(self.configuration("conf/haproxy/haproxy.cfg"))
        self.start("haproxy", "-q", "-db", "-f", path)

    def test_only_who_is_filed_comes_through(self):
        self.start_haproxy(self.registry())
        for host, status in SITES:
            with self.subTest(host=host):
                Site.seen.clear()
                self.assertEqual(self.ask(self.ports["8089"], host)[0], status)
                self.assertEqual(len(Site.seen), 1 if status == 200 else 0)

    def test_a_host_that_only_ends_or_begins_like_a_filed_one_is_none(self):
        self.start_haproxy(self.registry())
        filed = "www.example.cn"
        for host in (f"unknown.test, {filed}", f"unknown.test,{filed}", f"unknown.test@{filed}", f"unknown.test/.{filed}",
                     f"unknown.test .{filed}", f"{filed}:unknown.test", f"{filed}:80@unknown.test", "*", "[::1]"):
            with self.subTest(host=host):
                self.assertEqual(self.ask(self.ports["8089"], host)[0], 403)
        for host in (f"{filed}:8089", f"{filed}:"):
            self.assertEqual(self.ask(self.ports["8089"], host)[0], 200)
        self.assertEqual(Site.seen, [f"{filed}:8089", f"{filed}:"])

    def test_what_the_gate_takes_for_no_domain_is_below_none(self):
        registry = self.registry()
        self.start_haproxy(registry)
        self.start_gate("--registry", registry)
        filed = "www.example.cn"
        for host in (f"-x.{filed}", f"x-.{filed}", f".{filed}", f"x..{filed}", f"{filed}..", f"{'x' * 64}.{filed}"):
            with self.subTest(host=host):
                self.assertEqual(self.ask(self.ports["8089"], host)[0], 403)
                self.assertIsNone(self.decision_on(host))
        through = [f"_x.{filed}", f"x--y.{filed}.", f"{'x' * 63}.{filed}", f"1.{filed}"]
        for host in through:
            with self.subTest(host=host):
                self.assertEqual(self.ask(self.ports["8089"], host)[0], 200)
                self.assertEqual(self.decision_on(host), "allow")
        self.assertEqual(Site.seen, through)

    def test_tenants_of_a_filed_name_are_not_filed_by_it(self):
        service = {"record": "service", "id": 1, "number": "京ICP备2023000001号-1", "names": ["云"],
                   "status": "filed", "domains": ["sinaapp.com", "own.sinaapp.com"]}
        (self.folder / "feed.ndjson").write_text(json.dumps(service))
        registry = self.folder / "registry.snap"
        self.run_gate("registry", "build", self.folder / "feed.ndjson", "-o", registry)
        self.start_haproxy(registry)
        self.start_gate("--registry", registry)
        for host, status in (("sinaapp.com", 200), ("own.sinaapp.com", 200), ("www.own.sinaapp.com", 200),
                             ("shop.sinaapp.com", 403), ("www.shop.sinaapp.com", 403)):
            with self.subTest(host=host):
                self.assertEqual(self.ask(self.ports["8089"], host)[0], status)
                self.assertEqual(self.decision_on(host), "allow" if status == 200 else "deny")

    def test_an_incomplete_registry_is_503_and_no_refusal(self):
        self.start_haproxy(self.registry("--incomplete"))
        for host in ("www.example.cn", "unknown.test"):
            given, fields, _ = self.ask(self.ports["8089"], host)
            self.assertEqual((given, fields["Retry-After"]), (503, "5"))
        self.assertEqual(Site.seen, [])

    def test_the_map_says_what_the_gate_says(self):
        registry = self.registry()
        lines = self.run_gate("registry", "export", registry, "--format", "haproxy-map").splitlines()
        self.assertGreater(len(lines), 15)
        self.assertEqual(lines, sorted(lines))
        self.start_gate("--registry", registry)
        for line in lines:
            domain, decision = line.split(" ")
            domain = "nobody.example" if domain == "*" else domain.replace("*", "tenant")
            with self.subTest(domain=domain):
                self.assertEqual(self.decision_on(domain), decision)

    def decision_on(self, domain):
        """What the gate itself says about the domain."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["8080"])
        connection.request("GET", "/v1/authz", headers={"X-Original-Host": domain})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.headers["X-Gate-Decision"]


class Export(Case):
    def test_a_feed_that_is_exported_builds_the_same_registry(self):
        registry = self.registry("--serial", "7", "--as-of", "2026-01-02T03:00:00Z")
        feed = self.folder / "feed.ndjson"
        self.run_gate("registry", "export", registry, "--format", "ndjson", "-o", feed)
        again = self.folder / "again.snap"
        self.run_gate("registry", "build", feed, "-o", again, "--serial", "7")
        self.assertEqual(self.run_gate("registry", "diff", registry, again), "")


class Snippets(unittest.TestCase):
    def test_what_is_not_run_is_at_least_yaml(self):
        names = sorted((ROOT / "conf/edge").glob("*.yaml"))
        self.assertGreaterEqual(len(names), 3)
        for name in names:
            with self.subTest(name=name.name):
                text = name.read_text(encoding="utf-8")
                self.assertIn("/v1/authz", text)
                self.assertIsInstance(yaml.safe_load(text), dict)
                self.assertIn("Not run by our tests", text)
                # The status when no answer comes.
                self.assertRegex(text, r"status_on_error: (503|\{ code: ServiceUnavailable \})|answer then return kong.response.exit\(503\)")

    def test_the_programs_are_there(self):
        for program in ("nginx", "haproxy"):
            self.assertIsNotNone(shutil.which(program), f"./dev setup installs {program}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
