"""Tokens as they are named in questions and shown in answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, NotFoundError, message
from ..model_files.float_values import FloatArray

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = [
    "Neighbour",
    "Neighbours",
    "NotOneTokenError",
    "TokenRows",
    "id_of",
    "same_form_ids",
    "single_token",
    "text_of",
]


class NotOneTokenError(ArgumentError):
    """The matrix has no row of its own for this text."""

    exit_code = NotFoundError.exit_code


@dataclass(frozen=True)
class TokenRows:
    """The rows of a text.

    ids: (n,) int64. tokens: their spelling in the vocabulary. offsets: (n, 2), half-open, in code points of the text;
    (0, 0) for special tokens that were added. vectors: (n, dimension) float32.
    """

    ids: npt.NDArray[np.int64]
    tokens: list[str]
    offsets: npt.NDArray[np.int64]
    vectors: FloatArray

    def __len__(self) -> int:
        return len(self.ids)


class Neighbour(NamedTuple):
    """One answer: ``text`` is what the token stands for (" king"), ``token`` its spelling in the vocabulary ("Ġking").
    Both are "" for an id without a token."""

    id: int
    token: str
    text: str
    score: float


class Neighbours(list[Neighbour]):
    """Answers, best first. ``asked``: the tokens that the question was taken to mean, by id."""

    def __init__(self, items: Iterable[Neighbour], asked: dict[int, str]) -> None:
        super().__init__(items)
        self.asked = asked


def text_of(tokenizer: Tokenizer | None, id: int) -> str:
    """What a token stands for; bytes that are part of a character as lone surrogates U+DC80 to U+DCFF. A piece that goes on
    a word keeps its mark ("##ing")."""
    if tokenizer is None:
        return ""
    spelling = tokenizer.id_to_token(id)
    if spelling is None or tokenizer.kind == "wordpiece":
        return spelling or ""
    data = tokenizer.id_to_bytes(id)
    return spelling if data is None else data.decode("utf-8", "surrogateescape")


def single_token(tokenizer: Tokenizer, text: str) -> int | None:
    """The id of a text that is one token; a word the vocabulary does not know is none."""
    ids = tokenizer.encode_to_list(text, add_special_tokens=False)
    if len(ids) != 1 or (ids[0] == tokenizer.unk_token_id and text != tokenizer.unk_token):
        return None
    return ids[0]


def id_of(tokenizer: Tokenizer, token: str) -> int:
    """The id a text names: the one token it becomes; else the one it becomes behind a space (" king"); else the entry of
    the vocabulary that is spelled so ("Ġking", "##ing").

    Raises:
        NotOneTokenError: it is several tokens, which the error lists, or unknown.
    """
    for text in (token, " " + token) if token else ():  # an empty text is not the space before it
        id = single_token(tokenizer, text)
        if id is not None:
            return id
    spelled = tokenizer.token_to_id(token)
    if spelled is not None:
        return spelled
    parts = tokenizer.encode_to_list(token, add_special_tokens=False)  # `encode` would pad where the file says so
    pieces = " + ".join(text_of(tokenizer, id) for id in parts[:8]) + " + ..." * (len(parts) > 8)
    remedy = "one of these, or embed(text)" if parts else "a text that has a token"
    raise NotOneTokenError(message("token", f"a text of one token, not {token!r}", pieces or "no token", remedy))


def same_form_ids(tokenizer: Tokenizer, tokens: list[str]) -> list[int]:
    """The ids of several words, all behind a space if each is one token so, else all as written if each is one so, else
    one by one (`id_of`). In a byte-level vocabulary " king" is the word and "king" often the end of another."""
    for prefix in (" ", ""):
        found = [single_token(tokenizer, prefix + token) for token in tokens]
        if None not in found:
            return [id for id in found if id is not None]
    return [id_of(tokenizer, token) for token in tokens]


def check_tokenizer(tokenizer: Tokenizer, rows: int, own: bool) -> str | None:
    """What speaks against a tokenizer for a matrix of ``rows`` rows, as a warning; None if nothing.

    Raises:
        ArgumentError: it has ids without a row, and was named by the caller.
    """
    bound = int(tokenizer._core.id_bound)
    if bound > rows:
        text = message("TokenEmbeddings", f"a tokenizer of ids below {rows}", f"one with ids up to {bound - 1}")
        if not own:
            raise ArgumentError(text + "; try the tokenizer of this model")
        return text + "; those ids have no row"
    if bound < rows * 0.9:
        expected = f"a tokenizer for the {rows} rows"
        return message("TokenEmbeddings", expected, f"one of {bound} ids", "the tokenizer of this model")
    return None
