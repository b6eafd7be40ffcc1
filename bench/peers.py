"""What the peers of bench/peers.sh hold and are asked, derived from a snapshot.

    peers.py GATE SNAPSHOT FOLDER

Writes to FOLDER: redis.resp (one SET per number, for redis-cli --pipe), numbers.map and domains.map
(for HAProxy), and the requests: checks, gets, posts, authz.
"""

import json
import random
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

ASKED = 10_000  # different ones, shuffled
SEED = 1


def decided(gate, snapshot, folder):
    """(number, the gate's brief decision as text) of every service."""
    exported = subprocess.Popen(
        [gate, "registry", "export", snapshot, "--format", "ndjson"], stdout=subprocess.PIPE)
    audit = subprocess.Popen(
        [gate, "audit", "-", "--registry", snapshot, "--quiet", "--output", f"ndjson={folder}/decided"],
        stdin=subprocess.PIPE)
    numbers = []
    for line in exported.stdout:
        record = json.loads(line)
        if record["record"] != "service":
            continue
        numbers.append(record["number"])
        request = {"operation": "distribute", "filing_number": record["number"]}
        audit.stdin.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
    audit.stdin.close()
    if audit.wait() >= 64 or exported.wait() != 0:
        sys.exit("peers.py: the gate did not decide")
    with open(folder / "decided", encoding="utf-8") as decisions:
        yield from zip(numbers, (line.rstrip("\n") for line in decisions), strict=True)
    (folder / "decided").unlink()


def resp(*words):
    out = b"*%d\r\n" % len(words)
    for word in (word.encode() for word in words):
        out += b"$%d\r\n%s\r\n" % (len(word), word)
    return out


def write_lines(path, lines):
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def main():
    gate, snapshot, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    numbers = []
    with open(folder / "redis.resp", "wb") as redis, open(
            folder / "numbers.map", "w", encoding="utf-8") as numbers_map:
        for number, decision in decided(gate, snapshot, folder):
            numbers.append(number)
            redis.write(resp("SET", number, decision))
            # A HAProxy format string ends at white space, and a brief decision contains none.
            numbers_map.write(f"{number} {decision}\n")
    subprocess.run([gate, "registry", "export", snapshot, "--format", "haproxy-map", "--operation",
                    "connect", "-o", folder / "domains.map"], check=True)
    lines = open(folder / "domains.map", encoding="utf-8")
    domains = [line.split()[0] for line in lines if not line.startswith("*")]

    draw = random.Random(SEED)
    asked = draw.sample(numbers, min(ASKED, len(numbers)))
    write_lines(folder / "checks", (
        f"/v1/check?number={quote(number)}&operation=distribute&detail=brief" for number in asked))
    write_lines(folder / "gets", (f"/GET/{quote(number)}" for number in asked))
    write_lines(folder / "posts", (
        json.dumps({"operation": "distribute", "filing_number": number}, ensure_ascii=False)
        for number in asked))
    write_lines(folder / "authz", (
        f"/v1/authz?operation=connect&domain={domain}"
        for domain in draw.sample(domains, min(ASKED, len(domains)))))


if __name__ == "__main__":
    main()
