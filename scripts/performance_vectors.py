"""The rows of docs/performance.md on word vectors, from benchmarks/results/vectors_*.json."""

from __future__ import annotations

from typing import Any

LOAD_BAR = 5.0  # times as fast as gensim
BANDWIDTH_BAR = 0.7


def verdict(met: bool) -> str:
    return "yes" if met else "**no**"


def spread(row: dict[str, Any]) -> str:
    """ "analogies 14.3 ± 0.2, ..." of a contestant."""
    named = row.get("quality", {}).items()
    return ", ".join(f"{name} {100 * mean:.1f} ± {100 * deviation:.1f}" for name, (mean, deviation) in named)


def training(results: list[dict[str, Any]]) -> list[str]:
    """One line a contest and number of workers: our speed, gensim's, the quality of both."""
    lines = [
        "| model | workers | thousand words/s | gensim 4.4.0 | ratio | bar | met | quality | gensim's |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        rows = {row["library"]: row for row in result["rows"] if "error" not in row}
        own, rival = rows.get("tokenspace"), rows.get("gensim")
        if own is None or rival is None:
            lines.append(f"| {result['title']} | {result['workers']} | absent from the run | | | | | | |")
            continue
        ratio = own["words_per_s"] / rival["words_per_s"]
        bar = result.get("bar")
        cells = [
            result["title"],
            str(result["workers"]),
            f"{own['words_per_s'] / 1e3:.0f}",
            f"{rival['words_per_s'] / 1e3:.0f}",
        ]
        cells += [
            f"{ratio:.1f}",
            f"{bar:g}" if bar else "",
            verdict(ratio >= bar) if bar else "",
            spread(own),
            spread(rival),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def others(results: list[dict[str, Any]]) -> list[str]:
    """The contestants that are neither ours nor gensim, with two workers."""
    lines = []
    for result in results:
        for row in result["rows"]:
            if row["library"] in ("tokenspace", "gensim") or "error" in row:
                continue
            lines.append(
                f"- {result['title']}, {result['workers']} worker(s): {row['library']} {row['version']} "
                f"{row['words_per_s'] / 1e3:.0f} thousand words/s ({spread(row) or 'quality not asked'})"
            )
    return lines


def scaling(results: list[dict[str, Any]]) -> list[str]:
    """What a second worker brings us."""
    lines = []
    speeds: dict[str, dict[int, float]] = {}
    for result in results:
        own = next((row for row in result["rows"] if row["library"] == "tokenspace" and "error" not in row), None)
        if own is not None:
            speeds.setdefault(result["title"], {})[result["workers"]] = own["words_per_s"]
    for title, by in speeds.items():
        if 1 in by and 2 in by:
            lines.append(f"- {title}: two workers are {by[2] / by[1]:.2f} times as fast as one")
    return lines


def loading(results: list[dict[str, Any]]) -> list[str]:
    lines = [
        "| file | load s | gensim | ratio | bar | met | query ms | gensim | values equal |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        rows = {row["library"]: row for row in result["rows"] if "error" not in row}
        own, rival = rows.get("tokenspace"), rows.get("gensim")
        if own is None or rival is None:
            lines.append(f"| {result['title']} | absent from the run | | | | | | | |")
            continue
        ratio = rival["load_s"] / own["load_s"]
        asked = [f"{LOAD_BAR:g}", verdict(ratio >= LOAD_BAR)] if result["title"].startswith("GloVe") else ["", ""]
        cells = [result["title"], f"{own['load_s']:.2f}", f"{rival['load_s']:.2f}", f"{ratio:.1f}", *asked]
        cells += [
            f"{own['query_s'] * 1e3:.2f}",
            f"{rival['query_s'] * 1e3:.2f}",
            "yes" if result["equal"] else "**no**",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def searching(results: list[dict[str, Any]]) -> list[str]:
    lines = [
        "| rows | threads | library | 1 query ms | of the memory's speed | bar | met | 100 queries ms | same rows |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in results:
        share = row["share_of_bandwidth"]
        asked = ["", ""]
        if row["library"] == "tokenspace" and row["rows"] >= 1_000_000:
            asked = [f"{BANDWIDTH_BAR:.0%}", verdict(share >= BANDWIDTH_BAR)]
        many = f"{row['seconds']['100'] * 1e3:.0f}" if "100" in row["seconds"] else ""
        cells = [f"{row['rows']} x {row['size']}", str(row["threads"]), row["library"]]
        cells += [f"{row['seconds']['1'] * 1e3:.2f}", f"{share:.0%}", *asked, many, "yes" if row["same"] else "no"]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def generated(files: dict[str, dict[str, Any]]) -> str:
    """All tables there are results for."""
    races = [
        entry
        for stem in ("vectors_words", "vectors_fasttext", "vectors_doc2vec")
        for entry in files.get(stem, {"results": []})["results"]
    ]
    lines: list[str] = []
    if races:
        lines += [
            "Raw corpus words a second of training, counting left out; medians over the seeds, each in a fresh process, in turns. Quality in percent,",
            "mean and standard deviation over the seeds (one seed with one worker).",
            "",
            *training(races),
            "",
            *others(races),
            *scaling(races),
            "",
        ]
    if "vectors_load" in files:
        lines += [
            "Loading from the page cache and one `most_similar`, fresh processes in turns:",
            "",
            *loading(files["vectors_load"]["results"]),
            "",
        ]
    if "vectors_search" in files:
        lines += [
            "Exact top 10 of float32 rows; the memory's speed is a plain SIMD read of the same rows in the same process:",
            "",
            *searching(files["vectors_search"]["results"]),
        ]
    return "\n".join(lines).rstrip() or "No results yet."
