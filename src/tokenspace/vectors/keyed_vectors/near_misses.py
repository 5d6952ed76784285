"""Keys that are spelled nearly like a word: what someone meant who mistyped it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from .storage import VectorStorage

__all__ = ["NearMisses", "edit_distances", "folded", "near_spellings"]

MOST_KEYS = 500_000  # looked through, from the first: a vocabulary has its frequent words there
_LONGEST = 64  # longer words are compared as a whole only


def folded(text: str) -> str:
    """``text`` without what spellings of one word differ in: compatibility forms and case (Unicode NFKC, full case folding)."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def edit_distances(word: str, others: Sequence[str]) -> npt.NDArray[np.int64]:
    """Edits from ``word`` to each of ``others``, (others,): letters put in, left out, replaced, or two neighbours swapped, no
    place being edited twice ("optimal string alignment", after Damerau 1964).

    Words of one length are compared at the same time: ``len(word) * length`` steps, each over all of them.
    """
    out = np.empty(len(others), np.int64)
    letters = [ord(letter) for letter in word]
    lengths = np.fromiter(map(len, others), np.int64, len(others))
    for length in np.unique(lengths).tolist():
        places = np.flatnonzero(lengths == length)
        if not length:
            out[places] = len(letters)
            continue
        # A matrix of code points. Through bytes: NumPy's own strings end at a NUL.
        joined = "".join(others[place] for place in places.tolist()).encode("utf-32-le", "surrogatepass")
        out[places] = _aligned(letters, np.frombuffer(joined, "<u4").reshape(len(places), length).T)
    return out


def _aligned(letters: list[int], others: npt.NDArray[np.uint32]) -> npt.NDArray[np.int16]:
    """The last number of each alignment table. ``others``: (length, words)."""
    length, count = others.shape
    before: list[Any] = []
    above: list[Any] = [np.full(count, column, np.int16) for column in range(length + 1)]
    for row, letter in enumerate(letters, 1):
        line: list[Any] = [np.full(count, row, np.int16)]
        for column in range(1, length + 1):
            best = np.minimum(above[column], line[column - 1]) + 1
            best = np.minimum(best, above[column - 1] + (others[column - 1] != letter))
            if row > 1 and column > 1:
                swapped = (others[column - 2] == letter) & (others[column - 1] == letters[row - 2])
                best = np.where(swapped, np.minimum(best, before[column - 2] + 1), best)
            line.append(best.astype(np.int16, copy=False))
        before, above = above, line
    found: npt.NDArray[np.int16] = above[length]
    return found


def _compared(key: str) -> str:
    return folded(key.removeprefix("▁") or key)


def near_spellings(word: str, keys: Iterable[Any], topn: int = 5) -> list[tuple[int, int]]:
    """(place, edits) of the keys spelled most like ``word``, the fewest edits first, then by place.

    Letters are compared folded (`folded`), and without the "▁" that tokens have for the space before them; a key that differs by
    nothing else has 0 edits. A word of n letters may have (n + 1) // 3 edits, at most 2. Only texts are compared, the first
    500,000 of them.

    Raises:
        ArgumentError: ``topn`` below 1.
    """
    if topn < 1:
        raise ArgumentError(message("near_misses", "topn of at least 1", str(topn)))
    wanted = _compared(word.strip())
    if not wanted:
        return []
    most = min(2, (len(wanted) + 1) // 3) if len(wanted) <= _LONGEST else 0
    places: list[int] = []
    spellings: list[str] = []
    for place, key in enumerate(islice(keys, MOST_KEYS)):
        if isinstance(key, str) and abs(len(key) - len(wanted)) <= most + 2:  # folding may change the length
            spelling = _compared(key)
            if key != word and abs(len(spelling) - len(wanted)) <= most:
                places.append(place)
                spellings.append(spelling)
    if most:
        edits = edit_distances(wanted, spellings)
    else:
        edits = np.array([0 if spelling == wanted else 1 for spelling in spellings], np.int64)
    near = np.flatnonzero(edits <= most)
    chosen = near[np.argsort(edits[near], kind="stable")][:topn]
    return [(places[index], int(edits[index])) for index in chosen.tolist()]


class NearMisses(VectorStorage):
    """Spellings."""

    def near_misses(self, word: str, topn: int = 5) -> list[Any]:
        """Keys spelled nearly like ``word``, which itself is left out: fewest edits first, of equal ones the more frequent.

        >>> import numpy as np
        >>> from tokenspace import KeyedVectors
        >>> vectors = KeyedVectors(2)
        >>> vectors.add_vectors(["river", "driver", "King"], np.ones((3, 2)))
        >>> vectors.near_misses("rivre"), vectors.near_misses("king")
        (['river', 'driver'], ['King'])

        Args:
            word: any text. Case, compatibility forms and a token's "▁" before the word count as no edit; a word of n letters
                may have (n + 1) // 3 edits, at most 2.
            topn: how many.

        Raises:
            ArgumentError: ``topn`` below 1.
        """
        return [self.index_to_key[place] for place, _ in near_spellings(word, self.index_to_key, topn)]
