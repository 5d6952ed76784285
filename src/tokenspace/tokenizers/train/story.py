"""A training told step by step, as data: what `explain_training` returns."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

__all__ = ["MergeStep", "PairCount", "PruneStep", "PrunedPiece", "TrainingStory", "WordState", "reason_of_merge"]


@dataclass(frozen=True)
class WordState:
    """A distinct piece of the text: how often it occurs, and how it is cut at this moment."""

    text: str
    count: int
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class PairCount:
    """Two tokens that stand side by side, and how often."""

    left: str
    right: str
    count: int


@dataclass(frozen=True)
class MergeStep:
    """A merge of BPE, WordPiece or SuperBPE.

    Attributes:
        number: from 1.
        stage: "words", or "stretches" where SuperBPE's merges may cross spaces.
        pairs: the most frequent pairs before the merge, in the order of preference; the first is taken.
        pair: the one taken. left_id, right_id: what decided a tie.
        ties: how many other pairs were as frequent.
        reason: why this pair, in a sentence.
        token, token_id: what the pair became. is_new: False when the token was in the vocabulary before.
        vocabulary_size: after the merge, special tokens and alphabet included.
        words: after the merge.
        changed: places in ``words`` that the merge changed.
    """

    kind: ClassVar[str] = "merge"
    number: int
    stage: str
    pairs: tuple[PairCount, ...]
    pair: PairCount
    left_id: int
    right_id: int
    ties: int
    reason: str
    token: str
    token_id: int
    is_new: bool
    vocabulary_size: int
    words: tuple[WordState, ...]
    changed: tuple[int, ...]


@dataclass(frozen=True)
class PrunedPiece:
    """A piece that Unigram gives up. ``loss``: log-likelihood the text loses; None: no best path used the piece."""

    piece: str
    loss: float | None
    instead: tuple[str, ...]


@dataclass(frozen=True)
class PruneStep:
    """A round of Unigram: scores are estimated, then the pieces the text would miss least go.

    Attributes:
        number: from 1.
        log_likelihoods: of the text, before each estimation.
        rare: pieces dropped in the estimations, expected less than half a time.
        pruned: by rising loss; in the last round those with the lowest scores, to come down to the size asked for.
        reason: what the round did, in a sentence.
        vocabulary_size: pieces left.
        words: the best way to cut each, with the pieces left.
        changed: places in ``words`` cut otherwise than before.
    """

    kind: ClassVar[str] = "prune"
    number: int
    log_likelihoods: tuple[float, ...]
    rare: tuple[str, ...]
    pruned: tuple[PrunedPiece, ...]
    reason: str
    vocabulary_size: int
    words: tuple[WordState, ...]
    changed: tuple[int, ...]


@dataclass(frozen=True)
class TrainingStory:
    """The first steps of a training.

    Attributes:
        model: "bpe", "wordpiece", "superbpe" or "unigram".
        special_tokens: have the first ids.
        alphabet: entries before the first step, special tokens apart: characters (with their marks), or seeds for Unigram.
        words: before the first step.
        steps: in order.
        finished: the training ends with the last step: no pair is left, or the size asked for is reached.
    """

    model: str
    special_tokens: tuple[str, ...]
    alphabet: tuple[str, ...]
    words: tuple[WordState, ...]
    steps: tuple[MergeStep | PruneStep, ...]
    finished: bool

    def to_dict(self) -> dict[str, Any]:
        """As JSON; each step has a ``kind``, "merge" or "prune"."""
        steps = [{"kind": step.kind, **asdict(step)} for step in self.steps]
        return {**asdict(self), "steps": steps}

    def to_text(self, color: bool = False, columns: int | None = None) -> str:
        """For people; lines are cut at ``columns`` when given."""
        from .story_text import story_text

        return story_text(self, color, columns)


def reason_of_merge(count: int, ties: int, left_id: int, right_id: int) -> str:
    """Why a pair was taken, in a sentence. ``ties``: other pairs as frequent."""
    times = "once" if count == 1 else f"{count:,} times"
    if not ties:
        return f"most frequent: {times}"
    others = "1 other pair" if ties == 1 else f"{ties:,} other pairs"
    return f"{times}, tied with {others}; the smallest ids win: {left_id}, {right_id}"
