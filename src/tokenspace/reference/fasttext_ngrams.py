"""Character n-grams of fastText: the pieces of ``<word>``, hashed into a fixed number of rows.

The hash is 32-bit FNV-1a whose bytes are taken as signed numbers, as the first fastText did by accident and every model
since relies on; it differs from the published FNV-1a for bytes above 127 (fastText 0.9.2, dictionary.cc).

>>> ngrams("cat", 3, 4)
['<ca', '<cat', 'cat', 'cat>', 'at>']
>>> buckets("cat", 3, 3, 2_000_000)
[916747, 289031, 351106]
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SURROGATES = re.compile("[\ud800-\udfff]")
_WORD_NGRAM_FACTOR = 116049371


def fnv1a(data: bytes) -> int:
    """The hash of a byte string, below 2**32."""
    value = 2166136261
    for byte in data:
        signed = byte - 256 if byte > 127 else byte
        value = ((value ^ (signed & 0xFFFFFFFF)) * 16777619) & 0xFFFFFFFF
    return value


def ngrams(word: str, min_n: int, max_n: int) -> list[str]:
    """Substrings of ``<word>`` of min_n to max_n code points, by where they begin, the shorter first.

    A single character at either end would be the mark alone and is left out. Lone surrogates count as U+FFFD.
    """
    marked = f"<{_SURROGATES.sub(chr(0xFFFD), word)}>"
    found = []
    for start in range(len(marked)):
        for length in range(max(min_n, 1), max_n + 1):
            end = start + length
            if end > len(marked):
                break
            if length == 1 and (start == 0 or end == len(marked)):
                continue
            found.append(marked[start:end])
    return found


def buckets(word: str, min_n: int, max_n: int, bucket: int) -> list[int]:
    """The row of each n-gram among ``bucket`` rows; an n-gram that occurs twice is there twice.

    The line end of fastText's models, the word ``</s>``, has none (gensim gives it some).
    """
    if word == "</s>":
        return []
    return [fnv1a(ngram.encode()) % bucket for ngram in ngrams(word, min_n, max_n)] if bucket else []


def word_ngram_buckets(words: Sequence[str], longest: int, bucket: int) -> list[int]:
    """The rows of the runs of 2 to ``longest`` words, as a classifier with ``wordNgrams`` adds them to a line.

    The hash of a run continues that of the run one word shorter; word hashes are taken as signed 32-bit numbers and the
    arithmetic is that of 64-bit unsigned ones.
    """
    hashes = [fnv1a(word.encode()) for word in words]
    hashes = [value - (1 << 32) if value >= 1 << 31 else value for value in hashes]
    rows = []
    for start, first in enumerate(hashes):
        value = first % (1 << 64)
        for following in hashes[start + 1 : start + longest]:
            value = (value * _WORD_NGRAM_FACTOR + following) % (1 << 64)
            rows.append(value % bucket)
    return rows
