"""Readers of snapshots, of what Redis holds, and of decision logs, which have nothing of ours.

They follow cache/snapshot/FORMAT.md, cache/redis/FORMAT.md and gate/log/FORMAT.md, and change with
them. What does not hold raises; but strictness is not their task: C++ tests damage every byte.
"""

import ctypes
import datetime
import hashlib
import ipaddress
import json
import re
import subprocess
import zlib
from base64 import b64decode
from struct import iter_unpack, pack, unpack, unpack_from

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

XXH3 = ctypes.CDLL("libxxhash.so.0").XXH3_64bits_withSeed
XXH3.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]
XXH3.restype = ctypes.c_uint64


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def unpacked(frame):
    return subprocess.run(["zstd", "-dcq"], input=frame, check=True, capture_output=True).stdout


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def check_signature(signer, signature, *parts):
    if any(signer + signature):  # zeros: unsigned
        Ed25519PublicKey.from_public_bytes(signer).verify(signature, b"".join(parts))


def day(number):
    return str(datetime.date(1970, 1, 1) + datetime.timedelta(number))


def instant(seconds):
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return time.isoformat() + "Z"


def known(record):
    return {name: value for name, value in record.items() if value is not None}


class Snapshot:
    INDEXES = ["package", "platform", "fingerprint", "public_key", "domain"]
    SECTIONS = ["strings", "subjects", "services", "bodies", "subject_ids", "service_ids", "ipv4",
                "ipv6", "number_buckets", *(index + part for index in INDEXES
                                            for part in ("_buckets", "_postings")), "block_hashes"]
    STATUSES = [None, "filed", "submitted", "provider_review", "authority_review", "returned",
                "changing", "cancelling", "cancelled", "revoked", "blacklisted"]
    PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀黔滇藏陕陇青宁新川甘贵云"
    LISTS = ["names", "contents", "approvals", "domains", "providers", "ips"]

    def __init__(self, file):
        magic, version, self.flags, size, self.serial = unpack_from("<8sIIQQ", file)
        check((magic, version, size) == (b"BEIANREG", 1, len(file)), "header")
        self.section, at = {}, 1024
        for name, (offset, length) in zip(self.SECTIONS, iter_unpack("<QQ", file[184:504])):
            check(offset == at, name)
            at = (offset + length + 63) // 64 * 64
            self.section[name] = file[offset:offset + length]
            check(name == "block_hashes" or not any(file[offset + length:at]), name)
        hashes = b"".join(sha256(file[i:min(i + 65536, offset)])
                          for i in range(1024, offset, 65536))
        check((hashes, offset + length) == (self.section["block_hashes"], size), "blocks")
        self.root_hash = file[504:536]
        check(self.root_hash == sha256(b"beian-gate snapshot root 1\n", file[:504], bytes(128),
                                       file[632:1024], hashes), "root hash")
        check_signature(file[536:568], file[568:632], b"beian-gate snapshot signature 1\n",
                        self.root_hash)
        self.subjects = list(iter_unpack("<QQIIIIIIqiBB10s", self.section["subjects"]))
        self.services = list(iter_unpack("<QQIIiHBB", self.section["services"]))
        self.bodies = self.words("bodies")
        self.ipv4 = list(iter_unpack("<IIII", self.section["ipv4"]))
        self.ipv6 = list(iter_unpack("<16s16s16sI12s", self.section["ipv6"]))
        recorded = [row for row, subject in enumerate(self.subjects) if subject[11] & 1]
        self.records = [*map(self.subject, recorded),
                        *map(self.service, range(len(self.services)))]
        self.check_counts_and_orders(file, recorded)
        self.check_indexes()

    def words(self, name):
        return [word for word, in iter_unpack("<I", self.section[name])]

    def bytes_of(self, reference):
        length, = unpack_from("<H", self.section["strings"], 2 * reference)
        return self.section["strings"][2 * reference + 2:2 * reference + 2 + length]

    def text(self, reference):
        return None if reference == 0xFFFFFFFF else self.bytes_of(reference).decode()

    def number(self, key, kind):
        form, province, classes, is_long, main, serial = (
            key >> lowest & (1 << bits) - 1
            for lowest, bits in ((62, 2), (56, 6), (52, 4), (51, 1), (17, 34), (0, 17)))
        place = {0: "", 63: "合字", **dict(enumerate(self.PROVINCES, 1))}[province]
        digits = str(main).zfill((6 if form else 8) + 2 * is_long)
        licence = ".".join(name for bit, name in enumerate(["A1", "A2", "B1", "B2"])
                           if classes >> bit & 1)
        text = place + [f"ICP备{digits}号", f"ICP证{digits}号", f"{licence}-{digits}"][form]
        return f"{text}-{serial}" + ["", "A", "X", "K"][kind - 1] if serial else text

    def subject(self, row):
        (key, number, _, _, sponsor, nature, certificate, province, updated_at, cancelled_on,
         status, flags, _) = self.subjects[row]
        return known({
            "record": "subject", "id": number, "number": self.number(key << 17, 0),
            "sponsor": self.text(sponsor), "nature": self.text(nature),
            "certificate_number": self.text(certificate), "province": self.text(province),
            "status": self.STATUSES[status],
            "updated_at": instant(updated_at) if flags & 2 else None,
            "cancelled_on": day(cancelled_on) if flags & 4 else None})

    def range(self, reference):
        rows, address = ((self.ipv6, ipaddress.IPv6Address) if reference >> 31 else
                         (self.ipv4, ipaddress.IPv4Address))
        first, last = map(address, rows[reference & 0x7FFFFFFF][:2])
        return str(first) if first == last else f"{first}-{last}"

    def service(self, row):
        key, number, subject, body, approved_on, flags, kind, status = self.services[row]
        end = self.services[row + 1][3] if row + 1 < len(self.services) else len(self.bodies)
        words = iter(self.bodies[body:end])
        is_set = lambda bit: flags >> bit & 1
        take = lambda count, read: [read(next(words)) for _ in range(count)]
        packed = next(words)
        counts = [packed >> shift & 15 for shift in range(0, 28, 4)]
        counts = [count if count < 15 else next(words) for count in counts]
        found = {"record": "service", "id": number, "number": self.number(key, kind),
                 "subject_id": self.subjects[subject][1] or None, "status": self.STATUSES[status],
                 "limit_access": bool(is_set(14)) if is_set(13) else None,
                 "approved_on": day(approved_on) if is_set(10) else None}
        for bit, name in enumerate(self.LISTS):
            items = take(counts[bit], self.range if name == "ips" else self.text)
            found[name] = items if is_set(bit) else None
        for bit, name in ((7, "host_platform"), (8, "version")):
            found[name] = self.text(next(words)) if is_set(bit) else None
        for bit, name in ((9, "submitted_on"), (11, "cancelled_on")):
            found[name] = day(*unpack("<i", pack("<I", next(words)))) if is_set(bit) else None
        if is_set(12):
            found["updated_at"] = instant(*unpack("<q", pack("<II", next(words), next(words))))
        platforms = take(counts[6], lambda head: self.platform(head, words, take))
        found["platforms"] = platforms if is_set(6) else None
        check(next(words, None) is None, "the end of a body")
        return known(found)

    def platform(self, head, words, take):
        os = ["", "android", "ios", "harmonyos"][head & 15] or self.text(next(words))
        package = self.text(next(words)) if head >> 4 & 1 else None
        fingerprints = take(head >> 8 & 0xFFF, lambda word: self.bytes_of(word).hex())
        keys = take(head >> 20, lambda word: "sha256:" + self.bytes_of(word).hex())
        return known({"os": os, "package": package,
                      "fingerprints": fingerprints if head >> 5 & 1 else None,
                      "public_keys": keys if head >> 6 & 1 else None})

    def check_counts_and_orders(self, file, recorded):
        kinds, statuses = ([row[column] for row in self.services] for column in (6, 7))
        counts = [len(self.subjects), *map(kinds.count, range(5)), *map(statuses.count, range(11))]
        check([*unpack_from("<17Q", file, 48)] == counts, "counts")
        for rows in (self.subjects, self.services):
            check(rows == sorted(rows, key=lambda row: row[:2]), "the order of rows")
        for name, rows, listed in (("subject_ids", self.subjects, recorded),
                                   ("service_ids", self.services, range(len(self.services)))):
            check(self.words(name) == sorted(listed, key=lambda row: rows[row][1]), name)

        def greatest(rows, low, high):
            if low == high:
                return rows[0][1][:0] if rows is self.ipv6 else 0
            root = (low + high) // 2
            last = max(rows[root][1], greatest(rows, low, root), greatest(rows, root + 1, high))
            check(rows[root][2] == last, "last_max")
            return last
        for rows in filter(None, (self.ipv4, self.ipv6)):
            greatest(rows, 0, len(rows))

    def find(self, index, value, holds):
        """Of the rows to which an index leads from a hash, those that `holds`."""
        buckets = list(iter_unpack("<10I10HI", self.section[index + "_buckets"]))
        postings = [] if index == "number" else self.words(index + "_postings")
        at, found, goes_on = (value >> 32) * len(buckets) >> 32, set(), True
        while goes_on:
            *slots, goes_on = buckets[at]
            for slot, tag in zip(slots[:10], slots[10:]):
                if slot != 0xFFFFFFFF and tag == value & 0xFFFF:
                    place = slot - 2**31
                    rows = postings[place + 1:][:postings[place]] if place >= 0 else [slot]
                    found.update(filter(holds, rows))
            at = (at + 1) % len(buckets)
        return found

    def check_indexes(self):
        held = {index: {} for index in self.INDEXES}
        put = lambda index, text, row: held[index].setdefault(text, set()).add(row)
        services = [record for record in self.records if record["record"] == "service"]
        for row, service in enumerate(services):
            for domain in service.get("domains", []):
                put("domain", domain.encode(), row)
            for platform in service.get("platforms", []):
                for name in ("fingerprint", "public_key"):
                    for digest in platform.get(name + "s", []):
                        put(name, bytes.fromhex(digest.removeprefix("sha256:")), row)
                if "package" in platform:
                    put("package", platform["package"].encode(), row)
                    put("platform", (platform["os"].encode(), platform["package"].encode()), row)
        for index, texts in held.items():
            for text, rows in texts.items():
                os, text = text if index == "platform" else (None, text)
                if os is None or len(held["package"][text]) > 1:
                    seed = XXH3(os, len(os), 0) if os else 0
                    found = self.find(index, XXH3(text, len(text), seed), rows.__contains__)
                    check(found == rows, (index, text))
        for key, row in {self.subjects[row][0]: row
                         for row in reversed(range(len(self.subjects)))}.items():
            value = key
            for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
                value = (value ^ value >> shift) * factor % 2**64
            check(self.find("number", value, [row].__contains__) == {row}, "number")


class Manifest:
    def __init__(self, file):
        magic, version, flags, self.epoch, self.serial = unpack_from("<8sIIQQ", file)
        (self.subjects, self.services, file_bytes, chunk_bytes, chunks, self.root_hash,
         self.chain) = unpack_from("<QQQII32s32s", file, 64)
        check((magic, version, flags & ~15) == (b"BEIANMAN", 1, 0), "header")
        self.contents = [content for content, in iter_unpack("32s", file[288:])]
        check(chunks == len(self.contents) == -(-file_bytes // chunk_bytes), "chunks")
        check_signature(file[192:224], file[224:288], b"beian-gate manifest signature 1\n",
                        sha256(file[:224], bytes(64), file[288:]))


def spelt(record):
    """A line of a batch."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[\x7f\u2028\u2029]", lambda odd: f"\\u{ord(odd[0]):04x}", text) + "\n"


class Batch:
    def __init__(self, file):
        magic, version, flags, self.serial = unpack_from("<8sIIQ", file)
        check((magic, version, flags & ~3) == (b"BEIANDLT", 1, 0), "header")
        self.previous, count, id_bytes, text_bytes, stored_bytes, text_hash = unpack_from(
            "<32sIIQQ32s", file, 40)
        self.feed_id, stored = file[224:224 + id_bytes], file[224 + id_bytes:]
        self.is_compressed = bool(flags & 2)
        text = unpacked(stored) if self.is_compressed else stored
        check((len(text), len(stored)) == (text_bytes, stored_bytes), "sizes")
        check(text_hash == sha256(self.feed_id, text), "text hash")
        self.records = [*map(json.loads, text.decode().split("\n")[:-1])]
        check(len(self.records) == count > 0, "records")
        check("".join(map(spelt, self.records)) == text.decode(), "spelling")
        batch_hash = sha256(b"beian-gate delta batch 1\n", file[:12], pack("<I", flags & ~2),
                            file[16:88], bytes(8), text_hash, bytes(96))
        check_signature(file[128:160], file[160:224], b"beian-gate delta signature 1\n", batch_hash)
        self.chain = sha256(b"beian-gate delta chain 1\n", self.previous, batch_hash)


def applied(records, batches):
    """What is there after the batches."""
    kept = {(record["record"], record["id"]): record for record in records}
    for batch in batches:
        for record in batch.records:
            kept[record["record"], record["id"]] = record
        kept = {key: record for key, record in kept.items() if record.get("op") != "delete"}
        subjects = {kept[key]["number"]: key[1] for key in sorted(kept, reverse=True)
                    if key[0] == "subject"}
        for record in kept.values():
            if (number := record["number"].rpartition("-")[0]) in subjects:
                record.setdefault("subject_id", subjects[number])
    return list(kept.values())


def epoch_chain(chain, epoch):
    return sha256(b"beian-gate epoch chain 1\n", chain, pack("<Q", epoch))


def read_log(folder):
    """All records of a log that was stopped."""
    records, before = [], "0" * 64
    for path in sorted(folder.glob("decisions-*"), key=lambda path: int(path.name[10:18])):
        text = path.read_bytes()
        if path.suffix == ".zst":
            check(text[-40:-32].hex() == "5b2a4d1820000000", "skippable frame")
            check(text[-32:] == sha256(text[:-40]), "hash of a segment")
            text = unpacked(text)
        for place, line in enumerate(text.split(b"\n")[:-1]):
            record = json.loads(line)
            checked, checksum = re.fullmatch(rb'(.*)","checksum":"([0-9a-f]{8})"}', line).groups()
            check(int(checksum, 16) == zlib.crc32(checked), "checksum")
            check((record["record"] == "segment") == (place == 0), "segment")
            check((record["sequence"], record["previous"]) == (len(records) + 1, before), "chain")
            if record["record"] == "checkpoint" and record["signer"]:
                vouched = [records[0]["origin"], str(len(records)), before, record["time"],
                           record["reason"]]
                check_signature(b64decode(record["signer"]), b64decode(record["signature"]),
                                "\n".join(["beian-gate log checkpoint 1", *vouched, ""]).encode())
            records.append(record)
            before = sha256(line).hex()
    check((folder / "head").read_bytes() == line + b"\n" and record["reason"] == "stop", "head")
    return records
