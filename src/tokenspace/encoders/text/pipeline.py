"""From a block of texts to their vectors: rows of tokens, batches by length, the engine, pooling, heads, windows joined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..engines.pooling import pool_tokens, unit_rows
from ..engines.protocol import Engine, FloatArray, Pooling, TokenBatch
from .heads import Normalize
from .recipe import Recipe
from .report import EncodeReport, joined
from .rows import OnTruncate, RowMaker, Rows

__all__ = ["Pipeline", "Plan", "as_texts", "blocks_of", "checked"]

# A block is tokenized and ordered by length at once: enough texts for batches of like length, and bounded in memory.
BLOCK_TEXTS = 8192
BLOCK_CHARS = 4 << 20
# Tokens the engine is given at a time: some tenths of a second of work, after which Ctrl-C and progress have their turn.
_BATCH_TOKENS = 8192


@dataclass(frozen=True)
class Plan:
    """How one call is to be done, every default resolved.

    batch_size: rows the engine is given at a time; None: as many as make some thousand tokens.
    normalize: True: vectors of length 1 at the end; False: without a normalisation the model ends with; None: as the model.
    dimensions: leading numbers to keep, None: all. threads: 0: all cores.
    """

    prompt: str = ""
    batch_size: int | None = None
    normalize: bool | None = None
    dimensions: int | None = None
    max_length: int | None = None
    on_truncate: OnTruncate = "warn"
    overlap: int = 0
    threads: int = 0

    def normalized(self, by_model: bool) -> bool:
        """Whether the vectors have length 1; ``by_model``: the model's last step makes them so."""
        return by_model and self.dimensions is None if self.normalize is None else self.normalize


class Pipeline:
    """The parts of one encoder at work. Safe to use from several threads."""

    def __init__(self, recipe: Recipe, rows: RowMaker, engine: Engine) -> None:
        assert recipe.pooling.value is not None
        self._poolings: tuple[Pooling, ...] = recipe.pooling.value
        self.recipe, self.rows, self.engine = recipe, rows, engine
        width = engine.dimension
        for head in recipe.token_heads:
            width = head.dimension(width)
        width *= len(self._poolings)
        self._pooled_width = width
        for head in recipe.heads:
            width = head.dimension(width)
        self.dimension = width

    def many(
        self, texts: Sequence[str], plan: Plan, first: int, advance: Callable[[int], None]
    ) -> tuple[FloatArray, EncodeReport]:
        """As `vectors`, block by block, for any number of texts."""
        width = plan.dimensions or self.dimension
        found = np.empty((len(texts), width), dtype=np.float32)
        reports = []
        begin = 0
        for block in _slices_of(texts):
            told = partial(_told, advance, begin)
            found[begin : begin + len(block)], report = self.vectors(block, plan, first + begin, told)
            reports.append(report)
            begin += len(block)
            advance(begin)
        return found, joined(reports, plan.max_length)

    def vectors(
        self, texts: Sequence[str], plan: Plan, first: int, advance: Callable[[int], None]
    ) -> tuple[FloatArray, EncodeReport]:
        """Vectors of one block, float32 (n, d), and what was cut.

        first: the number of the first text in the call, for messages. advance: told how many texts are done.
        """
        rows = self.rows.make(
            texts, plan.prompt, plan.max_length, plan.on_truncate, plan.overlap, plan.threads or None, first
        )
        return self._of_rows(rows, plan, advance)

    def tokens(self, ids: npt.NDArray[np.uint32], plan: Plan, advance: Callable[[int], None]) -> FloatArray:
        """Vectors of texts of one token each, float32 (n, d)."""
        return self._of_rows(self.rows.around(ids), plan, advance)[0]

    def _of_rows(self, rows: Rows, plan: Plan, advance: Callable[[int], None]) -> tuple[FloatArray, EncodeReport]:
        count = len(rows.lengths)
        heads = self.recipe.heads
        if plan.normalize is False and self.recipe.normalize.value:
            heads = heads[:-1]
        skip = self.rows.prompt_tokens(plan.prompt) if plan.prompt and not self.recipe.include_prompt else 0
        unit_at_once = heads[:1] == (Normalize(),)
        found = self._run(rows, plan, skip, unit_at_once, advance)
        for head in heads[unit_at_once:]:
            found = head(found)
        windows = np.bincount(rows.owners, minlength=count)
        if len(found) != count:
            found = _joined(found, rows, windows, bool(heads) and isinstance(heads[-1], Normalize))
        if plan.dimensions is not None:
            found = np.ascontiguousarray(found[:, : plan.dimensions])
        if plan.normalize and (plan.dimensions is not None or heads[-1:] != (Normalize(),)):
            found = unit_rows(found)
        return found, EncodeReport(plan.max_length, rows.lengths, windows)

    def _run(self, rows: Rows, plan: Plan, skip: int, unit: bool, advance: Callable[[int], None]) -> FloatArray:
        """Vectors of all rows after the pooling, in their order."""
        if self.recipe.static and plan.batch_size is None and not skip:
            # A table of rows gains nothing from rows of like length: the block goes as it is, no id is copied.
            return self.engine.pooled(TokenBatch(rows.ids, rows.row_offsets), "mean", unit, plan.threads)
        found = np.empty((len(rows.owners), self._pooled_width), dtype=np.float32)
        done = np.zeros(len(rows.lengths), dtype=np.int64)
        left = np.bincount(rows.owners, minlength=len(done))
        for chosen in self._batches(rows, plan):
            found[chosen] = self._pooled(rows, chosen, skip, unit, plan.threads)
            np.add.at(done, rows.owners[chosen], 1)
            advance(int((done == left).sum()))
        return found

    def _batches(self, rows: Rows, plan: Plan) -> Iterator[npt.NDArray[np.int64]]:
        """Rows of like length together, the longest first: what needs the most memory fails at once."""
        sizes = np.diff(rows.row_offsets)
        order = np.argsort(-sizes, kind="stable")
        if plan.batch_size is not None:
            for begin in range(0, len(order), plan.batch_size):
                yield order[begin : begin + plan.batch_size]
            return
        begin = 0
        while begin < len(order):
            count = max(1, _BATCH_TOKENS // max(1, int(sizes[order[begin]])))
            yield order[begin : begin + count]
            begin += count

    def _pooled(self, rows: Rows, chosen: npt.NDArray[np.int64], skip: int, unit: bool, threads: int) -> FloatArray:
        """Vectors of some rows after the pooling; of length 1 when ``unit``."""
        batch = rows.batch(chosen)
        if not skip and not self.recipe.token_heads and len(self._poolings) == 1:
            return self.engine.pooled(batch, self._poolings[0], unit, threads)
        tokens = self.engine.token_vectors(batch, (-1,), threads=threads).vectors[0]
        for head in self.recipe.token_heads:
            tokens = head(tokens)
        skipped = np.full(len(batch), skip, dtype=np.int64) if skip else None
        parts = [pool_tokens(tokens, batch.row_offsets, pooling, skipped) for pooling in self._poolings]
        vectors = np.concatenate(parts, axis=1)
        return unit_rows(vectors) if unit else vectors


def _told(advance: Callable[[int], None], begin: int, done: int) -> None:
    advance(begin + done)


def _joined(found: FloatArray, rows: Rows, windows: npt.NDArray[np.int64], unit: bool) -> FloatArray:
    """One vector a text: the mean of its windows', each weighing as many tokens of text as it adds."""
    begins = np.cumsum(windows) - windows
    weights = np.maximum(rows.weights, 1).astype(np.float64)  # a text without tokens has one window, which counts
    sums = np.add.reduceat(found * weights[:, None], begins, axis=0)
    vectors = np.asarray(sums / np.add.reduceat(weights, begins)[:, None], dtype=np.float32)
    several = windows > 1
    vectors[~several] = found[begins[~several]]
    if unit:
        vectors[several] = unit_rows(vectors[several])
    return vectors


def checked(texts: Iterable[Any], first: int = 0) -> Iterator[str]:
    """The texts, each of which has to be a str.

    Raises:
        ArgumentError: one that is not, with its row.
    """
    if isinstance(texts, list) and set(map(type, texts)) <= {str}:
        yield from texts
        return
    for row, text in enumerate(texts, first):
        if not isinstance(text, str):
            remedy = "bytes.decode()" if isinstance(text, bytes) else "an empty text '' for what is missing"
            raise ArgumentError(message("encode", f"a str in row {row} (from 0)", type(text).__name__, remedy))
        yield text


def _slices_of(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """As `blocks_of`, for texts that are all there."""
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)))
    begin = 0
    while begin < len(texts):
        chars = int(ends[begin - 1]) if begin else 0
        end = min(begin + BLOCK_TEXTS, int(np.searchsorted(ends, chars + BLOCK_CHARS)) + 1)
        yield texts[begin:end]
        begin = end


def as_texts(texts: str | Iterable[str]) -> list[str]:
    """One text, or several, as a list.

    Raises:
        ArgumentError: something else, or one among them that is no str, with its row.
    """
    if isinstance(texts, (bytes, Mapping)) or not isinstance(texts, Iterable) or getattr(texts, "shape", None) == ():
        raise ArgumentError(message("encode", "a str, or several", type(texts).__name__))
    return [texts] if isinstance(texts, str) else list(checked(texts))


def blocks_of(texts: Iterable[str], size: int = BLOCK_TEXTS) -> Iterator[list[str]]:
    """Lists of at most ``size`` texts and some million characters, whichever comes first."""
    held: list[str] = []
    chars = 0
    for text in texts:
        held.append(text)
        chars += len(text)
        if len(held) >= size or chars >= BLOCK_CHARS:
            yield held
            held, chars = [], 0
    if held:
        yield held
