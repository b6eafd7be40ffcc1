"""The Debian package, built by `cpack -G DEB`."""

import subprocess
from pathlib import Path


def build_package(build, folder, umask=-1):
    """Packs what is in `build` into `folder`; returns the path of the package. A `umask` of -1 is
    that of this process."""
    done = subprocess.run(["cpack", "-G", "DEB", "-B", str(folder)], cwd=build, text=True,
                          capture_output=True, timeout=600, umask=umask)
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)
    package, = Path(folder).glob("*.deb")
    return package
