"""The training rows of docs/performance.md, from benchmarks/results/train_*.json."""

from __future__ import annotations

from typing import Any

SPEED_BARS = {
    "bpe": 1.0,
    "sentencepiece-bpe": 1.0,
    "wordpiece": 3.0,
    "unigram": 3.0,
}  # times as fast as the fastest other
LEAST_MEMORY = 100  # MB of text from which the peak has to be below every other's
NAMES = {
    "bpe": "BPE, GPT-2's words",
    "sentencepiece-bpe": "BPE, characters",
    "wordpiece": "WordPiece",
    "unigram": "Unigram",
}
LANGUAGES = {"en-prose": "English", "zh": "Chinese", "multilingual": "multilingual"}


def verdict(met: bool) -> str:
    return "yes" if met else "**no**"


def seconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def line(result: dict[str, Any], model: str, vocab_size: int) -> str:
    """One contest: our seconds and peak, the fastest other and the smallest other with the same result."""
    megabytes = result.get("megabytes", round(result.get("bytes", 0) / 1e6))
    corpus = LANGUAGES.get(result["corpus"], result["corpus"])
    work = f"{NAMES[model]}, {corpus} {megabytes} MB, {vocab_size // 1000}k, threads {result['threads']}"
    own = next((row for row in result["rows"] if row["library"] == "tokenspace" and "error" not in row), None)
    if own is None:
        return f"| {work} | absent from the run | | | | | | |"
    # Byte-level BPE has one right answer a rule; the other models are approximate in the references.
    others = [
        row
        for row in result["rows"]
        if row["library"] != "tokenspace" and "error" not in row and (model != "bpe" or row["result"] == "equal")
    ]
    cells = [work, f"{seconds(own['seconds'])} / {own['peak_mb']:.0f}"]
    if not others:
        return "| " + " | ".join([*cells, "no other in the run", "", "", "", "", ""]) + " |"
    fastest = min(others, key=lambda row: row["seconds"])
    smallest = min(others, key=lambda row: row["peak_mb"])
    ratio = fastest["seconds"] / own["seconds"]
    bar = SPEED_BARS[model]
    cells += [f"{fastest['library']} {fastest['version']}: {seconds(fastest['seconds'])}", f"{ratio:.2f}"]
    cells += [f"{bar:g}", verdict(ratio >= bar)]
    cells.append(f"{smallest['library']}: {smallest['peak_mb']:.0f}")
    cells.append(verdict(own["peak_mb"] < smallest["peak_mb"]) if megabytes >= LEAST_MEMORY else "")
    return "| " + " | ".join(cells) + " |"


def all_rows(result: dict[str, Any]) -> list[str]:
    """Every contestant of one contest."""
    lines = []
    for row in result["rows"]:
        name = row.get("label", row["library"])
        if "error" in row:
            lines.append(f"| {name} | {row['error']} | | | |")
            continue
        spilled = row.get("spilled_mb", "")
        lines.append(
            f"| {name} {row['version']} | {row['result']} | {seconds(row['seconds'])} | {row['peak_mb']:.0f} | {spilled} |"
        )
    return lines


def generated(files: dict[str, dict[str, Any]]) -> str:
    lines = [
        "Seconds from the file to the trained tokenizer, and the peak of the process in MB. Up to 8 MB the median of three runs in turns, above",
        "it one run each. In byte-level BPE a contestant counts as a rival only with tokens equal to ours in equal order (rustbpe's: ours with ties",
        "by bytes). The last column is the bar from 100 MB on: below every other's peak.",
        "",
        "| work | tokenspace s / peak MB | fastest other, s | times as fast | bar | met | smallest other, MB | below |",
        "|---|---|---|---|---|---|---|---|",
    ]
    biggest: list[dict[str, Any]] = []
    for stem in ("train_bpe", "train_wordpiece", "train_unigram"):
        results = files.get(stem, {"results": []})["results"]
        results = sorted(results, key=lambda entry: (entry.get("megabytes", 0), entry["corpus"], entry["threads"]))
        for result in results:
            model = result.get("model", stem.removeprefix("train_"))
            lines.append(line(result, model, result.get("vocab_size", 16_000)))
        biggest += [result for result in results if result.get("megabytes", 0) >= 1000]
    for result in biggest:
        lines += ["", f"All contestants, {result['title']}:", ""]
        lines += ["| trainer | learnt | s | peak MB | spilled MB |", "|---|---|---|---|---|", *all_rows(result)]
    return "\n".join(lines)
