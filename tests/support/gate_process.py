"""Gates in the background, for tests in Python: they end with the test, however it ends."""

import ctypes
import signal
import socket
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
LIBC = ctypes.CDLL(None)


def end_with_parent():
    """For `preexec_fn`: a test that aborts leaves nothing running."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def reserved_port(add_cleanup):
    """A port at 127.0.0.1 that nobody else gets until `add_cleanup` (of a test or of its class) runs
    what it is given. It is bound, so the kernel gives it to nobody who asks for any port; connections
    are refused. A server that asks for this one with SO_REUSEADDR, as servers do, may listen there."""
    held = socket.socket()
    add_cleanup(held.close)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held.getsockname()[1]


def is_sanitized(build):
    """Whether programs in the folder `build` are sanitized: with shadow memory and quarantine,
    their memory is not measured."""
    return "BEIAN_SANITIZE:STRING=\n" not in (Path(build) / "CMakeCache.txt").read_text()


def when_taken(ask):
    """What `ask` returns: a status, a text, and whatever comes with them. On a busy machine a gate
    may fall behind and shed bulk; then it is asked again."""
    while True:
        answer = ask()
        if answer[0] != 503 or "problem:busy" not in str(answer[1]):
            return answer
        time.sleep(0.1)


def start_gate(case, gate, config, err, patience, flags=(), **options):
    """(process, first line, which names the address) of a gate with that file and those flags;
    errors go to `err`.

    It is terminated when the test `case` ends, and has `patience` seconds for that.
    """
    with open(err, "wb") as file:
        process = subprocess.Popen([gate, "serve", "--config", config, *flags], stdout=subprocess.PIPE,
                                   stderr=file, preexec_fn=end_with_parent, **options)
    case.addCleanup(process.communicate, timeout=patience)
    case.addCleanup(process.terminate)
    return process, process.stdout.readline().decode()


def wait_taken(process):
    """Waits until every worker of the gate has received what a reported reload handed to it: only
    then do they sleep."""
    awake = list(Path(f"/proc/{process.pid}/task").iterdir())
    while awake := [thread for thread in awake if not sleeps(thread)]:
        time.sleep(0.001)


def sleeps(thread):
    try:
        return (thread / "stat").read_text().rpartition(")")[2].split()[0] == "S"
    except OSError:
        return True  # it has ended
