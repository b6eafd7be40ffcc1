"""Drives `beian-gate serve` under callgrind with every row of FOLDER/catalog.ndjson as a brief
check, once per configuration, and prints the instructions of all its threads per check: what a
feature adds, on the worker's thread or on the log's. All checks go over one connection, one after
another; the first rows, which warm the server up, are not counted."""

import http.client
import json
import os
import re
import ssl
import subprocess
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1])
GATE = os.environ.get("GATE", Path(__file__).resolve().parent.parent / "build/release/beian-gate")
WARM_UP_ROWS = 100

TLS = f'[tls]\ncertificate = "{FOLDER}/tls.pem"\nkey = "{FOLDER}/tls.key"\n'


def keys():
    """A key, and the lines that admit it."""
    made = subprocess.run([GATE, "keys", "new"], capture_output=True, text=True, check=True)
    entry = re.search(r"\{.*\}", made.stderr)[0]
    return made.stdout.strip(), f'[[callers]]\nname = "bench"\nkeys = [{entry}]\n'


def log(name, durability):
    return f'[log]\nfolder = "{FOLDER}/{name}"\ndurability = "{durability}"\n'


def start(name, config, key, is_tls):
    path = FOLDER / f"{name}.toml"
    path.write_text(config)
    gate = subprocess.Popen(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={FOLDER}/callgrind.{name}", GATE, "serve",
         "--threads", "1", "--config", path, "--listen", "127.0.0.1:0", "--registry",
         FOLDER / "registry.snap"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in gate.stdout:
        if found := re.match(r"listening on \w+://([\d.]+):(\d+)", line):
            break
    else:
        sys.exit(f"features: the gate did not start with {name}")
    address = found[1], int(found[2])
    context = ssl.create_default_context(cafile=f"{FOLDER}/tls.pem") if is_tls else None
    connection = (http.client.HTTPSConnection(*address, context=context) if is_tls else
                  http.client.HTTPConnection(*address))
    fields = {"Content-Type": "application/json"}
    if key:
        fields["Authorization"] = f"Bearer {key}"
    return gate, connection, fields


REFUSED_MAX = 20


def send(connection, fields, rows):
    """A handshake under valgrind, or a pause of valgrind itself, may take so long that later
    requests are shed."""
    refused = 0
    for row in rows:
        connection.request("POST", "/v1/check?detail=brief", row, fields)
        answer = connection.getresponse()
        body = answer.read()
        refused += answer.status == 503
        if answer.status not in (200, 503) or refused > REFUSED_MAX:
            sys.exit(f"features: {answer.status}: {body[:200]}")
    if refused:
        print(f"features: {refused} of {len(rows)} were shed, and cost less than they would have", file=sys.stderr)


def control(gate, flag):
    subprocess.run(["callgrind_control", flag, str(gate.pid)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def instructions(name, rows, config="", key="", is_tls=False):
    """Of all threads, per check. Dumps made on request lie beside those made at the end."""
    gate, connection, fields = start(name, config, key, is_tls)
    try:
        send(connection, fields, rows[:WARM_UP_ROWS])
        control(gate, "-z")
        send(connection, fields, rows)
        control(gate, "-d")
    finally:
        gate.terminate()
        gate.wait()
    counts = [int(count) for part in FOLDER.glob(f"callgrind.{name}.*")
              for count in re.findall(r"^(?:summary|totals): (\d+)", part.read_text(), re.M)[:1]]
    return max(counts) / len(rows)


def main():
    rows = []
    for line in (FOLDER / "catalog.ndjson").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        row.pop("expect")
        rows.append(json.dumps(row, ensure_ascii=False).encode())
    key, callers = keys()
    plans = (("plain", {}), ("key", {"config": callers, "key": key}),
             ("log, async", {"config": log("async", "async")}),
             ("log, before_answer", {"config": log("before", "before_answer")}),
             ("TLS", {"config": TLS, "is_tls": True}),
             ("key, log, TLS", {"config": callers + TLS + log("all", "async"), "key": key, "is_tls": True}))
    print("| configuration | instructions a check | more |\n| --- | --- | --- |")
    base = None
    for name, plan in plans:
        each = instructions(re.sub(r"\W+", "-", name), rows, **plan)
        base = base or each
        print(f"| {name} | {each:,.0f} | {each / base - 1:+.0%} |", flush=True)


main()
