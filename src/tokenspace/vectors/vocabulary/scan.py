"""Counting word by word in Python, for what the core cannot ask: a caller's rule while the vocabulary is pruned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .raw_counts import RawCounts
from .rules import TrimRule, keep_vocab_item


def scan_sentences(
    sentences: Iterable[Sequence[str]], max_vocab_size: int | None = None, trim_rule: TrimRule | None = None
) -> RawCounts:
    """Counts of ``sentences``; also the plain-Python twin of `tokenspace._core.WordCounter`.

    Args:
        sentences: lists of words.
        max_vocab_size: whenever a sentence leaves more distinct words than this, the rarer ones are forgotten: those
            below a threshold that is 1 at first and rises by one each time, as gensim does it.
        trim_rule: asked for every word when that happens, with the threshold as ``min_count``.
    """
    import numpy as np

    counts: dict[str, int] = {}
    total = number = forgotten = 0
    least = 1
    for sentence in sentences:
        number += 1
        for word in sentence:
            counts[word] = counts.get(word, 0) + 1
        total += len(sentence)
        if max_vocab_size and len(counts) > max_vocab_size:
            for word in [word for word, n in counts.items() if not keep_vocab_item(word, n, least, trim_rule)]:
                forgotten += counts.pop(word)
            least += 1
    found = np.fromiter(counts.values(), np.uint64, len(counts))
    return RawCounts(list(counts), found, total, number, forgotten=forgotten)
