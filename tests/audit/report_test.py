"""Reports read by the tools they are meant for: JUnit by Python's XML parser, SARIF by the
published schema, HTML by Chromium. The files are the golden files of report_golden_test.cc.

    report_test.py SOURCE_DIR
"""

import json
import re
import sys
import unittest
import xml.etree.ElementTree
from pathlib import Path

import jsonschema

import browser

ROOT = Path(sys.argv[1]).resolve()
REPORTS = ROOT / "fixtures" / "audit"
LANGUAGES = ("zh-CN", "en")
STORIES = ("catalog.zh-CN", "catalog.en", "hostile.en")

# A text of the hostile catalog that readers see, and that must never run as a script.
SCRIPT_NAME = "<script>alert(document.domain)</script>"


def expectations():
    """The decision that each row of the fixtures' catalog expects."""
    lines = (ROOT / "fixtures" / "catalog.ndjson").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row["expect"] for row in map(json.loads, lines)}


class Junit(unittest.TestCase):
    def suites(self, story):
        root = xml.etree.ElementTree.parse(REPORTS / f"{story}.xml").getroot()
        self.assertEqual(root.tag, "testsuites")
        return root, {suite.get("name").rpartition(".")[2]: suite for suite in root}

    def test_counts_are_those_of_the_cases(self):
        for story in STORIES:
            root, suites = self.suites(story)
            for attribute, tag in (("tests", None), ("failures", "failure"), ("errors", "error")):
                total = 0
                for suite in suites.values():
                    cases = suite.findall("testcase")
                    count = len(cases) if tag is None else sum(
                        case.find(tag) is not None for case in cases)
                    self.assertEqual(int(suite.get(attribute)), count, (story, attribute))
                    total += count
                self.assertEqual(int(root.get(attribute)), total, (story, attribute))

    def test_cases_are_the_rows_that_are_not_allowed(self):
        for lang in LANGUAGES:
            _, suites = self.suites(f"catalog.{lang}")
            for decision in ("deny", "review"):
                ids = {re.search(r"\[id:(.*)\]$", case.get("name"))[1]
                       for case in suites[decision].findall("testcase")}
                wanted = {key for key, expect in expectations().items()
                          if expect["decision"] == decision}
                self.assertEqual(ids, wanted)

    def test_hostile_names_arrive_as_text(self):
        _, suites = self.suites("hostile.en")
        names = [case.get("name") for case in suites["deny"].findall("testcase")]
        self.assertIn(SCRIPT_NAME + " [id:script]", names)
        self.assertEqual(len(suites["bad"].findall("testcase/error")), 6)


class Sarif(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        schema = json.loads((REPORTS / "sarif-2.1.0-rtm.5.schema.json").read_text("utf-8"))
        cls.validator = jsonschema.Draft4Validator(schema)

    def read(self, story):
        return json.loads((REPORTS / f"{story}.sarif").read_text(encoding="utf-8"))

    def test_it_is_what_the_schema_says(self):
        for story in STORIES:
            faults = [f"{list(e.path)}: {e.message}" for e in
                      self.validator.iter_errors(self.read(story))]
            self.assertEqual(faults, [], story)

    def test_the_schema_refuses_what_is_none(self):
        log = self.read("catalog.en")
        del log["runs"][0]["results"][0]["message"]
        log["runs"][1]["results"].append({"message": {"text": 1}})
        self.assertGreater(len(list(self.validator.iter_errors(log))), 1)

    def test_results_are_the_findings_that_decide(self):
        for lang in LANGUAGES:
            found = {}
            for run in self.read(f"catalog.{lang}")["runs"]:
                for result in run["results"]:
                    key = result["properties"]["id"]
                    found.setdefault(key, set()).add(result["ruleId"])
            wanted = {key: set(expect["codes"]) for key, expect in expectations().items()
                      if expect["decision"] != "allow"}
            self.assertEqual(found, wanted)

    def test_rules_are_told_in_both_languages(self):
        for run in self.read("catalog.zh-CN")["runs"] + self.read("catalog.en")["runs"]:
            for rule in run["tool"]["driver"]["rules"]:
                self.assertRegex(rule["help"]["text"], "[\u4e00-\u9fff].*\n|\n.*[\u4e00-\u9fff]")
                self.assertRegex(rule["help"]["text"], "[a-z]{3,} [a-z]{2,}")

    def test_results_name_their_rule_and_have_one_fingerprint_each(self):
        for story in STORIES:
            prints = []
            for run in self.read(story)["runs"]:
                rules = run["tool"]["driver"]["rules"]
                for result in run["results"]:
                    self.assertEqual(rules[result["ruleIndex"]]["id"], result["ruleId"])
                    prints.append(result["partialFingerprints"]["beianRow/v1"])
            self.assertEqual(len(set(prints)), len(prints), story)

    def test_a_message_of_a_hostile_name_has_no_link(self):
        messages = [result["message"]["text"] for run in self.read("hostile.en")["runs"]
                    for result in run["results"]]
        self.assertTrue(any("javascript" in text for text in messages))
        for text in messages:
            self.assertNotRegex(text, r"(?<!\\)\[[^\]]*(?<!\\)\]\(")


SHOWN = "[...document.querySelectorAll('#table tbody tr')].filter(row => !row.hidden)"


@unittest.skipUnless(browser.program(), "needs chromium")
class Html(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = browser.Browser()
        cls.addClassCleanup(cls.page.close)

    def open(self, story, fragment=""):
        self.page.look(1280)
        self.page.open((REPORTS / f"{story}.html").as_uri() + fragment)

    def shown(self):
        return self.page.run(SHOWN + ".length")

    def ids(self):
        return self.page.run(SHOWN + ".map(row => row.cells[2].lastChild.textContent)")

    def pick(self, control, value):
        self.page.run(f"""(() => {{ const control = document.getElementById('{control}');
            control.value = {json.dumps(value)};
            control.dispatchEvent(new Event('input', {{bubbles: true}})); }})()""")

    def test_pages_load_in_peace_and_ask_for_nothing(self):
        for story in STORIES:
            self.open(story)
            self.page.run("document.querySelectorAll('details').forEach(d => d.open = true)")
            self.assertEqual(self.page.complaints(), [], story)
            self.assertEqual(self.page.requests(), [(REPORTS / f"{story}.html").as_uri()])

    def test_the_policy_stops_what_a_hostile_page_would_try(self):
        self.open("catalog.en")
        self.page.run("""(() => { window.ran = 0;
            const script = document.createElement('script'); script.textContent = 'window.ran = 1';
            document.body.append(script);
            const image = new Image(); image.src = 'https://example.invalid/x.png';
            document.body.append(image); })()""")
        self.assertEqual(self.page.run("window.ran"), 0)
        self.assertTrue(any("Content Security Policy" in text for text in self.page.complaints()))

    def test_hostile_names_are_text(self):
        self.open("hostile.en")
        self.assertIn(SCRIPT_NAME, self.page.run("document.getElementById('table').textContent"))
        self.assertEqual(self.page.run("document.scripts.length"), 1)
        self.assertEqual(self.page.run("document.images.length"), 0)
        self.assertEqual(self.page.run("document.querySelectorAll('#table :not("
                                       "tbody,thead,caption,tr,th,td,bdi,span,b,code,div,svg,use)'"
                                       ").length"), 0)
        text = self.page.run("document.body.textContent")
        self.assertNotRegex(text, "[\u202a-\u202e\u2066-\u2069]")

    def test_every_row_of_the_catalog_is_there(self):
        self.open("catalog.en")
        self.assertEqual(self.page.run("document.getElementById('table').tBodies[0].rows.length"),
                         len(expectations()))
        self.assertEqual(self.page.run("document.getElementById('p-status').textContent"),
                         "1–50 of 80")
        self.page.run("document.getElementById('p-next').click()")
        self.assertEqual(self.shown(), 30)

    def test_filters_find_rows(self):
        self.open("catalog.en")
        for decision in ("allow", "deny", "review"):
            self.pick("f-outcome", decision)
            wanted = sum(e["decision"] == decision for e in expectations().values())
            self.assertEqual(self.shown(), wanted)
        self.pick("f-outcome", "")
        self.pick("f-code", "NOT_FILED")
        wanted = {key for key, expect in expectations().items() if "NOT_FILED" in expect["codes"]}
        self.assertEqual(set(self.ids()), wanted)
        self.pick("f-code", "")
        self.pick("f-text", "CN.EXAMPLE.app2 differs")
        self.assertEqual(self.ids(), ["package-differs"])
        self.pick("f-text", "there is no such row")
        self.assertEqual(self.shown(), 0)
        self.assertEqual(self.page.run("document.getElementById('p-status').textContent"),
                         "No row fits")

    def test_tiles_and_findings_lead_to_their_rows(self):
        self.open("catalog.zh-CN")
        self.page.run("document.querySelector('[data-outcome=review]').click()")
        wanted = {key for key, e in expectations().items() if e["decision"] == "review"}
        self.assertEqual(set(self.ids()), wanted)
        self.page.run("document.querySelector('[data-code=PENDING]').click()")
        wanted = {key for key, e in expectations().items() if "PENDING" in e["codes"]}
        self.assertEqual(set(self.ids()), wanted)

    def test_a_link_can_carry_a_filter(self):
        self.open("catalog.en", "#o=deny&q=package-differs")
        self.assertEqual(self.ids(), ["package-differs"])
        self.open("hostile.en", "#o=%3Cscript%3E&c=__proto__&x=1")
        self.assertEqual(self.page.complaints(), [])
        self.assertEqual(self.shown(), 25)

    def test_keys_are_enough(self):
        self.open("catalog.en")
        self.page.press("/", "/")
        self.assertEqual(self.page.run("document.activeElement.id"), "f-text")
        self.page.send("Input.insertText", text="borrowed")
        self.assertEqual(self.ids(), ["borrowed-number"])
        self.page.press("Escape")
        self.assertEqual(self.shown(), 50)
        order = "[...document.querySelectorAll('a[href], summary, input, select, button')]"
        self.assertEqual(self.page.run(order + ".filter(e => e.tabIndex < 0).length"), 0)

    def test_nothing_is_wider_than_the_screen(self):
        for story in STORIES:
            self.open(story)
            for width in (1280, 900, 768, 360):
                self.page.look(width)
                wide = self.page.run("document.documentElement.scrollWidth")
                self.assertLessEqual(wide, width, story)

    def test_light_and_dark_can_be_read(self):
        contrast = """(() => {
            const light = (text) => { const [r, g, b] = text.match(/[0-9.]+/g).map((v) => {
                const c = v / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
            }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
            const ground = (e) => { for (; e; e = e.parentElement) {
                const c = getComputedStyle(e).backgroundColor;
                if (!/, 0\\)$/.test(c) && c !== 'transparent') return c; } return 'rgb(255,255,255)'; };
            const poor = [];
            for (const e of document.querySelectorAll('main *')) {
                if (e.closest('svg, .none, [hidden]') || !e.checkVisibility()) continue;
                if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
                const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < 4.5) poor.push(`${e.className || e.tagName} ${ratio.toFixed(2)}`);
            }
            return [...new Set(poor)]; })()"""
        for scheme in ("light", "dark"):
            self.open("catalog.en")
            self.page.look(1280, scheme=scheme)
            self.assertEqual(self.page.run(contrast), [], scheme)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
