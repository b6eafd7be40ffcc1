"""The rows of `./dev bench overload`, as tables: runs the load generator against one gate.

    overload.py ADDRESS:PORT PID ROWS SECONDS
"""

import json
import re
import subprocess
import sys
from pathlib import Path

TO, PID, ROWS, SECONDS = sys.argv[1:5]
LOAD = Path(__file__).resolve().parent.parent / "build/release/bench/beian-bench-load"
BATCH_ROWS = 1000
CHECK = "/v1/check?detail=brief"


def load(*arguments):
    done = subprocess.run(["taskset", "-c", "1", LOAD, "--to", TO, "--rows", ROWS,
                           *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def phases(*rates, bulk=()):
    """Arguments for one phase per rate."""
    return [word for i, rate in enumerate(rates)
            for word in ("--phase", f"{rate:.0f}:{SECONDS}" + (":bulk" if i in bulk else ""))]


def memory_mib():
    status = Path(f"/proc/{PID}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) / 1024


def ms(latencies, key):
    return f"{latencies[key] / 1000:.2f}" if latencies["count"] else ""


def table(title, names, runs, capacity):
    print(f"\n{title}\n\n| | offered/s | answered/s | of capacity | p50 | p99 | p99.9 | 503 | p99 of 503"
          " |\n|---|---|---|---|---|---|---|---|---|")
    for name, run in zip(names, runs):
        ok, refused = run["ok_sent_us"], run["refused_sent_us"]
        print(f"| {name} | {run['rate']:.0f} | {run['ok_per_second']} | "
              f"{run['ok_per_second'] / capacity:.0%} | {ms(ok, 'p50')} | {ms(ok, 'p99')} | "
              f"{ms(ok, 'p99.9')} | {run['by_status'].get('503', 0)} | {ms(refused, 'p99')} |")


def single_checks():
    """Clients with a pool of connections that give up when none is free within 5 ms. The latency of
    accepted checks is reported from when they were due, that wait included, and from when they were
    sent."""
    before = memory_mib()
    print("\nSingle checks; ms\n\n| connections | | offered/s | answered/s | of capacity | p99 from due "
          "| p50 from sent | p99 from sent | to half | 503 | not sent |\n" + "|---" * 11 + "|")
    for connections in (64, 16):
        pool = ["--post", CHECK, "--connections", connections, "--give-up-ms", 5]
        capacity = load(*pool, *phases(1e6))[0]["ok_per_second"]
        runs = load(*pool, *phases(*(capacity * times for times in (0.5, 2, 10, 0.5, 0.5))))
        half = runs[0]["ok_sent_us"]["p99"]
        for name, run in zip(["half", "twice", "ten times", f"the {SECONDS} s after", "then"], runs):
            sent = run["ok_sent_us"]
            print(f"| {connections} | {name} | {run['rate']:.0f} | {run['ok_per_second']} | "
                  f"{run['ok_per_second'] / capacity:.0%} | {ms(run['ok_us'], 'p99')} | {ms(sent, 'p50')} | "
                  f"{ms(sent, 'p99')} | {sent['p99'] / half:.1f}x | {run['by_status'].get('503', 0)} | "
                  f"{run['given_up']} |")
    print(f"\nMemory: {before:.1f} MiB before, {memory_mib():.1f} MiB after.")


def batches():
    """Batches beyond capacity, with one check for every five of them."""
    batch = ["--post", f"/v1/checks={5}", "--batch-rows", BATCH_ROWS]
    capacity = load(*batch, "--connections", 8, "--give-up-ms", 5, *phases(2000))[0]["ok_per_second"]
    both = [*batch, "--post", f"{CHECK}=1", "--connections", 64, "--give-up-ms", 50]
    runs = load(*both, *phases(capacity * 0.6, capacity * 2.4, capacity * 12, capacity * 0.6))
    names = ["half", "twice", "ten times", "then"]
    for target, title in ((f"POST /v1/checks", f"Batches of {BATCH_ROWS}"),
                          (f"POST {CHECK}", "Single checks beside them")):
        share = 5 / 6 if target.endswith("checks") else 1 / 6
        rows = []
        for run in runs:
            row = run["targets"][target]
            rows.append({**row, "rate": run["rate"] * share,
                         "ok_per_second": round(row["ok_us"]["count"] / run["seconds"])})
        table(title + "; ms from when each was sent", names, rows,
              capacity if target.endswith("checks") else capacity / 5)


def beside_bulk():
    print("\nSingle checks, 1,000/s, beside four connections of bulk that always have more; ms\n\n"
          "| bulk | its rows/s | p50 alone | p50 | p99 alone | p99 | |\n|---|---|---|---|---|---|---|")
    for kind in ("stream", "batch"):
        idle, busy, after = load("--post", CHECK, "--connections", 32, "--bulk", kind, *phases(
            1000, 1000, 1000, bulk=(1,)))
        alone = idle["ok_us"]
        ratio = busy["ok_us"]["p99"] / alone["p99"]
        print(f"| {kind} | {busy['bulk']['rows_per_second']} | {ms(alone, 'p50')} | "
              f"{ms(busy['ok_us'], 'p50')} | {ms(alone, 'p99')} | {ms(busy['ok_us'], 'p99')} | "
              f"{ratio:.2f}x; afterwards {after['ok_us']['p99'] / alone['p99']:.2f}x |")


load("--post", CHECK, "--connections", 64, *phases(2000))  # warm
beside_bulk()
single_checks()
batches()
