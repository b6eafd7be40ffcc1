#!/usr/bin/env python3
"""Compares a labelled catalog with the decisions made about it, a thousand rows at a time.

    compare_labels.py SOURCE CATALOG.ndjson

SOURCE is the URL of a running gate, asked through POST /v1/checks, or the file of decisions that
`audit --output ndjson=FILE` wrote for the same catalog.

Prints the first rows whose decision, or whose codes other than notes, differ from `expect`, then
one line of counts. Exits with 1 when a row differs.
"""
import collections
import http.client
import itertools
import json
import sys

BATCH_ROWS = 1000
SHOWN_MAX = 10


def batches(path):
    with open(path, encoding="utf-8") as lines:
        while batch := list(itertools.islice(lines, BATCH_ROWS)):
            yield batch


def label(decision):
    if "problem" in decision:
        return "problem", [decision["problem"]["detail"]]
    codes = (finding["code"] for finding in decision["findings"] if finding["effect"] != "note")
    return decision["decision"], sorted(codes)


def asking(url):
    """A function from rows to their decisions that asks the gate at `url`."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)

    def ask(batch):
        body = '{"checks":[' + ",".join(batch) + "]}"
        connection.request("POST", "/v1/checks", body.encode(), {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert response.status == 200
        return json.load(response)["decisions"]

    return ask


def reading(path):
    """A function from rows to their decisions that reads the next ones from a file."""
    lines = open(path, encoding="utf-8")
    return lambda batch: [json.loads(line) for line in itertools.islice(lines, len(batch))]


def main(source, path):
    decide = asking(source) if source.startswith("http://") else reading(source)
    counts = collections.Counter()
    rows = differing = 0
    for batch in batches(path):
        decisions = decide(batch)
        assert len(decisions) == len(batch)
        for line, decision in zip(batch, decisions):
            expect = json.loads(line)["expect"]
            want = expect["decision"], sorted(expect["codes"])
            given = label(decision)
            rows += 1
            counts[given[0]] += 1
            if want != given:
                differing += 1
                if differing <= SHOWN_MAX:
                    print(f"wanted {want}, got {given}: {line.rstrip()}")
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    print(f"{rows} rows: {told}; {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
