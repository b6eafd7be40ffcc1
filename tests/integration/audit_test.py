"""`beian-gate audit` as a store and its pipeline use it.

    audit_test.py SOURCE_DIR BUILD_DIR [TEST…]
"""

import contextlib
import http.server
import threading
import urllib.request

from audit_support import *

FORMATS = ("ndjson", "csv", "json", "summary", "junit", "sarif", "markdown", "html")


class Rows(Case):
    HOSTILE = {
        "100 MB line": b'{"a":"' + b"x" * (100 << 20) + b'"}',
        "row of more than 64 KiB": b'{"a":"' + b"x" * (64 << 10) + b'"}',
        "not UTF-8": b'{"operation":"distribute","app":{"name":"\xff\xfe"}}',
        "NUL": b"\0",
        "NUL between members": b'{"operation":"distribute",\0"id":"x"}',
        "duplicate key": b'{"operation":"distribute","operation":"connect"}',
        "number out of range": b'{"operation":"distribute","min_serial":1e400}',
        "lone surrogate": b'{"operation":"distribute","id":"\\ud800"}',
        "cut short": b'{"operation":',
        "two documents": line(PASS)[:-1] + line(PASS)[:-1],
        "byte order mark inside": b"\xef\xbb\xbf" + line(PASS)[:-1],
        "deep": b'{"operation":"distribute","x":' + b"[" * 5000 + b"]" * 5000 + b"}",
        "no object": b"[1]",
        "no operation": b"{}",
    }

    def test_hostile_rows_are_told_with_their_number_and_the_rest_is_unharmed(self):
        given, bad = b"", {}
        for number, (name, text) in enumerate(self.HOSTILE.items()):
            given += line({**PASS, "id": f"good {number}"}) + b"\r\n \n" + text + b"\r\n"
            bad[2 * number + 2] = name
        given += line({**PASS, "id": "the last line has no end"})[:-1]
        done = audit("-", "--output", "ndjson", given=given)
        self.assertEqual(done.code, 0, done.err)
        rows = done.rows()
        self.assertEqual(len(rows), 2 * len(self.HOSTILE) + 1)
        for number, row in enumerate(rows, 1):
            if number in bad:
                self.assertEqual(row["row"], number, bad[number])
                self.assertTrue(row["problem"]["detail"], bad[number])
            else:
                self.assertEqual(row["decision"], "allow")
        self.assertEqual(rows[-1]["id"], "the last line has no end")
        self.assertIn(f"{len(bad)} of {len(rows)} rows could not be read; the first is row 2, line 4",
                      done.err)

    def test_memory_does_not_grow_with_a_line(self):
        catalog = self.write("catalog.ndjson", line(PASS) + self.HOSTILE["100 MB line"] + b"\n")
        small = self.peak_kib(self.write("small.ndjson", line(PASS)))
        self.assertLess(self.peak_kib(catalog) - small, 16 << 10)

    def test_memory_does_not_grow_with_the_catalog(self):
        rows = b"".join(line({**row_of(decision), "id": f"{decision} {i}"})
                        for i in range(2000) for decision in ("allow", "deny"))
        small = self.peak_kib(self.write("small.ndjson", rows * 5))
        large = self.peak_kib(self.write("large.ndjson", rows * 60))
        self.assertLess(large - small, 16 << 10)

    def peak_kib(self, catalog):
        """The largest resident size of an audit, as the kernel counts it."""
        process = subprocess.Popen([GATE, "audit", str(catalog), "--threads", "2", "--quiet",
                                    "--output", "ndjson=" + str(self.path("out.ndjson"))],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(process.returncode, (0, 1))
        return usage.ru_maxrss

    def test_names_that_are_formulas_are_text_in_csv(self):
        rows = b"".join(line({**PASS, "id": name, "app": {"name": name}})
                        for name in ("=cmd|'/c calc'!A1", "+1", "-1", "@x", "\tx", "\rx"))
        done = audit("-", "--output", "csv", given=rows)
        import csv
        import io
        table = list(csv.DictReader(io.StringIO(done.out.decode(), newline="")))
        self.assertEqual(len(table), 6)
        for row in table:
            self.assertTrue(row["id"].startswith("'"), row)
            self.assertTrue(row["name"].startswith("'"), row)

    def test_empty_catalogs_end_with_65_and_a_word(self):
        for name, arguments in (("x.ndjson", ()), ("x.csv", ()), ("-", ())):
            if name != "-":
                self.write(name, b"")
            done = audit(name if name == "-" else self.path(name), *arguments)
            self.assertEqual(done.code, 65)
            self.assertRegex(done.err, "holds no rows|is empty")


class Csv(Case):
    HEADER = "id,operation,filing_number,app.name,platform,package,displayed_number,ignored\r\n"
    BODY = ('1,distribute,京ICP备2099000000号-1A,测试应用,android,cn.beian-gate.pass,,x\r\n'
            '2,distribute,京ICP备2099000000号-1A,"测试应用",android,cn.beian-gate.pass,"","a ""q"",\nb"\n'
            '\n'
            '3,distribute,"open\n'
            '4,distribute,京ICP备2099000000号-2A,,,,,')

    def check(self, done):
        self.assertEqual(done.code, 1, done.err)
        rows = done.rows()
        self.assertEqual([row.get("decision") for row in rows], ["allow", "review", None, "deny"])
        self.assertEqual([row["id"] for row in rows], ["1", "2", None, "4"])
        self.assertEqual(rows[1]["findings"][0]["code"], "DISPLAY_MISSING")
        self.assertIn("the first is row 3, line 6: ", done.err)

    def test_rfc_4180_with_byte_order_mark(self):
        data = b"\xef\xbb\xbf" + (self.HEADER + self.BODY).encode()
        self.check(audit(self.write("catalog.csv", data), "--output", "ndjson"))
        self.check(audit("-", "--format", "csv", "--output", "ndjson", given=data))

    def test_gb18030(self):
        data = (self.HEADER + self.BODY).encode("gb18030")
        self.check(audit(self.write("catalog.csv", data), "--output", "ndjson", "--encoding",
                         "gb18030"))
        damaged = data.replace("测试应用".encode("gb18030"), b"\xff\x80", 1)
        done = audit("-", "--format", "csv", "--output", "ndjson", "--encoding", "gb18030",
                     given=damaged)
        self.assertEqual([row.get("decision") for row in done.rows()],
                         [None, "review", None, "deny"])
        place = damaged.split(b"\r\n")[1].index(b"\xff") + 1
        self.assertEqual(done.rows()[0]["problem"]["detail"],
                         f"not valid GB18030 at byte {place} of the row")
        self.assertIn(f"the first is row 1, line 2: not valid GB18030 at byte {place}", done.err)

    def test_gb18030_beyond_gbk_and_across_every_buffer_end(self):
        name = "𠮷㐀€龘" * 10
        rows = [{"operation": "distribute", "filing_number": NUMBERS["allow"],
                 "id": f"{i} {name}"} for i in range(3000)]
        data = b"".join(line(row).decode().encode("gb18030") for row in rows)
        done = audit("-", "--encoding", "gb18030", "--output", "ndjson", given=data)
        self.assertEqual([row["id"] for row in done.rows()], [row["id"] for row in rows])

    def test_same_rows_as_json_give_the_same_bytes(self):
        rows = [row_of(decision, id=str(i)) for i, decision in
                enumerate(("allow", "deny", "review", "unknown") * 500)]
        text = "id,operation,filing_number,min_serial\n" + "".join(
            f'{row["id"]},{row["operation"]},{row["filing_number"]},{row.get("min_serial", "")}\n'
            for row in rows)
        ndjson = audit("-", "--output", "ndjson", given=b"".join(map(line, rows)))
        csv = audit("-", "--format", "csv", "--output", "ndjson", given=text.encode())
        self.assertEqual(csv.out, ndjson.out)

    def test_an_extension_in_capitals_is_one(self):
        path = self.path("CATALOG.CSV")
        path.write_text("operation,number\ndistribute,京ICP备2099000000号-1A\n", encoding="utf-8")
        self.assertEqual([row["decision"] for row in audit(path, "--output", "ndjson").rows()], ["allow"])

    def test_header_that_is_none_is_told(self):
        for header, want in (("a,b\n", "operation"), ("operation,name,app.name\n", "same field"),
                             ('operation,"x\n', "does not end")):
            done = audit(self.write("catalog.csv", header.encode()))
            self.assertEqual(done.code, 65)
            self.assertIn(want, done.err)


class Packed(Case):
    def test_packed_input_is_known_by_its_bytes(self):
        rows = b"".join(line(row_of("deny", id=str(i))) for i in range(5000))
        want = audit("-", "--output", "ndjson", given=rows).out
        half = len(rows) // 2
        zstd = lambda data: subprocess.run(["zstd", "-c"], input=data, capture_output=True,
                                           check=True).stdout
        for data in (gzip.compress(rows), gzip.compress(rows[:half]) + gzip.compress(rows[half:]),
                     zstd(rows), zstd(rows[:half]) + zstd(rows[half:])):
            self.assertEqual(audit("-", "--output", "ndjson", given=data).out, want)
            cut = audit("-", "--output", "ndjson", given=data[:-20])
            self.assertEqual(cut.code, 65)
            self.assertRegex(cut.err, "cut short|damaged")
            garbage = audit("-", "--output", "ndjson", given=data + b"garbage")
            self.assertEqual(garbage.code, 65)

    def test_packed_output_unpacks_to_the_plain_one(self):
        rows = b"".join(line(row_of("deny", id=str(i))) for i in range(9000))
        registry = ("--registry", World.get().registry)
        plain = {name: audit("-", *registry, "--output", name, given=rows).out
                 for name in ("ndjson", "json")}
        for name, want in plain.items():
            for ending, tool in ((".gz", "gzip"), (".zst", "zstd")):
                path = self.path(name + ending)
                audit("-", *registry, "--output", f"{name}={path}", given=rows)
                got = subprocess.run([tool, "-dc", path], capture_output=True, check=True).stdout
                self.assertEqual(got, want)
                self.assertLess(path.stat().st_size, len(want) // 4)


class Whole(Case):
    def test_every_label_of_the_synthetic_catalog_holds(self):
        world = World.get()
        done = audit(world.catalog, "--registry", world.registry, "--output", "ndjson")
        rows = done.rows()
        wanted = [json.loads(text)["expect"] for text in
                  world.catalog.read_text(encoding="utf-8").splitlines()]
        self.assertEqual(len(rows), len(wanted))
        for row, want in zip(rows, wanted):
            codes = sorted(f["code"] for f in row["findings"] if f["effect"] != "note")
            self.assertEqual((row["decision"], codes), (want["decision"], sorted(want["codes"])), row)

    def test_outputs_do_not_depend_on_threads(self):
        world = World.get()
        seen = set()
        for threads in ("1", "2", "5"):
            outputs = [self.path(name) for name in ("o.ndjson", "o.csv", "o.json", "o.ndjson.zst")]
            audit(world.catalog, "--registry", world.registry, "--threads", threads,
                  *[arg for path in outputs
                    for arg in ("--output", f"{path.name.split('.')[1]}={path}")])
            seen.add(tuple(path.read_bytes() for path in outputs))
        self.assertEqual(len(seen), 1)

    def test_one_registry_for_the_whole_run(self):
        world = World.get()
        registry = self.path("registry.snap")
        registry.write_bytes(world.registry.read_bytes())
        process = subprocess.Popen([GATE, "audit", "-", "--registry", registry, "--output", "ndjson"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        rows = world.catalog.read_bytes()
        process.stdin.write(rows[:1 << 20])
        other = self.path("other.snap")
        subprocess.run([GATE, "registry", "build", world.root / "feed.ndjson", "-o", other,
                        "--serial", "999999999999"], check=True, capture_output=True)
        os.replace(other, registry)
        out, _ = process.communicate(rows[1 << 20:])
        serials = {json.loads(text)["registry"]["serial"] for text in out.decode().splitlines()}
        self.assertEqual(len(serials), 1)
        self.assertNotIn(999999999999, serials)

    def test_only_filters_rows_and_counts_all(self):
        rows = b"".join(line(row_of(d)) for d in ("allow", "deny", "review", "unknown")) + b"x\n"
        summary = self.path("s.json")
        done = audit("-", "--output", "ndjson", "--output", f"json={summary}", "--only",
                     "review,bad", given=rows)
        self.assertEqual([row.get("decision") for row in done.rows()], ["review", None])
        self.assertEqual(json.loads(summary.read_text())["decisions"],
                         {"allow": 1, "review": 1, "unknown": 1, "deny": 1, "bad": 1})
        self.assertEqual(done.code, 1, "all rows count for the exit code")

    def test_full_detail_is_the_same_twice(self):
        rows = line(row_of("deny")) + line(row_of("allow", detail="brief"))
        first = audit("-", "--detail", "full", "--lang", "en", "--output", "ndjson", given=rows)
        deny, allow = first.rows()
        self.assertTrue(deny["findings"][0]["message"])
        self.assertNotIn("filing", allow)


class Shards(Case):
    """A catalog in parts, one process each, as Spark's pipe, Hadoop streaming or GNU parallel do."""

    def parallel(self, *command):
        with World.get().catalog.open("rb") as catalog:
            return subprocess.run(["parallel", "--will-cite", "--pipe", "--block", "1M", "-k", "-j",
                                   "2", *command], stdin=catalog, capture_output=True, timeout=120)

    def test_rows_of_the_parts_are_the_rows_of_the_whole(self):
        world = World.get()
        whole = audit("-", "--registry", world.registry, "--output", "ndjson",
                      given=world.catalog.read_bytes())
        parts = self.parallel(f"{GATE} audit - --registry {world.registry} --output ndjson "
                              "--threads 1 || true")
        self.assertEqual(parts.returncode, 0, parts.stderr)
        self.assertTrue(parts.stdout == whole.out)

    def test_merged_summary_is_that_of_one_run(self):
        world = World.get()
        self.parallel(f"{GATE} audit - --registry {world.registry} "
                      f"--output json={self.folder.name}/part-{{#}}.json")
        parts = sorted(Path(self.folder.name).glob("part-*.json"),
                       key=lambda path: int(path.stem.split("-")[1]))
        self.assertGreater(len(parts), 3)
        for name in ("json", "summary", "sarif", "html"):
            whole = audit("-", "--registry", world.registry, "--output", name,
                          given=world.catalog.read_bytes())
            merged = audit("merge", *parts, "--registry", world.registry, "--output", name)
            self.assertEqual(merged.code, whole.code)
            self.assertTrue(merged.out == whole.out, name)

    def test_parts_of_other_registries_and_formats_are_refused(self):
        one, two = self.path("one.json"), self.path("two.json")
        audit("-", "--output", f"json={one}", given=line(PASS))
        audit("-", "--registry", World.get().registry, "--output", f"json={two}", given=line(PASS))
        done = audit("merge", one, two)
        self.assertEqual(done.code, 69)
        self.assertIn("audit all parts against one", done.err)
        self.assertEqual(audit("merge", one, "--output", "ndjson").code, 64)
        self.assertEqual(audit("merge", self.write("x.json", b"{}")).code, 65)
        self.assertEqual(audit("merge").code, 64)


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
        """In a batch a row lies two levels deeper than by itself."""
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

    def test_gate_that_is_behind_is_asked_again(self):
        refusals = [503, 429, 503]

        class Behind(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))) or None
                status, answer = (refusals.pop(), b"{}") if body and refusals else (200, None)
                if answer is None:
                    request = urllib.request.Request(self.url + handler.path, body,
                                                     {"Content-Type": "application/json"})
                    with urllib.request.urlopen(request, timeout=60) as real:
                        answer = real.read()
                handler.send_response(status)
                handler.send_header("Retry-After", "0")
                handler.send_header("Content-Length", str(len(answer)))
                handler.end_headers()
                handler.wfile.write(answer)
            do_POST = do_GET

            def log_message(handler, *arguments):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Behind) as proxy:
            threading.Thread(target=proxy.serve_forever).start()
            done = audit("-", "--url", f"http://127.0.0.1:{proxy.server_port}", "--output", "ndjson",
                         given=line(PASS))
            proxy.shutdown()
        self.assertEqual((done.code, refusals), (0, []), done.err)

    def test_an_answer_that_no_gate_gives_is_an_error(self):
        finding = '{"code":"NOT_FILED","effect":"deny","field":"/filing_number"}'
        answer = ('{"decisions":[{"id":null,"decision":"deny","assurance":"none","filing_number":null,'
                  f'"findings":[{",".join([finding] * 300)}],"registry":{{"serial":1}}}}]}}').encode()

        class Strange(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
                with urllib.request.urlopen(self.url + "/v1/registry", timeout=60) as real:
                    registry = real.read()
                handler.send_response(200)
                handler.end_headers()
                handler.wfile.write(answer if body else registry)
            do_POST = do_GET

            def log_message(handler, *arguments):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Strange) as strange:
            threading.Thread(target=strange.serve_forever).start()
            done = audit("-", "--url", f"http://127.0.0.1:{strange.server_port}", given=line(PASS))
            strange.shutdown()
        self.assertIn("more findings than a check can have", done.err)
        self.assertEqual(done.code, 65)

    @contextlib.contextmanager
    def changed(self, item):
        """The URL of a gate whose answer to the last row of a batch is `item`."""

        class Changing(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))) or None
                request = urllib.request.Request(self.url + handler.path, body,
                                                 {"Content-Type": "application/json"})
                with urllib.request.urlopen(request, timeout=60) as real:
                    answer = real.read()
                if body:
                    batch = json.loads(answer)
                    batch["decisions"][-1] = item
                    answer = json.dumps(batch).encode()
                handler.send_response(200)
                handler.send_header("Content-Length", str(len(answer)))
                handler.end_headers()
                handler.wfile.write(answer)
            do_POST = do_GET

            def log_message(handler, *arguments):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Changing) as gate:
            threading.Thread(target=gate.serve_forever).start()
            try:
                yield f"http://127.0.0.1:{gate.server_port}"
            finally:
                gate.shutdown()

    def test_row_that_the_gate_could_not_answer_is_no_bad_row(self):
        problem = {"type": "urn:beian-gate:problem:audit_unavailable", "status": 503, "detail": "no log"}
        with self.changed({"id": None, "problem": problem}) as url:
            done = audit("-", "--url", url, "--output", "ndjson",
                         given=line(PASS) + line(row_of("deny")))
        self.assertEqual(done.code, 69)
        self.assertIn("did not answer row 2: no log", done.err)

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


class Diff(Case):
    """`registry diff`: what changed between two registries, and whose decision."""

    def setUp(self):
        super().setUp()
        self.records = [json.loads(text) for text in
                        (World.get().root / "feed.ndjson").read_text(encoding="utf-8").splitlines()]

    def build(self, name, records):
        feed = self.write(name + ".ndjson", b"".join(map(line, records)))
        subprocess.run([GATE, "registry", "build", feed, "-o", self.path(name)], check=True,
                       capture_output=True)
        return self.path(name)

    def diff(self, *arguments):
        return Done(subprocess.run([GATE, "registry", "diff", *map(str, arguments)],
                                   capture_output=True, timeout=120))

    def tomorrow(self):
        """The same records, some of them gone or cancelled."""
        generator = random.Random(3)
        records = []
        for record in self.records:
            draw = generator.random() if record["record"] == "service" else 1
            if draw < 0.05:
                continue
            records.append({**record, "status": "revoked"} if draw < 0.1 else record)
        return records

    def test_rows_are_exactly_those_whose_decision_changed(self):
        world = World.get()
        before, after = self.build("before", self.records), self.build("after", self.tomorrow())
        decisions = [[row["decision"] for row in
                      audit(world.catalog, "--registry", registry, "--output", "ndjson").rows()]
                     for registry in (before, after)]
        changed = [(number, a, b) for number, (a, b) in enumerate(zip(*decisions), 1) if a != b]
        self.assertGreater(len(changed), 100)
        self.assertLess(len(changed), len(decisions[0]))
        done = self.diff(before, after, "--catalog", world.catalog)
        self.assertEqual([(row["row"], row["before"]["decision"], row["after"]["decision"])
                          for row in done.rows()], changed)
        self.assertEqual(done.code, 1)
        same = self.diff(before, before, "--catalog", world.catalog)
        self.assertEqual((same.code, same.out, same.err), (0, b"", ""))
        summary = json.loads(self.diff(before, after, "--catalog", world.catalog, "--output",
                                       "json").out)
        self.assertEqual(summary["rows"], len(changed))

    def test_records_that_were_added_removed_or_changed_are_told(self):
        later = self.tomorrow()
        before, after = self.build("before", self.records), self.build("after", later)
        by_id = [{r["id"]: r for r in records if r["record"] == "service"}
                 for records in (self.records, later)]
        done = self.diff(before, after)
        told = {}
        for row in done.rows():
            told.setdefault((row["record"], row["change"]), []).append(row)
        gone = set(by_id[0]) - set(by_id[1])
        changed = [i for i in by_id[1] if by_id[0][i] != by_id[1][i]]
        self.assertEqual(len(told["service", "removed"]), len(gone))
        self.assertEqual(len(told["service", "changed"]), len(changed))
        self.assertTrue(all(row["after"]["status"] == "revoked"
                            for row in told["service", "changed"]))
        back = self.diff(after, before)
        self.assertIn(f"services {len(gone)} added, 0 removed, {len(changed)} changed", back.err)
        self.assertEqual(self.diff(after, after).out, b"")

    def test_what_no_answer_shows_is_told_too(self):
        person = {"record": "subject", "id": 1, "number": "京ICP备2023000001号", "nature": "个人",
                  "certificate_number": "1", "province": "京", "status": "filed"}
        app = {"record": "service", "id": 2, "subject_id": 1, "number": "京ICP备2023000001号-2A",
               "names": ["a\\\",{["], "status": "filed", "updated_at": "2025-03-02T10:00:00Z"}
        other = {**person, "id": 3, "sponsor": "乙"}
        before = self.build("before", [person, other, app])
        for field, now in (("certificate_number", "2"), ("province", "沪"),
                           ("updated_at", "2025-03-03T10:00:00Z"), ("subject_id", 3)):
            with self.subTest(field=field):
                records = [person, other, app]
                records[2 if field in app else 0] = {**records[2 if field in app else 0], field: now}
                rows = self.diff(before, self.build("after", records)).rows()
                self.assertEqual([(row["change"], row["fields"]) for row in rows],
                                 [("changed", [field])])
        both = self.build("after", [person, other, {**app, "names": ["b"], "version": "2"}])
        self.assertEqual(self.diff(before, both).rows()[0]["fields"], ["names", "version"])

    def test_usage(self):
        self.assertEqual(self.diff("/nonexistent", "/nonexistent").code, 69)
        nothing = self.diff(World.get().registry, World.get().registry, "--catalog",
                            self.write("empty.ndjson", b""))
        self.assertEqual(nothing.code, 65)
        self.assertIn("holds no rows", nothing.err)
        self.assertEqual(self.diff(World.get().registry).code, 64)
        self.assertEqual(self.diff(World.get().registry, World.get().registry, "--output",
                                   "csv").code, 64)


class ExitCodes(Case):
    CASES = {
        0: ["allow"],
        1: ["allow", "unknown", "review", "deny"],
        2: ["allow", "review"],
        3: ["allow", "unknown", "review"],
    }

    def test_every_exit_code_with_every_format(self):
        registry = ("--registry", World.get().registry)
        for code, decisions in self.CASES.items():
            given = b"".join(line(row_of(decision)) for decision in decisions)
            for name in FORMATS:
                done = audit("-", *registry, "--output", name, given=given)
                self.assertEqual(done.code, code, (name, decisions, done.err))
                self.assertTrue(done.out, name)
                self.assertEqual(done.err, "", name)
                bad = audit("-", *registry, "--output", name, given=given + b"{\n")
                self.assertEqual(bad.code, code, (name, "a bad row does not hide the others"))
                self.assertIn("1 of", bad.err)
                strict = audit("-", *registry, "--output", name, "--strict", given=given + b"{\n")
                self.assertEqual(strict.code, 65, name)
                self.assertEqual(strict.out, bad.out, name)
        for name in FORMATS:
            self.assertEqual(audit("-", "--output", name, given=b"{\n{\n").code, 65, name)

    def test_a_flag_takes_one_value_and_leaves_the_catalog(self):
        catalog = self.path("catalog.ndjson")
        with open(catalog, "wb") as file:
            file.write(line(row_of("deny")))
        registry = ("--registry", World.get().registry)
        for flags in (("--output", "ndjson"), ("--output", "ndjson", "--only", "deny")):
            done = audit(*registry, *flags, catalog)
            self.assertEqual((done.code, len(done.rows())), (1, 1), done.err)

    def test_usage_errors_end_with_64_and_write_nothing(self):
        for arguments in (
                (), ("-", "--output", "pdf"), ("-", "--output", "csv", "--output", "ndjson"),
                ("-", "--only", "denied"), ("-", "--encoding", "utf-16"), ("-", "--threads", "x"),
                ("-", "--output", "ndjson", "--resume", self.path("state"))):
            done = audit(*arguments, given=line(PASS))
            self.assertEqual(done.code, 64, arguments)
            self.assertEqual(done.out, b"")
            self.assertTrue(done.err)

    def test_what_cannot_be_reached_ends_with_69(self):
        self.assertEqual(audit("/nonexistent/catalog.ndjson").code, 69)
        self.assertEqual(audit("-", "--output", "ndjson=/nonexistent/x", given=line(PASS)).code, 69)
        self.assertEqual(audit("-", "--output", "json=/nonexistent/x", given=line(PASS)).code, 69)
        self.assertEqual(audit("-", "--registry", "/nonexistent", given=line(PASS)).code, 69)
        self.assertEqual(audit("-", "--output", "ndjson=/dev/full", given=line(PASS)).code, 69)

    def test_nothing_is_said_when_nobody_looks(self):
        given = b"".join(line(row_of("allow")) for _ in range(20000))
        registry = ("--registry", World.get().registry)
        self.assertEqual(audit("-", *registry, given=given).err, "")
        self.assertEqual(audit("-", *registry, "--quiet", given=given + b"{\n").err, "")


if __name__ == "__main__":
    run_tests()
