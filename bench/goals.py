"""The newest row of each goal as a Markdown table: goals.py ROWS.ndjson [--all]

A row of rows.ndjson is one figure of a bench: {bench, goal, what, unit, value (the median), low,
high, limit, samples, commit, cpu, at, is_met}.
"""

import json
import sys


def newest(path):
    """The last row of each figure, in the order of the goals."""
    rows = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            rows[row["goal"], row["bench"], row["what"]] = row
    place = lambda row: (int(row["goal"][2:]) if row["goal"].startswith("P-") else 99, row["bench"])
    return sorted(rows.values(), key=place)


def short(value):
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


def spread(row):
    if row["low"] == row["high"]:
        return short(row["value"])
    return f"{short(row['value'])} ({short(row['low'])} to {short(row['high'])})"


def main():
    rows = newest(sys.argv[1])
    if sys.argv[2:] != ["--all"]:  # goals only
        rows = [row for row in rows if row["limit"] != "-"]
    print("| goal | what | measured | asked for | reached | by | commit, when |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        asked = "" if row["limit"] == "-" else f"{row['limit'][:2]} {row['limit'][2:]}"
        reached = {None: "", True: "yes", False: "no"}[row["is_met"]]
        print(f"| {row['goal']} | {row['what']} | {spread(row)} {row['unit']} | {asked} | {reached} "
              f"| `./dev bench {row['bench']}` | {row['commit']}, {row['at'][:16]} |")
    missing = sorted({f"P-{n}" for n in range(1, 12)} - {row["goal"] for row in rows},
                     key=lambda goal: int(goal[2:]))
    if missing:
        print(f"\nNot measured yet: {', '.join(missing)}.")


if __name__ == "__main__":
    main()
