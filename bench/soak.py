"""What goes on beside the load of bench/soak.sh: new generations, reloads, and samples of answers
and memory.

    soak.py GATE FOLDER CATALOG GATE_PID PORT LOAD_PID

Runs until the load has ended; prints one JSON object.
"""

import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

GATE, FOLDER, CATALOG = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
GATE_PID, PORT, LOAD_PID = (int(argument) for argument in sys.argv[4:7])
KEY = (FOLDER / "key").read_text().strip()

GENERATION_SECONDS = 10
RELOAD_SECONDS = 7
SAMPLES_A_SECOND = 50
WARM_UP_SECONDS = 20  # buffers grow to their final size
SHOWN_MAX = 5


def is_running(pid):
    """Whether it is still running; a zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def anonymous_kib():
    status = Path(f"/proc/{GATE_PID}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))


class Sampler:
    """Asks rows of the catalog, one after another, and compares the answers with what they expect."""

    def __init__(self):
        self.rows = itertools.cycle(Path(CATALOG).read_text(encoding="utf-8").splitlines())
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        self.sampled = self.differing = self.failed = 0

    def ask(self):
        row = next(self.rows)
        self.connection.request("POST", "/v1/check?detail=brief", row.encode(), {
            "Content-Type": "application/json", "Authorization": f"Bearer {KEY}"})
        answer = self.connection.getresponse()
        body = answer.read()
        self.sampled += 1
        if answer.status != 200:
            self.failed += 1
            self.tell(f"{answer.status} {body[:200]!r}: {row}")
            return
        decision, expected = json.loads(body), json.loads(row)["expect"]
        codes = sorted(f["code"] for f in decision["findings"] if f["effect"] != "note")
        if decision["decision"] != expected["decision"] or codes != sorted(expected["codes"]):
            self.differing += 1
            self.tell(f"{decision['decision']} {codes}: {row}")

    def tell(self, what):
        if self.differing + self.failed <= SHOWN_MAX:
            print(f"soak: {what}", file=sys.stderr)


def next_generation(serial):
    """Builds a file with this serial, and replaces the one that is served."""
    built = FOLDER / "next.snap"
    subprocess.run([GATE, "registry", "build", FOLDER / "feed.ndjson", "-o", built, "--serial",
                    str(serial)], check=True, stderr=subprocess.DEVNULL)
    built.rename(FOLDER / "registry.snap")


def served_serial():
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    connection.request("GET", "/v1/registry", headers={"Authorization": f"Bearer {KEY}"})
    return json.load(connection.getresponse())["serial"]


def main():
    sampler = Sampler()
    serial, reloads = 1, 0
    memory, descriptors = [], []
    began = time.monotonic()
    generation_due, reload_due = began + GENERATION_SECONDS, began + RELOAD_SECONDS
    while is_running(LOAD_PID):
        if time.monotonic() >= generation_due:
            serial += 1
            next_generation(serial)
            generation_due += GENERATION_SECONDS
        if time.monotonic() >= reload_due:
            os.kill(GATE_PID, signal.SIGHUP)
            reloads += 1
            reload_due += RELOAD_SECONDS
        for _ in range(SAMPLES_A_SECOND):
            sampler.ask()
        if time.monotonic() - began >= WARM_UP_SECONDS:
            memory.append(anonymous_kib())
            descriptors.append(len(os.listdir(f"/proc/{GATE_PID}/fd")))
        time.sleep(1)
    deadline = time.monotonic() + 30
    while served_serial() != serial and time.monotonic() < deadline:
        time.sleep(0.5)
    third = max(len(memory) // 3, 1)
    print(json.dumps({
        "sampled": sampler.sampled, "differing": sampler.differing, "failed": sampler.failed,
        "generations": served_serial(), "built": serial, "reloads": reloads,
        "memory_kib_max": max(memory), "growth_kib": max(memory[-third:]) - max(memory[:third]),
        "descriptors_more": max(descriptors[-third:]) - max(descriptors[:third])}))
    if served_serial() != serial:
        sys.exit(f"soak: serial {served_serial()} is served, {serial} was built")


if __name__ == "__main__":
    main()
