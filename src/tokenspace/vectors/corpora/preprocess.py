r"""Text to words in gensim's way: runs of letters, digits set aside.

>>> simple_preprocess("Deep learning: a subset of Machine-Learning, since 2006.")
['deep', 'learning', 'subset', 'of', 'machine', 'learning', 'since']

A letter is what Python's ``\w`` matches and ``\d`` does not: letters and marks of every script that are alphanumeric,
the underscore, and numerals that are no decimal digits. Combining marks end a word, so scripts that write vowels as
such marks (Devanagari, Thai, ...) fall apart; scripts without spaces are not cut at all. A `tokenspace.Tokenizer` or a
word segmenter does better there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_LETTERS = re.compile(r"[^\W\d]+")


def to_unicode(text: str | bytes, encoding: str = "utf8", errors: str = "strict") -> str:
    """``text`` as str.

    Args:
        text: a str, returned as it is, or bytes.
        encoding, errors: of `bytes.decode`.

    Raises:
        UnicodeDecodeError: bytes that are not text, with ``errors="strict"``.
    """
    return text if isinstance(text, str) else str(text, encoding, errors)


def to_utf8(text: str | bytes, errors: str = "strict", encoding: str = "utf8") -> bytes:
    """``text`` as UTF-8; bytes are decoded first, so that the result is valid.

    Args:
        text: a str or bytes in ``encoding``.
        errors, encoding: of `bytes.decode`.
    """
    return to_unicode(text, encoding, errors).encode()


def deaccent(text: str | bytes) -> str:
    """``text`` without non-spacing marks: decomposed (NFD), freed of category Mn, composed again (NFC).

    >>> deaccent("Šéf chomutovských komunistů")
    'Sef chomutovskych komunistu'
    """
    decomposed = unicodedata.normalize("NFD", to_unicode(text))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if unicodedata.category(c) != "Mn"))


def tokenize(
    text: str | bytes,
    lowercase: bool = False,
    deacc: bool = False,
    encoding: str = "utf8",
    errors: str = "strict",
    to_lower: bool = False,
    lower: bool = False,
) -> Iterator[str]:
    """The maximal runs of letters of ``text``, one by one.

    Args:
        text: a str or bytes.
        lowercase, to_lower, lower: any of them: lower case first.
        deacc: remove accents (after that); see `deaccent`.
        encoding, errors: of bytes.
    """
    text = to_unicode(text, encoding, errors)
    if lowercase or to_lower or lower:
        text = text.lower()
    if deacc:
        text = deaccent(text)
    return (match.group() for match in _LETTERS.finditer(text))


def simple_preprocess(doc: str | bytes, deacc: bool = False, min_len: int = 2, max_len: int = 15) -> list[str]:
    """The words of ``doc`` in lower case, without those that are short, long or begin with an underscore.

    Args:
        doc: a text; bytes are taken as UTF-8, ill-formed ones left out.
        deacc: remove accents; see `deaccent`.
        min_len, max_len: characters of a word, both inclusive.
    """
    words = tokenize(doc, lowercase=True, deacc=deacc, errors="ignore")
    return [word for word in words if min_len <= len(word) <= max_len and word[0] != "_"]
