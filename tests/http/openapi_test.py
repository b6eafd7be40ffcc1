#!/usr/bin/env python3
"""gate/http/openapi.yaml tells the truth: its routes are the program's, and every example is answered as it says.

    openapi_test.py SOURCE_DIR BUILD_DIR [TEST…]
    openapi_test.py --write        writes openapi.json from openapi.yaml
"""

import http.client
import json
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
from pathlib import Path

import jsonschema
import yaml

HERE = Path(__file__).resolve().parents[2]
WRITES = sys.argv[1:] == ["--write"]
ROOT, BUILD = (HERE, HERE) if WRITES else map(lambda a: Path(a).resolve(), sys.argv[1:3])
YAML, JSON = ROOT / "gate/http/openapi.yaml", ROOT / "gate/http/openapi.json"
sys.path.insert(0, str(ROOT / "tests/support"))

from gate_process import end_with_parent, when_taken  # noqa: E402

METHODS = ("get", "post")


def document():
    return yaml.safe_load(YAML.read_text(encoding="utf-8"))


def as_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str) + "\n"


def operations(spec):
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def resolved(spec, value):
    while "$ref" in value:
        target = spec
        for step in value["$ref"][2:].split("/"):
            target = target[step]
        value = target
    return value


def contents(operation_part):
    """(media type, content) of a request body or response."""
    return operation_part.get("content", {}).items()


def matches(wanted, given):
    """Whether `given` has everything that `wanted` names; `…` stands for any text."""
    if isinstance(wanted, dict):
        return isinstance(given, dict) and all(
            key in given and matches(value, given[key]) for key, value in wanted.items())
    if isinstance(wanted, list):
        return (isinstance(given, list) and len(wanted) == len(given)
                and all(map(matches, wanted, given)))
    if isinstance(wanted, str) and "…" in wanted and isinstance(given, str):
        parts = (re.escape(part) for part in wanted.split("…"))
        return re.fullmatch(".*".join(parts), given, re.S) is not None
    return type(wanted) is type(given) and wanted == given


def untold(spec, schema, value, at=""):
    """Pointers to members of `value` that `schema` does not name, if it names any."""
    schema = resolved(spec, schema)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            valid = [one for one in schema[choice] if jsonschema.Draft202012Validator(
                {**one, "components": spec["components"]}).is_valid(value)]
            return min((untold(spec, one, value, at) for one in valid), key=len, default=[at])
    if isinstance(value, list):
        return [name for i, one in enumerate(value)
                for name in untold(spec, schema.get("items", {}), one, f"{at}/{i}")]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    return [name for key, one in value.items()
            for name in (untold(spec, schema["properties"][key], one, f"{at}/{key}")
                         if key in schema["properties"] else [f"{at}/{key}"])]


class Case(unittest.TestCase):
    maxDiff = None

    @classmethod
    def start(cls, text):
        """Starts a gate; its configuration is `text`, and it accepts packages."""
        cls.spec = document()
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
            config.write("[packages]\ninspect = true\n" + text)
            config.flush()
            cls.gate = subprocess.Popen([BUILD / "beian-gate", "serve", "--config", config.name,
                                         "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        preexec_fn=end_with_parent)
            cls.port = int(cls.gate.stdout.readline().decode().rpartition(":")[2])

    @classmethod
    def tearDownClass(cls):
        cls.gate.terminate()
        cls.gate.communicate(timeout=30)

    def ask(self, *arguments):
        status, text, fields = when_taken(lambda: self.ask_once(*arguments))
        return status, fields, text

    def ask_once(self, method, target, body=None, fields=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method.upper(), target, body, fields or {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer.headers


class Openapi(Case):
    @classmethod
    def setUpClass(cls):
        cls.start("")

    def test_the_json_is_the_yaml(self):
        self.assertEqual(JSON.read_text(encoding="utf-8"), as_json(self.spec),
                         "run tests/http/openapi_test.py --write")
        status, fields, text = self.ask("get", "/openapi.json")
        self.assertEqual((status, fields["Content-Type"]), (200, "application/json"))
        self.assertEqual(text, JSON.read_text(encoding="utf-8"))

    def test_routes_are_those_that_are_served(self):
        table = re.findall(r'Route\{\s*\.path = "([^"]+)"([^}]+)\}',
                           (ROOT / "gate/http/gate_routes.cc").read_text())
        served = {(path, method) for path, rest in table
                  for method in ("get", "post") if f".{method} =" in rest}
        told = {(path.partition("{")[0], method) for path, method, _ in operations(self.spec)}
        self.assertEqual(told, served)

    def test_operations_have_ids_of_their_own_and_references_lead_somewhere(self):
        ids = [operation["operationId"] for _, _, operation in operations(self.spec)]
        self.assertEqual(len(ids), len(set(ids)))
        for name in re.findall(r'\$ref: "(#[^"]+)"', YAML.read_text(encoding="utf-8")):
            with self.subTest(name=name):
                self.assertTrue(resolved(self.spec, {"$ref": name}))

    def request_of(self, path, operation, name):
        """(target, body, fields) from the operation's examples under `name`."""
        query, fields, body = [], {}, None
        for parameter in operation.get("parameters", []):
            parameter = resolved(self.spec, parameter)
            example = parameter.get("examples", {}).get(name)
            if example is None:
                self.assertNotEqual(parameter["in"], "path", f"{path}: {name} lacks a part")
                continue
            if parameter["in"] == "path":
                value = urllib.parse.quote(example["value"], safe="")
                path = path.replace("{" + parameter["name"] + "}", value)
            elif parameter["in"] == "query":
                query.append((parameter["name"], example["value"]))
            else:
                fields[parameter["name"]] = example["value"]
        for media_type, content in contents(operation.get("requestBody", {})):
            if name not in content.get("examples", {}):
                continue
            value = content["examples"][name]["value"]
            body = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            body = body.encode()
            fields["Content-Type"] = media_type
        return path + ("?" + urllib.parse.urlencode(query) if query else ""), body, fields

    def check_schema(self, schema, value):
        jsonschema.validate(value, {**schema, "components": self.spec["components"]})
        self.assertEqual(untold(self.spec, schema, value), [], "members that the schema does not tell")

    def test_schemas_tell_every_member(self):
        answer = {"$ref": "#/components/schemas/Decision"}
        for row in (ROOT / "fixtures/catalog.ndjson").read_text(encoding="utf-8").splitlines():
            for detail in ("full", "brief"):
                body = json.dumps({**json.loads(row), "detail": detail}).encode()
                status, _, text = self.ask("post", "/v1/check", body, {"Content-Type": "application/json"})
                with self.subTest(row=row):
                    self.assertEqual(status, 200, text)
                    self.check_schema(answer, json.loads(text))
        filing = self.spec["paths"]["/v1/filings/{number}"]["get"]["responses"]["200"]["content"]
        for row in (ROOT / "fixtures/registry.ndjson").read_text(encoding="utf-8").splitlines():
            number = json.loads(row)["number"]
            status, _, text = self.ask("get", "/v1/filings/" + urllib.parse.quote(number))
            with self.subTest(number=number):
                self.assertEqual(status, 200, text)
                self.check_schema(filing["application/json"]["schema"], json.loads(text))
        status, _, text = self.ask("get", "/readyz?verbose")
        self.check_schema({"$ref": "#/components/schemas/Readiness"}, json.loads(text))

    def test_parameters_of_a_check_are_those_of_api_md(self):
        text = (ROOT / "gate/http/API.md").read_text(encoding="utf-8")
        flags = re.findall(r"`--([a-z-]+)`", re.search(r"^Flags of `check`.*?^$", text, re.M | re.S)[0])
        flags = {flag.replace("-", "_") for flag in flags} - {"help"}
        flags = (flags - {"app_version"}) | {"version", "lang", "strict"}
        told = {resolved(self.spec, parameter)["name"]
                for parameter in self.spec["paths"]["/v1/check"]["get"]["parameters"]}
        self.assertEqual(told, flags)

    def check_answer(self, media_type, content, wanted, given, text):
        status, fields = given
        if text:
            self.assertEqual(fields["Content-Type"].partition(";")[0], media_type)
        if media_type.endswith("json"):
            if media_type == "application/x-ndjson":
                pairs = list(zip(map(json.loads, wanted.splitlines()),
                                 map(json.loads, text.splitlines()), strict=True))
            else:
                pairs = [(wanted, json.loads(text))]
                self.check_schema(content["schema"], pairs[0][1])
            for one, other in pairs:
                self.assertTrue(matches(one, other), as_json(one) + as_json(other))
        else:
            self.assertTrue(matches(wanted, text), text)

    def test_every_example_is_answered_as_it_says(self):
        count = 0
        for path, method, operation in operations(self.spec):
            asked = {name for _, content in contents(operation.get("requestBody", {}))
                     for name in content.get("examples", {})}
            asked |= {name for parameter in operation.get("parameters", [])
                      for name in resolved(self.spec, parameter).get("examples", {})}
            answered = set()
            for status, response in operation["responses"].items():
                for media_type, content in contents(resolved(self.spec, response)):
                    for name, example in content.get("examples", {}).items():
                        answered.add(name)
                        with self.subTest(path=path, method=method, name=name):
                            target, body, fields = self.request_of(path, operation, name)
                            given, got, text = self.ask(method, target, body, fields)
                            self.assertEqual(given, int(status), text)
                            self.check_answer(media_type, content, example["value"], (given, got),
                                              text)
                            count += 1
            with self.subTest(path=path, method=method):
                self.assertTrue(answered, "no example at all")
                self.assertEqual(asked - answered, set(), "asked, and no answer told")
        self.assertGreater(count, 25)


class Callers(Case):
    """What a gate with callers answers is documented for every route that requires a key."""

    @classmethod
    def setUpClass(cls):
        text, cls.keys = "", {}
        for name, more in (("metrics", 'endpoints = ["operations"]'), ("check", 'endpoints = ["check"]'),
                           ("slow", "checks_per_second = 1\nburst = 1")):
            made = subprocess.run([BUILD / "beian-gate", "keys", "new"], capture_output=True,
                                  text=True, check=True)
            cls.keys[name] = made.stdout.strip()
            entry = re.search(r"of a caller: (\{.*\})", made.stderr)[1]
            text += f'[[callers]]\nname = "{name}"\nkeys = [{entry}]\n{more}\n'
        cls.start(text)

    def test_refusals_of_callers_are_told(self):
        seen = set()
        for path, method, operation in operations(self.spec):
            if operation.get("security") == [] or path == "/reload":
                continue
            target = re.sub(r"\{\w+\}", "x", path)
            for name in (None, "metrics", "check", "slow", "slow"):
                fields = {"Authorization": "Bearer " + self.keys[name]} if name else {}
                status, _, text = self.ask(method, target, b"" if method == "post" else None, fields)
                seen.add(status)
                with self.subTest(path=path, method=method, name=name):
                    self.assertIn(str(status), operation["responses"], text)
        self.assertLessEqual({401, 403, 429}, seen)


if __name__ == "__main__":
    if WRITES:
        JSON.write_text(as_json(document()), encoding="utf-8")
    else:
        unittest.main(argv=sys.argv[:1] + sys.argv[3:])
