"""The tokens of one text as arrays: what covers a place, what kind a token is, how often it occurs, which lines are long.

Made for texts of many megabytes, of which somebody looks at a part: questions take the time of their answer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

from ..errors import ArgumentError, message
from .like import unknown_id
from .positions import Positions
from .scripts import WITHOUT_SPACES, main_script
from .visible import is_partial

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..types import IdArray, IntArray, SpecialPolicy
    from .tokenizer import Tokenizer

__all__ = ["LongLine", "TokenKind", "TokenMap"]

TokenKind = Literal["text", "special", "unknown", "byte", "partial"]
_SAMPLES = 40
_SAMPLE_CHARS = 400
_WORDS_STEP = 1 << 16
_OVERHEAD = 4096  # of a map itself: what a short text takes


@dataclass(frozen=True, slots=True)
class LongLine:
    """A line with many tokens: its number from 1, where it begins in code points, its length."""

    line: int
    start: int
    tokens: int
    characters: int


class TokenMap:
    """One text under one tokenizer. All positions are code points of ``positions.text``, half-open.

    Args:
        tokenizer: its truncation and padding are not applied.
        text: a text, or its Positions (shared by several maps).
        add_special_tokens, special_tokens: those of ``Tokenizer.encode``.

    Attributes:
        ids: uint32 of n.
        starts, ends: uint32 of n. Tokens of the template lie at the beginning and the end of the text, without width.
        special_tokens: the policy given.
        seconds: how long the tokenizer took.
        head, tail: how many tokens of the template stand before and after those of the text.

    Raises:
        ArgumentError: a special token in the text with ``special_tokens="error"``.

    Example:
        >>> import tokenspace as ts
        >>> map = TokenMap(ts.Tokenizer.from_pretrained("tokenspace/bpe"), "Hello world")
        >>> [map.text_of(i) for i in range(len(map))]
        ['Hello', ' world']
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        text: str | Positions,
        add_special_tokens: bool = True,
        special_tokens: SpecialPolicy | None = None,
    ) -> None:

        self.tokenizer = tokenizer
        self.special_tokens = special_tokens
        self.positions = text if isinstance(text, Positions) else Positions(text)
        begun = time.perf_counter()
        batch = tokenizer.encode_batch(
            [self.positions.text],
            threads=1,
            offsets="chars",
            add_special_tokens=add_special_tokens,
            special_tokens=special_tokens,
        )
        self.seconds = time.perf_counter() - begun
        # The batch has room for more tokens than there are: what is kept is copied, and each part let go when it is.
        self.ids: IdArray = batch.ids
        spans = batch.spans
        del batch
        assert spans is not None
        self.head, self.tail = self._template(spans) if add_special_tokens else (0, 0)
        self.starts: IdArray = spans[:, 0].copy()
        self.ends: IdArray = spans[:, 1].copy()
        del spans
        self.ids = self.ids.copy()
        if self.tail:
            self.starts[-self.tail :] = self.ends[-self.tail :] = len(self.positions)
        self._first = _ascending(self.starts)
        self._last = _ascending(self.ends)

    def _template(self, spans: npt.NDArray[np.uint32]) -> tuple[int, int]:
        special = set(self.tokenizer.all_special_ids)
        n = len(self.ids)

        def added(at: int) -> bool:
            return int(self.ids[at]) in special and not spans[at].any()

        head = next((at for at in range(n) if not added(at)), n)
        tail = next((at for at in range(n - head) if not added(n - 1 - at)), n - head)
        return head, tail

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays and what goes with them, about; the text is counted by its owner."""
        arrays = {id(array): array.nbytes for array in (self.ids, self.starts, self.ends, self._first, self._last)}
        return _OVERHEAD + sum(arrays.values()) + 16 * self.distinct

    # ---- tokens by place ----
    def window(self, start: int, end: int) -> tuple[int, int]:
        """Tokens [first, last) that cover something of [start, end), or stand without width inside.

        Windows that follow each other give every token, those across a border twice. The tokens of the template belong to
        the windows that hold the first and the last place.
        """

        size = len(self.positions)
        if not 0 <= start <= end <= size:
            raise ArgumentError(message("window", f"0 <= start <= end <= {size}", f"{start}, {end}"))
        first = int(_search(self._last, start, "right")) if start else 0
        while first and self._last[first - 1] == start == self._first[first - 1]:
            first -= 1
        last = len(self) if end == size else int(_search(self._first, end, "left"))
        return first, max(first, last)

    def at(self, place: int) -> int | None:
        """The first token that covers a code point; None where none does."""
        if not 0 <= place < len(self.positions):
            return None
        first, last = self.window(place, place + 1)
        return next((at for at in range(first, last) if self.starts[at] <= place < self.ends[at]), None)

    def text_of(self, index: int) -> str:
        """The part of the text a token covers; "" for tokens without width."""
        return self.positions.text[self.starts[index] : self.ends[index]]

    def group(self, index: int) -> tuple[int, int]:
        """Tokens [first, last) that share characters with this one: more than one where a character is cut up.

        Tokens without width belong to the character they stand before (byte fallback gives the last byte its width).
        """
        if index < self.head or index >= len(self) - self.tail:
            return index, index + 1
        first, last = index, index + 1
        while first > self.head and self._joined(first - 1):
            first -= 1
        while last < len(self) - self.tail and self._joined(last - 1):
            last += 1
        return first, last

    def _joined(self, index: int) -> bool:
        """Whether a token and the next one share a character."""
        if self.starts[index] == self.ends[index]:
            return self.kind(int(self.ids[index])) in ("byte", "partial") and bool(
                self.starts[index + 1] == self.starts[index]
            )
        return bool(self.starts[index + 1] < self.ends[index])

    # ---- tokens by id ----
    def kind(self, id: int) -> TokenKind:
        """What an id is: "byte" a token of byte fallback, "partial" one that is not whole characters."""
        found = self._kinds.get(id)
        if found is None:
            found = self._kinds[id] = self._kind(id)
        return found

    @cached_property
    def _kinds(self) -> dict[int, TokenKind]:
        return {}

    @cached_property
    def _special(self) -> frozenset[int]:
        return frozenset(self.tokenizer.all_special_ids)

    @cached_property
    def _unknown(self) -> int | None:
        return unknown_id(self.tokenizer)

    def _kind(self, id: int) -> TokenKind:
        if id == self._unknown:
            return "unknown"
        if id in self._special:
            return "special"
        token, data = self.tokenizer.id_to_token(id), self.tokenizer.id_to_bytes(id)
        if token is not None and data is not None and len(data) == 1 and token == f"<0x{data[0]:02X}>":
            return "byte"
        return "partial" if data and is_partial(data) else "text"

    @cached_property
    def _counts(self) -> tuple[IntArray, IntArray]:
        import numpy as np

        return cast("tuple[IntArray, IntArray]", np.unique(self.ids, return_counts=True))

    @property
    def distinct(self) -> int:
        """How many different ids there are."""
        return len(self._counts[0])

    def places_of(self, id: int) -> IntArray:
        """Numbers of the tokens with an id, ascending."""
        import numpy as np

        return np.flatnonzero(self.ids == id)

    def count_of_kind(self, kind: TokenKind) -> int:
        """How many tokens are of a kind."""
        ids, counts = self._counts
        return sum(int(n) for id, n in zip(ids.tolist(), counts.tolist(), strict=True) if self.kind(id) == kind)

    # ---- the whole ----
    @property
    def of_text(self) -> int:
        """Tokens of the text itself, without those of the template."""
        return len(self) - self.head - self.tail

    def summary(self) -> dict[str, Any]:
        """Counts and ratios. Ratios leave the template's tokens out; None where there is nothing to divide by, and
        ``tokens_per_word`` also for scripts without spaces between words."""
        text, own = self.positions.text, self.of_text
        words = None if _without_spaces(text) else _count_words(text)
        return {
            "tokens": len(self),
            "tokens_of_text": own,
            "distinct": self.distinct,
            "characters": len(text),
            "bytes": self.positions.byte_length,
            "words": words,
            "bytes_per_token": self.positions.byte_length / own if own else None,
            "characters_per_token": len(text) / own if own else None,
            "tokens_per_word": own / words if words else None,
            "unknown": self.count_of_kind("unknown"),
            "byte_tokens": self.count_of_kind("byte"),
        }

    def longest_lines(self, count: int = 10) -> list[LongLine]:
        """The lines with the most tokens, longest first; of equal ones the earlier first."""
        import numpy as np

        starts = self.positions.line_starts
        bounds = np.append(starts, len(self.positions))
        begin, end = self.head, len(self) - self.tail
        tokens = np.diff(np.append(_search(self._first[begin:end], starts, "left"), end - begin))
        best = np.argsort(-tokens, kind="stable")[:count]
        return [
            LongLine(int(at) + 1, int(starts[at]), int(tokens[at]), int(bounds[at + 1] - bounds[at]))
            for at in best
            if tokens[at]
        ]


def _ascending(places: IdArray) -> IdArray:
    """Each place, or a larger one before it: a search needs them in order, and a normalizer may hand out places a little
    out of order. The same array where they are."""
    import numpy as np

    if bool((places[1:] >= places[:-1]).all()):
        return places
    return cast("IdArray", np.maximum.accumulate(places))


def _search(ascending: IdArray, places: npt.ArrayLike, side: Literal["left", "right"]) -> IntArray:
    """`numpy.searchsorted` for places of the array's own type: for others NumPy copies the whole array, at each question."""
    import numpy as np

    return np.searchsorted(ascending, np.asarray(places, ascending.dtype), side)


def _count_words(text: str) -> int:
    """``len(text.split())``, without all words at once."""
    words = 0
    for at in range(0, len(text), _WORDS_STEP):
        words += len(text[at : at + _WORDS_STEP].split())
        if at and not (text[at - 1].isspace() or text[at].isspace()):
            words -= 1  # one word on both sides
    return words


def _without_spaces(text: str) -> bool:
    """Whether most of the text is in scripts that put no spaces between words, by samples spread over it."""
    if text.isascii():
        return False
    step = max(1, len(text) // _SAMPLES)
    samples = (text[at : at + _SAMPLE_CHARS] for at in range(0, len(text), max(step, _SAMPLE_CHARS)))
    scripts = [main_script(sample) for sample in samples]
    spaceless = sum(script in WITHOUT_SPACES or script == "Kana" for script in scripts)
    return 2 * spaceless > sum(script != "other" for script in scripts)
