"""What a Unigram training starts from: the characters to cover, the stretches to explain, and the substrings that recur in them.

>>> find_seeds({"low": 5, "lowest": 3, "newest": 6})[:4]
[('newest', 36), ('west', 36), ('low', 24), ('lowest', 18)]
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from ..errors import ArgumentError, message


def choose_characters(words: Mapping[str, int], coverage: float = 1.0, required: str = "") -> dict[str, int]:
    """Required characters and the most frequent others up to `coverage`: occurrences, falling."""
    counts = Counter(dict.fromkeys(required, 0))
    for word, count in words.items():
        for character in word:
            counts[character] += count
    del counts["\0"]
    total, covered, chosen = sum(counts.values()), 0, []
    if not total:
        raise ArgumentError(message("train", "a corpus with at least one character", "an empty one"))
    for character in sorted(counts, key=lambda c: (c not in required, -counts[c], c)):
        if character not in required and covered / total >= coverage:
            break
        covered += counts[character]
        chosen.append(character)
    return {character: counts[character] for character in sorted(chosen, key=lambda c: (-counts[c], c))}


def cut_words(words: Mapping[str, int], known: set[str], split_digits: bool = False) -> Counter[str]:
    """Distinct stretches that no piece reaches across: cut at unknown characters, before white space and around digits."""
    out: Counter[str] = Counter()
    for word, count in words.items():
        current = ""
        for character in word:
            digits = split_digits and any(c in "0123456789" for c in current[-1:] + character)
            if current and (character not in known or character == "▁" or digits):
                out[current] += count
                current = ""
            if character in known:
                current += character
        if current:
            out[current] += count
    return out


def find_seeds(segments: Mapping[str, int], max_length: int = 16, limit: int = 1_000_000) -> list[tuple[str, int]]:
    """Substrings found twice or more that no neighbour always extends, with the characters each would cover; best first."""
    weight: Counter[str] = Counter()
    before, after = defaultdict(set), defaultdict(set)
    for segment, count in segments.items():
        for start in range(len(segment)):
            for end in range(start + 2, min(len(segment), start + max_length) + 1):
                piece = segment[start:end]
                weight[piece] += count
                before[piece].add(segment[start - 1 : start])
                after[piece].add(segment[end : end + 1])

    def varied(neighbours: set[str]) -> bool:
        return len(neighbours) > 1 or "" in neighbours

    found = [
        (piece, count * len(piece))
        for piece, count in weight.items()
        if count > 1 and varied(after[piece]) and (varied(before[piece]) or len(piece) == max_length)
    ]
    return sorted(found, key=lambda item: (-item[1], item[0]))[:limit]
