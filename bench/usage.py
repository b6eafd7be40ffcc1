"""What a command took: usage.py FILE COMMAND…

Writes {"seconds", "cpu_seconds", "rss_kib"} to FILE: wall-clock time, CPU time as the kernel
accounts it, and peak resident memory, mapped files included. Exits as the command does.
"""

import json
import resource
import subprocess
import sys
import time

began = time.monotonic()
code = subprocess.call(sys.argv[2:])
seconds = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime,
               "rss_kib": used.ru_maxrss}, file)
sys.exit(code)
