#!/usr/bin/env python3
"""The pages on formats are enough for somebody else's readers (tests/support/format_readers.py):
they find in snapshots, batches and logs what the program says of them.

    formats_test.py ROOT BUILD [CASE]
"""

import hashlib
import hmac
import json
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1]).resolve() / "tests/support"))

from format_readers import (  # noqa: E402
    Batch, Manifest, Snapshot, applied, epoch_chain, read_log, sha256, unpacked)
from gate_process import end_with_parent, start_gate  # noqa: E402

ROOT, BUILD = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
GATE, SYNTH = str(BUILD / "beian-gate"), str(BUILD / "fixtures/beian-synth")
PATIENCE = 120

# What synthetic feeds have little of: long lists, large ids, every form of number, several subjects
# of one number, a service of another subject's number, domains and a package to be put right.
ODD = [
    {"record": "subject", "id": 2**63, "number": "京ICP备2023000001号",
     "cancelled_on": "1970-01-01"},
    {"record": "subject", "id": 1, "number": "京ICP备2023000001号",
     "updated_at": "1970-01-01T00:00:00Z"},
    {"record": "service", "id": 2**63, "subject_id": 1, "number": "京ICP备2023000001号-99999K",
     "names": [f"名{i}" for i in range(40)], "providers": ["x"] * 15, "version": "1",
     "contents": ["y"] * 14, "ips": ["0.0.0.0/0", "::/0", "::1", "192.0.2.1", "192.0.2.1"],
     "approved_on": "1900-01-01", "submitted_on": "1970-01-01", "cancelled_on": "9999-12-31"},
    {"record": "service", "id": 3, "subject_id": 1, "number": "合字A2.B1.B2-20090001-7",
     "platforms": [{"os": "linux", "package": " a ", "public_keys": [],
                    "fingerprints": [f"{i:032x}" for i in range(4095)]},
                   {"os": "ios", "public_keys": ["sha256:" + 32 * "ab"]}]},
    {"record": "service", "id": 4, "number": "川B2-20100027-1615A",
     "domains": ["例子.CN.", "A.cn"]},
    *({"record": "service", "id": i, "number": number, "status": "returned"} for i, number in
      enumerate(("B2-201000-1", "京ICP证030173号-209X", "甘ICP证20030173号-1",
                 "新ICP备05000000号-1A"), 5))]


def run(*command, **options):
    return subprocess.run([*map(str, command)], check=True, capture_output=True, timeout=PATIENCE,
                          **options).stdout


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="beian-formats-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def key(self):
        run(GATE, "registry", "keygen", self.folder / "key")
        return self.folder / "key"

    def feed(self, records):
        path = self.folder / "feed.ndjson"
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
        return path

    def build(self, feed, *flags):
        run(GATE, "registry", "build", feed, "-o", self.folder / "snap", *flags)
        return self.folder / "snap"

    def exported(self, path):
        return [json.loads(line) for line in
                run(GATE, "registry", "export", "--format", "ndjson", path).splitlines()]


class Snapshots(Case):
    def test_a_snapshot_says_what_its_export_says(self):
        synthetic = self.folder / "synthetic.ndjson"
        run(SYNTH, "feed", "--services", 2000, "-o", synthetic)
        for feed, flags in (
                (synthetic, []), (self.feed(ODD), ["--serial", 7]), ("/dev/null", ["--incomplete"]),
                ("/dev/null", ["--incomplete", "--with-test-identities"]),
                (ROOT / "fixtures/registry.ndjson",
                 ["--sign", self.key(), "--with-test-identities"])):
            with self.subTest(feed=feed, flags=flags):
                path = self.build(feed, *flags)
                snapshot = Snapshot(path.read_bytes())
                self.assertEqual(snapshot.records, self.exported(path))
                shown = json.loads(run(GATE, "registry", "show", path))
                self.assertEqual((snapshot.serial, snapshot.root_hash.hex(), snapshot.flags & 3),
                                 (shown["serial"], shown["root_hash"],
                                  shown["sealed"] | shown["test_identities"] << 1))


@unittest.skipUnless(shutil.which("redis-server"), "no redis-server")
class Redis(Case):
    def setUp(self):
        super().setUp()
        self.socket = self.folder / "redis.sock"
        server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--save", "",
             "--dir", self.folder], stdout=subprocess.DEVNULL, preexec_fn=end_with_parent)
        self.addCleanup(lambda: (server.kill(), server.wait()))
        ping = ["redis-cli", "-s", self.socket, "PING"]
        while subprocess.run(ping, capture_output=True).returncode:
            self.assertIsNone(server.poll())
            time.sleep(0.01)

    def ask(self, *command):
        return run("redis-cli", "-s", self.socket, *command)[:-1]

    def publish(self, verb, *arguments):
        run(GATE, "registry", verb, *arguments, "--to", f"redis+unix://{self.socket}",
            "--sign", self.folder / "key")

    def generation(self):
        """Manifest and snapshot that the head leads to."""
        name = self.ask("GET", "{beian}:head").decode()
        file = self.ask("GET", "{beian}:manifest:" + name)
        self.assertEqual(sha256(file).hex(), name)
        manifest = Manifest(file)
        pieces = [unpacked(self.ask("GET", f"beian:chunk:{content.hex()}"))
                  for content in manifest.contents]
        self.assertEqual([*map(sha256, pieces)], manifest.contents)
        snapshot = Snapshot(b"".join(pieces))
        self.assertEqual(
            (manifest.serial, manifest.root_hash, manifest.subjects, manifest.services),
            (snapshot.serial, snapshot.root_hash, len(snapshot.subjects), len(snapshot.services)))
        return manifest, snapshot

    def batch(self, serial):
        script = "return redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1][2][2]"
        return Batch(self.ask("EVAL", script, 1, "{beian}:deltas", f"{serial}-0"))

    def assert_tip(self, epoch, serial, chain):
        self.assertEqual(self.ask("GET", "{beian}:tip").decode(), f"{epoch} {serial} {chain.hex()}")

    def test_batches_lead_to_what_is_made_of_them(self):
        self.publish("publish", self.build(self.feed(ODD), "--serial", 7, "--sign", self.key()))
        first, snapshot = self.generation()
        self.assertEqual((first.epoch, first.serial, first.chain), (1, 7, snapshot.root_hash))
        chain, records, batches = first.chain, snapshot.records, []
        synthetic = self.folder / "synthetic.ndjson"
        run(SYNTH, "feed", "--services", 300, "-o", synthetic)
        for serial, feed in enumerate((
                lambda: synthetic,
                lambda: self.feed([{"record": "service", "id": 3, "op": "delete"}]),
                lambda: self.feed([{"record": "subject", "id": 9, "number": "川B2-20100027",
                                    "sponsor": "\x01\n/\"\\\x7f\x85\u2028😀"}])), 8):
            self.publish("delta", feed(), "--feed-id", f"day {serial}")
            batch = self.batch(serial)
            self.assertEqual((batch.serial, batch.feed_id.decode(), batch.previous),
                             (serial, f"day {serial}", chain))
            score = self.ask("ZSCORE", "{beian}:feeds", f"day {serial}")
            self.assertEqual(score.decode(), str(serial))
            chain = batch.chain
            self.assert_tip(1, serial, chain)
            batches.append(batch)
        self.assertEqual([batch.is_compressed for batch in batches], [True, False, False])
        self.publish("compact")
        second, snapshot = self.generation()
        self.assertEqual((second.epoch, second.serial, second.chain), (1, 10, chain))
        by_id = lambda records: sorted(records, key=lambda record: (record["record"], record["id"]))
        self.assertEqual(by_id(snapshot.records), by_id(applied(records, batches)))
        self.publish("rollback")
        third, _ = self.generation()
        self.assertEqual((third.epoch, third.serial, third.chain),
                         (2, 7, epoch_chain(first.chain, 2)))
        self.assert_tip(2, 7, third.chain)


class Log(Case):
    REQUESTS = (
        ("/v1/check?operation=distribute&package=cn.beian-gate.pass&id=%C2%851%E2%80%AE", {}),
        ("/v1/authz?operation=distribute&platform=android",
         {"X-Filing-Number": "%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1a",
          "X-App-Package": "cn.beian-gate.pass"}))
    TEXTS = ("operation=distribute&package=cn.beian-gate.pass&id=%C2%851%E2%80%AE",
             "operation=distribute&platform=android"
             "&filing_number=%E4%BA%ACICP%E5%A4%872099000000%E5%8F%B7-1a"
             "&package=cn.beian-gate.pass")

    def decisions(self, **settings):
        """The first record, and the decisions, of a gate that was asked and ran twice."""
        config, folder = self.folder / "gate.toml", self.folder / "log"
        settings["folder"] = folder
        config.write_text("[log]\n" + "".join(f"{name} = {json.dumps(str(value))}\n"
                                              for name, value in settings.items()))
        for requests in (self.REQUESTS, ()):
            gate, line = start_gate(self, GATE, config, self.folder / "err", PATIENCE,
                                    ("--listen", "127.0.0.1:0", "--threads", "1"))
            for path, fields in requests:
                request = urllib.request.Request(line.split()[-1] + path, headers=fields)
                urllib.request.urlopen(request, timeout=PATIENCE).read()
            gate.terminate()
            gate.communicate(timeout=PATIENCE)
        records = read_log(folder)
        decisions = [record for record in records if record["record"] == "decision"]
        shown = run(GATE, "log", "show", folder).splitlines()
        self.assertEqual(decisions, [*map(json.loads, shown)])
        verified = json.loads(run(GATE, "log", "verify", folder, "--json"))
        self.assertEqual(verified["last_sequence"], len(records))
        return records[0], decisions

    def test_it_is_chained_and_signed(self):
        _, decisions = self.decisions(sign_key=self.key())
        self.assertEqual([decision["request_digest"] for decision in decisions],
                         [sha256(text.encode()).hex() for text in self.TEXTS])
        self.assertEqual(decisions[0]["id"], "\x851\u202e")

    def test_digests_are_made_with_the_key(self):
        key = 32 * b"\xab"
        (self.folder / "digits").write_text(key.hex() + "\n")

        def digest(name, text):
            return hmac.digest(key, f"{name}\0{text}".encode(), hashlib.sha256).hex()
        segment, decisions = self.decisions(privacy="digest", digest_key=self.folder / "digits")
        self.assertEqual(segment["digest_key"],
                         sha256(b"beian-gate log digest key 1\n", key).hex()[:16])
        for decision, text in zip(decisions, self.TEXTS, strict=True):
            self.assertEqual(
                (decision["package"], decision["filing_number"], decision["request_digest"]),
                ("hmac:" + digest("package", "cn.beian-gate.pass")[:32],
                 "hmac:" + digest("filing_number", "京ICP备2099000000号-1A")[:32],
                 digest("request", text)))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
