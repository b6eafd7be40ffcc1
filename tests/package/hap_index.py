"""Makes a HarmonyOS resources.index, in the layout that gate/package/hap_resources.h describes."""

import struct

TYPES = {"language": 0, "region": 1, "device": 4, "script": 5, "dark": 6}
STRING = 9


def text(value):
    data = value.encode() + b"\0"
    return struct.pack("<H", len(data)) + data


def qualifier(name, value):
    packed = int.from_bytes(value.encode(), "big") if isinstance(value, str) else value
    return struct.pack("<II", TYPES[name], packed)


def build(folders):
    """folders: ({qualifier: value}, {id: (name, text)})"""
    keys_bytes = sum(12 + 8 * len(qualifiers) for qualifiers, _ in folders)
    ids_bytes = sum(8 + 8 * len(texts) for _, texts in folders)
    keys, ids, records = b"", b"", b""
    for qualifiers, texts in folders:
        keys += b"KEYS" + struct.pack("<II", 136 + keys_bytes + len(ids), len(qualifiers))
        keys += b"".join(qualifier(name, value) for name, value in qualifiers.items())
        ids += b"IDSS" + struct.pack("<I", len(texts))
        for number, (name, value) in texts.items():
            ids += struct.pack("<II", number, 136 + keys_bytes + ids_bytes + len(records))
            record = struct.pack("<II", STRING, number) + text(value) + text(name)
            records += struct.pack("<I", len(record)) + record
    rest = keys + ids + records
    head = b"Restool 5.0.1".ljust(128, b"\0")
    return head + struct.pack("<II", 136 + len(rest), len(folders)) + rest
