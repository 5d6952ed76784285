"""Texts -> rows of token ids that a model takes: prompt, special tokens, and what happens to those that are too long."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, LimitError, message
from ..engines.protocol import TokenBatch

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["OnTruncate", "RowMaker", "Rows", "lowered"]

OnTruncate: TypeAlias = Literal["warn", "error", "chunk", "ignore"]
Ints: TypeAlias = npt.NDArray[np.int64]
_PROBES = ("a", "1", "的", ".", "и")


@dataclass(frozen=True)
class Rows:
    """Rows of n texts: one a text, or several windows of one that is too long.

    ids: uint32, the rows one after the other; row_offsets: int64 (rows + 1). type_ids: uint8 or None.
    owners: int64 (rows), the text of each row, rising.
    weights: int64 (rows), the tokens of a row that are text: neither special, nor prompt, nor shared with the window before.
    lengths: int64 (n), the tokens of each text before anything was cut, special ones and the prompt included.
    """

    ids: npt.NDArray[np.uint32]
    row_offsets: Ints
    type_ids: npt.NDArray[np.uint8] | None
    owners: Ints
    weights: Ints
    lengths: Ints

    def batch(self, chosen: Ints) -> TokenBatch:
        """Some of the rows, in the order given."""
        sizes = np.diff(self.row_offsets)[chosen]
        offsets = np.concatenate(([0], np.cumsum(sizes)))
        places = np.arange(offsets[-1]) + np.repeat(self.row_offsets[chosen] - offsets[:-1], sizes)
        return TokenBatch(self.ids[places], offsets, None if self.type_ids is None else self.type_ids[places])


class RowMaker:
    """Makes rows with one tokenizer.

    Args:
        tokenizer: used by nobody else; its own truncation and padding are turned off.
        special: put the special tokens of the tokenizer's template around each text.
        side: the side at which too long texts are cut, "right" or "left".
    """

    def __init__(self, tokenizer: Tokenizer, special: bool = True, side: str = "right") -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.tokenizer, self._special, self._side = tokenizer, special, side
        self.before, self.after, self._types = _template(tokenizer) if special else (0, 0, None)

    def refuse_long(self, texts: Sequence[str], prompt: str, max_length: int, threads: int | None, first: int) -> None:
        """Look for texts that are too long by counting alone.

        Raises:
            LimitError: there is one; the first is named.
        """
        given = [prompt + text for text in texts] if prompt else texts
        lengths = self.tokenizer.count_batch(given, threads=threads, add_special_tokens=self._special)
        if lengths.max(initial=0) > max_length:
            raise _too_long(lengths, max_length, first)

    def prompt_tokens(self, prompt: str) -> int:
        """Tokens at the beginning of each row that come from the prompt, with the special ones before it; counted as
        sentence-transformers does: those of the prompt alone, without a special token at the end."""
        if not prompt:
            return 0
        ids = self.tokenizer.encode_to_list(prompt, add_special_tokens=self._special)
        return len(ids) - (bool(ids) and ids[-1] in self.tokenizer.all_special_ids)

    def make(
        self,
        texts: Sequence[str],
        prompt: str = "",
        max_length: int | None = None,
        on_truncate: OnTruncate = "ignore",
        overlap: int = 0,
        threads: int | None = None,
        first: int = 0,
    ) -> Rows:
        """Rows of at most ``max_length`` tokens.

        Args:
            texts: n texts. prompt: put before each of them.
            on_truncate: "chunk" makes windows, the rest of a text in as many rows as it needs, each with the special tokens
                and the prompt, sharing ``overlap`` tokens with the one before; "error" raises; else the rest is dropped.
            first: the number of the first text, for messages.

        Raises:
            LimitError: a text is too long and ``on_truncate`` is "error". ArgumentError: no room for text in a row.
        """
        given = [prompt + text for text in texts] if prompt else texts
        batch = self.tokenizer.encode_batch(given, threads=threads, add_special_tokens=self._special)
        ids, offsets, lengths = batch.ids, batch.row_offsets, np.diff(batch.row_offsets)
        owners = np.arange(len(texts), dtype=np.int64)
        kept = self.prompt_tokens(prompt) if prompt else self.before
        weights = np.maximum(lengths - kept - self.after, 0)
        if max_length is not None and lengths.max(initial=0) > max_length:
            if on_truncate == "error":
                raise _too_long(lengths, max_length, first)
            windows = on_truncate == "chunk"
            room = max_length - self.after - (kept if windows else self.before)
            if room < 1 or (windows and overlap >= room):
                raise ArgumentError(
                    message(
                        "encode",
                        f"a max_length with room for text behind {max_length - max(room, 0)} special and prompt tokens"
                        + (f" and an overlap of {overlap}" if overlap else ""),
                        str(max_length),
                    )
                )
            ids, offsets, owners, weights = self._cut(ids, offsets, max_length, room if windows else 0, overlap, kept)
        return Rows(ids, offsets, self._type_ids(ids, offsets), owners, weights, lengths)

    def around(self, ids: npt.NDArray[np.uint32]) -> Rows:
        """Rows of one token each, with the special tokens that stand around a text."""
        probe = self.tokenizer.encode_to_list(_PROBES[0], add_special_tokens=self._special)
        width = self.before + 1 + self.after
        rows = np.empty((len(ids), width), dtype=np.uint32)
        rows[:, : self.before] = probe[: self.before]
        rows[:, self.before] = ids
        rows[:, self.before + 1 :] = probe[len(probe) - self.after :]
        flat, offsets = rows.reshape(-1), np.arange(len(ids) + 1, dtype=np.int64) * width
        ones = np.ones(len(ids), dtype=np.int64)
        return Rows(flat, offsets, self._type_ids(flat, offsets), np.arange(len(ids)), ones, ones * width)

    def _cut(
        self, ids: npt.NDArray[np.uint32], offsets: Ints, max_length: int, room: int, overlap: int, kept: int
    ) -> tuple[npt.NDArray[np.uint32], Ints, Ints, Ints]:
        """(ids, row offsets, owners, weights) of rows that fit; windows of ``room`` tokens of text, or the first alone."""
        pieces: list[npt.NDArray[np.uint32]] = []
        sizes, owners, weights = [], [], []
        after = self.after
        for text, (begin, end) in enumerate(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)):
            length = end - begin
            if length <= max_length:
                parts = [(ids[begin:end],)]
                own = [max(length - kept - after, 0)]
            elif not room:
                row = ids[begin:end]
                if self._side == "left":
                    parts = [(row[: self.before], row[length - (max_length - self.before) :])]  # type: ignore[list-item]
                else:
                    parts = [(row[: max_length - after], row[length - after :])]  # type: ignore[list-item]
                own = [max(max_length - kept - after, 0)]
            else:
                row, last = ids[begin:end], length - after
                starts = range(kept, last - overlap, room - overlap)
                parts = [(row[:kept], row[s : min(s + room, last)], row[last:]) for s in starts]  # type: ignore[misc]
                own = [min(s + room, last) - s - (overlap if s > kept else 0) for s in starts]
            for part, weight in zip(parts, own, strict=True):
                pieces += part
                sizes.append(sum(map(len, part)))
                owners.append(text)
                weights.append(weight)
        row_offsets = np.concatenate(([0], np.cumsum(np.asarray(sizes, dtype=np.int64))))
        return np.concatenate(pieces), row_offsets, np.asarray(owners, np.int64), np.asarray(weights, np.int64)

    def _type_ids(self, ids: npt.NDArray[np.uint32], offsets: Ints) -> npt.NDArray[np.uint8] | None:
        """Segments by the template; None where they are all 0."""
        if self._types is None:
            return None
        before, inside, after = self._types
        types = np.full(len(ids), inside, dtype=np.uint8)
        for place, value in enumerate(before):
            types[offsets[:-1] + place] = value
        for place, value in enumerate(after):
            types[offsets[1:] - len(after) + place] = value
        return types


def _too_long(lengths: Ints, max_length: int, first: int) -> LimitError:
    long = np.flatnonzero(lengths > max_length)
    row = int(long[0])
    received = f"{lengths[row]} in row {first + row} (from 0)" + (
        f", and {len(long) - 1} more rows" if len(long) > 1 else ""
    )
    return LimitError(
        message("encode", f"texts of at most {max_length} tokens", received, "on_truncate='chunk', or 'warn'")
    )


_Types: TypeAlias = tuple[list[int], int, list[int]]


def _template(tokenizer: Tokenizer) -> tuple[int, int, _Types | None]:
    """How many special tokens stand before and behind a text, and the segments of all, None when they are all 0."""
    mask, types = [1] * tokenizer.num_special_tokens_to_add(), [0] * tokenizer.num_special_tokens_to_add()
    for probe in _PROBES:
        encoding = tokenizer.encode(probe)
        if 0 in encoding.special_tokens_mask:
            mask, types = encoding.special_tokens_mask, encoding.type_ids
            break
    before = mask.index(0) if 0 in mask else len(mask)
    after = mask[::-1].index(0) if 0 in mask else 0
    inside = types[before] if before < len(types) else 0
    if not any(types):
        return before, after, None
    return before, after, (types[:before], inside, types[len(types) - after :])


def lowered(tokenizer: Tokenizer) -> Tokenizer:
    """The same tokenizer behind a step that lowers every letter; itself where that would change nothing.

    Raises:
        UnsupportedError: a tokenizer without the form of tokenizer.json.
    """
    value = json.loads(tokenizer.to_json())
    normalizer = value.get("normalizer")
    steps = normalizer["normalizers"] if normalizer and normalizer["type"] == "Sequence" else [normalizer]
    if any(step and step["type"] == "Lowercase" for step in steps):
        return tokenizer
    # BERT's own lowering comes to the same for every character (a test has them all), and keeps the tokenizer's fast way.
    if len(steps) == 1 and steps[0] and steps[0]["type"] == "BertNormalizer" and steps[0].get("lowercase", True):
        return tokenizer
    value["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "Lowercase"}, *filter(None, steps)]}
    made = type(tokenizer).from_str(json.dumps(value, ensure_ascii=False), tokenizer.name)
    made.model_max_length, made.truncation_side = tokenizer.model_max_length, tokenizer.truncation_side
    return made
