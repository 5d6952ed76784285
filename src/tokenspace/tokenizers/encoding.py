"""Encoding: what one text (or pair) became. Only ids are there at first; the rest is computed when asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, message

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..types import IdArray

__all__ = ["Encoding"]


class Encoding:
    """Tokens of one text or pair, with the names of tokenizers' Encoding.

    All lists are parallel, one element per token. Offsets are half-open and count code points of the text the token's
    sequence was given as (``byte_offsets``: UTF-8 bytes); special tokens added by the tokenizer have (0, 0).

    A list is built when first asked for and is the same object afterwards, so that ``encoding.tokens[i]`` in a loop costs
    what it looks like: copy it before changing it. ``truncate``, ``pad`` and ``set_sequence_id`` make new ones.
    """

    __slots__ = ("_core", "_full", "_ids", "_lists", "_recompute", "_sequence")

    def __init__(
        self,
        core: Any,
        ids: list[int] | None = None,
        recompute: Callable[[], Any] | None = None,
        full: Any = None,
    ) -> None:
        self._core = core
        self._ids = ids
        self._recompute = recompute
        self._full = full
        self._sequence: int | None = None
        self._lists: dict[str, Any] = {}

    @property
    def _all(self) -> Any:
        full = self._full
        if full is None:
            assert self._recompute is not None
            full = self._full = self._recompute()
            self._recompute = None
        return full

    def _list(self, name: str) -> Any:
        found = self._lists.get(name)
        if found is None:
            found = self._lists[name] = getattr(self._all, name)
        return found

    # ---- parallel lists ----
    @property
    def ids(self) -> list[int]:
        """Token ids."""
        if self._ids is None:
            self._ids = self._all.ids
        return self._ids

    @property
    def ids_array(self) -> IdArray:
        """Token ids as uint32."""
        if self._full is None:
            import numpy as np

            return np.asarray(self._ids, dtype=np.uint32)
        array: IdArray = self._full.ids_array
        return array

    @property
    def tokens(self) -> list[str]:
        """Token texts, as the vocabulary spells them."""
        tokens: list[str] = self._list("tokens")
        return tokens

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """(begin, end) of each token in code points of its text."""
        offsets: list[tuple[int, int]] = self._list("offsets")
        return offsets

    @property
    def byte_offsets(self) -> list[tuple[int, int]]:
        """(begin, end) of each token in bytes of its text's UTF-8."""
        offsets: list[tuple[int, int]] = self._list("byte_offsets")
        return offsets

    @property
    def spans(self) -> npt.NDArray[np.uint32]:
        """``offsets`` as a uint32 array of (n, 2)."""
        spans: npt.NDArray[np.uint32] = self._all.spans
        return spans

    @property
    def type_ids(self) -> list[int]:
        """Segment of each token (BERT's token_type_ids)."""
        values: list[int] = self._list("type_ids")
        return values

    @property
    def word_ids(self) -> list[int | None]:
        """Index of the word (piece of the pre-tokenizer, or given word) of each token; None for special tokens."""
        values: list[int | None] = self._list("word_ids")
        return values

    words = word_ids

    @property
    def sequence_ids(self) -> list[int | None]:
        """0 or 1 for the text a token comes from; None for special tokens and padding."""
        if self._sequence is not None and "sequence_ids" not in self._lists:
            self._lists["sequence_ids"] = [self._sequence] * len(self)
        values: list[int | None] = self._list("sequence_ids")
        return values

    @property
    def special_tokens_mask(self) -> list[int]:
        """1 for tokens the tokenizer added, 0 for tokens of the text."""
        values: list[int] = self._list("special_tokens_mask")
        return values

    @property
    def attention_mask(self) -> list[int]:
        """0 for padding, 1 for the rest."""
        values: list[int] = self._list("attention_mask")
        return values

    @property
    def overflowing(self) -> list[Encoding]:
        """What truncation cut off, in windows of the same length."""
        parts: list[Encoding] | None = self._lists.get("overflowing")
        if parts is None:
            parts = self._lists["overflowing"] = [Encoding(self._core, full=part) for part in self._all.overflowing]
        return parts

    @property
    def n_sequences(self) -> int:
        """1, or 2 for a pair."""
        return len(self._ranges()) or 1

    def __len__(self) -> int:
        return len(self._ids) if self._ids is not None else len(self._all)

    def __repr__(self) -> str:
        return f"Encoding(num_tokens={len(self)}, ids={self.ids[:8]}{'...' if len(self) > 8 else ''})"

    # ---- from one kind of position to another ----
    def _ranges(self) -> dict[int, range]:
        found = {sequence: range(begin, end) for sequence, begin, end in self._all.sequence_ranges}
        if self._sequence is not None:
            return {self._sequence: range(len(self))}
        return found or {0: range(len(self))}

    def _range(self, sequence_index: int) -> range:
        return self._ranges().get(sequence_index, range(0))

    def token_to_sequence(self, token_index: int) -> int | None:
        """Which text (0 or 1) a token comes from; None for special tokens and indices out of range."""
        for sequence, tokens in self._ranges().items():
            if token_index in tokens:
                return sequence
        return None

    def token_to_chars(self, token_index: int) -> tuple[int, int] | None:
        """Code points [begin, end) of a token in its text."""
        return self.offsets[token_index] if self.token_to_sequence(token_index) is not None else None

    def token_to_word(self, token_index: int) -> int | None:
        """The word of a token."""
        return self.word_ids[token_index] if self.token_to_sequence(token_index) is not None else None

    def word_to_tokens(self, word_index: int, sequence_index: int = 0) -> tuple[int, int] | None:
        """Tokens [begin, end) of a word."""
        words = self.word_ids
        found = [i for i in self._range(sequence_index) if words[i] == word_index]
        return (found[0], found[-1] + 1) if found else None

    def word_to_chars(self, word_index: int, sequence_index: int = 0) -> tuple[int, int] | None:
        """Code points [begin, end) of a word."""
        tokens = self.word_to_tokens(word_index, sequence_index)
        if tokens is None:
            return None
        offsets = self.offsets
        return (offsets[tokens[0]][0], offsets[tokens[1] - 1][1])

    def char_to_token(self, char_pos: int, sequence_index: int = 0) -> int | None:
        """The first token that covers a code point; None for white space that no token covers."""
        offsets = self.offsets
        for i in self._range(sequence_index):
            begin, end = offsets[i]
            if begin <= char_pos < end:
                return i
        return None

    def char_to_word(self, char_pos: int, sequence_index: int = 0) -> int | None:
        """The word that covers a code point."""
        token = self.char_to_token(char_pos, sequence_index)
        return None if token is None else self.token_to_word(token)

    # ---- in place, as tokenizers does ----
    def set_sequence_id(self, sequence_id: int) -> None:
        """Declares that all tokens come from text ``sequence_id``."""
        self._sequence = sequence_id
        self._lists.pop("sequence_ids", None)

    def truncate(self, max_length: int, stride: int = 0, direction: str = "right") -> None:
        """Keeps ``max_length`` tokens; the rest goes to ``overflowing`` in windows that share ``stride`` tokens."""
        if direction not in ("left", "right"):
            raise ArgumentError(message("truncate", "direction 'left' or 'right'", repr(direction)))
        if max_length and stride >= max_length:
            raise ArgumentError(message("truncate", f"stride below max_length {max_length}", str(stride)))
        self._full = self._all.truncated(max_length, stride, direction)
        self._ids = None
        self._lists = {}

    def pad(
        self,
        length: int,
        *,
        direction: str = "right",
        pad_id: int = 0,
        pad_type_id: int = 0,
        pad_token: str = "[PAD]",
    ) -> None:
        """Adds padding tokens up to ``length``."""
        if direction not in ("left", "right"):
            raise ArgumentError(message("pad", "direction 'left' or 'right'", repr(direction)))
        self._full = self._all.padded(length, direction, pad_id, pad_type_id, pad_token)
        self._ids = None
        self._lists = {}
