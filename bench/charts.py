"""Charts of what the benches measured, as SVG: charts.py ROWS.ndjson FOLDER

goals.svg: each goal's figure relative to its limit, on a ratio scale: right of the line is reached.
growth.svg: figures that `./dev bench scale` takes at several sizes, each relative to the smallest size.
"""

import html
import math
import re
import sys
from pathlib import Path

from goals import newest, short

WIDTH, ROW, LEFT, RIGHT, TOP = 880, 24, 400, 150, 46
INK, MUTED, GOOD, BAD, GRID = "#222", "#777", "#2f7d4f", "#b5532d", "#ddd"
PALETTE = ("#2f5d9b", "#b5532d", "#2f7d4f", "#7a4a9c", "#8a6d1a", "#3a8a94")


def text(x, y, content, anchor="start", fill=INK, size=12):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}">'
            f"{html.escape(str(content))}</text>")


def line(x1, y1, x2, y2, stroke=GRID, width=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
            f'stroke-width="{width}"/>')


def svg(height, title, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'font-family="sans-serif" role="img" aria-label="{html.escape(title)}">\n'
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
            f"{text(16, 24, title, size=15)}\n" + "\n".join(parts) + "\n</svg>\n")


def reach(row):
    """How far a figure is on the good side of its limit, as a ratio: at 1 it is just reached."""
    limit = float(row["limit"][2:])
    if limit == 0:
        return 1.0 if row["value"] == 0 else 1 / 16
    ratio = row["value"] / limit
    return 1 / max(ratio, 1e-9) if row["limit"].startswith("<=") else ratio


def goals_chart(rows):
    rows = [row for row in rows if row["is_met"] is not None]
    low, high = -4, 6  # powers of two
    at = lambda ratio: LEFT + (WIDTH - LEFT - RIGHT) * (
        (min(max(math.log2(ratio), low), high) - low) / (high - low))
    height = TOP + ROW * len(rows) + 40
    bottom = height - 30
    parts = []
    for power in range(low, high + 1):
        parts.append(line(at(2.0 ** power), TOP - 8, at(2.0 ** power), bottom,
                          *((INK, 1.5) if power == 0 else ())))
        label = "reached" if power == 0 else f"{2 ** power}x" if power > 0 else f"1/{2 ** -power}"
        parts.append(text(at(2.0 ** power), bottom + 16, label, "middle", MUTED, 11))
    for i, row in enumerate(rows):
        y = TOP + ROW * i
        x, zero = at(reach(row)), at(1.0)
        what = row["what"] if len(row["what"]) <= 58 else row["what"][:57] + "…"
        parts.append(text(LEFT - 8, y + 14, f"{row['goal']}  {what}", "end", size=11))
        parts.append(f'<rect x="{min(x, zero):.1f}" y="{y + 3}" width="{max(abs(x - zero), 1.5):.1f}" '
                     f'height="{ROW - 9}" fill="{GOOD if row["is_met"] else BAD}"/>')
        parts.append(text(WIDTH - 8, y + 14, f"{short(row['value'])} {row['unit']}", "end", MUTED, 11))
    return svg(height, "Goals: measured to asked for", parts)


def series_of(rows):
    """{figure: [(services, value)]} of figures that bench scale took at two or more sizes."""
    series = {}
    for row in rows:
        named = re.fullmatch(r"(.*), (\d+) services", row["what"])
        if row["bench"] == "scale" and named and not re.search(r"p90|p99|CPU", named[1]):
            series.setdefault(named[1], []).append((int(named[2]), row["value"]))
    return {name: sorted(points) for name, points in series.items() if len(points) > 1}


def growth_chart(series):
    height, bottom, right = 420, 370, WIDTH - 260
    sizes = sorted({size for points in series.values() for size, _ in points})
    ratios = {name: [(size, value / points[0][1]) for size, value in points if points[0][1] > 0]
              for name, points in series.items()}
    top = max([ratio for points in ratios.values() for _, ratio in points] + [2])
    across = lambda size: 60 + (right - 60) * (
        math.log(size / sizes[0]) / (math.log(sizes[-1] / sizes[0]) or 1))
    down = lambda ratio: bottom - (bottom - TOP) * (
        math.log2(max(ratio, 0.5)) + 1) / (math.log2(top) + 1)
    parts = []
    for power in range(-1, math.ceil(math.log2(top)) + 1):
        if 2.0 ** power <= top:
            parts.append(line(60, down(2.0 ** power), right, down(2.0 ** power)))
            parts.append(text(54, down(2.0 ** power) + 4, f"{2.0 ** power:g}x", "end", MUTED, 11))
    for size in sizes:
        parts.append(text(across(size), bottom + 18, f"{size / 1e6:g} M", "middle", MUTED, 11))
    ends = []
    for i, (name, points) in enumerate(ratios.items()):
        colour = PALETTE[i % len(PALETTE)]
        path = " ".join(f"{across(size):.1f},{down(ratio):.1f}" for size, ratio in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        ends.append([down(points[-1][1]), name, points[-1][1], colour])
    ends.sort()
    for i, (y, name, ratio, colour) in enumerate(ends):  # keeps labels apart
        ends[i][0] = y = max(y, ends[i - 1][0] + 15 if i else y)
        parts.append(text(right + 8, y + 4, f"{name[:34]} {short(ratio)}x", fill=colour, size=11))
    return svg(height, f"Growth from {sizes[0] / 1e6:g} M services, each figure to its first", parts)


def main():
    rows, folder = newest(sys.argv[1]), Path(sys.argv[2])
    (folder / "goals.svg").write_text(goals_chart(rows), encoding="utf-8")
    series = series_of(rows)
    if series:
        (folder / "growth.svg").write_text(growth_chart(series), encoding="utf-8")


if __name__ == "__main__":
    main()
