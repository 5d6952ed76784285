"""The rounds of a Unigram training as steps of a story."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...reference.unigram_seeds import choose_characters, cut_words, find_seeds
from ...reference.unigram_train import Scores, best_path, training_rounds
from .options import TrainOptions
from .story import PrunedPiece, PruneStep, TrainingStory, WordState

__all__ = ["unigram_story"]

_LONGEST = 16


def unigram_story(words: Mapping[str, int], asked: TrainOptions, vocab_size: int | None, steps: int) -> TrainingStory:
    """The first rounds; ``vocab_size`` None: down to a quarter of the seeds."""
    coverage = asked.character_coverage or 1.0
    special = [token.content for token in asked.special]
    if asked.is_sentencepiece:
        from .sentencepiece import meta_pieces, with_limits

        coverage = with_limits(asked).character_coverage or 1.0
        special = [text for text, _, _ in meta_pieces(asked)]
    longest = asked.max_token_length or _LONGEST
    required = "".join(asked.initial_alphabet or ())
    # What the twin begins with: characters and the substrings that recur, as often as they occur.
    characters = choose_characters(words, coverage, required)
    segments = cut_words(words, set(characters), asked.split_digits)
    seeds = find_seeds(segments, longest, asked.seed_size)
    size = len(characters) + len(seeds) // 4 if vocab_size is None else vocab_size - len(special)
    weights = {**{character: max(1, count) for character, count in characters.items()}, **dict(seeds)}
    total = math.log(sum(weights.values()))
    scores = {piece: math.log(weight) - total for piece, weight in weights.items()}
    options: dict[str, Any] = {
        "seed_size": asked.seed_size,
        "shrinking_factor": asked.shrinking_factor,
        "token_cost": asked.token_cost,
        "sub_iterations": asked.sub_iterations,
        "max_piece_length": longest,
        "character_coverage": coverage,
        "required_characters": required,
        "split_digits": asked.split_digits,
    }
    before = begin = _states(segments, scores)
    told: list[PruneStep] = []
    finished = False
    for done in training_rounds(words, size, **options):
        if len(told) == steps:
            break
        left, pruned = done.scores, tuple(PrunedPiece(one.piece, one.loss, one.instead) for one in done.pruned)
        reason = f"{_pieces(len(pruned))} that the text misses least"
        if not pruned:
            finished = True
            left, pruned = _cut(left, set(characters), size)
            reason = f"{_pieces(len(pruned))} with the lowest scores, which leaves the {size} wanted"
            if not pruned:
                reason = f"the {size} pieces wanted are left"
        after = _states(segments, left)
        changed = tuple(
            index for index, (old, new) in enumerate(zip(before, after, strict=True)) if old.tokens != new.tokens
        )
        told.append(
            PruneStep(
                done.number,
                tuple(done.log_likelihoods),
                tuple(done.rare),
                pruned,
                reason,
                len(left) + len(special),
                after,
                changed,
            )
        )
        before = after
    return TrainingStory("unigram", tuple(special), tuple(scores), begin, tuple(told), finished)


def _pieces(count: int) -> str:
    return "1 piece goes" if count == 1 else f"{count:,} pieces go"


def _cut(scores: Scores, characters: set[str], size: int) -> tuple[Scores, tuple[PrunedPiece, ...]]:
    """(the pieces of the finished model, those dropped, the lowest score first)."""
    ranked = sorted(scores, key=lambda piece: (piece not in characters, -scores[piece], piece.encode()))
    kept = set(ranked[:size])
    dropped = tuple(PrunedPiece(piece, None, ()) for piece in reversed(ranked[size:]))
    return {piece: score for piece, score in scores.items() if piece in kept}, dropped


def _states(segments: Mapping[str, int], scores: Scores) -> tuple[WordState, ...]:
    longest = max(map(len, scores))
    return tuple(
        WordState(text, count, tuple(best_path(text, scores, longest)))
        for text, count in sorted(segments.items(), key=lambda item: -item[1])
    )
