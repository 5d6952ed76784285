"""Which tokens are near which."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, FormatError, message
from .table import TokenTable
from .tokens import Neighbour, Neighbours, same_form_ids, text_of

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["Questions", "Token"]

Token: TypeAlias = Any  # an id, a text of one token, or a vector


class Questions(TokenTable):
    """Neighbours, similarity and analogies, exactly, on the stored numbers."""

    def most_similar(
        self,
        positive: Token | Sequence[Token],
        negative: Token | Sequence[Token] = (),
        topn: int = 10,
        *,
        restrict_vocab: int | None = None,
        threads: int = 0,
    ) -> Neighbours:
        """The tokens nearest by cosine to a token or vector, or to a sum of several, each scaled to length one.

        A text of one token means that token; else the token it is behind a space is taken (" king" of a byte-level
        vocabulary), else the vocabulary's entry of that spelling. ``.asked`` of the answer says which.

        Args:
            positive, negative: ids, texts, vectors (arrays), or lists of these.
            topn: how many answers. restrict_vocab: only ids below it are answers.
            threads: 0 = all cores; the answer is the same for each number.

        Returns:
            `Neighbours`, best first. Tokens asked for are left out; so are rows of zeros and of NaN.

        Raises:
            ArgumentError: a text of several tokens, an id outside, or a vector of another size. FormatError: a row asked
            for is zero or holds NaN.
        """
        terms = [(item, 1.0) for item in _listed(positive)] + [(item, -1.0) for item in _listed(negative)]
        return self._similar(terms, topn, restrict_vocab, threads)

    def similarity(self, a: Token, b: Token) -> float:
        """The cosine of two tokens or vectors."""
        first, second = (self._unit(item)[0] for item in (a, b))
        return float(first @ second)

    def analogy(
        self, a: Token, b: Token, c: Token, topn: int = 10, *, restrict_vocab: int | None = None, threads: int = 0
    ) -> Neighbours:
        """a - b + c: what is to c as a is to b ("king", "man", "woman").

        Texts are taken behind a space if each is one token so, else as they are written if each is, else one by one as in
        `most_similar`. ``.asked`` says which tokens these are.
        """
        items: list[Token] = [a, b, c]
        texts = [position for position, item in enumerate(items) if isinstance(item, str)]
        for position, id in zip(
            texts, same_form_ids(self.tokenizer, [items[p] for p in texts]) if texts else [], strict=True
        ):
            items[position] = id
        return self._similar([(items[0], 1.0), (items[1], -1.0), (items[2], 1.0)], topn, restrict_vocab, threads)

    def _similar(
        self, terms: list[tuple[Token, float]], topn: int, restrict_vocab: int | None, threads: int
    ) -> Neighbours:
        if not terms:
            raise ArgumentError(message("most_similar", "at least one token", "none"))
        _whole_number("topn", topn, 1)
        _whole_number("threads", threads, 0)
        if restrict_vocab is not None:
            _whole_number("restrict_vocab", restrict_vocab, 1)
        total = np.zeros(self.dimension)
        asked: dict[int, str] = {}
        tokenizer = self._tokenizer_or_none()
        for item, weight in terms:
            vector, id = self._unit(item)
            total += weight * vector
            if id is not None:
                asked[id] = text_of(tokenizer, id)
        found = self._matrix.nearest(total, topn, list(asked), restrict_vocab, threads)
        named = [Neighbour(id, self._spelling(tokenizer, id), text_of(tokenizer, id), score) for id, score in found]
        return Neighbours(named, asked)

    @staticmethod
    def _spelling(tokenizer: Tokenizer | None, id: int) -> str:
        return (tokenizer.id_to_token(id) if tokenizer is not None else None) or ""

    def _unit(self, item: Token) -> tuple[npt.NDArray[np.float64], int | None]:
        """The direction of a token or vector, and the id if it is a token."""
        if isinstance(item, (str, int, np.integer)):
            id: int | None = self._id(item)
            assert id is not None
            vector, what = self.rows([id])[0].astype(np.float64), f"row {id}"
        else:
            expected, what = f"a vector of {self.dimension} numbers, a text or an id", "the vector"
            try:
                id, vector = None, np.asarray(item, np.float64)
            except (TypeError, ValueError):
                raise ArgumentError(message("most_similar", expected, repr(item)[:60])) from None
            if vector.shape != (self.dimension,):
                raise ArgumentError(message("most_similar", expected, f"an array of shape {vector.shape}"))
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or length == 0:
            received = "zeros only" if length == 0 else "NaN or infinity"
            raise FormatError(message("most_similar", f"numbers with a direction in {what}", received))
        return vector / length, id


def _whole_number(name: str, value: object, least: int) -> None:
    try:
        right = operator.index(value) >= least  # type: ignore[arg-type]
    except TypeError:
        right = False
    if not right:
        raise ArgumentError(message("most_similar", f"{name} of at least {least}", repr(value)[:60]))


def _listed(given: Token | Sequence[Token]) -> list[Token]:
    if isinstance(given, (list, tuple)):
        # A list of numbers that are no ids is one vector.
        return [np.asarray(given)] if given and all(isinstance(item, float) for item in given) else list(given)
    if isinstance(given, np.ndarray) and given.ndim == 2:
        return list(given)
    return [given]
