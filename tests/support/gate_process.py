"""Gates in the background, for tests in Python: they end with the test, however that ends."""

import ctypes
import signal
import subprocess
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
LIBC = ctypes.CDLL(None)


def end_with_parent():
    """For `preexec_fn`: a test that aborts leaves nothing running."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def is_sanitized(build):
    """Whether programs in the folder `build` keep shadows and freed memory: theirs is not weighed."""
    return "BEIAN_SANITIZE:STRING=\n" not in (Path(build) / "CMakeCache.txt").read_text()


def start_gate(case, gate, config, err, patience, **options):
    """(process, first line, which names the address) of a gate with that file; errors go to `err`.

    It is terminated when the test `case` ends, and has `patience` seconds for it.
    """
    with open(err, "wb") as file:
        process = subprocess.Popen([gate, "serve", "--config", config], stdout=subprocess.PIPE,
                                   stderr=file, preexec_fn=end_with_parent, **options)
    case.addCleanup(process.communicate, timeout=patience)
    case.addCleanup(process.terminate)
    return process, process.stdout.readline().decode()
