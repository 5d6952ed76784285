"""What the encoder gives for one text: tokens, where they stand, their vectors at every layer asked for."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ..engines.protocol import FloatArray
from .attention import Attention
from .pooling import WordPooling, pool_tokens
from .word_vectors import WordVectors
from .words import Segmenter, Span, given_words, split_words

if TYPE_CHECKING:
    from ...tokenizers.encoding import Encoding

__all__ = ["ContextualVectors", "Words"]

# None: words by our own rules. "tokenizer": the pieces of its pre-tokenizer. Strings: these, in their order. Pairs: spans.
Words: TypeAlias = Sequence[str] | Sequence[Span] | Segmenter | Literal["tokenizer"] | None


class ContextualVectors(Attention):
    """Vectors of the tokens of one text (or pair) in their context.

    Attributes:
        text, pair: what was encoded; a list of words where words were given.
        ids: uint32 (n,). tokens: n strings, as the vocabulary spells them.
        offsets: int64 (n, 2), half-open, in code points of the text each token comes from; (0, 0) for special tokens.
        word_ids: for each token the number of its word as the tokenizer sees it, None for special tokens.
        sequence_ids: 0 or 1 for the text a token comes from, None for special tokens.
        type_ids: uint8 (n,), segments. special: bool (n,), True for tokens the tokenizer added.
        layers: the layers asked for, 0 the embeddings, 1 ... L after each block.
        vectors: float32 (layers, n, d).
        attentions: float32 (L, heads, n, n), rows the tokens that look, or None.
        left_out: tokens beyond the model's window that have no vector. windows: rows the model ran for this text.
    """

    def __init__(
        self,
        text: str | Sequence[str],
        pair: str | Sequence[str] | None,
        encoding: Encoding,
        layers: tuple[int, ...],
        vectors: FloatArray,
        attentions: FloatArray | None = None,
        left_out: int = 0,
        windows: int = 1,
    ) -> None:
        self.text, self.pair = text, pair
        self.ids = encoding.ids_array
        self.tokens = list(encoding.tokens)
        self.offsets: npt.NDArray[np.int64] = np.asarray(encoding.spans, dtype=np.int64).reshape(-1, 2)
        self.word_ids = list(encoding.word_ids)
        self.special: npt.NDArray[np.bool_] = np.asarray(encoding.special_tokens_mask, dtype=bool)
        sequences = encoding.sequence_ids
        # A tokenizer without a template names no sequence: what it did not add comes from the only text there is.
        self.sequence_ids = [
            None if special else (sequence or 0) for special, sequence in zip(self.special, sequences, strict=True)
        ]
        self.type_ids: npt.NDArray[np.uint8] = np.asarray(encoding.type_ids, dtype=np.uint8)
        self.layers, self.vectors, self.attentions = layers, vectors, attentions
        self.left_out, self.windows = left_out, windows

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return int(self.vectors.shape[2])

    # ---- layers ----
    def layer_index(self, layer: int) -> int:
        """Where a layer stands in ``vectors``. Negative numbers count from the last of the layers asked for.

        Raises:
            ArgumentError: a layer that was not asked for.
        """
        number = operator.index(layer)
        if -len(self.layers) <= number < 0:
            return number % len(self.layers)
        if number not in self.layers:
            raise ArgumentError(
                message("layer", f"one of {list(self.layers)}", str(layer), 'encode(..., layers="all")')
            )
        return self.layers.index(number)

    def layer(self, layer: int) -> FloatArray:
        """Vectors of all tokens at one layer, (n, d)."""
        found: FloatArray = self.vectors[self.layer_index(layer)]
        return found

    # ---- places ----
    def _text(self, sequence: int) -> str:
        text = self.text if sequence == 0 else self.pair
        if text is None or sequence not in (0, 1):
            raise ArgumentError(message("sequence", "0" if self.pair is None else "0 or 1", str(sequence)))
        if not isinstance(text, str):
            raise ArgumentError(
                message(
                    "characters", "a text given as one string", "a list of words", 'word_vectors(words="tokenizer")'
                )
            )
        return text

    def _tokens_of(self, sequence: int) -> npt.NDArray[np.int64]:
        return np.asarray([i for i, one in enumerate(self.sequence_ids) if one == sequence], dtype=np.int64)

    def tokens_between(self, start: int, end: int, sequence: int = 0) -> npt.NDArray[np.int64]:
        """Numbers of the tokens that share a character with ``text[start:end]``.

        A token that reaches beyond the stretch counts whole: it has only one vector. The bytes of a character of which
        only the last token carries its range (SentencePiece) count where the character begins.

        Raises:
            ArgumentError: a stretch that is not inside the text.
        """
        text = self._text(sequence)
        if not 0 <= start <= end <= len(text):
            raise ArgumentError(message("characters", f"0 <= start <= end <= {len(text)}", f"{start}, {end}"))
        if start == end:
            return np.zeros(0, dtype=np.int64)
        return self._overlapping(np.array([start]), np.array([end]), sequence)[0]

    def _overlapping(
        self, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], sequence: int
    ) -> list[npt.NDArray[np.int64]]:
        """The tokens that share a character with each of some stretches, none of them empty."""
        members = self._tokens_of(sequence)
        begins, lasts = self.offsets[members, 0], self.offsets[members, 1]
        widened = np.maximum(lasts, begins + 1)
        if not ((begins[1:] >= begins[:-1]).all() and (widened[1:] >= widened[:-1]).all()):
            return [members[(begins < end) & (widened > start)] for start, end in zip(starts, ends, strict=True)]
        # Both ends rise with the tokens, so the tokens of a stretch are a run.
        lows, highs = np.searchsorted(widened, starts, side="right"), np.searchsorted(begins, ends, side="left")
        return [members[low:high] for low, high in zip(lows, np.maximum(lows, highs), strict=True)]

    def token_at(self, character: int, sequence: int = 0) -> int | None:
        """The first token that covers a character of the text; None where there is none (white space, what was left out).

        Raises:
            ArgumentError: a character outside the text.
        """
        text = self._text(sequence)
        if not 0 <= character < len(text):
            raise ArgumentError(message("token_at", f"a character of 0 ... {len(text) - 1}", str(character)))
        found = self.tokens_between(character, character + 1, sequence)
        return int(found[0]) if len(found) else None

    def span_vectors(self, start: int, end: int, pool: WordPooling = "mean", sequence: int = 0) -> FloatArray:
        """The vector of ``text[start:end]`` at every layer, (layers, d), pooled from the tokens of `tokens_between`.

        Raises:
            ArgumentError: a stretch outside the text or without a token.
        """
        group = self.tokens_between(start, end, sequence)
        if not len(group):
            shown = self._text(sequence)[start:end]
            raise ArgumentError(
                message("span_vectors", "characters that have a token", f"{shown[:60]!r} at {start}:{end}")
            )
        return pool_tokens(self.vectors, [group], pool)[:, 0]

    def word_vectors(self, pool: WordPooling = "mean", words: Words = None, sequence: int = 0) -> WordVectors:
        """A vector for each word, pooled from its tokens.

        Args:
            pool: "mean", "sum" or "max" over a word's tokens, or its "first" or "last" token.
            words: what the words are. None: runs of letters and digits, every mark and emoji, Chinese words through jieba
                where it is installed (`split_words`). "tokenizer": the pieces of the tokenizer's pre-tokenizer; the words
                given where the text was given as words. A list of words that stand in the text in this order. A list of
                (begin, end). A function that cuts a run of a script without spaces into words.

        Returns:
            The words that have a token. Words without one (what normalization removes, what lies beyond the window) are
            listed in ``missing``. Where a token reaches beyond a word, ``exact`` is False for it, and the token counts whole
            for every word it touches.

        Raises:
            ArgumentError: words that do not stand in the text in this order, spans outside it, a sequence there is not.
        """
        if sequence not in (0, 1) or (sequence == 1 and self.pair is None):
            raise ArgumentError(message("sequence", "0" if self.pair is None else "0 or 1", str(sequence)))
        given = self.text if sequence == 0 else self.pair
        if words == "tokenizer" or not isinstance(given, str):
            return self._tokenizer_words(pool, sequence, given)
        text = self._text(sequence)
        spans = split_words(text, words) if words is None or callable(words) else _spans_of(text, words)
        bounds = np.asarray(spans, dtype=np.int64).reshape(-1, 2)
        groups = self._overlapping(bounds[:, 0], bounds[:, 1], sequence)
        return self._pooled(pool, [text[begin:end] for begin, end in spans], spans, groups, text)

    def _tokenizer_words(self, pool: WordPooling, sequence: int, given: Any) -> WordVectors:
        members = self._tokens_of(sequence)
        by_word: dict[int, list[int]] = {}
        for token in members.tolist():
            word = self.word_ids[token]
            if word is not None:
                by_word.setdefault(word, []).append(token)
        groups = [np.asarray(group, dtype=np.int64) for group in by_word.values()]
        if not isinstance(given, str):
            words = list(given or ())
            spans = [(0, len(words[word])) for word in by_word]
            found = self._pooled(pool, [words[word] for word in by_word], spans, groups, None)
            found.missing.extend((word, (0, len(word))) for index, word in enumerate(words) if index not in by_word)
            return found
        spans = [(int(self.offsets[group, 0].min()), int(self.offsets[group, 1].max())) for group in groups]
        return self._pooled(pool, [given[begin:end] for begin, end in spans], spans, groups, None)

    def _pooled(
        self,
        pool: WordPooling,
        words: list[str],
        spans: Sequence[Span],
        groups: list[npt.NDArray[np.int64]],
        text: str | None,
    ) -> WordVectors:
        present = [index for index, group in enumerate(groups) if len(group)]
        exact = [True] * len(present)
        if text is not None:
            for place, index in enumerate(present):
                begin, end = int(self.offsets[groups[index], 0].min()), int(self.offsets[groups[index], 1].max())
                # White space a token took with it is nobody else's.
                exact[place] = not (text[begin : spans[index][0]].strip() or text[spans[index][1] : end].strip())
        return WordVectors(
            words=[words[index] for index in present],
            spans=[spans[index] for index in present],
            tokens=[groups[index] for index in present],
            exact=exact,
            layers=self.layers,
            vectors=pool_tokens(self.vectors, [groups[index] for index in present], pool),
            missing=[(words[index], spans[index]) for index, group in enumerate(groups) if not len(group)],
        )

    # ---- shown ----
    def to_dict(self, vectors: bool = False) -> dict[str, Any]:
        """The tokens as JSON values, with their vectors when asked for."""
        rows = []
        for index, token in enumerate(self.tokens):
            start, end = self.offsets[index].tolist()
            row: dict[str, Any] = {"id": int(self.ids[index]), "token": token, "start": start, "end": end}
            row |= {"word": self.word_ids[index], "special": bool(self.special[index])}
            if vectors:
                row["vectors"] = self.vectors[:, index].tolist()
            rows.append(row)
        text = self.text if isinstance(self.text, str) else list(self.text)
        found = {"text": text, "layers": list(self.layers), "dimension": self.dimension, "tokens": rows}
        if self.pair is not None:
            found["pair"] = self.pair if isinstance(self.pair, str) else list(self.pair)
        return found | ({"left_out": self.left_out} if self.left_out else {})

    def __repr__(self) -> str:
        shown = " ".join(self.tokens[:12]) + (" ..." if len(self) > 12 else "")
        more = f", {self.left_out} tokens left out" if self.left_out else ""
        return f"ContextualVectors({len(self)} tokens, layers {list(self.layers)}, {self.dimension} numbers{more}: {shown})"

    def _repr_html_(self) -> str:
        from .html import tokens_html

        return tokens_html(self)


def _spans_of(text: str, words: Any) -> list[Span]:
    """Words or stretches that were given, as stretches of the text."""
    try:
        given = None if isinstance(words, str) else list(words)
        if given is not None and all(isinstance(one, str) for one in given):
            return given_words(text, given)
        spans = [(operator.index(begin), operator.index(end)) for begin, end in given or [words]]
    except ArgumentError:
        raise
    except (TypeError, ValueError):
        expected = 'None, "tokenizer", a list of words or of (begin, end), or a function'
        raise ArgumentError(message("word_vectors", expected, repr(words)[:80])) from None
    for begin, end in spans:
        if not 0 <= begin < end <= len(text):
            raise ArgumentError(message("word_vectors", f"0 <= begin < end <= {len(text)}", f"{begin}, {end}"))
    return spans
