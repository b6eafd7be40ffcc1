"""Milliseconds from starting a gate to its first answer from a registry: first_answer.py COMMAND…

COMMAND is `beian-gate serve …`; a free port is added, and the gate is stopped afterwards. An answer
counts once it rests on a registry other than the empty one with serial 0.
"""

import http.client
import json
import socket
import subprocess
import sys
import time

CHECK = json.dumps({"operation": "distribute", "filing_number": "京ICP备2099000000号-1A"})
DEADLINE = 60  # seconds


def serial_answered(port):
    """The registry's serial in the answer to a check; 0 as long as there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", "/v1/check?detail=brief", CHECK.encode(),
                           {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())["registry"]["serial"]
    except OSError:
        return 0
    finally:
        connection.close()


def main():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    gate = subprocess.Popen(sys.argv[1:] + ["--listen", f"127.0.0.1:{port}"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while serial_answered(port) == 0:
            if gate.poll() is not None or time.monotonic() - began > DEADLINE:
                sys.exit("first_answer.py: the gate gives no answer from a registry")
            time.sleep(0.0005)
        print(f"{(time.monotonic() - began) * 1000:.2f}")
    finally:
        gate.terminate()
        gate.wait()


if __name__ == "__main__":
    main()
