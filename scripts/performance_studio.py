"""The rows of docs/performance.md on Studio, from benchmarks/results/studio_load.json."""

from __future__ import annotations

from typing import Any


def generated(files: dict[str, Any]) -> str:
    """What was answered and lost, memory, then times by request."""
    if "studio_load" not in files:
        return "Absent from the runs: `make bench-studio` makes it."
    document = files["studio_load"]
    (run,) = document["results"]
    memory = run["memory_mb"]
    machine = document["machine"]
    lines = [
        f"{run['in_flight']} requests in flight for {run['seconds']:.0f} s: {run['answered']:,} answered "
        f"({run['per_second']:.0f} a second, {run['processor_ms_each']:.1f} ms of one core each), **{run['lost']} lost**. Memory of the server: {memory['start']:.0f} MB at its start, "
        f"{memory['warm']:.0f} MB with the models of the mix loaded, {memory['peak']:.0f} MB at the peak, {memory['end']:.0f} MB at "
        f"the end. {machine['cpu']}, {machine['cores']} cores shared with the client, load average {machine['load']:.1f} when the "
        f"figures were written, {document['date']}.",
        "",
        "| request | answered | median ms | 99 of 100 within ms | longest ms |",
        "|---|---|---|---|---|",
    ]
    for row in run["rows"]:
        cells = [
            row["request"],
            f"{row['answered']:,}",
            *(f"{row[key]:.0f}" for key in ("p50_ms", "p99_ms", "longest_ms")),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
