"""Drives one `beian-gate serve` under callgrind with every row of FOLDER/catalog.ndjson, once brief
and once full, and prints the instructions per check, from socket to socket, by decision and for the
catalog's own mix of decisions. Each row is sent once; the first rows, which warm the server up, are
not counted."""

import http.client
import json
import re
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(sys.argv[1])
GATE = Path(__file__).resolve().parent.parent / "build/release/beian-gate"
WARM_UP_ROWS = 100
START_SECONDS = 60


def rows():
    for line in (FOLDER / "catalog.ndjson").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        decision = row.pop("expect")["decision"]
        yield decision, row


def started(out):
    gate = subprocess.Popen(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", GATE, "serve", "--threads", "1",
         "--listen", "127.0.0.1:0", "--registry", FOLDER / "registry.snap"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for _ in range(START_SECONDS * 10):
        line = gate.stdout.readline()
        if match := re.match(r"listening on http://([\d.]+):(\d+)", line):
            return gate, http.client.HTTPConnection(match[1], int(match[2]))
        time.sleep(0.1)
    sys.exit("detail: the gate did not start")


def send(connection, batch, detail):
    for row in batch:
        body = json.dumps({**row, "detail": detail}, ensure_ascii=False).encode()
        connection.request("POST", "/v1/check", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            sys.exit(f"detail: {answer.status}: {answer.read()[:200]}")
        answer.read()


def control(gate, flag):
    subprocess.run(["callgrind_control", flag, str(gate.pid)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


# The server's instructions for all checks of `batch`. A dump made on request has a number in its
# name; the last one, up to the server's end, has none.
def instructions(batch, detail):
    out = FOLDER / f"callgrind.{detail}"
    gate, connection = started(out)
    try:
        send(connection, batch[:WARM_UP_ROWS], detail)
        control(gate, "-z")
        send(connection, batch, detail)
        control(gate, "-d")
    finally:
        gate.terminate()
        gate.wait()
    dump = Path(f"{out}.1").read_text()
    return int(re.search(r"^(?:summary|totals): (\d+)", dump, re.M)[1])


def line(decision, rows, brief, full):
    print(f"{decision:10}{rows:8}{brief / rows:10.0f}{full / rows:10.0f}{full / brief - 1:8.0%}",
          flush=True)


def main():
    by_decision = {}
    for decision, row in rows():
        by_decision.setdefault(decision, []).append(row)
    print("instructions per check, socket to socket, in user space only: callgrind sees no kernel")
    print(f"{'decision':10}{'rows':>8}{'brief':>10}{'full':>10}{'more':>8}")
    mix = [0, 0, 0]
    for decision, batch in sorted(by_decision.items()):
        counts = [len(batch)] + [instructions(batch, detail) for detail in ("brief", "full")]
        line(decision, *counts)
        mix = [a + b for a, b in zip(mix, counts)]
    line("mix", *mix)


main()
