"""What one pass over a corpus tells about a tokenizer: counts by group, ids seen, texts that do not come back."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .like import TokenizerLike, unknown_id
from .row_lengths import RowLengths
from .scripts import WITHOUT_SPACES
from .visible import is_partial


@dataclass(slots=True)
class GroupCounts:
    """Sums over the texts of one group (a language, a script, a column's value).

    ``unknown`` counts tokens that stand for what the vocabulary lacks, ``partial`` tokens that are part of a character.
    """

    texts: int = 0
    chars: int = 0
    bytes: int = 0
    words: int = 0
    tokens: int = 0
    unknown: int = 0
    partial: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Sums and ratios; None where a ratio has no meaning (words in scripts without spaces)."""
        return {
            "texts": self.texts,
            "chars": self.chars,
            "bytes": self.bytes,
            "tokens": self.tokens,
            "tokens_per_word": round(self.tokens / self.words, 3) if self.words else None,
            "tokens_per_char": round(self.tokens / self.chars, 4) if self.chars else None,
            "bytes_per_token": round(self.bytes / self.tokens, 3) if self.tokens else None,
            "unknown_share": round(self.unknown / self.tokens, 6) if self.tokens else 0.0,
            "byte_share": round(self.partial / self.tokens, 6) if self.tokens else 0.0,
        }


@dataclass(frozen=True, slots=True)
class Loss:
    """A text that decode(encode(text)) changed, around its first difference."""

    kind: str
    before: str
    after: str


def loss_kind(text: str, back: str, has_unknown: bool) -> str:
    """Why ``back`` differs from ``text``: "unknown", "white space", "case or form" or "other"."""
    if has_unknown:
        return "unknown"
    if "".join(text.split()) == "".join(back.split()):
        return "white space"

    def folded(value: str) -> str:
        plain = unicodedata.normalize("NFKD", value).casefold()
        return "".join(char for char in plain if not char.isspace() and not unicodedata.combining(char))

    return "case or form" if folded(text) == folded(back) else "other"


def _around(text: str, back: str, reach: int = 20) -> tuple[str, str]:
    at = next((i for i, (a, b) in enumerate(zip(text, back, strict=False)) if a != b), min(len(text), len(back)))
    start = max(0, at - reach // 2)
    return text[start : at + reach], back[start : at + reach]


@dataclass
class CorpusStats:
    """Accumulates over batches. Memory: one counter per vocabulary entry, whatever the size of the corpus."""

    tokenizer: TokenizerLike
    round_trip_limit: int = 20_000
    groups: dict[str, GroupCounts] = field(default_factory=dict)
    total: GroupCounts = field(default_factory=GroupCounts)
    checked: int = 0
    losses: dict[str, int] = field(default_factory=dict)
    loss_examples: list[Loss] = field(default_factory=list)
    lengths: RowLengths = field(default_factory=RowLengths)
    _counts: Any = None
    _partial: Any = None

    def __post_init__(self) -> None:
        self._unknown = unknown_id(self.tokenizer)

    def add(
        self,
        texts: Sequence[str],
        groups: Sequence[str],
        threads: int | None = None,
        places: Sequence[tuple[str, int]] | None = None,
    ) -> None:
        """Count a batch; ``groups[i]`` is the group of ``texts[i]``, ``places[i]`` its (source, row number)."""
        import numpy as np

        if not texts:
            return
        batch = self.tokenizer.encode_batch(texts, threads=threads, add_special_tokens=False)
        ids = np.asarray(batch.ids)
        rows = np.asarray(batch.row_offsets)
        counts = (
            np.bincount(ids, minlength=len(self.tokenizer)) if len(ids) else np.zeros(len(self.tokenizer), np.int64)
        )
        if self._counts is None:
            self._counts = counts.astype(np.int64)
        else:
            if len(counts) > len(self._counts):
                self._counts = np.pad(self._counts, (0, len(counts) - len(self._counts)))
            self._counts[: len(counts)] += counts
        unknown_rows = None
        if self._unknown is not None:
            before = np.concatenate(([0], np.cumsum(ids == self._unknown)))
            unknown_rows = before[rows[1:]] - before[rows[:-1]]
        partial = self._partial_of(ids)
        partial_before = np.concatenate(([0], np.cumsum(partial)))
        partial_rows = partial_before[rows[1:]] - partial_before[rows[:-1]]
        lengths: list[int] = np.diff(rows).tolist()
        if places is None:
            places = [("", self.total.texts + number) for number in range(1, len(texts) + 1)]
        self.lengths.add(lengths, texts, places)
        for index, (text, name) in enumerate(zip(texts, groups, strict=True)):
            n_tokens = lengths[index]
            n_unknown = int(unknown_rows[index]) if unknown_rows is not None else 0
            n_partial = int(partial_rows[index])
            n_bytes = len(text.encode("utf-8", "surrogatepass"))
            n_words = 0 if name in WITHOUT_SPACES else len(text.split())
            for group in (self.groups.setdefault(name, GroupCounts()), self.total):
                group.texts += 1
                group.chars += len(text)
                group.bytes += n_bytes
                group.words += n_words
                group.tokens += n_tokens
                group.unknown += n_unknown
                group.partial += n_partial
            if self.checked < self.round_trip_limit:
                self._round_trip(text, ids[rows[index] : rows[index + 1]].tolist(), n_unknown > 0)

    def _round_trip(self, text: str, ids: list[int], has_unknown: bool) -> None:
        self.checked += 1
        back = self.tokenizer.decode(ids, skip_special_tokens=False)
        if back == text:
            return
        kind = loss_kind(text, back, has_unknown)
        self.losses[kind] = self.losses.get(kind, 0) + 1
        if self.losses[kind] <= 2:  # two of each kind say more than five of the first
            self.loss_examples.append(Loss(kind, *_around(text, back)))

    def count_of(self, token: int) -> int:
        """How often ``token`` was seen."""
        return int(self._counts[token]) if self._counts is not None and token < len(self._counts) else 0

    def unused(self) -> list[int]:
        """Ids of the vocabulary that were never seen, ascending."""
        import numpy as np

        counts = np.zeros(0, np.int64) if self._counts is None else self._counts
        size = max(len(self.tokenizer), len(counts))
        unseen = np.flatnonzero(np.pad(counts, (0, size - len(counts))) == 0).tolist()
        return [token for token in unseen if self.tokenizer.id_to_token(token) is not None]

    def most_used(self, n: int = 50) -> list[tuple[int, int]]:
        """(id, count) of the ``n`` most frequent tokens, most frequent first; equal counts by id."""
        import numpy as np

        if self._counts is None:
            return []
        order = np.argsort(-self._counts, kind="stable")[:n]
        return [(int(token), int(self._counts[token])) for token in order if self._counts[token]]

    def byte_token_share(self) -> float:
        """Share of the tokens that are only part of a character."""
        return self.total.partial / self.total.tokens if self.total.tokens else 0.0

    def _partial_of(self, ids: Any) -> Any:
        """For each id 1 when it is part of a character, else 0. Every id is looked at once in the whole corpus."""
        import numpy as np

        size = max(len(self.tokenizer), int(ids.max()) + 1 if len(ids) else 0)
        if self._partial is None:
            self._partial = np.full(size, -1, dtype=np.int8)
        elif size > len(self._partial):
            self._partial = np.pad(self._partial, (0, size - len(self._partial)), constant_values=-1)
        found = self._partial[ids]
        for token in np.unique(ids[found < 0]).tolist():
            data = self.tokenizer.id_to_bytes(token)
            self._partial[token] = data is not None and is_partial(data)
        return self._partial[ids] if (found < 0).any() else found
