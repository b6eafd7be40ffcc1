"""APKs made with Debian's aapt, for tests of inspect and vet."""
import io
import pathlib
import re
import subprocess
import zipfile

FRAMEWORK = "/usr/share/android-framework-res/framework-res.apk"

MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="{package}" {root}>
{children}
<application {application}/>
</manifest>
"""


def make(folder, name, package="cn.example.app", root='android:versionCode="7" android:versionName="1.2"',
         children="", application='android:label="Example"', strings=None, extra=None):
    """Makes folder/name.apk and returns its path. `strings`: {"values-zh-rCN": {"app_name": "…"}};
    `extra`: {"assets/a.txt": bytes}, stored."""
    work = pathlib.Path(folder) / (name + ".src")
    work.mkdir(parents=True)
    manifest = work / "AndroidManifest.xml"
    manifest.write_text(MANIFEST.format(package=package, root=root, children=children,
                                        application=application))
    out = pathlib.Path(folder) / (name + ".apk")
    command = ["aapt", "package", "-f", "-M", str(manifest), "-I", FRAMEWORK, "-F", str(out)]
    for values, texts in (strings or {}).items():
        place = work / "res" / values
        place.mkdir(parents=True)
        items = "".join(f'<string name="{key}">{text}</string>' for key, text in texts.items())
        (place / "strings.xml").write_text(f"<resources>{items}</resources>")
    if strings:
        command += ["-S", str(work / "res")]
    subprocess.run(command, check=True, capture_output=True)
    if extra:
        with zipfile.ZipFile(out, "a") as archive:
            for entry, data in extra.items():
                archive.writestr(entry, data)
    return out


def renamed(apk, old, new):
    """The bytes of `apk` with another package name of the same length; no longer signed."""
    assert len(old) == len(new)
    out = io.BytesIO()
    with zipfile.ZipFile(apk) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "AndroidManifest.xml":
                data = data.replace(old.encode("utf-16-le"), new.encode("utf-16-le"))
                data = data.replace(old.encode(), new.encode())
            target.writestr(info.filename, data, info.compress_type)
    return out.getvalue()


def badging(apk):
    """What `aapt dump badging` says, in inspect's terms."""
    text = subprocess.run(["aapt", "dump", "badging", str(apk)], check=True,
                          capture_output=True).stdout.decode()
    said = {"permissions": [], "labels": {}}

    def first(pattern):
        found = re.search(pattern, text, re.MULTILINE)
        return found.group(1) if found else None

    said["package"] = first(r"^package: name='([^']*)'")
    said["version_code"] = first(r"^package: .*versionCode='([^']*)'")
    said["version_name"] = first(r"^package: .*versionName='([^']*)'")
    for name, pattern in (("min_sdk", r"^sdkVersion:'([^']*)'"),
                          ("target_sdk", r"^targetSdkVersion:'([^']*)'")):
        value = first(pattern)
        said[name] = int(value) if value and value.isdigit() else value
    # Permissions that old applications get without asking are not requested by them.
    implied = set(re.findall(r"uses-implied-permission: name='([^']*)'", text))
    for line in text.splitlines():
        found = re.match(r"uses-permission: name='([^']*)'(?: maxSdkVersion='(\d+)')?", line)
        if found and found.group(1) not in implied:
            one = {"name": found.group(1)}
            if found.group(2):
                one["max_sdk"] = int(found.group(2))
            said["permissions"].append(one)
        found = re.match(r"application-label(?:-([^:]*))?:'(.*)'$", line)
        if found:
            said["labels"][found.group(1) or "default"] = found.group(2)
    said["debuggable"] = "application-debuggable" in text.splitlines()
    said["test_only"] = first(r"^testOnly='([^']*)'") is not None
    return said
