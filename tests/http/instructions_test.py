"""Instructions of each step of a check, compared with what they were: a guard that needs no clock.

    instructions_test.py SOURCE_DIR PROGRAM COMPILER [--update]

Fails when an operation takes more than TOLERANCE more or less than instructions.json says. Savings
are reported too, because otherwise an equally large loss later would go unnoticed. Then run

    ./dev bench instructions --update

and commit the file together with what made the difference. The counts are callgrind's, of user
space only, and for the compiler that the file names; with another compiler nothing is compared (77:
skipped).
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TOLERANCE = 0.03
PATIENCE = 240  # seconds
SKIPPED = 77

# Libraries that choose code by processor would make counts differ from machine to machine, so
# simdjson and glibc are told to use what every x86-64 of the last decade has.
PROCESSOR = {
    "SIMDJSON_FORCE_IMPLEMENTATION": "westmere",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-AVX512F,-AVX512VL,-AVX512BW,-BMI2,-ERMS,-FSRM,"
                      "-AVX_Fast_Unaligned_Load,-LZCNT,-MOVBE,-SSSE3,-SSE4_1,-SSE4_2,-RTM",
}


def count(program):
    """Instructions per operation, by name."""
    with tempfile.TemporaryDirectory(prefix="beian-instructions-") as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--collect-atstart=no",
             f"--callgrind-out-file={folder}/out", program],
            env={**os.environ, **PROCESSOR}, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode != 0:
            sys.exit(done.stderr)
        runs = dict(line.split() for line in done.stdout.splitlines())
        counts = {}
        for dump in Path(folder).iterdir():
            text = dump.read_text(encoding="utf-8")
            name = re.search(r"^desc: Trigger: Client Request: (\w+)$", text, re.MULTILINE)
            if name:
                totals = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
                counts[name[1]] = round(int(totals[1]) / int(runs[name[1]]))
        if counts.keys() != runs.keys():
            sys.exit(f"callgrind told of {sorted(counts)}, and {sorted(runs)} ran")
        return {name: counts[name] for name in runs}


def main():
    source, program, compiler = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    baseline_file = source / "instructions.json"
    if platform.machine() != "x86_64":
        print("the baseline is of x86-64")
        sys.exit(SKIPPED)
    now = count(program)
    if sys.argv[4:] == ["--update"]:
        baseline = {"compiler": compiler, "instructions": now}
        baseline_file.write_text(json.dumps(baseline, indent=2) + "\n", encoding="utf-8")
    baseline = json.loads(baseline_file.read_text(encoding="utf-8"))
    is_same = True
    print(f"{'operation':<16} {'now':>8} {'before':>8}")
    for name in {**now, **baseline["instructions"]}:
        before = baseline["instructions"].get(name, 0)
        change = now.get(name, 0) / before - 1 if before else 1
        is_off = abs(change) > TOLERANCE
        is_same = is_same and not is_off
        print(f"{name:<16} {now.get(name, 0):>8} {before:>8} {change:>+7.1%}{' !' if is_off else ''}")
    if baseline["compiler"] != compiler:
        print(f"the baseline is of {baseline['compiler']}, this is {compiler}: not compared")
        sys.exit(SKIPPED)
    if not is_same:
        sys.exit("marked with !: more than 3 % away from instructions.json. If that is meant, "
                 "./dev bench instructions --update, and say why in the commit.")


if __name__ == "__main__":
    main()
