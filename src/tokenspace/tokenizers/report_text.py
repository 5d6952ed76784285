"""A report card as text for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .tables import text_table
from .visible import visible

if TYPE_CHECKING:
    from .report import TokenizerReport
    from .report_checks import Finding

_MARK = {"good": "ok", "note": "--", "bad": "!!"}
_COLOUR = {"good": "32", "note": "33", "bad": "31"}


def _spelled(tokens: Iterable[str]) -> str:
    return " ".join(visible(token) or "∅" for token in tokens)


def _example(example: Mapping[str, Any]) -> str:
    text = visible(str(example.get("text", "")), spaces=True)
    if "decoded" in example:
        kind = f"  ({example['kind']})" if "kind" in example else ""
        return f"{text} → {visible(str(example['decoded'])) or '(nothing)'}{kind}"
    if "continued" in example:
        return f"{text}: {_spelled(example['tokens'])} ≠ {_spelled(example['continued'])}"
    tokens = example.get("tokens")
    if tokens and isinstance(tokens[0], list):
        return f"{text}: " + " / ".join(_spelled(one) for one in tokens)
    if tokens is not None:
        return f"{text}: {_spelled(tokens)}"
    if "id" in example:
        shown = visible(str(example.get("text") or example["token"]))
        return f"{shown if len(shown) <= 60 else shown[:60] + '…'} (id {example['id']})"
    return text


def _finding_lines(finding: Finding, color: bool, columns: int | None, examples: int) -> list[str]:
    mark = _MARK[finding.grade]
    if color:
        mark = f"\x1b[{_COLOUR[finding.grade]}m{mark}\x1b[0m"
    lead = f"{finding.title:<20}"
    body = [finding.summary] if columns is None else textwrap.wrap(finding.summary, max(30, columns - 24))
    lines = [f"{mark}  {lead}{body[0] if body else ''}"]
    lines += [" " * 24 + rest for rest in body[1:]]
    if finding.key == "digits":  # the telling ones, on one line each
        shown = [example for example in finding.examples if example["text"] in ("870", "871", "2024", "12345")]
    else:
        shown = finding.examples
    for example in shown[:examples]:
        line = _example(example)
        if columns is not None and len(line) > columns - 26:
            line = line[: columns - 27] + "…"
        lines.append(" " * 24 + (f"\x1b[2m{line}\x1b[0m" if color else line))
    return lines


def _language_table(rows: list[dict[str, Any]], columns: int | None) -> str:
    def cell(value: object) -> str:
        return "-" if value is None else str(value)

    table = [
        [row["language"], cell(row["tokens"]), cell(row["tokens_per_word"]), cell(row["tokens_per_char"]),
         cell(row["times_english"]), cell(row["unknown"])]
        for row in sorted(rows, key=lambda row: row["times_english"])
    ]  # fmt: skip
    head = ["same sentence", "tokens", "per word", "per char", "x English", "unknown"]
    return text_table(head, table, columns, right=(1, 2, 3, 4, 5))


def _group_table(card: TokenizerReport, columns: int | None) -> str:
    def cell(value: object) -> str:
        return "-" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:.2f}"

    table = []
    for name, group in list(card.groups.items())[:40]:
        numbers = group.to_dict()
        table.append(
            [visible(name, spaces=False), *[cell(numbers[key]) for key in (
                "texts", "tokens", "tokens_per_word", "tokens_per_char", "bytes_per_token")],
             f"{numbers['unknown_share']:.2%}"]
        )  # fmt: skip
    head = ["group", "texts", "tokens", "per word", "per char", "bytes/token", "unknown"]
    return text_table(head, table, columns, right=(1, 2, 3, 4, 5, 6))


def card_text(card: TokenizerReport, n_texts: int, color: bool, columns: int | None, examples: int) -> str:
    """One card: properties in a line, findings with examples, costs by language, the corpus by group."""
    name = visible(card.name, spaces=False)
    facts = {one.key: one.shown for one in card.properties}
    title = f"{name}  {facts['method']}, {facts['vocab_size']} entries"
    lines = [f"\x1b[1m{title}\x1b[0m" if color else title, ""]
    for finding in card.findings:
        lines += _finding_lines(finding, color, columns, examples)
    text = "\n".join(lines) + "\n"
    for finding in card.findings:
        if finding.key == "languages":
            text += "\n" + _language_table(finding.details["rows"], columns)
    if card.groups:
        text += f"\ncorpus: {n_texts:,} texts\n" + _group_table(card, columns)
    return text
