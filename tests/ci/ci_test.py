"""The pipeline steps of conf/ci, run as far as they can be without their host.

    ci_test.py SOURCE_DIR BUILD_DIR
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

import yaml

ROOT = Path(sys.argv[1]).resolve()
BUILD = Path(sys.argv[2]).resolve()
CI = ROOT / "conf" / "ci"
SECONDS_MAX = 120

# What the catalog holds, and the exit code of its audit.
CATALOGS = {"allow": 0, "deny": 1, "review": 2}
HOSTILE = {"id": "::error::x", "operation": "distribute", "filing_number": "::set-output name=a::b",
           "app": {"name": "::warning::taken for a command"}}


class Steps(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="beian-ci-")
        cls.addClassCleanup(folder.cleanup)
        cls.world = Path(folder.name)
        subprocess.run([BUILD / "beian-gate", "registry", "build",
                        ROOT / "fixtures" / "registry.ndjson", "-o", cls.world / "registry.snap"],
                       check=True, capture_output=True, timeout=SECONDS_MAX)
        lines = (ROOT / "fixtures" / "catalog.ndjson").read_text("utf-8").splitlines()
        for decision in CATALOGS:
            rows = [line for line in lines if json.loads(line)["expect"]["decision"] == decision]
            if decision == "deny":
                rows.append(json.dumps(HOSTILE))
            (cls.world / decision).mkdir()
            (cls.world / decision / "catalog.ndjson").write_text("\n".join(rows) + "\n", "utf-8")

    def run_in(self, decision, command, environment):
        # Here is what the host sets; what the step's own file sets is in `environment`.
        everything = {**os.environ, **environment, "BEIAN_REGISTRY": str(self.world / "registry.snap"),
                      "PATH": f"{BUILD}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
        return subprocess.run(command, cwd=self.world / decision, env=everything, text=True,
                              capture_output=True, timeout=SECONDS_MAX)

    def read(self, decision, name):
        return (self.world / decision / "filing-audit" / name).read_text("utf-8")

    def test_github_actions(self):
        workflow = yaml.safe_load((CI / "github-actions.yml").read_text("utf-8"))
        scripts = [step["run"] for step in workflow["jobs"]["audit"]["steps"] if "run" in step]
        self.assertEqual(len(scripts), 1)
        for decision, code in CATALOGS.items():
            page = self.world / decision / "summary-page.md"
            ran = self.run_in(decision, ["bash", "-e", "-c", scripts[0]],
                              {**workflow["env"], "GITHUB_STEP_SUMMARY": str(page)})
            self.assertEqual(ran.returncode, code, ran.stderr)
            # Hosts take some log lines for commands, so nothing from the catalog may get there.
            self.assertEqual((ran.stdout, ran.stderr), ("", ""))
            self.assertIn("## Filing audit", page.read_text("utf-8"))
            self.assertEqual(json.loads(self.read(decision, "audit.sarif"))["version"], "2.1.0")
            self.assertIn("</html>", self.read(decision, "audit.html"))

    def test_github_actions_tells_when_the_audit_could_not_run(self):
        workflow = yaml.safe_load((CI / "github-actions.yml").read_text("utf-8"))
        script = next(s["run"] for s in workflow["jobs"]["audit"]["steps"] if "run" in s)
        with tempfile.TemporaryDirectory(dir=self.world) as empty:
            ran = self.run_in(Path(empty).name, ["bash", "-e", "-c", script],
                              {**workflow["env"], "GITHUB_STEP_SUMMARY": empty + "/page"})
        self.assertGreaterEqual(ran.returncode, 64)
        self.assertIn("catalog.ndjson", ran.stderr)

    def test_gitlab_ci(self):
        job = yaml.safe_load((CI / "gitlab-ci.yml").read_text("utf-8"))["filing-audit"]
        self.assertEqual(job["allow_failure"]["exit_codes"], [CATALOGS["review"]])
        for decision, code in CATALOGS.items():
            ran = self.run_in(decision, ["bash", "-eo", "pipefail", "-c",
                                         "\n".join(job["script"])], job["variables"])
            self.assertEqual(ran.returncode, code, ran.stderr)
            junit = job["artifacts"]["reports"]["junit"]
            root = xml.etree.ElementTree.parse(self.world / decision / junit).getroot()
            self.assertEqual(int(root.get("failures")) > 0, code != 0)
            self.assertIn("</html>", self.read(decision, "audit.html"))

    def test_jenkins(self):
        text = (CI / "Jenkinsfile").read_text("utf-8")
        variables = dict(re.findall(r"(BEIAN_\w+) = '([^']*)'", text))
        scripts = re.findall(r"script: '''\n(.*?)'''", text, re.S)
        self.assertEqual(len(scripts), 1)
        self.assertEqual(text.count("{"), text.count("}"))
        # Like the shell, Groovy's ''' takes a backslash at the end of a line as a continuation.
        for decision, code in CATALOGS.items():
            ran = self.run_in(decision, ["sh", "-xe", "-c", scripts[0].replace("\\\n", "")],
                              variables)
            self.assertEqual(ran.returncode, code, ran.stderr)
            self.assertIn("<testsuites", self.read(decision, "junit.xml"))

    def test_fastlane(self):
        right = {"number": "京ICP备2023000001号-2A", "name": "示例应用", "platform": "android",
                 "package": "cn.example.app"}
        for app, code, says in (
                (right, 0, "success: "),
                ({**right, "package": "cn.example.app2"}, 1,
                 "important: PACKAGE_NOT_FILED: The packages differ"),
                ({key: right[key] for key in ("name", "platform", "package")}, 0,
                 "important: A person has to look"),
                ({**right, "registry": "/nowhere.snap"}, 1, "error: The check could not be made")):
            ran = self.run_in("allow", ["ruby", ROOT / "tests/ci/fastlane_stand_in.rb",
                                        CI / "Fastfile", json.dumps(app)], {})
            self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
            self.assertIn(says, ran.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
