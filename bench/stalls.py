"""How long processes that only read the clock are not run: stalls.py CORE CORE SECONDS

First on one core while the other rests, then on both at once.
"""

import multiprocessing
import os
import sys
import time

STALL = 0.0005  # seconds: reading the clock takes some 50 ns


def stalls(core, seconds):
    """Milliseconds of each stretch in which the clock went on but this process did not run."""
    os.sched_setaffinity(0, {core})
    found = []
    began = last = time.perf_counter()
    while last - began < seconds:
        now = time.perf_counter()
        if now - last > STALL:
            found.append((now - last) * 1000)
        last = now
    return found


def main():
    cores, seconds = [int(core) for core in sys.argv[1:3]], float(sys.argv[3])
    for busy in (cores[:1], cores):
        with multiprocessing.Pool(len(busy)) as pool:
            for core, found in zip(busy, pool.starmap(stalls, [(core, seconds) for core in busy])):
                print(f"  {len(busy)} of {len(cores)} cores busy, core {core}: not run {sum(found) / seconds / 10:.1f} % "
                      f"of the time, {len(found)} times, at most {max(found, default=0):.1f} ms")


if __name__ == "__main__":
    main()
