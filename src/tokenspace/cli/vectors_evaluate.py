"""``tokenspace vectors evaluate``."""

from __future__ import annotations

import os
from typing import Any

import click

from ..errors import NotFoundError, message
from .options import output_options, run_options, settings
from .output import dumps, form_of, open_output, terminal_width
from .vector_loading import load, reading_options


@click.command("evaluate", short_help="Measure vectors on analogies and judged word pairs.")
@click.argument("model", metavar="FILE|NAME")
@click.option(
    "--analogies", "analogies", multiple=True, metavar="FILE",
    help="Questions 'a b c d' under headers ': name' (questions-words.txt); repeatable.",
)  # fmt: skip
@click.option(
    "--pairs", "pairs", multiple=True, metavar="FILE",
    help="Two words and a judgement a line, separated by tabs (wordsim353.tsv); repeatable.",
)  # fmt: skip
@click.option("--delimiter", default="\t", help="Between the fields of --pairs (tab).")
@click.option(
    "--restrict-vocab", type=click.IntRange(1), default=300_000, show_default=True, help="First N words only."
)
@click.option("--case-sensitive", is_flag=True, help="Compare words as they are written.")
@click.option("--unknown-is-wrong", is_flag=True, help="Count questions and pairs with unknown words as wrong.")
@reading_options
@output_options
@run_options
def evaluate(**given: Any) -> None:
    """Measure vectors on analogies (accuracy, by section) and judged word pairs (Pearson, Spearman).

    \b
    tokenspace vectors evaluate vectors.txt --analogies questions-words.txt --pairs wordsim353.tsv
    """
    if not given["analogies"] and not given["pairs"]:
        raise click.UsageError("nothing to measure: give --analogies FILE or --pairs FILE")
    for path in (*given["analogies"], *given["pairs"]):
        if not os.path.isfile(path):
            raise NotFoundError(message("vectors evaluate", "a file", f"{path}, which does not exist"))
    run = settings(**given)
    form = form_of(given["as_json"], given["as_jsonl"], given["output"])
    vectors = load(given["model"], given, run)
    options = {
        "restrict_vocab": given["restrict_vocab"],
        "case_insensitive": not given["case_sensitive"],
        "dummy4unknown": given["unknown_is_wrong"],
    }
    rows: list[dict[str, Any]] = []
    for path in given["analogies"]:
        _, sections = vectors.evaluate_word_analogies(path, threads=run.threads or 0, **options)
        rows += [_section(path, section) for section in sections if section["correct"] or section["incorrect"]]
    for path in given["pairs"]:
        pearson, spearman, unknown = vectors.evaluate_word_pairs(path, delimiter=given["delimiter"], **options)
        rows.append(
            {
                "test": path,
                "pearson": round(float(pearson[0]), 4),
                "spearman": round(float(spearman[0]), 4),
                "unknown_percent": round(float(unknown), 2),
            }
        )
    with open_output(given["output"]) as out:
        if form == "json":
            out.write(dumps({"model": given["model"], "results": rows}, indent=1) + "\n")
        elif form in ("jsonl", "plain"):
            out.writelines(dumps(row) + "\n" for row in rows)
        else:
            out.write(_tables(rows))


def _section(path: str, section: dict[str, Any]) -> dict[str, Any]:
    correct, asked = len(section["correct"]), len(section["correct"]) + len(section["incorrect"])
    name = section["section"]
    return {"test": path, "section": name, "correct": correct, "asked": asked, "accuracy": round(correct / asked, 4)}


def _tables(rows: list[dict[str, Any]]) -> str:
    from ..tokenizers.tables import text_table
    from ..tokenizers.visible import visible

    def shown(row: dict[str, Any], name: str) -> str:
        return visible(str(row[name]), spaces=False)

    questions = [row for row in rows if "section" in row]
    pairs = [row for row in rows if "spearman" in row]
    text = []
    if questions:
        header = ["test", "section", "correct", "asked", "accuracy"]
        text.append(
            text_table(
                header, [[shown(row, name) for name in header] for row in questions], terminal_width(), (2, 3, 4)
            )
        )
    if pairs:
        header = ["test", "pearson", "spearman", "unknown_percent"]
        text.append(
            text_table(header, [[shown(row, name) for name in header] for row in pairs], terminal_width(), (1, 2, 3))
        )
    return "\n".join(text)
