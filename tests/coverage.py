#!/usr/bin/env python3
"""Tells which lines and branches of the decision core its own tests do not take.

    coverage.py BUILD

The core is what an answer rests on: dates, numbers and identities, rules and policy. BUILD is one of clang
with `-fprofile-instr-generate -fcoverage-mapping -fcoverage-compilation-dir=.`, with these tests in it.
Exits with 1 when a line is never run. A branch that is never taken is printed only: some wait for a
library to fail or for a precondition to be broken, and no test should have to pretend that.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = ("cache/base/calendar.", "cache/base/time.", "cache/filing/", "gate/decision/")
TESTS = ("base", "filing", "decision")
TEST_SECONDS_MAX = 1200

# Branches that are not for tests to take: those of comparisons that the compiler writes, and the
# way past a switch that names every enumerator, which -Wswitch ensures.
NO_CHOICE = re.compile(r"(= default;.*|\bswitch \()$")


def run_test(test, profiles):
    """Runs a test, which leaves a profile in `profiles`."""
    environment = os.environ | {"LLVM_PROFILE_FILE": str(profiles / f"{test.name}.profraw")}
    done = subprocess.run([test], cwd=profiles, env=environment, text=True, timeout=TEST_SECONDS_MAX,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}coverage: {test.name} fails")


def report(build, tests, profile, *options):
    """What llvm-cov reports for all `tests` together."""
    objects = [word for test in tests for word in ("-object", str(test))]
    command = ["llvm-cov-14", "export", "--skip-functions", "--skip-expansions",
               f"--compilation-dir={build}", f"--instr-profile={profile}", *options, *objects[1:]]
    # On stderr it reports how many functions a program has no copy of: most are inlined elsewhere.
    return subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def core_name(path):
    """The file's name in the project; None if it is not part of the core."""
    name = os.path.relpath(os.path.normpath(path), ROOT)
    return name if name.startswith(CORE) else None


def lines_of(lcov):
    """{(file, line): times run}"""
    lines = Counter()
    name = None
    for entry in lcov.splitlines():
        key, _, value = entry.partition(":")
        if key == "SF":
            name = core_name(value)
        elif key == "DA" and name:
            line, times = value.split(",")
            lines[name, int(line)] += int(times)
    return lines


def branches_of(exported):
    """{(file, line, column, text, outcome): times taken}; the instances of a template count as one."""
    branches = Counter()
    for file in json.loads(exported)["data"][0]["files"]:
        name = core_name(file["filename"])
        if not name:
            continue
        source = (ROOT / name).read_bytes().split(b"\n")
        for line, column, last_line, last_column, *times in file["branches"]:
            before = source[line - 1][:column - 1].decode()
            end = last_column - 1 if last_line == line else None
            text = source[line - 1][column - 1:end].decode() + ("" if end else " …")
            if NO_CHOICE.search(before if "switch" in before else source[line - 1].decode()):
                continue
            branches[name, line, column, text, "true"] += times[0]
            branches[name, line, column, text, "false"] += times[1]
    return branches


def untaken(branches):
    """Branches with one outcome that never occurred. A condition that was never reached is left
    out: the one before it is reported."""
    others = {"true": "false", "false": "true"}
    return [key for key, times in sorted(branches.items())
            if times == 0 and branches[(*key[:-1], others[key[-1]])] > 0]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build = Path(sys.argv[1]).resolve()
    tests = [test for folder in TESTS for test in sorted((build / "tests" / folder).glob("*_test"))]
    if not tests:
        sys.exit(f"coverage: no tests in {build}")
    with tempfile.TemporaryDirectory(prefix="beian-coverage-") as folder:
        profiles = Path(folder)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda test: run_test(test, profiles), tests))
        merged = profiles / "all.profdata"
        subprocess.run(["llvm-profdata-14", "merge", "-o", merged, *profiles.glob("*.profraw")], check=True)
        lines = lines_of(report(build, tests, merged, "--format=lcov"))
        branches = branches_of(report(build, tests, merged))

    not_run = sorted(place for place, times in lines.items() if times == 0)
    not_taken = untaken(branches)
    for name, line, column, text, outcome in not_taken:
        print(f"{name}:{line}:{column}: `{text}` is never {outcome}")
    for name, line in not_run:
        print(f"{name}:{line}: never run")
    print(f"coverage: {len(lines) - len(not_run)} of {len(lines)} lines of the decision core are run, "
          f"{len(branches) - len(not_taken)} of {len(branches)} branches taken")
    return 1 if not_run or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
