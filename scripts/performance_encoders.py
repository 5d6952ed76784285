"""The rows of docs/performance.md on the speed of text encoders, from benchmarks/results/encode_text.json and encode_cold.json."""

from __future__ import annotations

from typing import Any

REFERENCE = "sentence-transformers fp32"
RIVAL = "onnxruntime fp32"
BAR, STATIC_BAR = 3.0, 300.0  # times torch in float32
COLD_BARS = {"tokenspace/static": (0.5, 150), "all-MiniLM-L6-v2": (1.5, 400)}  # seconds, MB
LEAST_COSINE = 0.999


def generated(files: dict[str, Any]) -> str:
    """A table a set of texts, then whether the bars are met."""
    if "encode_text" not in files:
        return "Absent from the runs: `python benchmarks/encode_text.py` makes it."
    lines: list[str] = []
    for result in files["encode_text"]["results"]:
        lines += table(result)
    lines += bars(files["encode_text"]["results"])
    if "encode_cold" in files:
        lines += [
            "",
            "Ten lines to vectors in a fresh process, best of five:",
            "",
            *cold(files["encode_cold"]["results"]),
        ]
    return "\n".join(lines)


def cold(results: list[dict[str, Any]]) -> list[str]:
    """From the shell to the file of vectors: seconds and peak memory, ours beside the bars."""
    lines = ["| model | program | seconds | MB | bar | met |", "|---|---|---|---|---|---|"]
    for row in results:
        asked = ["", ""]
        if row["program"] == "tokenspace" and row["model"] in COLD_BARS:
            seconds, megabytes = COLD_BARS[row["model"]]
            met = row["seconds"] < seconds and row["megabytes"] < megabytes
            asked = [f"{seconds:g} s, {megabytes} MB", "yes" if met else "**no**"]
        cells = [row["model"], row["program"], f"{row['seconds']:.2f}", f"{row['megabytes']:.0f}", *asked]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def table(result: dict[str, Any]) -> list[str]:
    rows = {row["contestant"]: row for row in result["rows"]}
    slow = rows.get(REFERENCE)
    threads = "one thread" if result["threads"] == 1 else f"{result['threads']} threads"
    lines = [
        f"{result['texts']} texts of {result['title']}, {threads}:",
        "",
        "| encoder | texts/s | to torch fp32 | least cosine to it | mean |",
        "|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        speed = row["texts_per_s"]
        ratio = f"{speed / slow['texts_per_s']:.1f}x" if slow else ""
        cosines = [f"{row[key]:.5f}" if key in row else "another model" for key in ("least_cosine", "mean_cosine")]
        shown = f"{speed:.0f}" if speed >= 20 else f"{speed:.1f}"
        lines.append(f"| {name}, {row['version']} | {shown} | {ratio} | {' | '.join(cosines)} |")
    return [*lines, ""]


def bars(results: list[dict[str, Any]]) -> list[str]:
    """The bars, for texts of 80 to 300 characters: the fastest precision whose least cosine is high enough."""
    lines = ["| bar (80-300 characters) | threads | measured | met |", "|---|---|---|---|"]
    for result in results:
        rows = {row["contestant"]: row for row in result["rows"]}
        if result["title"] != "80-300 characters" or REFERENCE not in rows:
            continue
        slow, threads = rows[REFERENCE]["texts_per_s"], result["threads"]
        close = [
            row
            for name, row in rows.items()
            if name.startswith("tokenspace") and row.get("least_cosine", 0.0) >= LEAST_COSINE
        ]
        if close:
            best = max(close, key=lambda row: row["texts_per_s"])
            lines.append(line(f"{BAR:g} times torch fp32", threads, best, slow, BAR))
            if RIVAL in rows:
                lines.append(line("as fast as onnxruntime fp32", threads, best, rows[RIVAL]["texts_per_s"], 1.0))
        if "tokenspace static" in rows:
            name = f"static encoder, {STATIC_BAR:g} times torch fp32"
            lines.append(line(name, threads, rows["tokenspace static"], slow, STATIC_BAR))
    return lines


def line(name: str, threads: int, row: dict[str, Any], rival: float, bar: float) -> str:
    ratio = row["texts_per_s"] / rival
    met = "yes" if ratio >= bar else "**no**"
    return f"| {name} | {threads} | {row['contestant'].removeprefix('tokenspace ')}: {ratio:.1f}x | {met} |"
