#!/usr/bin/env python3
"""The bill of materials of the program, as SPDX 2.3: the libraries that it loads, and the packages whose headers are
compiled in. Nothing is listed by hand: libraries come from ldd, headers from ninja's record of the build, and dpkg says
which packages they belong to.

    sbom.py PROGRAM BUILD VERSION > sbom.spdx.json
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

FILES_PER_QUESTION = 500  # per call of dpkg-query: the length of a command line is bounded


def output(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options).stdout


def libraries(program):
    return set(re.findall(r"(/\S+) \(0x", output("ldd", program, check=True)))


def headers(build):
    """The system headers that the program's own objects were compiled with."""
    found, is_ours = set(), False
    for line in output("ninja", "-C", build, "-t", "deps", check=True).splitlines():
        if not line.startswith(" "):
            is_ours = line.startswith(("cache/", "gate/"))
        elif is_ours and line.strip().startswith("/usr/"):
            found.add(line.strip())
    return found


def packages_of(paths):
    """Names (`libssl3:amd64`) of the packages that the files belong to."""
    real = {str(Path(path).resolve()) for path in paths}
    # /lib is /usr/lib, and packages list their files under one or the other.
    both = sorted(real | {path.removeprefix("/usr") for path in real})
    found = set()
    for begin in range(0, len(both), FILES_PER_QUESTION):
        # dpkg-query fails when a path belongs to no package, but still reports the others.
        for line in output("dpkg-query", "-S", *both[begin:begin + FILES_PER_QUESTION]).splitlines():
            names, separator, _ = line.partition(": /")
            if separator and not names.startswith("diversion "):
                found |= set(names.split(", "))
    return found


def described(name):
    """One package of Debian."""
    fields = output("dpkg-query", "-W", "-f",
                    "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${Homepage}", name, check=True)
    package, version, architecture, source, home = fields.split("\t")
    purl = f"pkg:deb/debian/{package}@{quote(version, safe='')}?arch={architecture}"
    return {"SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", package), "name": package, "versionInfo": version,
            "supplier": "Organization: Debian", "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "homepage": home or "NOASSERTION", "sourceInfo": f"built from the Debian source package {source}",
            "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": purl}]}


def document(program, build, version):
    build_id = re.search(r"Build ID: (\w+)", output("readelf", "-n", program, check=True))[1]
    own = "SPDXRef-beian-gate"
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", own)]
    listed = {}
    for kind, names in (("DYNAMIC_LINK", packages_of(libraries(program))),
                        ("STATIC_LINK", packages_of(headers(build)))):
        for package in sorted(map(described, names), key=lambda one: one["name"]):
            listed[package["SPDXID"]] = package
            relations.append((own, kind, package["SPDXID"]))
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(Path(program).stat().st_mtime))
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"beian-gate-{version}", "documentNamespace": f"https://beian-gate.example/spdx/{build_id}",
            "comment": "DYNAMIC_LINK: loaded at start. STATIC_LINK: headers that are compiled in.",
            "creationInfo": {"created": created, "creators": ["Tool: beian-gate/conf/sbom.py"]},
            "packages": [{"SPDXID": own, "name": "beian-gate", "versionInfo": version, "primaryPackagePurpose": "APPLICATION",
                          "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "Apache-2.0",
                          "licenseDeclared": "Apache-2.0", "copyrightText": "NOASSERTION"}, *listed.values()],
            "relationships": [{"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
                              for one, kind, other in relations]}


if __name__ == "__main__":
    json.dump(document(*sys.argv[1:4]), sys.stdout, indent=1)
    print()
