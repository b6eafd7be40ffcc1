#!/usr/bin/env python3
"""Plants small changes in the decision core, one at a time, and tells which of them its own tests do not see.

    mutants.py [--file F]… [COUNT [SEED]]

COUNT places are drawn by SEED from the core's `.cc` files, or from the files F alone. All of it happens in a
copy, build/mutants, so that the checkout stays as it is; a file's own tests are those of the folder in tests/
that is called as its own. What the build refuses, warnings included, did not compile. A survivor is printed
as `file:line: original -> changed`, the first line that changes; mutants_equivalent.txt lists those that no
test can see. Exits with 1 when another one survived.
"""

import argparse
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter, namedtuple
from pathlib import Path

from coverage import CORE, ROOT

COPY = ROOT / "build" / "mutants"
BUILD = COPY / "build" / "release"  # the same path as in the checkout, so that ccache finds what has not changed
EQUIVALENT = ROOT / "tests" / "mutants_equivalent.txt"
OUTCOMES = ("did not compile", "were killed", "timed out", "survived")
TEST_BYTES_MAX = 4 << 30  # of memory: an endless loop may well allocate

# What is not code, or what no test should repeat: comments, texts, includes, assertions and
# template heads, which the compiler checks, and tables of words.
LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.[^\'\n]*|[^\'\\\n])\'', re.S)
NO_CODE = re.compile(r"^\s*#.*$|(?:static_assert|BEIAN_ASSERT)\([^;]*;|^\s*template <.*$", re.M)
TABLE = re.compile(r"\bconstexpr [^;()]*= *\{[^;]*;")

SWAPS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&",
         "+": "-", "-": "+", "+=": "-=", "-=": "+=", "true": "false", "false": "true", "!": ""}
# clang-format puts blanks around binary operators, and none around other uses of the same signs.
SWAPPED = re.compile(r"(?<= )(?:[<>]=?|[=!]=|&&|\|\||[+-]=?)(?=\s)|!(?=[\w(*:!])|\b(?:true|false)\b")
INTEGER = re.compile(r"(?<![\w.'])(?:0x[\dA-Fa-f']+|\d[\d']*)(?=[uUlLzZ]*\b)(?!\.)")
RETURN = re.compile(r"\breturn (?!(?:true|false);)")
BOOL_HEAD = re.compile(r"\bbool [\w:]+\(")


# `text[begin:end]` of the file becomes `new`.
Mutant = namedtuple("Mutant", "path begin end new")


def code_of(text):
    """As long as the text, with everything that must stay blanked out."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    code = NO_CODE.sub(blank, LITERAL.sub(blank, text))
    for table in TABLE.finditer(code):
        if '"' in text[slice(*table.span())] or "U'" in text[slice(*table.span())]:
            code = code[:table.start()] + blank(table) + code[table.end():]
    return code


def end_of(code, at, last):
    """Where the first of the signs `last` stands at or after `at`, outside of brackets opened
    since."""
    depth = 0
    while at < len(code) and (depth > 0 or code[at] not in last):
        depth += (code[at] in "([{") - (code[at] in ")]}")
        at += 1
    return at


def bool_returns(code):
    """(begin, end) of what functions of type bool return, unless it is written as true or false."""
    for head in BOOL_HEAD.finditer(code):
        begin = end_of(code, end_of(code, head.end(), ")"), "{;")
        end = end_of(code, begin + 1, "}") if code[begin:begin + 1] == "{" else begin
        for found in RETURN.finditer(code, begin, end):
            yield found.end(), end_of(code, found.end(), ";")


def one_more(integer):
    value = int(integer.replace("'", ""), 0) + 1
    return f"0x{value:X}" if integer.startswith("0x") else str(value)


def mutants_of(path, text):
    code = code_of(text)
    found = [Mutant(path, *match.span(), SWAPS[match[0]]) for match in SWAPPED.finditer(code)]
    found += [Mutant(path, *match.span(), one_more(match[0])) for match in INTEGER.finditer(code)]
    found += [Mutant(path, begin, end, f"!({text[begin:end]})") for begin, end in sorted(set(bool_returns(code)))]
    return sorted(found)


def planted(mutant, text):
    return text[:mutant.begin] + mutant.new + text[mutant.end:]


def shown(mutant, text):
    """The number of the first line that changes, and that line before and after."""
    line = text.count("\n", 0, mutant.begin)
    original, changed = (lines.split("\n")[line].strip() for lines in (text, planted(mutant, text)))
    return line + 1, f"{original} -> {changed}"


def listed(text):
    """From mutants_equivalent.txt: each `path: original -> changed` that has a reason below it."""
    return set(re.findall(r"^(?![#\s])(.+)\n(?=[ \t]+\S)", text, re.M))


def build(*targets):
    return subprocess.run(["cmake", "--build", BUILD, "--", *targets], capture_output=True, text=True)


def run(test, seconds_max):
    def limit():
        for what, most in ((resource.RLIMIT_AS, TEST_BYTES_MAX), (resource.RLIMIT_CORE, 0)):
            resource.setrlimit(what, (most, most))
    return subprocess.run([test], cwd=test.parent, env=os.environ | {"GTEST_FAIL_FAST": "1"}, timeout=seconds_max,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=limit).returncode == 0


def prepare(folders):
    """Makes and builds the copy; returns the tests of each folder with their seconds, quickest
    first."""
    shutil.rmtree(COPY, ignore_errors=True)
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                           check=True, text=True, stdout=subprocess.PIPE).stdout.rstrip("\0").split("\0")
    for name in filter(lambda name: (ROOT / name).is_file(), names):
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, COPY / name)
    os.environ |= {"CCACHE_BASEDIR": str(COPY), "CCACHE_NOHASHDIR": "1"}
    subprocess.run(["cmake", "-S", COPY, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                    "-DBEIAN_BATCHES=OFF",  # a change recompiles one source, not ten
                    "-DCMAKE_GTEST_DISCOVER_TESTS_DISCOVERY_MODE=PRE_TEST"], check=True, stdout=subprocess.DEVNULL)
    if (done := build(*(f"tests/{folder}/all" for folder in folders))).returncode != 0:
        sys.exit(f"{done.stdout}mutants: the copy does not build")
    os.environ["CCACHE_READONLY"] = "1"
    return {folder: timed(sorted((BUILD / "tests" / folder).glob("*_test"))) for folder in folders}


def timed(tests):
    seconds = {}
    for test in tests:
        begin = time.monotonic()
        if not run(test, None):
            sys.exit(f"mutants: {test.name} fails without any change")
        seconds[test] = time.monotonic() - begin
    return sorted(seconds.items(), key=lambda item: item[1])


def outcome_of(tests):
    for test, seconds in tests:
        if build(test.name).returncode != 0:
            return "did not compile"
        try:
            if not run(test, 10 * seconds + 5):
                return "were killed"
        except subprocess.TimeoutExpired:
            return "timed out"
    return "survived"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=100)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--file", action="append", help="as seen from the root, such as gate/decision/compare.cc")
    options = parser.parse_args()
    names = options.file or sorted(name for folder in ("cache", "gate") for path in (ROOT / folder).glob("*/*.cc")
                                   if (name := str(path.relative_to(ROOT))).startswith(CORE))
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in names}
    places = [mutant for name in names for mutant in mutants_of(name, texts[name])]
    known = listed(EQUIVALENT.read_text(encoding="utf-8"))
    entries = {f"{mutant.path}: {shown(mutant, texts[mutant.path])[1]}" for mutant in places}
    if gone := {entry for entry in known - entries if entry.split(": ")[0] in texts}:
        sys.exit("\n".join(["mutants: what mutants_equivalent.txt has and no source:", *sorted(gone)]))
    drawn = sorted(random.Random(options.seed).sample(places, min(options.count, len(places))))
    tests = prepare(sorted({Path(mutant.path).parent.name for mutant in drawn}))

    outcomes = Counter()
    unlisted = 0
    for number, mutant in enumerate(drawn, 1):
        if sys.stderr.isatty():
            print(f"mutants: {number} of {len(drawn)}, {outcomes['survived']} survived\r", end="", file=sys.stderr)
        text = texts[mutant.path]
        (COPY / mutant.path).write_text(planted(mutant, text), encoding="utf-8")
        outcomes[outcome := outcome_of(tests[Path(mutant.path).parent.name])] += 1
        (COPY / mutant.path).write_text(text, encoding="utf-8")
        line, change = shown(mutant, text)
        is_known = f"{mutant.path}: {change}" in known
        unlisted += outcome == "survived" and not is_known
        if (outcome == "survived") != is_known:
            print(f"{mutant.path}:{line}: {change}{' is listed, and seen' if is_known else ''}", flush=True)
    counts = ", ".join(f"{outcomes[each]} {each}" for each in OUTCOMES)
    print(f"mutants: {len(drawn)} of {len(places)} planted with seed {options.seed}; {counts}, "
          f"{outcomes['survived'] - unlisted} of them listed")
    return 1 if unlisted else 0


if __name__ == "__main__":
    sys.exit(main())
