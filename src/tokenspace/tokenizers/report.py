"""The report card of a tokenizer (T14): what it does badly, with a number and an example each: ``ts.report``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ..progress import ProgressLike, Reporter
from .corpus_stats import CorpusStats, GroupCounts
from .id_lists import IdRow, describe_ids
from .like import Choices, TokenizerLike, resolve
from .probe import Property, properties
from .report_checks import CHECKS, Finding, Grade
from .row_lengths import RowLengths
from .scripts import main_script
from .vocabulary_checks import check_reachable, longest_tokens

_BATCH_CHARS = 1 << 20
_BATCH_ROWS = 4096
_UNUSED_SHOWN = 100


@dataclass(frozen=True, slots=True)
class TokenizerReport:
    """One tokenizer's card."""

    name: str
    properties: list[Property]
    findings: list[Finding]
    groups: dict[str, GroupCounts] = field(default_factory=dict)
    lengths: RowLengths = field(default_factory=RowLengths)

    def __getitem__(self, key: str) -> Finding:
        for finding in self.findings:
            if finding.key == key:
                return finding
        raise KeyError(key)


class ReportCard:
    """What `report` found, a card a tokenizer. Print it, or read ``cards``."""

    def __init__(self, cards: list[TokenizerReport], n_texts: int) -> None:
        self.cards, self.n_texts = cards, n_texts

    def __len__(self) -> int:
        return len(self.cards)

    def __iter__(self) -> Iterator[TokenizerReport]:
        return iter(self.cards)

    def __getitem__(self, key: int | str) -> TokenizerReport:
        if isinstance(key, int):
            return self.cards[key]
        for card in self.cards:
            if card.name == key:
                return card
        raise KeyError(key)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"ReportCard({', '.join(card.name for card in self.cards)}; {self.n_texts} texts)"

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the keys are the public JSON of ``tokenspace report --json``."""
        return {
            "texts": self.n_texts,
            "tokenizers": [
                {
                    "name": card.name,
                    "properties": {one.key: one.value for one in card.properties},
                    "findings": [asdict(finding) for finding in card.findings],
                    "groups": {name: group.to_dict() for name, group in card.groups.items()},
                    "lengths": card.lengths.to_dict(),
                }
                for card in self.cards
            ],
        }

    def to_text(self, color: bool = False, width: int | None = None, examples: int = 2) -> str:
        """The cards as text, ``examples`` lines of examples a finding, wrapped at ``width`` columns when given."""
        from .report_text import card_text

        return "\n".join(card_text(card, self.n_texts, color, width, examples) for card in self.cards)

    def _repr_html_(self) -> str:
        import html

        return f'<pre class="tokenspace-report">{html.escape(self.to_text(width=110))}</pre>'


def _rate_finding(key: str, title: str, share: float, good: float, bad: float, what: str) -> Finding:
    grade: Grade = "good" if share <= good else "bad" if share >= bad else "note"
    return Finding(key, title, round(share, 6), "of tokens", grade, f"{share:.2%} of the corpus' tokens are {what}")


def _corpus_findings(tokenizer: TokenizerLike, stats: CorpusStats) -> list[Finding]:
    total = stats.total.to_dict()
    per_token = total["bytes_per_token"] or 0.0
    findings = [
        Finding(
            "bytes_per_token", "compression", per_token, "bytes/token",
            # Unknown tokens swallow whole words: the ratio then flatters.
            "bad" if per_token < 2 else "good" if per_token >= 3.5 and total["unknown_share"] < 0.01 else "note",
            f"{per_token:.2f} bytes a token over {stats.total.bytes:,} bytes ({stats.total.tokens:,} tokens)", [], total,
        ),
        _rate_finding("unknown_rate", "unknown rate", total["unknown_share"], 0.0, 0.01, "unknown"),
        _rate_finding("byte_rate", "byte pieces", stats.byte_token_share(), 0.02, 0.2, "parts of a character"),
        _round_trip(stats),
        _unused(tokenizer, stats),
    ]  # fmt: skip
    return findings


def _round_trip(stats: CorpusStats) -> Finding:
    lost = sum(stats.losses.values())
    share = lost / stats.checked if stats.checked else 0.0
    if lost:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(stats.losses.items(), key=lambda one: -one[1]))
        summary = f"{share:.1%} of {stats.checked:,} texts do not come back as they were ({kinds})"
    else:
        summary = f"all {stats.checked:,} texts tried come back exactly"
    return Finding(
        "round_trip", "round-trip loss", round(share, 6), "of texts",
        "good" if not lost else "bad" if share > 0.01 else "note", summary,
        [{"text": loss.before, "decoded": loss.after, "kind": loss.kind} for loss in stats.loss_examples],
        {"checked": stats.checked, "lost": lost, "kinds": dict(stats.losses)},
    )  # fmt: skip


def _entry(row: IdRow) -> dict[str, Any]:
    return {"id": row.id, "token": row.token or "", "text": row.text}


def _unused(tokenizer: TokenizerLike, stats: CorpusStats) -> Finding:
    size = len(tokenizer)
    ids = stats.unused()
    share = len(ids) / size if size else 0.0
    used = stats.most_used()
    first = [_entry(row) for row in describe_ids(tokenizer, ids[:_UNUSED_SHOWN])]
    rows = describe_ids(tokenizer, [id for id, _ in used])
    most_used = [{**_entry(row), "count": count} for row, (_, count) in zip(rows, used, strict=True)]
    return Finding(
        "unused", "unused entries", len(ids), "entries", "note",
        f"{len(ids):,} of {size:,} entries ({share:.0%}) do not appear in this corpus", [],
        {"share": round(share, 4), "first": first, "most_used": most_used},
    )  # fmt: skip


def _vocabulary_findings(tokenizer: TokenizerLike, threads: int | None) -> list[Finding]:
    reach = check_reachable(tokenizer, threads)
    dead = len(reach.unreachable)
    share = dead / reach.checked if reach.checked else 0.0
    longest = longest_tokens(tokenizer)
    return [
        Finding(
            "unreachable", "unreachable entries", dead, "entries",
            "good" if not dead else "bad" if share > 0.05 else "note",
            f"{dead:,} of {reach.checked:,} entries never come out of encoding their own text"
            + (f"; {reach.untestable:,} parts of characters were not tried" if reach.untestable else ""),
            [{"id": entry.id, "token": entry.token, "text": entry.text} for entry in reach.unreachable[:10]],
            {"checked": reach.checked, "untestable": reach.untestable, "ids": [e.id for e in reach.unreachable]},
        ),
        Finding(
            "longest", "longest entries", longest[0]["chars"] if longest else 0, "characters", "note",
            f"the longest entry has {longest[0]['chars']} characters" if longest else "no entries", longest,
        ),
    ]  # fmt: skip


def _batches(
    texts: Iterable[Any], groups: Iterable[str] | None
) -> Iterator[tuple[list[str], list[str], list[tuple[str, int]]]]:
    names = iter(groups) if groups is not None else None
    batch: list[str] = []
    labels: list[str] = []
    places: list[tuple[str, int]] = []
    chars = 0
    for number, item in enumerate(texts, 1):
        text = item if isinstance(item, str) else item.text
        batch.append(text)
        places.append((str(getattr(item, "source", "")), int(getattr(item, "row", number))))
        labels.append(str(next(names)) if names is not None else main_script(text))
        chars += len(text)
        if chars >= _BATCH_CHARS or len(batch) >= _BATCH_ROWS:
            yield batch, labels, places
            batch, labels, places, chars = [], [], [], 0
    if batch:
        yield batch, labels, places


def report(
    tokenizers: Choices = None,
    texts: Iterable[Any] | None = None,
    groups: Iterable[str] | None = None,
    vocabulary: bool = True,
    round_trip_limit: int = 20_000,
    threads: int | None = None,
    progress: ProgressLike = None,
) -> ReportCard:
    """Find out what tokenizers do badly.

    Args:
        tokenizers: objects, names or paths; None takes the embedded tokenizers.
        texts: a corpus, streamed once: texts, or records with ``.text``. None leaves out what needs one.
        groups: the group of each text in order (a language, a label); None groups by writing system.
        vocabulary: try every vocabulary entry for whether a text encodes to it (about a second per 100,000 entries).
        round_trip_limit: how many texts to decode again.
        threads, progress: as everywhere; the stages are "corpus" and "vocabulary".

    Example:
        >>> import tokenspace as ts
        >>> print(ts.report("tokenspace/bpe", ["Hello world"]))  # doctest: +SKIP
    """
    pairs = resolve(tokenizers)
    stats = [CorpusStats(tokenizer, round_trip_limit) for _, tokenizer in pairs]
    n_texts = 0
    if texts is not None:
        single: Iterable[Any] = [texts] if isinstance(texts, str) else texts
        total = len(single) if isinstance(single, Sequence) else None
        with Reporter("corpus", total, "texts", progress) as reporter:
            for batch, labels, places in _batches(single, groups):
                for one in stats:
                    one.add(batch, labels, threads, places)
                n_texts += len(batch)
                reporter.advance(len(batch))
    cards = []
    with Reporter("vocabulary", len(pairs), "tokenizers", progress) as reporter:
        for (name, tokenizer), one in zip(pairs, stats, strict=True):
            findings = [check(tokenizer) for check in CHECKS]
            if n_texts:
                findings += _corpus_findings(tokenizer, one)
            if vocabulary:
                findings += _vocabulary_findings(tokenizer, threads)
            ordered = dict(sorted(one.groups.items(), key=lambda group: -group[1].chars))
            cards.append(TokenizerReport(name, properties(tokenizer), findings, ordered, one.lengths))
            reporter.advance()
    return ReportCard(cards, n_texts)


__all__ = ["Finding", "ReportCard", "TokenizerReport", "report"]
