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

    def most_similar_cosmul(
        self,
        positive: Token | Sequence[Token],
        negative: Token | Sequence[Token] = (),
        topn: int = 10,
        *,
        restrict_vocab: int | None = None,
        threads: int = 0,
    ) -> Neighbours:
        """The tokens with the largest 3CosMul score, as `KeyedVectors.most_similar_cosmul` reckons it. Arguments, answer and
        errors are those of `most_similar`.

        Raises:
            ArgumentError: no positive term.
        """
        wanted, unwanted = _listed(positive), _listed(negative)
        if not wanted:
            raise ArgumentError(message("most_similar_cosmul", "at least one positive token", "none"))
        _whole_number("topn", topn, 1)
        _whole_number("threads", threads, 0)
        if restrict_vocab is not None:
            _whole_number("restrict_vocab", restrict_vocab, 1)
        units = [self._unit(item) for item in wanted + unwanted]
        shifted = (1 + self._matrix.cosines(np.vstack([unit for unit, _ in units]), restrict_vocab, threads)) / 2
        scores = shifted[: len(wanted)].prod(axis=0) / (shifted[len(wanted) :].prod(axis=0) + 1e-6)
        tokenizer = self._tokenizer_or_none()
        asked = {id: text_of(tokenizer, id) for _, id in units if id is not None}
        scores[[id for id in asked if id < len(scores)]] = np.nan
        order = np.argsort(-scores, kind="stable")[:topn]  # NaN, rows of zeros among them, comes last
        found = [(id, float(scores[id])) for id in order.tolist() if np.isfinite(scores[id])]
        return Neighbours(self._named(tokenizer, found), asked)

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
        return Neighbours(self._named(tokenizer, found), asked)

    @staticmethod
    def _named(tokenizer: Tokenizer | None, found: Sequence[tuple[int, float]]) -> list[Neighbour]:
        def spelling(id: int) -> str:
            return (tokenizer.id_to_token(id) if tokenizer is not None else None) or ""

        return [Neighbour(id, spelling(id), text_of(tokenizer, id), score) for id, score in found]

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
