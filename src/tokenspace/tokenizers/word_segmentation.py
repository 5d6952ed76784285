"""Words of scripts without spaces, by a segmenter that knows them: Chinese through the optional library jieba.

A segmenting tokenizer encodes the text with a space between the segments; offsets are then moved back to the text given.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from ..errors import ArgumentError, UnsupportedError, message
from ..types import SpecialPolicy, Text
from .encoding import Encoding
from .tokenizer import Tokenizer

__all__ = ["SegmentingTokenizer", "segmenter_named"]

Segmenter = Callable[[str], list[str]]


@lru_cache(maxsize=1)
def _jieba() -> Segmenter:
    try:
        import jieba
    except ImportError as error:
        raise UnsupportedError(
            message("segmenter='jieba'", "the library jieba", "none installed", "pip install 'tokenspace[zh]'")
        ) from error
    import logging

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    return partial(jieba.lcut, HMM=True)


def segmenter_named(segmenter: str | Segmenter) -> Segmenter:
    """A function text -> segments whose concatenation is the text."""
    if callable(segmenter):
        return segmenter
    if segmenter == "jieba":
        return _jieba()
    raise ArgumentError(message("segmenter", "'jieba' or a function text -> list of segments", repr(segmenter)))


class _Moved:
    """A native encoding of the spaced text, with offsets in the text given."""

    def __init__(self, full: Any, begins: list[int], extra: list[int]) -> None:
        self._full, self._begins, self._extra = full, begins, extra

    def __getattr__(self, name: str) -> Any:
        return getattr(self._full, name)

    def __len__(self) -> int:
        return len(self._full)

    def _back(self, position: int) -> int:
        return position - self._extra[bisect.bisect_right(self._begins, position) - 1]

    @property
    def offsets(self) -> list[tuple[int, int]]:
        # The end belongs to the segment of the last code point, not to the one that may begin there.
        return [
            (self._back(begin), self._back(end - 1) + 1) if end > begin else (self._back(begin),) * 2
            for begin, end in self._full.offsets
        ]

    @property
    def spans(self) -> Any:
        import numpy as np

        return np.asarray(self.offsets, dtype=np.uint32).reshape(-1, 2)

    @property
    def overflowing(self) -> list[_Moved]:
        return [_Moved(part, self._begins, self._extra) for part in self._full.overflowing]


class SegmentingTokenizer(Tokenizer):
    """A word tokenizer for text without spaces: ``Tokenizer.from_pretrained("rules", segmenter="jieba")``.

    ``encode``, ``encode_to_list``, ``encode_batch_to_lists``, ``count`` and ``tokenize`` segment first; byte offsets and
    arrays with offsets are not available.
    """

    segmenter: str | Segmenter = "jieba"

    def _spaced(self, text: Text) -> tuple[str, list[int], list[int]]:
        """The text with spaces, and from which of its positions on how many of them were put in before."""
        plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        parts: list[str] = []
        begins, extra = [0], [0]
        length = 0
        for segment in segmenter_named(self.segmenter)(plain):
            if parts and not (segment[:1].isspace() or parts[-1][-1:].isspace()):
                parts.append(" ")
                length += 1
                begins.append(length)
                extra.append(extra[-1] + 1)
            parts.append(segment)
            length += len(segment)
        return "".join(parts), begins, extra

    def encode(
        self,
        text: Any,
        pair: Any = None,
        add_special_tokens: bool = True,
        is_split_into_words: bool = False,
        special_tokens: SpecialPolicy | None = None,
        dropout: float | None = None,
        alpha: float | None = None,
        nbest_size: int | None = None,
        seed: int | None = None,
    ) -> Encoding:
        """As Tokenizer.encode; pairs and split words are not segmented."""
        if pair is not None or is_split_into_words:
            return super().encode(text, pair, add_special_tokens, is_split_into_words, special_tokens)
        spaced, begins, extra = self._spaced(text)
        full = self._core.encode(spaced, None, self._options(add_special_tokens, special_tokens), False)
        return Encoding(self._core, full=_Moved(full, begins, extra))

    def encode_to_list(
        self, text: Text, add_special_tokens: bool = True, special_tokens: SpecialPolicy | None = None
    ) -> list[int]:
        """Ids of one text."""
        return super().encode_to_list(self._spaced(text)[0], add_special_tokens, special_tokens)

    def encode_batch(self, texts: Any, pairs: Any = None, threads: int | None = None, offsets: str | None = None,
                     add_special_tokens: bool = True, special_tokens: SpecialPolicy | None = None) -> Any:  # fmt: skip
        """As Tokenizer.encode_batch, without offsets."""
        if offsets is not None or pairs is not None:
            raise UnsupportedError(
                message("encode_batch", "no offsets and no pairs with a segmenter", "them", "encode")
            )
        spaced = [self._spaced(text)[0] for text in texts]
        return super().encode_batch(spaced, None, threads, None, add_special_tokens, special_tokens)

    def encode_batch_to_lists(
        self,
        texts: Any,
        threads: int | None = None,
        add_special_tokens: bool = True,
        special_tokens: SpecialPolicy | None = None,
    ) -> list[list[int]]:
        """Ids of many texts."""
        spaced = [self._spaced(text)[0] for text in texts]
        return super().encode_batch_to_lists(spaced, threads, add_special_tokens, special_tokens)

    def count(self, text: Text, add_special_tokens: bool = True, special_tokens: SpecialPolicy | None = None) -> int:
        """Number of tokens."""
        return super().count(self._spaced(text)[0], add_special_tokens, special_tokens)

    def count_batch(
        self,
        texts: Any,
        threads: int | None = None,
        add_special_tokens: bool = True,
        special_tokens: SpecialPolicy | None = None,
    ) -> Any:
        """Number of tokens of each text."""
        return super().count_batch([self._spaced(t)[0] for t in texts], threads, add_special_tokens, special_tokens)
