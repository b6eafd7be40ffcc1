"""The HTML report of an audit of 100,000 rows, read by Chromium: it loads without complaints,
requests nothing, can be filtered, and counts what the audit counted.

    report_large_test.py SOURCE_DIR BUILD_DIR [SCREENSHOT.png]
"""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import browser

BUILD = Path(sys.argv[2]).resolve()
GATE = str(BUILD / "beian-gate")
SYNTH = str(BUILD / "fixtures" / "beian-synth")
SCREENSHOT = sys.argv[3] if len(sys.argv) > 3 else ""
ROWS = 100_000
LISTED_MAX = 1_000  # rows per decision that the page lists
SERVICES = "20000"

TABLE = "document.getElementById('table').tBodies[0].rows"
SHOWN = f"[...{TABLE}].filter(row => !row.hidden)"


@unittest.skipUnless(browser.program(), "needs chromium")
class LargeReport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="beian-report-")
        cls.addClassCleanup(folder.cleanup)
        at = Path(folder.name)
        run = lambda *command: subprocess.run(list(map(str, command)), check=True,
                                              capture_output=True)
        run(SYNTH, "feed", "--services", SERVICES, "--seed", "3", "-o", at / "feed.ndjson")
        run(GATE, "registry", "build", at / "feed.ndjson", "-o", at / "registry.snap")
        run(SYNTH, "catalog", "--services", SERVICES, "--seed", "3", "--rows", ROWS, "-o",
            at / "catalog.ndjson")
        cls.report = at / "report.html"
        done = subprocess.run([GATE, "audit", at / "catalog.ndjson", "--registry",
                               at / "registry.snap", "--lang", "en", "--quiet", "--output",
                               f"html={cls.report}", "--output", f"json={at / 'report.json'}"])
        if done.returncode != 1:
            raise RuntimeError(f"the audit ended with {done.returncode}")
        cls.counted = json.loads((at / "report.json").read_text(encoding="utf-8"))
        cls.page = browser.Browser()
        cls.addClassCleanup(cls.page.close)

    def setUp(self):
        self.page.look(1280)
        self.page.open(self.report.as_uri())

    def count(self):
        return self.page.run(SHOWN + ".length")

    def status(self):
        return self.page.run("document.getElementById('p-status').textContent")

    def pick(self, control, value):
        self.page.run(f"""(() => {{ const control = document.getElementById('{control}');
            control.value = {json.dumps(value)};
            control.dispatchEvent(new Event('input', {{bubbles: true}})); }})()""")

    def test_it_loads_in_peace_and_asks_for_nothing(self):
        self.page.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        self.pick("f-outcome", "deny")
        self.assertEqual(self.page.complaints(), [])
        self.assertEqual(self.page.requests(), [self.report.as_uri()])
        if SCREENSHOT:
            self.page.screenshot(SCREENSHOT, whole=False)

    def test_its_numbers_are_those_of_the_audit(self):
        self.assertEqual(self.counted["rows"], ROWS)
        tiles = self.page.run("Object.fromEntries([...document.querySelectorAll('[data-outcome]')]"
                              ".map(tile => [tile.dataset.outcome, tile.textContent]))")
        for outcome in ("allow", "deny", "review"):
            number = f"{self.counted['decisions'][outcome]:,}"
            self.assertIn(number, tiles[outcome])

    def test_filters_find_rows(self):
        total = self.page.run(TABLE + ".length")
        self.assertGreater(total, LISTED_MAX, "the first rows of each decision")
        self.assertLessEqual(total, 5 * LISTED_MAX, "and no more")
        for outcome in ("deny", "review"):
            self.pick("f-outcome", outcome)
            wanted = min(self.counted["decisions"][outcome], LISTED_MAX)
            self.assertRegex(self.status().replace(",", ""), rf"of {wanted}$")
            self.assertEqual(self.count(), 50, "one page of them")
        self.pick("f-outcome", "")
        codes = self.page.run("[...document.getElementById('f-code').options]"
                              ".map(option => option.value).filter(value => value)")
        self.assertIn("NOT_FILED", codes)
        self.pick("f-code", "NOT_FILED")
        self.assertEqual(self.page.run(SHOWN + ".filter(row => !row.textContent"
                                       ".includes('NOT_FILED')).length"), 0)
        self.pick("f-text", "there is no such row")
        self.assertEqual(self.count(), 0)
        self.assertEqual(self.page.complaints(), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
