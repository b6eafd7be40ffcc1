"""Gates in the background, for tests in Python: they end with the test, however that ends."""

import ctypes
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
LIBC = ctypes.CDLL(None)


def end_with_parent():
    """For `preexec_fn`: a test that aborts leaves nothing running."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def is_sanitized(build):
    """Whether programs in the folder `build` keep shadows and freed memory: theirs is not weighed."""
    return "BEIAN_SANITIZE:STRING=\n" not in (Path(build) / "CMakeCache.txt").read_text()


def when_taken(ask):
    """What `ask` gives: a status, a text, and whatever comes with them. A gate that is behind, as a busy machine
    makes it, sheds bulk: then it is asked again."""
    while True:
        answer = ask()
        if answer[0] != 503 or "problem:busy" not in str(answer[1]):
            return answer
        time.sleep(0.1)


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


def wait_taken(process):
    """Until all workers of the gate have what a reload that was told has handed to them: they sleep only then."""
    awake = list(Path(f"/proc/{process.pid}/task").iterdir())
    while awake := [thread for thread in awake if not sleeps(thread)]:
        time.sleep(0.001)


def sleeps(thread):
    try:
        return (thread / "stat").read_text().rpartition(")")[2].split()[0] == "S"
    except OSError:
        return True  # it has ended
