"""The rows of docs/performance.md on the map of points, from benchmarks/results/studio_points.json."""

from __future__ import annotations

from typing import Any

BAR = 30.0  # frames a second at 200,000 points
WAYS = {
    "mixed": "WebGL2, moving pictures mixed by the map",
    "points": "WebGL2, points only",
    "canvas": "Canvas 2D",
}


def generated(files: dict[str, Any]) -> str:
    """A row a number of points and way to draw: frames, and of how many points they are."""
    if "studio_points" not in files:
        return "Absent from the runs: `python benchmarks/studio_points.py` makes it."
    document = files["studio_points"]
    rows, machine = document["results"], document["machine"]
    loads = [row["load"] for row in rows]
    lines = [
        f"{rows[0]['browser']}, 1280x800, everything in software on {machine['cores']} cores ({machine['cpu']}), {document['date']}; "
        f"load average {min(loads):.1f} to {max(loads):.1f} before the rows, the browser's own included.",
        "",
        "| points | drawn by | dragged: frames/s (points drawn) | zoomed: frames/s (points drawn) | slowest of 20 frames, ms | whole picture at rest, ms |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [
            f"{row['points']:,}",
            WAYS[row["way"]],
            *(f"{row[move]['frames_per_second']:.0f} ({row[move]['points_drawn']:,})" for move in ("pan", "zoom")),
            f"{max(row[move]['p95_gap_ms'] for move in ('pan', 'zoom')):.0f}",
            f"{row['at_rest']['milliseconds']:.0f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    asked = [row for row in rows if row["points"] == 200_000 and row["way"] == "mixed"]
    if asked:
        slowest = min(asked[0][move]["frames_per_second"] for move in ("pan", "zoom"))
        fewest = min(asked[0][move]["points_drawn"] for move in ("pan", "zoom"))
        met = "met" if slowest >= BAR and fewest == 200_000 else "**not met**"
        lines += [
            "",
            f"The bar, {BAR:.0f} frames a second at 200,000 points: {met} ({slowest:.1f}, {fewest:,} points in each).",
        ]
    idle = sum(row["idle_frames"] for row in rows)
    lines += ["", f"Frames drawn at rest, all rows together: {idle}."]
    return "\n".join(lines)
