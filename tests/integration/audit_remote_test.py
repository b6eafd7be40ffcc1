"""`beian-gate audit --url`: a running gate decides, and a server that only stands in for one is
detected.

    audit_remote_test.py SOURCE_DIR BUILD_DIR [TEST…]
"""

import collections
import contextlib
import http.server
import itertools
import threading
import urllib.error
import urllib.request

from audit_support import *


class Remote(Case):
    def setUp(self):
        super().setUp()
        self.server = subprocess.Popen(
            [GATE, "serve", "--listen", "127.0.0.1:0", "--threads", "1", "--registry",
             World.get().registry], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.terminate)
        for text in self.server.stdout:
            if "listening on " in text:
                self.url = text.split("listening on ")[1].split()[0]
                break

    def test_running_gate_gives_the_same_bytes(self):
        world = World.get()
        rows = world.catalog.read_bytes()[: 2 << 20] + b"\n{\n"
        here = audit("-", "--registry", world.registry, "--output", "ndjson", given=rows)
        there = audit("-", "--url", self.url, "--output", "ndjson", given=rows)
        self.assertEqual(there.code, 1)
        self.assertTrue(there.out == here.out, there.err)
        summaries = [json.loads(audit("-", *arguments, "--output", "json", given=rows).out)
                     for arguments in (("--registry", world.registry), ("--url", self.url))]
        for name in ("rows", "decisions", "findings", "platforms", "subjects"):
            self.assertEqual(summaries[0][name], summaries[1][name])

    def test_a_row_that_no_batch_can_hold_is_no_loss_of_the_others(self):
        """In a batch a row lies two levels deeper than on its own."""
        rows = b"".join(line({**PASS, "id": f"{depth} deep", "x": json.loads("[" * depth + "]" * depth)})
                        for depth in (1, 12, 13, 14, 15, 16)) + line(PASS)
        here = audit("-", "--registry", World.get().registry, "--output", "ndjson", given=rows)
        there = audit("-", "--url", self.url, "--output", "ndjson", given=rows)
        self.assertEqual(here.code, 0, here.err)
        self.assertEqual((there.code, there.err), (here.code, here.err))
        self.assertEqual(there.out, here.out)

    def test_the_gate_is_asked_in_the_language(self):
        row = line({**row_of("deny"), "detail": "full"})
        for lang, word in (("zh-CN", "备案"), ("en", "cancelled")):
            done = audit("-", "--url", self.url, "--output", "ndjson", "--lang", lang, given=row)
            self.assertIn(word, done.rows()[0]["findings"][0]["message"])

    def test_a_number_that_a_brief_answer_does_not_tell_is_not_made_up(self):
        """The claimed letter is wrong: what has to be displayed is what was filed, -1A."""
        row = line({**PASS, "filing_number": "京ICP备2099000000号-1X",
                    "app": {"displayed_number": ""}})
        told = {}
        for flag, place in (("--registry", World.get().registry), ("--url", self.url)):
            done = audit("-", flag, place, "--output", "json", given=row)
            told[flag] = {finding["code"]: finding.get("expected")
                          for finding in json.loads(done.out)["listed"]["deny"][0]["findings"]}
        self.assertEqual(told["--registry"], {"WRONG_KIND": "app",
                                              "DISPLAY_MISSING": "京ICP备2099000000号-1A"})
        self.assertEqual(told["--url"], {"WRONG_KIND": "app", "DISPLAY_MISSING": None})

    def asked(self, path, body):
        """What the gate itself answers, status and bytes; on a busy machine that may be a 503."""
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read()

    @contextlib.contextmanager
    def stand_in(self, answer, retry_after=0):
        """The URL of a server that answers each request with what `answer(path, body)` returns,
        status and bytes; for a GET, `body` is None."""

        class StandIn(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))) or None
                status, text = answer(handler.path, body)
                handler.send_response(status)
                handler.send_header("Retry-After", str(retry_after))
                handler.send_header("Content-Length", str(len(text)))
                handler.end_headers()
                handler.wfile.write(text)
            do_POST = do_GET

            def log_message(handler, *arguments):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn) as gate:
            threading.Thread(target=gate.serve_forever).start()
            try:
                yield f"http://127.0.0.1:{gate.server_port}"
            finally:
                gate.shutdown()

    def changed(self, item):
        """The URL of a gate that answers the last row of a batch with `item`."""
        def answer(path, body):
            status, text = self.asked(path, body)
            if body and status == 200:
                batch = json.loads(text)
                batch["decisions"][-1] = item
                text = json.dumps(batch).encode()
            return status, text
        return self.stand_in(answer)

    def asked_of_another_serial(self, path, body):
        """What the gate itself answers to a batch, but for the serial of its registry."""
        status, text = self.asked(path, body)
        if status == 200:
            batch = json.loads(text)
            for item in batch["decisions"]:
                item["registry"]["serial"] += 1
            text = json.dumps(batch).encode()
        return status, text

    def registries(self, *changes):
        """The URL of a gate whose `/v1/registry` has each of the changes in turn."""
        left = list(changes)
        self.addCleanup(lambda: self.assertEqual(left, [], "not all were asked for"))

        def answer(path, body):
            status, text = self.asked(path, body)
            if path == "/v1/registry":
                text = json.dumps({**json.loads(text), **left.pop(0)}).encode()
            return status, text
        return self.stand_in(answer)

    def test_gate_that_is_behind_is_asked_again(self):
        refusals = [503, 429, 503]

        def answer(path, body):
            return (refusals.pop(), b"{}") if body and refusals else self.asked(path, body)

        with self.stand_in(answer) as url:
            done = audit("-", "--url", url, "--output", "ndjson", given=line(PASS))
        self.assertEqual((done.code, refusals), (0, []), done.err)

    def test_a_rate_is_waited_for_by_one_thread_after_the_other(self):
        """Else many threads, each with a batch that uses the rate up, would all give up."""
        rows = World.get().catalog.read_bytes()[: 2 << 20]
        refused = collections.Counter()
        again = []
        mutex = threading.Lock()

        def answer(path, body):
            if not body:
                return self.asked(path, body)
            with mutex:
                if refused[body] > 0:
                    again.append(body)
                refused[body] += 1
                if refused[body] <= 3:
                    return 429, b"{}"
            return self.asked(path, body)

        with self.stand_in(answer) as url:
            done = audit("-", "--url", url, "--threads", "4", "--output", "json", given=rows)
        self.assertEqual(done.code, 1, done.err)
        self.assertGreater(len(refused), 4)
        turns = [body for body, _ in itertools.groupby(again)]
        self.assertEqual(len(turns), len(set(turns)))

    def test_a_rate_is_waited_for_as_long_as_the_gate_says(self):
        seconds = 6  # a gate that is behind is asked earlier
        asked_at = []

        def answer(path, body):
            if not body:
                return self.asked(path, body)
            asked_at.append(time.monotonic())
            return (429, b"{}") if len(asked_at) == 1 else self.asked(path, body)

        with self.stand_in(answer, retry_after=seconds) as url:
            done = audit("-", "--url", url, "--output", "ndjson", given=line(PASS))
        self.assertEqual((done.code, len(asked_at)), (0, 2), done.err)
        self.assertGreaterEqual(asked_at[1] - asked_at[0], seconds)

    def test_a_rate_that_is_used_up_already_is_waited_for(self):
        refusals = [429]

        def answer(path, body):
            return (refusals.pop(), b"{}") if refusals else self.asked(path, body)

        with self.stand_in(answer) as url:
            done = audit("-", "--url", url, "--output", "ndjson", given=line(PASS))
        self.assertEqual((done.code, refusals), (0, []), done.err)

    def test_an_audit_that_cannot_go_on_waits_for_no_rate(self):
        rows = World.get().catalog.read_bytes()[: 2 << 20]
        refused = []

        def answer(path, body):
            if not body:
                return self.asked(path, body)
            refused.append(1)
            if len(refused) < 4:
                return 429, b"{}"
            time.sleep(1)  # until the others wait
            return self.asked_of_another_serial(path, body)

        with self.stand_in(answer, retry_after=60) as url:
            done = audit("-", "--url", url, "--threads", "4", given=rows)
        self.assertEqual(done.code, 69, done.err)
        self.assertIn("registry changed during the audit", done.err)

    def test_another_registry_of_the_same_serial_ends_the_audit(self):
        """As after a rollback and another delta. Without follower the root hash tells, else the
        chain, since the root hash is that of the snapshot below the deltas."""
        for of_first, of_second in (({"root_hash": "aa"}, {"root_hash": "bb"}),
                                    ({"follower": {"chain": "aa"}}, {"follower": {"chain": "bb"}})):
            with self.subTest(of_second=of_second), \
                    self.registries(of_first, of_second, of_second) as url:
                report = self.path("audit.json")
                arguments = ("--url", url, "--resume", self.path("state"), f"--output=json={report}")
                done = audit("-", *arguments, given=line(PASS))
                self.assertEqual(done.code, 69, done.err)
                self.assertIn("to another of that serial", done.err)
                self.assertFalse(report.exists())
                done = audit("-", *arguments, given=line(PASS))
                self.assertEqual(done.code, 65, done.err)
                self.assertIn("against another registry", done.err)
                self.path("state").unlink()

    def test_only_another_history_counts_once_all_rows_are_judged(self):
        """A snapshot that takes in its deltas is the same registry, and a later one of the same
        epoch has judged no row."""
        def of(epoch, chain, **more):
            return {"follower": {"epoch": epoch, "chain": chain}, **more}

        for first, last, code in ((of(1, "aa", root_hash="x"), of(1, "aa", root_hash="y"), 0),
                                  (of(1, "aa"), of(1, "bb", serial=9), 0),
                                  (of(1, "aa"), of(2, "bb", serial=9), 69)):
            with self.subTest(last=last), self.registries(first, last) as url:
                done = audit("-", "--url", url, "--output", "ndjson", given=line(PASS))
                self.assertEqual(done.code, code, done.err)

    def test_an_answer_that_no_gate_gives_is_an_error(self):
        finding = '{"code":"NOT_FILED","effect":"deny","field":"/filing_number"}'
        strange = ('{"decisions":[{"id":null,"decision":"deny","assurance":"none","filing_number":null,'
                   f'"findings":[{",".join([finding] * 300)}],"registry":{{"serial":1}}}}]}}').encode()
        with self.stand_in(lambda path, body: (200, strange) if body else self.asked(path, body)) as url:
            done = audit("-", "--url", url, given=line(PASS))
        self.assertIn("more findings than a check can have", done.err)
        self.assertEqual(done.code, 65)

    def test_row_that_the_gate_could_not_answer_is_no_bad_row(self):
        problem = {"type": "urn:beian-gate:problem:audit_unavailable", "status": 503, "detail": "no log"}
        with self.changed({"id": None, "problem": problem}) as url:
            done = audit("-", "--url", url, "--output", "json", "--resume", self.path("state"),
                         given=line(PASS) + line(row_of("deny")))
        self.assertEqual(done.code, 69, done.err)
        self.assertIn("did not answer row 2: no log; run the same command again", done.err)

    def test_place_of_what_the_gate_refuses_is_that_in_the_row(self):
        problem = {"status": 403, "detail": "not for this caller", "pointer": "/checks/1/operation"}
        with self.changed({"id": None, "problem": problem}) as url:
            done = audit("-", "--url", url, "--output", "ndjson",
                         given=line(PASS) + line(row_of("deny")))
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(done.rows()[1]["problem"]["pointer"], "/operation")

    def test_reports_tell_of_a_brief_answer_what_it_says_and_no_more(self):
        world = World.get()
        records = map(json.loads, (world.root / "feed.ndjson").read_text("utf-8").splitlines())
        app = next(r for r in records if r["record"] == "service" and r.get("domains") and
                   r["status"] == "filed" and r["number"].endswith("A"))
        row = {"operation": "connect", "filing_number": app["number"]}
        rows = b"".join(line(row) for row in (
            {**row, "app": {"domains": [*app["domains"], "other.example"]}},
            {**row, "app": {"domains": ["other.example"]}},
            {"operation": "distribute", "filing_number": "京ICP备2099000000号-5"}))
        told = [[{finding["code"]: finding.get("given") for finding in row["findings"]}
                 for row in json.loads(audit("-", *where, "--output", "json", given=rows).out)
                 ["listed"]["deny"]]
                for where in (("--registry", world.registry), ("--url", self.url))]
        self.assertEqual([rows[0]["DOMAIN_NOT_FILED"] for rows in told], ["other.example", None])
        self.assertEqual([rows[1]["DOMAIN_NOT_FILED"] for rows in told], ["other.example"] * 2)
        self.assertEqual([rows[2]["WRONG_KIND"] for rows in told], ["website"] * 2)

    def test_gate_that_is_gone_ends_with_69(self):
        self.assertEqual(audit("-", "--url", "http://127.0.0.1:1", given=line(PASS)).code, 69)


if __name__ == "__main__":
    run_tests()
