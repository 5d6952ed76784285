"""How byte-pair encoding is trained: count all adjacent pairs, merge the most frequent one everywhere, count again.

The rule in one sentence: of all pairs the one with the largest count, of equal ones the one with the smallest (left id,
right id), becomes a new token, until the vocabulary is full or no pair is left. Ids start with the special tokens and the
alphabet in the order of code points, so ties go to the pair that is first in that order. The core reaches the same merges
without counting anew each time.

>>> vocabulary, learnt = train([("low", 5), ("lower", 2), ("newest", 6), ("widest", 3)], merges=4)
>>> [(merge.left, merge.right, merge.count) for merge in learnt]
[('e', 's', 9), ('es', 't', 9), ('l', 'o', 7), ('lo', 'w', 7)]
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

Pair = tuple[str, str]
Counted = Sequence[tuple[str, int]]
Order = Callable[[str], int]
SPACES = " \u0120\u2581"  # itself, in the byte-level alphabet, in SentencePiece's


@dataclass
class Word:
    """A word of the corpus: how often it occurs and how it is cut now."""

    text: str
    count: int
    tokens: list[str]


@dataclass(frozen=True)
class Round:
    """One merge. ``pairs``: every pair with its count, the one taken first; ``ties``: the others as frequent as that.

    ``is_new``: False when another pair had spelled the same token before. ``words``: (word, count, tokens) afterwards.
    """

    pairs: tuple[tuple[str, str, int], ...]
    left: str
    right: str
    count: int
    ties: tuple[Pair, ...]
    token: str
    is_new: bool
    vocabulary_size: int
    words: tuple[tuple[str, int, tuple[str, ...]], ...]


@dataclass
class Vocabulary:
    """Tokens with their ids, in that order; ``lengths``: characters of the alphabet in each."""

    ids: dict[str, int] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)

    def add(self, token: str, length: int) -> bool:
        """Enters a token unless it is there; whether it was new."""
        if token in self.ids:
            return False
        self.ids[token], self.lengths[token] = len(self.ids), length
        return True


def choose_alphabet(
    words: Counted, initial: Sequence[str] = (), limit: int | None = None, coverage: float = 1.0, order: Order = ord
) -> list[str]:
    """Characters kept: all, the ``limit`` most frequent, or as many as cover that share of the text; sorted."""
    counts = Counter(dict.fromkeys(initial, 0))
    for word, count in words:
        counts.update({character: word.count(character) * count for character in word})
    wanted = set(initial)
    kept = sorted(counts, key=lambda one: (one not in wanted, -counts[one], one))[:limit]
    if coverage < 1.0:
        enough, covered, number = coverage * counts.total(), 0, 0
        while number < len(kept) and (kept[number] in wanted or covered < enough):
            covered += counts[kept[number]]
            number += 1
        kept = kept[:number]
    return sorted(kept, key=order)


def spell(
    words: Counted,
    vocabulary: Vocabulary,
    alphabet: Sequence[str],
    prefix: str = "",
    suffix: str = "",
    cut: bool = False,
) -> list[Word]:
    """Words as single characters, ``prefix`` before all but the first, ``suffix`` behind the last; all get their ids.

    Characters outside the alphabet are left out; with ``cut`` the word ends there.
    """
    for character in alphabet:
        vocabulary.add(character, 1)
    known = set(alphabet)

    def marks(text: str, index: int) -> tuple[bool, bool]:
        return bool(prefix) and index > 0, bool(suffix) and index == len(text) - 1

    seen = {
        (marks(text, index), text[index]) for text, _ in words for index in range(len(text)) if text[index] in known
    }
    for marked, character in sorted(seen, key=lambda one: (one[0][1], one[0][0], one[1])):
        vocabulary.add(prefix * marked[0] + character + suffix * marked[1], 1)
    spelled = []
    for text, count in words:
        parts: list[list[str]] = [[]]
        for index, character in enumerate(text):
            if character in known:
                before, behind = marks(text, index)
                parts[-1].append(prefix * before + character + suffix * behind)
            elif cut:
                parts.append([])
        spelled += [Word(text, count, part) for part in parts if part]
    return spelled


def merged(tokens: Sequence[str], pair: Pair, token: str) -> list[str]:
    """Every occurrence of the pair replaced, from the left: of ``a a a`` the first two become ``aa``."""
    out: list[str] = []
    index = 0
    while index < len(tokens):
        found = tuple(tokens[index : index + 2]) == pair
        out.append(token if found else tokens[index])
        index += 2 if found else 1
    return out


def rounds(
    words: list[Word],
    vocabulary: Vocabulary,
    prefix: str = "",
    min_frequency: int | None = None,
    max_token_length: int | None = None,
    max_token_words: int | None = None,
) -> Iterator[Round]:
    """Merge after merge, changing ``words`` and ``vocabulary``, until no pair is left."""
    begin = len(vocabulary.ids)

    def joined(left: str, right: str) -> str:
        return left + (right.removeprefix(prefix) if prefix else right)

    def allowed(left: str, right: str) -> bool:
        length = vocabulary.lengths[left] + vocabulary.lengths[right]
        is_made = max(vocabulary.ids[left], vocabulary.ids[right]) >= begin  # by merges: only those are limited
        if max_token_length is not None and length >= max_token_length and is_made:
            return False
        spaces = sum(joined(left, right).count(space) for space in SPACES)
        return max_token_words is None or spaces <= max_token_words

    while True:
        counts: Counter[Pair] = Counter()
        for word in words:
            for pair in itertools.pairwise(word.tokens):
                counts[pair] += word.count
        ids = vocabulary.ids
        ranked = sorted(
            ((pair, count) for pair, count in counts.items() if allowed(*pair)),
            key=lambda item: (-item[1], ids[item[0][0]], ids[item[0][1]]),
        )
        if not ranked or ranked[0][1] < max(1, min_frequency or 0):
            return
        (left, right), count = ranked[0]
        ties = tuple(pair for pair, found in ranked[1:] if found == count)
        token = joined(left, right)
        is_new = vocabulary.add(token, vocabulary.lengths[left] + vocabulary.lengths[right])
        for word in words:
            word.tokens = merged(word.tokens, (left, right), token)
        after = tuple((word.text, word.count, tuple(word.tokens)) for word in words)
        pairs = tuple((*pair, found) for pair, found in ranked)
        yield Round(pairs, left, right, count, ties, token, is_new, len(vocabulary.ids), after)


def train(
    words: Counted,
    vocab_size: int | None = None,
    merges: int | None = None,
    special_tokens: Sequence[str] = (),
    alphabet: Sequence[str] | None = None,
    prefix: str = "",
    suffix: str = "",
    cut: bool = False,
    **limits: int | None,
) -> tuple[list[str], list[Round]]:
    """(tokens by id, merges) of a whole training, until there are ``vocab_size`` entries or ``merges`` merges."""
    vocabulary = Vocabulary()
    for token in special_tokens:
        vocabulary.add(token, 0)
    spelled = spell(words, vocabulary, choose_alphabet(words) if alphabet is None else alphabet, prefix, suffix, cut)
    done: list[Round] = []
    learning = itertools.islice(rounds(spelled, vocabulary, prefix, **limits), merges)
    while (vocab_size is None or len(vocabulary.ids) < vocab_size) and (merge := next(learning, None)):
        done.append(merge)
    return list(vocabulary.ids), done
