"""`beian-gate audit` as a store and its pipeline use it.

    audit_test.py SOURCE_DIR BUILD_DIR [TEST…]
"""

import itertools

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
    """A catalog in parts, one process for each, as Spark's pipe, Hadoop streaming or GNU parallel
    run it."""

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

    def test_parts_are_as_stale_as_the_last_one_found_their_registry(self):
        registry = self.path("old.snap")
        two_days_ago = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 48 * 3600))
        subprocess.run([GATE, "registry", "build", World.get().root / "feed.ndjson", "-o", registry,
                        "--as-of", two_days_ago], check=True, capture_output=True)
        parts = {}
        for state, stale_after, expired_after in (("fresh", 200_000, 250_000),
                                                  ("stale", 3600, 250_000), ("expired", 3600, 3600)):
            config = self.write(f"{state}.toml", f"[registry]\nstale_after_seconds = {stale_after}\n"
                                f"expired_after_seconds = {expired_after}\n".encode())
            parts[state] = self.path(f"{state}.json")
            audit("-", "--registry", registry, "--config", config, "--output",
                  f"json={parts[state]}", given=line(PASS))
        for order in itertools.permutations(parts):
            for count, worst in ((1, order[0]), (3, "expired")):
                merged = audit("merge", *(parts[state] for state in order[:count]),
                               "--output", "json")
                self.assertEqual(json.loads(merged.out)["registry"]["state"], worst, order)

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
