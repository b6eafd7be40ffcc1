#!/usr/bin/env python3
"""What the documents say is what the program does.

    readme_test.py ROOT BUILD

Every ```console block of README.md is run as it stands, in order, in a folder of its own beside
symlinks to `fixtures` and `conf`. A line `$ command`, continued by lines `> more`, is followed by
what it prints, standard error included. `…` stands for any text within a line; a line that is only
`…` stands for any lines. Blocks marked ```console root are for tests/conf/install_test.py. A gate
with the built-in registry answers at http://127.0.0.1:8080; ports 8080 and 8081 are replaced by
others, so that nothing on the machine is in the way.

Tables of gate/http/API.md are compared with the sources that they describe. Only names and values
are checked here: whether sentences are true is for people to read.
"""

import difflib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
sys.path.insert(0, str(ROOT / "tests/support"))

from gate_process import reserved_port  # noqa: E402

GATE = BUILD / "beian-gate"
SECONDS_PER_BLOCK = 300
SECONDS_TO_END = 30  # for what a block told to end
MARK = "\x1e"  # between the outputs of two commands; no document contains it


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


# --- console blocks ---

def console_blocks(text, kind="console"):
    """[(line number, [(command, [expected line, …]), …]), …]"""
    blocks = []
    for fence in re.finditer(rf"^```{kind}\n(.*?)^```$", text, re.M | re.S):
        number = text.count("\n", 0, fence.start()) + 1
        steps = []
        for line in fence[1].splitlines():
            if line.startswith("$ "):
                steps.append(([line[2:]], []))
            elif not steps:
                raise ValueError(f"README.md:{number}: output before the first command")
            elif line.startswith("> ") and not steps[-1][1]:
                steps[-1][0].append(line[2:])
            else:
                steps[-1][1].append(line)
        blocks.append((number, [("\n".join(command), wanted) for command, wanted in steps]))
    return blocks


def line_matches(wanted, given):
    parts = (re.escape(part) for part in wanted.split("…"))
    return re.fullmatch(".*".join(parts), given) is not None


def matches(wanted, given):
    """Whether the lines `given` match `wanted`."""
    if not wanted:
        return not given
    if wanted[0] == "…":
        return any(matches(wanted[1:], given[i:]) for i in range(len(given) + 1))
    return bool(given) and line_matches(wanted[0], given[0]) and matches(wanted[1:], given[1:])


def is_over(group):
    """Whether all processes of the group end within SECONDS_TO_END."""
    for _ in range(SECONDS_TO_END * 20):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def run_block(commands, folder):
    """(the output of each command, whether everything they started has ended). One shell runs them
    all."""
    script = "".join(f"{command}\nprintf '{MARK}'\n" for command in commands)
    environment = {**os.environ, "PATH": f"{BUILD}:{BUILD}/fixtures:{os.environ['PATH']}",
                   "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryFile() as output:
        shell = subprocess.Popen(["bash", "-c", script], cwd=folder, env=environment,
                                 stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                 start_new_session=True)
        try:
            shell.wait(SECONDS_PER_BLOCK)
            has_ended = is_over(shell.pid)
        finally:
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            shell.wait()
        output.seek(0)
        return output.read().decode("utf-8").split(MARK), has_ended


class Readme(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="beian-readme-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        for name in ("fixtures", "conf"):
            (cls.folder / name).symlink_to(ROOT / name)
        cls.gate = subprocess.Popen([GATE, "serve", "--listen", "127.0.0.1:0"],
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.stop)
        cls.url = cls.gate.stdout.readline().decode().split()[-1]
        cls.ports = {"8080": cls.url.rpartition(":")[2], "8081": str(reserved_port(cls.addClassCleanup))}

    @classmethod
    def stop(cls):
        cls.gate.terminate()
        cls.gate.communicate(timeout=30)

    def with_real_ports(self, text):
        return re.sub(r"127\.0\.0\.1:(808[01])\b", lambda m: f"127.0.0.1:{self.ports[m[1]]}", text)

    def with_shown_ports(self, text):
        for shown, real in self.ports.items():
            text = re.sub(rf"127\.0\.0\.1:{real}\b", f"127.0.0.1:{shown}", text)
        return text

    def test_every_command_prints_what_is_shown(self):
        blocks = console_blocks(read("README.md"))
        self.assertGreater(len(blocks), 5)
        for number, steps in blocks:
            commands = [self.with_real_ports(command) for command, _ in steps]
            outputs, has_ended = run_block(commands, self.folder)
            # The next block may start something on the same port.
            self.assertTrue(has_ended, f"README.md:{number}: something is left running")
            self.assertEqual(len(outputs), len(steps) + 1,
                             f"README.md:{number}: the shell ended early")
            for (command, wanted), output in zip(steps, outputs):
                with self.subTest(line=number, command=command):
                    self.assertNotEqual(wanted, ["…"], "this would accept any output")
                    given = self.with_shown_ports(output).splitlines()
                    if not matches(wanted, given):
                        self.fail("\n" + "\n".join(difflib.unified_diff(
                            wanted, given, f"README.md:{number}", "printed", lineterm="")))

    def test_identities_answer_as_the_table_says(self):
        rows = table_rows(section(read("README.md"), "Test identities"))
        self.assertEqual(len(rows), 9)
        for number, decision, codes, zh, en in rows:
            for lang, message in (("zh-CN", zh), ("en", en)):
                with self.subTest(number=number, lang=lang):
                    query = urllib.parse.urlencode({"operation": "distribute", "lang": lang,
                                                    "number": unquoted(number)})
                    with urllib.request.urlopen(f"{self.url}/v1/check?{query}") as reply:
                        answer = json.load(reply)
                    self.assertEqual(answer["decision"], decision)
                    self.assertEqual([f["code"] for f in answer["findings"]], quoted(codes))
                    messages = " ".join(f["message"] for f in answer["findings"])
                    self.assertTrue(line_matches(message, messages), messages)

    def test_every_path_that_is_named_exists(self):
        documents = [*ROOT.glob("*.md"), *(page for folder in ("bench", "cache", "conf", "fixtures", "gate")
                                           for page in (ROOT / folder).rglob("*.md"))]
        self.assertGreater(len(documents), 10)
        for document in documents:
            text = re.sub(r"^```.*?^```$", "", read(document), flags=re.M | re.S)
            names = [str(document.parent.relative_to(ROOT) / link)
                     for link in re.findall(r"\]\((?!#|http)([^)#]+)\)", text)]
            names += re.findall(r"(?<![\w/.-])((?:cache|gate|conf|fixtures|tests|bench)/[\w./-]*\w)",
                                text)
            for name in names:
                with self.subTest(document=str(document.relative_to(ROOT)), name=name):
                    self.assertTrue((ROOT / name).exists())

    def test_every_link_within_a_page_leads_to_a_heading(self):
        for name in ("README.md", "gate/http/API.md"):
            text = re.sub(r"^```.*?^```$", "", read(name), flags=re.M | re.S)
            headings = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
                        for heading in re.findall(r"^#+ (.*)$", text, re.M)}
            links = set(re.findall(r"\]\(#([^)]+)\)", text))
            self.assertGreater(len(links), 5)
            self.assertEqual(links - headings, set(), name)

    def test_commands_of_dev_are_those_of_the_readme(self):
        usage = re.search(r"<<'TEXT'\n(.*?)\nTEXT", read("dev"), re.S)[1]
        known = set(re.findall(r"^  ([a-z]+) ", usage, re.M))
        self.assertEqual(set(re.findall(r"\./dev ([a-z]+)", read("README.md"))), known)

    def test_dev_fuzzes_for_whole_seconds_only(self):
        for seconds in ("1m", "0", "-5", "long"):
            done = subprocess.run([ROOT / "dev", "fuzz", seconds], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (64, ""))


# --- tables of API.md against the sources ---

def section(text, title):
    """What follows the heading that ends in `title`, up to the next heading of that level or above,
    without code blocks."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    heading = re.search(rf"^(#+) [^\n]*\b{re.escape(title)}$", text, re.M)
    rest = text[heading.end():]
    end = re.search(rf"^#{{1,{len(heading[1])}}} ", rest, re.M)
    return rest[:end.start()] if end else rest


def table_rows(text):
    """The cells of every row of the tables in `text`, without headers."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    rules = {i for i, row in enumerate(rows) if all(re.fullmatch("-+", cell) for cell in row)}
    return [row for i, row in enumerate(rows) if i not in rules and i + 1 not in rules]


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


def unquoted(cell):
    return cell.strip("`")


def sources(pattern):
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(pattern)))


def words_of_array(source, name, after=""):
    """The strings in the array `name`, the first one of that name after the text `after`."""
    body = re.search(rf"\b{name}\b[^;]*?=\s*\{{(.*?)\}};", source[source.index(after):], re.S)[1]
    return re.findall(r'"([^"]*)"', body)


class Contract(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.text = read("gate/http/API.md")

    def test_codes_are_those_of_the_decision(self):
        rows = table_rows(section(self.text, "Findings"))
        names = words_of_array(read("gate/decision/names.cc"), "kCodes")
        self.assertEqual([unquoted(row[0]) for row in rows], names)

    def test_effects_are_those_of_the_shipped_policy(self):
        codes = tomllib.loads(read("conf/policy.toml"))["codes"]
        for code, _, *effects in table_rows(section(self.text, "Findings")):
            with self.subTest(code=code):
                policy = codes[unquoted(code)]
                self.assertEqual(effects, [policy["distribute"], policy["connect"],
                                           policy["preinstall"]])

    def test_routes_are_those_that_are_served(self):
        table = re.findall(r'Route\{\s*\.path = "([^"]+)"([^}]+)\}', read("gate/http/gate_routes.cc"))
        served = {f"{method} {path}" for path, rest in table
                  for method in ("GET", "POST") if f".{method.lower()} =" in rest}
        routes = [unquoted(row[0]) for row in table_rows(section(self.text, "HTTP"))
                  if re.match("`(GET|POST) ", row[0])]
        self.assertEqual({route.partition("{")[0] for route in routes}, served)

    def test_problems_are_those_of_the_sources(self):
        code = "".join(sources(f"gate/{folder}/*.cc") for folder in ("http", "wire", "audit", "cli"))
        given = re.findall(r'\{(\d{3}), "([a-z_-]+)"', code)
        refused = set(re.findall(r"(?:[Rr]efus(?:al|e)[({]+|return \{)(\d{3}),", code))
        words = re.findall(r'case (\d{3}):\s*return "([a-z-]+)";', read("gate/http/problem.cc"))
        given += [(status, slug) for status, slug in words if status in refused]
        rows = table_rows(section(self.text, "Problems"))
        told = {(row[1], slug) for row in rows for slug in quoted(row[0]) if row[1].isdigit()}
        self.assertEqual(told, set(given))

    def test_fields_and_parameters_are_all_told(self):
        code = read("gate/wire/fields.cc")
        fields = re.findall(r'FieldSpec\{[^}]*?"([^"]+)", "/', code)
        aliases = re.findall(r'FlatAlias\{"([^"]+)"', code)
        self.assertGreater(min(len(fields), len(aliases)), 5)
        told = set(quoted(section(self.text, "Check request")))
        self.assertEqual(set(fields + aliases) - told, set())

    def test_members_and_columns_of_reports_are_all_told(self):
        told = set(quoted(section(self.text, "Reports of an audit")))
        written = set(re.findall(r'"([a-z_]+)"', read("gate/audit/summary_json.cc")))
        self.assertGreater(len(written), 20)
        self.assertEqual(written - told, set())
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as catalog:
            catalog.write('{"operation":"distribute"}\n')
            catalog.flush()
            audit = subprocess.run([GATE, "audit", catalog.name, "--output", "csv", "--quiet"],
                                   capture_output=True, text=True, timeout=SECONDS_PER_BLOCK)
        self.assertEqual(set(audit.stdout.splitlines()[0].split(",")) - told, set())

    def test_members_of_a_feed_are_all_told(self):
        code = set(re.findall(r'JsonField<\w+>\{"(\w+)"', read("cache/feed/json_record.cc")))
        self.assertGreater(len(code), 20)
        told = {name for row in table_rows(section(self.text, "Registry feed"))
                for name in quoted(" ".join((row[0], row[2])))}
        self.assertEqual(code - told, set())
        columns = {name for row in table_rows(section(self.text, "Registry feed")) for name in quoted(row[0])}
        self.assertEqual(columns - code, set())

    def test_words_of_numbers_are_all_told(self):
        number = section(self.text, "A parsed number")
        code = read("cache/filing/parse.cc")
        reasons = words_of_array(code, "kNames", after="malformed_reason_name(")
        self.assertEqual(["none", *(unquoted(row[0]) for row in table_rows(number))], reasons)
        repairs = set(words_of_array(code, "kNames", after="repair_name("))
        self.assertEqual(repairs - set(quoted(number)), set())
        others = set(words_of_array(code, "kNames", after="other_register_name("))
        self.assertEqual(others - set(quoted(section(self.text, "Findings"))), {"none"})

    def test_flags_are_those_of_the_command_line(self):
        told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", self.text))
        verbs = "".join(sources(f"gate/cli/{name}.cc") for name in ("*_verb*", "audit_outputs", "*_flags"))
        flags = {flag for text in re.findall(r'"([^"]*)"', verbs)
                 for flag in re.findall(r"(?:^|,)(--[a-z][a-z-]+)", text)}
        self.assertEqual(told - {"--help", "--version"}, flags)

    def test_exit_codes_are_those_of_the_program(self):
        rows = table_rows(section(self.text, "Command line"))
        told = {int(row[0]) for row in rows if row[0].isdigit()}
        given = {int(n) for n in re.findall(r"int k\w+ = (\d+);", read("gate/cli/exit_code.h"))}
        self.assertEqual(told, given)


class Configuration(unittest.TestCase):
    def run_gate(self, *arguments):
        return subprocess.run([GATE, *arguments], cwd=ROOT, capture_output=True, text=True,
                              timeout=SECONDS_PER_BLOCK)

    def test_the_shipped_file_is_valid(self):
        checked = self.run_gate("config", "check", "conf/gate.toml")
        self.assertEqual((checked.returncode, checked.stdout), (0, "conf/gate.toml: valid\n"))

    def test_the_shipped_file_says_what_no_file_says(self):
        printed = self.run_gate("config", "print", "conf/gate.toml")
        self.assertEqual(printed.returncode, 0)
        self.assertEqual(printed.stdout, self.run_gate("config", "print").stdout)

    def test_the_shipped_file_teaches_every_key(self):
        def keys(table, path=""):
            return {name for key, value in table.items()
                    for name in ({path + key} if not isinstance(value, dict)
                                 else keys(value, f"{path}{key}."))}
        printed = self.run_gate("config", "print").stdout
        self.assertEqual(keys(tomllib.loads(read("conf/gate.toml"))), keys(tomllib.loads(printed)))


class Matching(unittest.TestCase):
    def test_dots_stand_for_text_and_for_lines(self):
        for wanted, given, is_match in (
                (["a"], ["a"], True), (["a"], ["b"], False), (["a"], ["ab"], False),
                ([], ["a"], False), (["a"], [], False), (["a … c"], ["a b c"], True),
                (["a … c"], ["a b d"], False), (["a.c"], ["abc"], False),
                (["a", "…", "d"], ["a", "b", "c", "d"], True),
                (["a", "…", "d"], ["a", "b"], False)):
            with self.subTest(wanted=wanted, given=given):
                self.assertEqual(matches(wanted, given), is_match)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
