"""Unigram training: start with far too many pieces, learn how often each is used, drop those the text would miss least.

Expectation maximization: with the present scores, every way to cut a word has a probability; a piece's expected count adds
these up over all words; the counts give the next scores. Pruning: a piece on no best path goes; of the others, those whose
second best spelling costs the least. Same result as the core: the same operations in the same order.

>>> words = {"▁low": 5, "▁lowing": 2, "▁lowest": 3, "▁new": 7, "▁newest": 6}
>>> pieces, scores = train(words, vocab_size=11)
>>> [piece for piece in pieces if len(piece) > 1]
['▁new']
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ArgumentError, message
from .unigram_seeds import choose_characters, cut_words, find_seeds

LEAST_EXPECTED = 0.5
TIE_STEP = 0.0001  # between characters the text never needed
Scores = dict[str, float]


@dataclass(frozen=True)
class Pruned:
    """A piece that goes. `loss`: what the text loses when `instead` is written for it; none when no best path used it."""

    piece: str
    loss: float | None
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Round:
    """Some estimations and what was pruned after them; the last round prunes nothing."""

    number: int
    log_likelihoods: list[float]  # before each estimation
    rare: list[str]  # dropped in the estimations: expected less than half a time
    pruned: list[Pruned]  # by rising loss
    scores: Scores = field(repr=False)  # what is left


def matches(segment: str, start: int, scores: Scores, longest: int) -> list[str]:
    """Pieces that match at `start`, shortest first."""
    ends = range(start + 1, min(len(segment), start + longest) + 1)
    return [segment[start:end] for end in ends if segment[start:end] in scores]


def expect(segments: Mapping[str, int], scores: Scores, longest: int) -> tuple[dict[str, float], float]:
    """Expected count of each piece over all segmentations (forward-backward), and the log-likelihood."""
    # Fractions are added as integers, so that the order of addition does not matter.
    bits = min(40, 62 - sum(len(segment) * count for segment, count in segments.items()).bit_length())
    expected = dict.fromkeys(scores, 0)
    probability = {piece: math.exp(score) for piece, score in scores.items()}
    likelihood = 0
    for segment, count in segments.items():
        n = len(segment)
        forward = [1.0] + [0.0] * n  # probability of everything up to here
        for i in range(n):
            for piece in matches(segment, i, scores, longest):
                forward[i + len(piece)] += forward[i] * probability[piece]
        likelihood += round(math.ldexp(count * math.log(forward[n]), bits - 8))
        backward = [0.0] * n + [1.0]  # probability of everything from here
        weight = math.ldexp(count, bits) / forward[n]
        for i in reversed(range(n)):
            for piece in reversed(matches(segment, i, scores, longest)):
                rest = probability[piece] * backward[i + len(piece)]
                backward[i] += rest
                expected[piece] += round(forward[i] * weight * rest)
    return {piece: math.ldexp(value, -bits) for piece, value in expected.items()}, math.ldexp(likelihood, 8 - bits)


def digamma(x: float) -> float:
    """Derivative of log gamma: a logarithm that punishes small counts (below 7 by recurrence, then a series)."""
    result = 0.0
    while x < 7.0:
        result -= 1.0 / x
        x += 1.0
    x -= 0.5
    x2 = 1.0 / (x * x)
    x4 = x2 * x2
    series = (1.0 / 24.0 * x2, 7.0 / 960.0 * x4, 31.0 / 8064.0 * x4 * x2, 127.0 / 30720.0 * x4 * x4)
    return result + math.log(x) + series[0] - series[1] + series[2] - series[3]


def maximize(expected: Mapping[str, float], characters: set[str], at_least: int) -> Scores:
    """Scores from expected counts. Rare pieces are left out, but no character is, and `at_least` pieces stay."""
    kept = {piece for piece, count in expected.items() if piece in characters or count >= LEAST_EXPECTED}
    rare = sorted((piece for piece in expected if piece not in kept), key=lambda piece: -expected[piece])
    kept.update(rare[: max(0, at_least - len(kept))])
    counts = {piece: max(count, LEAST_EXPECTED) for piece, count in expected.items() if piece in kept}
    total = 0.0
    for count in counts.values():
        total += count
    return {piece: digamma(count) - digamma(total) for piece, count in counts.items()}


def best_path(text: str, scores: Scores, longest: int, without: str = "") -> list[str]:
    """The segmentation with the highest sum of scores that does not use `without`."""
    best: list[tuple[float, str]] = [(0.0, "")] + [(-math.inf, "")] * len(text)
    for i in range(len(text)):
        for piece in matches(text, i, scores, longest):
            score = best[i][0] + scores[piece]
            if piece != without and score > best[i + len(piece)][0]:
                best[i + len(piece)] = (score, piece)
    path: list[str] = []
    end = len(text)
    while end:
        path.append(best[end][1])
        end -= len(path[-1])
    return path[::-1]


def losses(
    segments: Mapping[str, int], scores: Scores, characters: set[str], longest: int, token_cost: float
) -> dict[str, Pruned]:
    """For every piece on a best path: its second best spelling, and the nats and tokens this costs."""
    frequency: Counter[str] = Counter()
    for segment, times in segments.items():
        for piece in best_path(segment, scores, longest):
            frequency[piece] += times
    total = float(sum(frequency.values()))
    out = {}
    for piece in (piece for piece in scores if piece in frequency and piece not in characters):
        count, instead = float(frequency[piece]), best_path(piece, scores, longest, without=piece)
        log_total = math.log(total + count * (len(instead) - 1))
        replaced = 0.0
        for part in instead:
            replaced += math.log(frequency[part] + count) - log_total
        loss = count * (math.log(count) - math.log(total) - replaced + token_cost * (len(instead) - 1))
        out[piece] = Pruned(piece, loss, tuple(instead))
    return out


def training_rounds(
    words: Mapping[str, int],
    vocab_size: int,
    seed_size: int = 1_000_000,
    shrinking_factor: float = 0.75,
    token_cost: float = 1.0,
    sub_iterations: int = 2,
    max_piece_length: int = 16,
    character_coverage: float = 1.0,
    required_characters: str = "",
    split_digits: bool = False,
) -> Iterator[Round]:
    """Every round of a training as data. The scores of the last one have up to a tenth more pieces than wanted."""
    occurrences = choose_characters(words, character_coverage, required_characters)
    characters = set(occurrences)
    segments = cut_words(words, characters, split_digits)
    seeds = find_seeds(segments, max_piece_length, seed_size)
    least, most = len(characters), len(characters) + len(seeds)
    if not least <= vocab_size <= most:
        raise ArgumentError(message("train", f"vocab_size= {least} to {most}", str(vocab_size)))
    weights = {**{character: max(1, count) for character, count in occurrences.items()}, **dict(seeds)}
    log_sum = math.log(sum(weights.values()))
    scores = {piece: math.log(weight) - log_sum for piece, weight in weights.items()}
    longest = max(map(len, scores))
    keep_at_end = vocab_size * 11 // 10
    for number in range(1, 1 << 30):
        likelihoods, rare = [], []
        for _ in range(sub_iterations):
            expected, likelihood = expect(segments, scores, longest)
            likelihoods.append(likelihood)
            scores = maximize(expected, characters, vocab_size)
            rare += [piece for piece in expected if piece not in scores]
        if len(scores) <= keep_at_end:
            break
        loss = losses(segments, scores, characters, longest, token_cost)
        kept = sorted(loss, key=lambda piece: -(loss[piece].loss or 0.0))
        kept = kept[: max(keep_at_end, int(shrinking_factor * len(scores))) - least]
        stay = characters.union(kept)
        stay.update([piece for piece in scores if piece not in stay][: max(0, vocab_size - len(stay))])
        gone = [loss.get(piece, Pruned(piece, None)) for piece in scores if piece not in stay]
        scores = {piece: score for piece, score in scores.items() if piece in stay}
        gone.sort(key=lambda pruned: -math.inf if pruned.loss is None else pruned.loss)
        yield Round(number, likelihoods, rare, gone, scores)
    score = min(scores.values())
    for character in occurrences:
        if expected[character] < LEAST_EXPECTED:
            scores[character] = score
            score += TIE_STEP
    yield Round(number, likelihoods, rare, [], scores)


def train(words: Mapping[str, int], vocab_size: int, **options: Any) -> tuple[list[str], list[float]]:
    """Pieces and scores, best first: all characters, and of the others those with the highest scores."""
    *_, last = training_rounds(words, vocab_size, **options)
    characters = set(
        choose_characters(words, options.get("character_coverage", 1.0), options.get("required_characters", ""))
    )
    ranked = sorted(last.scores, key=lambda piece: (piece not in characters, -last.scores[piece], piece.encode()))
    chosen = sorted(ranked[:vocab_size], key=lambda piece: (-last.scores[piece], piece.encode()))
    return chosen, [last.scores[piece] for piece in chosen]
