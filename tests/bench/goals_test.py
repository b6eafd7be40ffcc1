"""The table and the charts made from what benches measured.

    goals_test.py SOURCE_DIR
"""

import json
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

BENCH = Path(sys.argv[1]).resolve() / "bench"


def row(goal, what, value, limit, bench="scale", **more):
    is_met = None if limit == "-" else (
        value <= float(limit[2:]) if limit.startswith("<=") else value >= float(limit[2:]))
    return {"bench": bench, "goal": goal, "what": what, "unit": "x", "value": value, "low": value,
            "high": value, "limit": limit, "samples": [value], "commit": "abc", "cpu": "a processor",
            "at": "2026-01-02T03:04:05Z", "is_met": is_met, **more}


class Goals(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-goals-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.rows = self.folder / "rows.ndjson"

    def run_on(self, program, rows, *arguments):
        self.rows.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        done = subprocess.run([sys.executable, "-B", BENCH / program, self.rows, *arguments],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_newest_row_of_a_figure_counts(self):
        table = self.run_on("goals.py", [row("P-2", "rate", 5.0, ">=6"), row("P-2", "rate", 7.0, ">=6")])
        self.assertIn("| P-2 | rate | 7.00 x | >= 6 | yes |", table)
        self.assertNotIn("5.00", table)

    def test_goals_come_in_order_and_missing_ones_are_named(self):
        table = self.run_on("goals.py", [row("P-10", "tail", 1.0, "<=1"), row("P-2", "rate", 1.0, ">=6")])
        self.assertLess(table.index("P-2 "), table.index("P-10 "))
        self.assertIn("Not measured yet: P-1, P-3, P-4, P-5, P-6, P-7, P-8, P-9, P-11.", table)

    def test_figures_without_a_goal_are_shown_only_when_asked_for(self):
        rows = [row("P-1", "cost", 1.0, "<=1"), row("-", "aside", 3.0, "-")]
        self.assertNotIn("aside", self.run_on("goals.py", rows))
        self.assertIn("aside", self.run_on("goals.py", rows, "--all"))

    def test_charts_are_whole_and_show_every_goal_and_size(self):
        rows = [row("P-1", "<cost> & more", 2.0, "<=1"), row("P-8", "lost", 0.0, "<=0", bench="swap")]
        for services, value in ((1_000_000, 100.0), (10_000_000, 120.0), (30_000_000, 140.0)):
            rows.append(row("-", f"look-up hit p50, {services} services", value, "-"))
        self.run_on("charts.py", rows, self.folder)
        for name, wants in (("goals.svg", ("P-1  <cost> & more", "P-8  lost")),
                            ("growth.svg", ("1 M", "10 M", "30 M", "look-up hit p50 1.40x"))):
            with self.subTest(name=name):
                texts = [element.text for element in ElementTree.parse(self.folder / name).iter()]
                for want in wants:
                    self.assertIn(want, texts)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
