"""The tokens one word has: behind a space and without one, in other cases, as the rest of a longer word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import ArgumentError, message
from .table import TokenTable
from .tokens import single_token, text_of

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["WordForms", "word_forms"]

_MARKS = ("", "##", "▁", "Ġ", " ")  # before a piece that goes on a word, or that begins one
_LONGEST = 200


def word_forms(tokenizer: Tokenizer, word: str) -> list[int]:
    """The ids of single tokens that stand for ``word``, in any case, with and without a space before it. The first is the
    one the text itself becomes, where it is one token.

    Raises:
        ArgumentError: a word of more than 200 characters.
    """
    if len(word) > _LONGEST:
        raise ArgumentError(message("word forms", f"at most {_LONGEST} characters", str(len(word))))
    bare = word.strip() or word
    found: dict[int, None] = {}
    for spelling in dict.fromkeys((word, bare, bare.lower(), bare.capitalize(), bare.upper())):
        for text in (spelling, " " + spelling) if spelling else ():
            id = single_token(tokenizer, text)
            if id is not None:
                found.setdefault(id)
        for mark in _MARKS if spelling else ():
            id = tokenizer.token_to_id(mark + spelling)
            if id is not None:
                found.setdefault(id)
    meant = bare.casefold()
    return [id for id in found if _bare(text_of(tokenizer, id)) in (meant, meant.strip())]


def _bare(text: str) -> str:
    return text.removeprefix("##").removeprefix("▁").strip().casefold() or text.casefold()


class WordForms(TokenTable):
    """Forms of a word."""

    def word_forms(self, word: str) -> list[tuple[int, str]]:
        """(id, text) of the tokens that stand for ``word``: as written, behind a space, in lower case, capitalised, in upper
        case, as the rest of a longer word. Each has a vector of its own.

        >>> import tokenspace as ts  # doctest: +SKIP
        >>> ts.TokenEmbeddings.from_pretrained("gpt2").word_forms("king")  # doctest: +SKIP
        [(3364, 'king'), (5822, ' king'), (15708, 'King'), (2677, ' King'), (37286, 'KING'), (32957, ' KING')]

        Raises:
            ArgumentError: a word of more than 200 characters. NotFoundError: there is no tokenizer.
        """
        tokenizer = self.tokenizer
        return [(id, text_of(tokenizer, id)) for id in word_forms(tokenizer, word) if id < len(self)]
