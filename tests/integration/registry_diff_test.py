"""`beian-gate registry diff`: what changed between two registries, and whose decision changes.

    registry_diff_test.py SOURCE_DIR BUILD_DIR [TEST…]
"""

from audit_support import *


class Diff(Case):
    def setUp(self):
        super().setUp()
        self.records = [json.loads(text) for text in
                        (World.get().root / "feed.ndjson").read_text(encoding="utf-8").splitlines()]

    def build(self, name, records, *more):
        feed = self.write(name + ".ndjson", b"".join(map(line, records)))
        subprocess.run([GATE, "registry", "build", feed, "-o", self.path(name), *more], check=True,
                       capture_output=True)
        return self.path(name)

    def diff(self, *arguments):
        return Done(subprocess.run([GATE, "registry", "diff", *map(str, arguments)],
                                   capture_output=True, timeout=120))

    def tomorrow(self):
        """The same records, with some gone or cancelled."""
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
        policy = self.write("policy.toml", b'mode = "dry_run"\n')
        config = self.write("gate.toml", f'[policy]\nfile = "{policy}"\n'.encode())
        softened = self.diff(before, after, "--catalog", world.catalog, "--config", config)
        self.assertEqual([(row["row"], row["before"].get("would_be", "allow"),
                           row["after"].get("would_be", "allow")) for row in softened.rows()],
                         changed)

    def test_a_registry_that_is_overdue_is_no_difference(self):
        policy = self.write("policy.toml", b'[codes]\nREGISTRY_STALE = "review"\n')
        config = self.write("gate.toml", f'[policy]\nfile = "{policy}"\n'.encode())
        overdue = self.build("before", self.records, "--as-of", "2025-01-01T00:00:00Z",
                             "--next-update", "2025-01-02T00:00:00Z")
        done = self.diff(overdue, self.build("after", self.records), "--config", config,
                         "--catalog", World.get().catalog)
        self.assertEqual((done.code, done.out), (0, b""), done.err)

    def test_a_registry_that_is_behind_the_other_is_no_difference(self):
        before = self.build("before", self.records, "--serial", "5")
        after = self.build("after", self.records, "--serial", "9")
        changed = self.build("changed", self.tomorrow(), "--serial", "9")
        numbers = [r["number"] for r in self.records if r["record"] == "service"]
        rows = {least: [{"operation": "distribute", "filing_number": number, "min_serial": least}
                        for number in numbers] for least in (0, 5, 6, 9, 10)}
        told = {}
        for least, asked in rows.items():
            catalog = self.write("rows.ndjson", b"".join(map(line, asked)))
            for pair in ((before, after), (after, before)):
                with self.subTest(least=least, pair=pair):
                    done = self.diff(*pair, "--catalog", catalog)
                    self.assertEqual((done.code, done.out), (0, b""), done.err)
            told[least] = [(row["row"], row["before"]["decision"], row["after"]["decision"])
                           for row in self.diff(before, changed, "--catalog", catalog).rows()]
        self.assertGreater(len(told[0]), 10)
        for least in (5, 6, 9):
            self.assertEqual(told[least], told[0], least)
        # Both are behind: neither can say that all is well, but what is revoked is denied.
        self.assertEqual({one for _, *decisions in told[10] for one in decisions}, {"unknown", "deny"})

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


if __name__ == "__main__":
    run_tests()
