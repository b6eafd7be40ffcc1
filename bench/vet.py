"""Makes a system image in FOLDER with Debian's aapt and apksigner, and prints time and memory of
`beian-gate vet` over it.

    vet.py FOLDER make PACKAGES
    vet.py FOLDER run ROUNDS      its own process: a child's peak memory starts at its parent's
"""

import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
GATE = HERE.parent / "build/release/beian-gate"
FOLDER, STEP, COUNT = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
NAME = "cn.example.app00000"
LARGE_BYTES = 200 * 10**6
REPORTS = ("json", "junit", "html")

if STEP == "make":
    sys.path.insert(0, str(HERE.parent / "tests/package"))
    import apks
    import make_apks
    import make_keys


def name_of(i):
    return f"cn.example.app{i:05}"


def make_image(keys):
    """COUNT packages below FOLDER/image, and FOLDER/large.apk."""
    parts = FOLDER / "parts"
    parts.mkdir()
    plain = apks.make(parts, "plain", package=NAME, application='android:label="@string/app_name"',
                      strings={"values": {"app_name": "Example"}, "values-zh-rCN": {"app_name": "示例"}},
                      extra={"assets/data.bin": os.urandom(100_000)})
    large = parts / "large.apk"
    large.write_bytes(plain.read_bytes())
    with zipfile.ZipFile(large, "a") as archive:
        archive.writestr("assets/large.bin", os.urandom(LARGE_BYTES))
    commands = []
    for i in range(COUNT):
        path = parts / f"{i}.apk"
        path.write_bytes(apks.renamed(plain, NAME, name_of(i)))
        target = FOLDER / f"image/app/{i:05}/base.apk"
        target.parent.mkdir(parents=True)
        commands.append((path, target))
    commands.append((large, FOLDER / "large.apk"))
    make_apks.run_jvm([[FOLDER / "log", "sign", "--min-sdk-version", "21", "--v1-signing-enabled", "true",
                        "--v2-signing-enabled", "true", "--v3-signing-enabled", "true",
                        "--v4-signing-enabled", "false", *keys.flags("rsa2048"), "--in", given, "--out",
                        out] for given, out in commands])


def make_registry():
    records = [{"record": "subject", "id": 1, "number": "京ICP备2023000001号", "sponsor": "示例",
                "status": "filed"}]
    for i in range(0, COUNT, 5):
        records.append({"record": "service", "id": 2 + i, "subject_id": 1, "names": ["示例"],
                        "number": f"京ICP备2023000001号-{1 + i}A", "status": "filed",
                        "platforms": [{"os": "android", "package": name_of(i)}]})
    feed = FOLDER / "feed.ndjson"
    feed.write_text("".join(json.dumps(one) + "\n" for one in records))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    subprocess.run([GATE, "registry", "build", feed, "-o", FOLDER / "registry.snap", "--serial", "1",
                    "--as-of", now], check=True, stderr=subprocess.DEVNULL)


def run(*arguments):
    """(wall-clock seconds, CPU seconds, peak MiB including the pages read of mapped packages)"""
    began = time.monotonic()
    child = os.posix_spawn(GATE, [str(GATE), "vet", *map(str, arguments), "--registry",
                                  str(FOLDER / "registry.snap"), "--quiet"], os.environ)
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit("vet: it failed")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def report(what, *arguments):
    rounds = sorted(run(*arguments) for _ in range(COUNT))
    wall, cpu, memory = rounds[len(rounds) // 2]
    print(f"{what}: {wall * 1e3:.0f} ms, {cpu * 1e3:.0f} ms of CPU, {memory:.0f} MiB at its peak; "
          f"load {os.getloadavg()[0]:.1f}", flush=True)


def make():
    make_image(make_keys.Keys(FOLDER))
    make_registry()


def measure():
    packages = [path.stat().st_size for path in (FOLDER / "image").rglob("*.apk")]
    print(f"{len(packages)} packages, {sum(packages) / 1e6:.0f} MB; one of "
          f"{(FOLDER / 'large.apk').stat().st_size / 1e6:.0f} MB; {os.cpu_count()} threads; the median "
          f"of {COUNT}", flush=True)
    outputs = [part for name in REPORTS for part in ("--output", f"{name}={FOLDER / name}")]
    report("the image, without reports", FOLDER / "image", "--output", f"summary={FOLDER / 'summary'}")
    report("the image, as JSON, JUnit and HTML", FOLDER / "image", *outputs)
    report("the large package", FOLDER / "large.apk", *outputs)


if __name__ == "__main__":
    make() if STEP == "make" else measure()
