#!/usr/bin/env python3
"""The Grafana dashboard shows what a gate exports: a Prometheus scrapes a gate, and answers every
query of the panels.

    dashboard_test.py ROOT BUILD [TEST…]
"""

import json
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()
sys.path.append(str(ROOT / "tests/integration"))
import metrics_test  # noqa: E402
from gate_process import reserved_port  # noqa: E402  (metrics_test knows where)

BOARD = json.loads((ROOT / "conf/grafana/beian-gate.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
# What stays empty for a gate without Redis.
QUIET = {"Following"}
WIDTH = 24  # of Grafana's grid


def targets():
    return [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]


class Board(unittest.TestCase):
    def test_panels_lie_side_by_side_and_have_numbers_of_their_own(self):
        taken = set()
        for panel in BOARD["panels"]:
            grid = panel["gridPos"]
            cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"])
                     for y in range(grid["y"], grid["y"] + grid["h"])}
            self.assertLessEqual(grid["x"] + grid["w"], WIDTH, panel["title"])
            self.assertFalse(taken & cells, panel["title"])
            taken |= cells
        numbers = [panel["id"] for panel in BOARD["panels"]]
        self.assertEqual(len(numbers), len(set(numbers)))

    def test_only_its_own_variables_are_asked_for(self):
        known = {variable["name"] for variable in BOARD["templating"]["list"]} | {"__rate_interval", "__all"}
        used = set(re.findall(r"\$\{?(\w+)", json.dumps(BOARD)))
        self.assertEqual(used, known)

    def test_every_metric_is_told_by_api_md(self):
        document = (ROOT / "gate/http/API.md").read_text(encoding="utf-8")
        for title, expression in targets():
            for name in re.findall(r"\b(?:beian_gate|process)_\w+", expression):
                with self.subTest(panel=title, metric=name):
                    self.assertIn(f"`{name.removesuffix('_bucket')}`", document)


class Answers(unittest.TestCase):
    """Against a real Prometheus that scrapes a gate with a decision log, while the gate answers
    checks."""

    def setUp(self):
        config = metrics_test.ADMIN + '[log]\nfolder = "log"\n'
        self.gate = metrics_test.Gate(self, config)
        self.bare = metrics_test.Gate(self, metrics_test.FOLLOWING)  # the Redis it follows does not exist
        folder = tempfile.TemporaryDirectory(prefix="beian-prometheus-")
        self.addCleanup(folder.cleanup)
        settings = Path(folder.name) / "prometheus.yml"
        settings.write_text(json.dumps({"scrape_configs": [{
            "job_name": "beian-gate", "scrape_interval": "1s",
            "static_configs": [{"targets": [f"127.0.0.1:{gate.admin_port}" for gate in (self.gate, self.bare)]}]}]}))
        self.port = reserved_port(self.addCleanup)
        said = open(Path(folder.name) / "said", "w+b")
        self.addCleanup(said.close)
        server = subprocess.Popen(
            ["prometheus", f"--config.file={settings}", f"--storage.tsdb.path={folder.name}/data",
             f"--web.listen-address=127.0.0.1:{self.port}"], stdout=said, stderr=said)
        self.addCleanup(server.wait, metrics_test.PATIENCE)
        self.addCleanup(server.terminate)

    def query(self, expression):
        """The values, or None while Prometheus is not up yet. An error in an expression fails the
        test."""
        for name, value in (("$__rate_interval", "30s"), ("$job", "beian-gate"), ("$instance", ".*")):
            expression = expression.replace(name, value)
        query = urllib.parse.urlencode({"query": expression})
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/query?{query}", timeout=30) as answer:
                return json.load(answer)["data"]["result"]
        except urllib.error.HTTPError as error:
            if error.code == 503:  # still starting
                return None
            self.fail(f"{expression}: {error.read().decode()}")
        except OSError:
            return None

    def test_every_panel_has_data(self):
        missing = targets()
        for _ in range(2 * metrics_test.PATIENCE):
            self.gate.ask("GET", "/v1/check?operation=distribute&number=x")
            self.gate.ask("GET", "/nowhere")
            missing = [(title, expression) for title, expression in missing
                       if not self.query(expression)]
            if {title for title, _ in missing} <= QUIET:
                break
            time.sleep(1)
        self.assertEqual([title for title, _ in missing if title not in QUIET], [])

    def test_a_gate_without_a_registry_has_none_of_any_age(self):
        for _ in range(2 * metrics_test.PATIENCE):
            if len(self.query("beian_gate_registry_as_of_timestamp_seconds") or []) == 2:
                break
            time.sleep(1)
        for title, expression in targets():
            if "age_seconds" in expression:
                with self.subTest(panel=title):
                    ages = [float(result["value"][1]) for result in self.query(expression)]
                    self.assertEqual(len(ages), 1)
                    self.assertLess(ages[0], 366 * 86400)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
