"""A training told while it goes on: the merges as they are learnt, the rounds of Unigram, the first steps as a story.

`Tokenizer.train` takes ``on_learning=``, a function that is called about ten times a second with `LearningNews`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ...reference import bpe_train
from .story import MergeStep, PairCount, TrainingStory, WordState, reason_of_merge

__all__ = ["Learning", "LearningNews", "LearntMerge", "OnLearning", "PruningRound"]

_STORY_STEPS, _PAIRS_KNOWN, _PAIRS_TOLD = 60, 24, 10
_SAMPLE = 14
_SHORTEST, _LONG, _LONGEST = 3, 7, 14  # characters of sampled words
_MOST_PIECES = 200_000  # rounds of Unigram with more are told without words


@dataclass(frozen=True, slots=True)
class LearntMerge:
    """A merge that was learnt.

    Attributes:
        number: from 1, within its stage.
        left, right, token: what became what. token_id: its id; is_new: False when the token was in the vocabulary before.
        count: occurrences of the pair when it was merged.
        corpus_tokens: tokens of the counted text after the merge.
        vocabulary_size: entries after the merge.
    """

    number: int
    left: str
    right: str
    token: str
    token_id: int
    is_new: bool
    count: int
    corpus_tokens: int
    vocabulary_size: int


@dataclass(frozen=True, slots=True)
class PruningRound:
    """A round of Unigram. ``pieces``: those left; ``words``: sampled words cut with them, empty while they are very many."""

    number: int
    pieces: int
    words: tuple[WordState, ...]


@dataclass(frozen=True, slots=True)
class LearningNews:
    """What is new in a training.

    Attributes:
        stage: "words", "stretches" (the second stage of SuperBPE) or "pieces" (Unigram).
        start_tokens: tokens of the counted text before the first merge of the stage.
        merges: those since the last call.
        round: a round of Unigram that has ended.
        story: told once, when the first 60 merges of the first stage are known (or all, if there are fewer): counts are those
            of the whole text, the words a sample of its frequent ones.
    """

    stage: str
    start_tokens: int = 0
    merges: tuple[LearntMerge, ...] = ()
    round: PruningRound | None = None
    story: TrainingStory | None = None


OnLearning = Callable[[LearningNews], object]


class Learning:
    """Hands the news of one training to ``tell``.

    Args:
        tell: called on the thread that trains, for rounds of Unigram on a thread of the core.
        model: "bpe", "wordpiece", "superbpe" or "unigram".
        special_tokens: for the story.
    """

    def __init__(self, tell: OnLearning, model: str, special_tokens: Sequence[str]) -> None:
        self._tell, self._model, self._special = tell, model, tuple(special_tokens)
        self._sample: list[bpe_train.Word] = []
        self._first: list[dict[str, Any]] | None = []  # None once the story is told
        self._learnt = 0
        self._stage = ""

    def log(self) -> Any:
        """A new log for the core's trainer."""
        from ... import _core

        return _core.MergeLog(_STORY_STEPS, _PAIRS_KNOWN)

    def sample(self, words: Any, prefix: str | None = None, suffix: str | None = None) -> None:
        """Choose the words of the story among the counted ones."""
        chosen = _frequent(words)
        alphabet = sorted({character for word, _ in chosen for character in word})
        self._sample = bpe_train.spell(chosen, bpe_train.Vocabulary(), alphabet, prefix or "", suffix or "")

    def take(self, stage: str, log: Any, ended: bool = False) -> None:
        """Tell what the log has since the last call. ``ended``: nothing will follow in this stage."""
        if stage != self._stage:
            self._stage, self._learnt = stage, 0
        entries = log.take()
        merges = []
        for entry in entries:
            self._learnt += 1
            merges.append(
                LearntMerge(
                    self._learnt, entry["left"], entry["right"], entry["token"], entry["token_id"], entry["is_new"],
                    entry["count"], entry["corpus_tokens"], entry["vocabulary"],
                )
            )  # fmt: skip
        story = None
        if self._first is not None:
            self._first += entries[: _STORY_STEPS - len(self._first)]
            if ended or len(self._first) == _STORY_STEPS:
                story = self._story(self._first, ended and len(self._first) == self._learnt)
                self._first = None
        if merges or story is not None:
            self._tell(LearningNews(stage, log.start_tokens, tuple(merges), story=story))

    def round(self, state: Any) -> None:
        """Tell a round of Unigram; called by the core after each pruning."""
        words: tuple[WordState, ...] = ()
        pieces = state.pieces
        if len(pieces) <= _MOST_PIECES:
            from ...reference.unigram_train import best_path

            scores = dict(zip(pieces, state.scores, strict=True))
            longest = max(map(len, scores), default=1)
            for word in self._sample:
                if all(character in scores for character in word.text):
                    words += (WordState(word.text, word.count, tuple(best_path(word.text, scores, longest))),)
        self._tell(LearningNews("pieces", round=PruningRound(state.round, len(pieces), words)))

    def _story(self, merges: Sequence[dict[str, Any]], finished: bool) -> TrainingStory:
        words = [bpe_train.Word(word.text, word.count, list(word.tokens)) for word in self._sample]
        begin = _states(words)
        steps = []
        for number, entry in enumerate(merges, 1):
            changed = []
            for index, word in enumerate(words):
                after = bpe_train.merged(word.tokens, (entry["left"], entry["right"]), entry["token"])
                if len(after) != len(word.tokens):
                    word.tokens = after
                    changed.append(index)
            pairs = tuple(PairCount(*pair) for pair in entry["pairs"])
            ties = sum(pair.count == entry["count"] for pair in pairs[1:])
            left_id, right_id = entry["left_id"], entry["right_id"]
            steps.append(
                MergeStep(
                    number=number,
                    stage="words",
                    pairs=pairs[:_PAIRS_TOLD],
                    pair=PairCount(entry["left"], entry["right"], entry["count"]),
                    left_id=left_id,
                    right_id=right_id,
                    ties=ties,
                    reason=reason_of_merge(entry["count"], ties, left_id, right_id),
                    token=entry["token"],
                    token_id=entry["token_id"],
                    is_new=entry["is_new"],
                    vocabulary_size=entry["vocabulary"],
                    words=_states(words),
                    changed=tuple(changed),
                )
            )
        alphabet = tuple(sorted({token for word in begin for token in word.tokens}))
        return TrainingStory(self._model, self._special, alphabet, begin, tuple(steps), finished)


def _states(words: Sequence[bpe_train.Word]) -> tuple[WordState, ...]:
    return tuple(WordState(word.text, word.count, tuple(word.tokens)) for word in words)


def _frequent(words: Any) -> list[tuple[str, int]]:
    """Frequent words of several characters, some of them long, as the model spells them."""
    from ...reference.byte_level import to_characters

    found = []
    for word, count in words.most_frequent(4000, _SHORTEST, 4 * _LONGEST):
        text = word.decode("utf-8", "ignore")
        if _SHORTEST <= len(text) <= _LONGEST:
            found.append((len(text), to_characters(word) if words.raw_bytes else text, count))
    chosen = [one for one in found if one[0] >= _LONG][: _SAMPLE // 2]
    chosen += [one for one in found if one[0] < _LONG][: _SAMPLE - len(chosen)]
    return sorted(((text, count) for _, text, count in chosen), key=lambda item: -item[1])
