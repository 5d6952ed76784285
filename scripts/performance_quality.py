"""The rows of docs/performance.md on what text encoders are worth, from benchmarks/results/encoder_quality.json."""

from __future__ import annotations

from typing import Any


def generated(files: dict[str, dict[str, Any]]) -> str:
    """The table, empty where there was no run."""
    lines: list[str] = []
    for result in files.get("encoder_quality", {"results": []})["results"]:
        tasks = list(result["rows"][0]["scores"])
        lines += [
            f"| encoder | numbers | texts/s, {result['threads']} threads | " + " | ".join(tasks) + " |",
            "|---|---|---|" + "---|" * len(tasks),
        ]
        for row in result["rows"]:
            scores = " | ".join(f"{row['scores'][task]:.3f}" for task in tasks)
            lines.append(f"| {row['name']} | {row['dimension']:,} | {row['texts_per_s']:,.0f} | {scores} |")
    return "\n".join(lines)
