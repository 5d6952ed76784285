"""`explain_training`: the first steps of a training on a small text, from the plain-Python twins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from ...errors import ArgumentError, LimitError, message
from ...io.corpus import Corpus
from ...reference import bpe_train
from .models import bpe_parameters
from .options import TrainOptions
from .pipelines import Pipeline
from .story import MergeStep, PairCount, TrainingStory, WordState, reason_of_merge
from .train import counting_pipelines, pipeline_of

__all__ = ["explain_training"]

MODELS = ("bpe", "wordpiece", "unigram", "superbpe")
_LONGEST_TEXT = 100_000  # the twins count anew at every step
_PAIRS = 10
_BUDGET = 64 << 20


def explain_training(
    texts: Any,
    model: str = "bpe",
    steps: int = 20,
    vocab_size: int | str | None = None,
    **options: Any,
) -> TrainingStory:
    """The first steps of a training, each with what was counted, what was chosen, and why.

    Args:
        texts: a str, a list of str, or a `tokenspace.io.corpus.Corpus`. Small: together at most 100,000 characters of
            distinct pieces.
        model: "bpe", "wordpiece", "unigram" or "superbpe".
        steps: merges shown, or rounds of Unigram.
        vocab_size: where the training ends, as in `Tokenizer.train`; None: when nothing is left to merge (for Unigram: a
            quarter of the pieces it begins with).
        options: of the model, as in `Tokenizer.train`.

    Returns:
        A `TrainingStory`; ``print(story.to_text())`` shows it, ``story.to_dict()`` is JSON.

    Raises:
        ArgumentError: another model, or options that contradict each other. FormatError: no text. LimitError: too much.

    Example:
        >>> story = explain_training("low lowing lowest", pre_tokenizer="whitespace", steps=2)
        >>> [(step.pair.left, step.pair.right, step.token) for step in story.steps]
        [('l', 'o', 'lo'), ('lo', 'w', 'low')]
    """
    if model not in MODELS:
        raise ArgumentError(message("explain", f"model= one of {', '.join(MODELS)}", repr(model)))
    if steps < 1:
        raise ArgumentError(message("explain", "steps= at least 1", repr(steps)))
    asked = TrainOptions(model=model, vocab_size=2**31 if vocab_size is None else vocab_size, **options)
    corpus = (
        texts if isinstance(texts, Corpus) else Corpus.of([texts] if isinstance(texts, str) else texts, kind="texts")
    )
    pipeline = pipeline_of(asked)
    counted = [_pieces(corpus, one, asked) for one in counting_pipelines(asked, pipeline)]
    if model == "unigram":
        from .explain_unigram import unigram_story

        return unigram_story(dict(counted[0]), asked, None if vocab_size is None else int(asked.vocab_size), steps)
    return _merging_story(counted, asked, pipeline, corpus.scale, vocab_size is None, steps)


def _pieces(corpus: Corpus, pipeline: Pipeline, asked: TrainOptions) -> list[tuple[str, int]]:
    """Distinct pieces as the model gets them, the most frequent first."""
    from ... import _core
    from .counting import count_pieces

    words = count_pieces(corpus, [pipeline], 1, _BUDGET, None, None, None).words[0]
    if asked.is_sentencepiece:
        words = _core.split_words(words, asked.split_by_unicode_script, asked.split_by_number, asked.split_digits)
    items = [(word, count) for word, count in words.sorted_items()]
    size = sum(len(word) for word, _ in items)
    if size > _LONGEST_TEXT:
        raise LimitError(
            message(
                "explain", f"at most {_LONGEST_TEXT:,} characters of distinct pieces", f"{size:,}", "a smaller text"
            )
        )
    if words.raw_bytes:
        from ...reference.byte_level import BYTE_TO_CHARACTER

        spelled = [("".join(BYTE_TO_CHARACTER[byte] for byte in word), count) for word, count in items]
    else:
        spelled = [(word.decode("utf-8"), count) for word, count in items]
    return sorted(spelled, key=lambda item: -item[1])


def _merging_story(
    counted: list[list[tuple[str, int]]],
    asked: TrainOptions,
    pipeline: Pipeline,
    scale: int,
    is_endless: bool,
    steps: int,
) -> TrainingStory:
    given = bpe_parameters(asked, scale, pipeline.byte_level)
    special = given["special_tokens"]
    if asked.is_sentencepiece:
        from .sentencepiece import meta_pieces, with_limits

        special = [text for text, _, _ in meta_pieces(asked)]
        usual = with_limits(asked)
        given["character_coverage"] = usual.character_coverage or 1.0
        given["max_token_length"] = (usual.max_token_length or 0) + 1  # the trainer's bound is exclusive
    prefix = given["continuing_subword_prefix"] or ""
    vocabulary = bpe_train.Vocabulary()
    for token in special:
        vocabulary.add(token, 0)
    alphabet = bpe_train.choose_alphabet(
        counted[0],
        given["initial_alphabet"],
        given["limit_alphabet"],
        given["character_coverage"],
        _byte_order if given["byte_order"] and pipeline.byte_level else ord,
    )
    words = bpe_train.spell(
        counted[0], vocabulary, alphabet, prefix, given["end_of_word_suffix"] or "", given["character_coverage"] < 1.0
    )
    begin = _states(words)
    entries = tuple(vocabulary.ids)[len(special) :]
    limits = {"min_frequency": given["min_frequency"], "max_token_length": given["max_token_length"]}
    size = int(asked.vocab_size)
    teller = _Teller(vocabulary)
    if asked.model == "superbpe":
        first_size = max(1, round(size * asked.transition))
        first_steps = max(1, round(steps * asked.transition)) if is_endless else steps
        learning = bpe_train.rounds(words, vocabulary, prefix, **limits)
        finished = teller.tell(learning, words, first_size, first_steps, "words")
        stretches = _encoded(counted[1], vocabulary, [step.pair for step in teller.steps])
        learning = bpe_train.rounds(stretches, vocabulary, prefix, max_token_words=asked.max_token_words, **limits)
        if is_endless or finished:
            finished = teller.tell(learning, stretches, size, steps - len(teller.steps), "stretches")
    else:
        learning = bpe_train.rounds(words, vocabulary, prefix, **limits)
        finished = teller.tell(learning, words, size, steps, "words")
    return TrainingStory(asked.model, tuple(special), entries, begin, tuple(teller.steps), finished)


def _byte_order(character: str) -> int:
    from ...reference.byte_level import CHARACTER_TO_BYTE

    return CHARACTER_TO_BYTE.get(character, 256 + ord(character))


def _states(words: Sequence[bpe_train.Word]) -> tuple[WordState, ...]:
    return tuple(WordState(word.text, word.count, tuple(word.tokens)) for word in words)


def _encoded(
    counted: Sequence[tuple[str, int]], vocabulary: bpe_train.Vocabulary, merges: Sequence[PairCount]
) -> list[bpe_train.Word]:
    """Stretches of text as the tokens of SuperBPE's first stage."""
    from ...reference.bpe import Bpe

    model = Bpe(vocabulary.ids, [(merge.left, merge.right) for merge in merges])
    return [bpe_train.Word(text, count, model.tokenize(text)) for text, count in counted]


class _Teller:
    """Turns the twin's rounds into steps."""

    def __init__(self, vocabulary: bpe_train.Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.steps: list[MergeStep] = []

    def tell(
        self, rounds: Iterator[bpe_train.Round], words: Sequence[bpe_train.Word], size: int, limit: int, stage: str
    ) -> bool:
        """At most ``limit`` steps up to a vocabulary of ``size``; whether the training ended within them."""
        before = _states(words)
        for _ in range(limit):
            if len(self._vocabulary.ids) >= size:
                return True
            done = next(rounds, None)
            if done is None:
                return True
            self.steps.append(self._step(done, before, stage))
            before = self.steps[-1].words
        return len(self._vocabulary.ids) >= size

    def _step(self, done: bpe_train.Round, before: tuple[WordState, ...], stage: str) -> MergeStep:
        ids = self._vocabulary.ids
        after = tuple(WordState(*word) for word in done.words)
        return MergeStep(
            number=len(self.steps) + 1,
            stage=stage,
            pairs=tuple(PairCount(*pair) for pair in islice(done.pairs, _PAIRS)),
            pair=PairCount(done.left, done.right, done.count),
            left_id=ids[done.left],
            right_id=ids[done.right],
            ties=len(done.ties),
            reason=reason_of_merge(done.count, len(done.ties), ids[done.left], ids[done.right]),
            token=done.token,
            token_id=ids[done.token],
            is_new=done.is_new,
            vocabulary_size=done.vocabulary_size,
            words=after,
            changed=tuple(
                index for index, (old, new) in enumerate(zip(before, after, strict=True)) if old.tokens != new.tokens
            ),
        )
