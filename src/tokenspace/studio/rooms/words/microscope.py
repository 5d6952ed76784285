"""The word2vec microscope: `explain_word2vec` on a text of the page."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from ....errors import LimitError, message
from .microscope_contracts import (
    MOST_WORDS,
    GradientView,
    MicroscopeAnswer,
    MicroscopeRequest,
    SoftmaxWord,
    VocabularyWord,
    WindowView,
)

if TYPE_CHECKING:
    from ....vectors.word2vec.explanation import Word2VecExplanation
    from ...state import Studio

__all__ = ["microscope_of"]

_LIKELY = 10
_CLAUSE = 6  # signs without a space between them: hardly one word
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")


def microscope_of(studio: Studio, question: MicroscopeRequest) -> MicroscopeAnswer:
    """``explain_word2vec`` of the API.

    Raises:
        LimitError: more than 400 words. ArgumentError: none, or a centre that is not there.
    """
    from ....vectors.word2vec.explain import explain_word2vec

    split = _split(question)
    tokenizer = studio.tokenizer(question.tokenizer) if split == "tokens" else None
    settings: dict[str, Any] = {
        "window": question.window,
        "negative": question.negative,
        "sg": int(question.skip_gram),
        "hs": int(question.hierarchical),
        "vector_size": question.vector_size,
        "alpha": question.alpha,
        "ns_exponent": question.ns_exponent,
        "sample": question.sample,
        "seed": question.seed,
        "tokenizer": tokenizer,
    }
    shown = explain_word2vec(question.text, **settings)  # also says how many windows there are
    if len(shown.windows) > MOST_WORDS:
        raise LimitError(message("microscope", f"at most {MOST_WORDS} words", f"{len(shown.windows)}"))
    if question.centre or question.passes:
        centre = min(question.centre, len(shown.windows) - 1)  # the text may have become shorter
        shown = explain_word2vec(question.text, **settings, centre=centre, passes=question.passes)
    return _answer(shown, split)


def _split(question: MicroscopeRequest) -> Literal["words", "tokens"]:
    if question.split != "auto":
        return question.split
    run = 0
    for char in question.text:
        run = run + 1 if not char.isascii() and unicodedata.name(char, "").startswith(_UNSPACED) else 0
        if run >= _CLAUSE:
            return "tokens"
    return "words"


def _answer(shown: Word2VecExplanation, split: Literal["words", "tokens"]) -> MicroscopeAnswer:
    paths = {path.word: path for path in shown.tree}
    vocabulary = [
        VocabularyWord(
            word=word, count=count, keep=keep, noise=noise.probability, code=list(paths[word].code),
            points=list(paths[word].points),
        )
        for (word, count), keep, noise in zip(shown.vocabulary, shown.keep_probabilities, shown.noise, strict=True)
    ]  # fmt: skip
    likely: list[SoftmaxWord] = []
    if shown.softmax is not None:
        every = zip(shown.softmax.words, shown.softmax.before, shown.softmax.after, strict=True)
        ranked = sorted(every, key=lambda item: -item[2])[:_LIKELY]
        likely = [SoftmaxWord(word=word, before=before, after=after) for word, before, after in ranked]
    return MicroscopeAnswer(
        split=split,
        vocabulary=vocabulary,
        windows=[WindowView.model_validate(asdict(window)) for window in shown.windows],
        chosen=shown.chosen,
        step=None if shown.step is None else GradientView.model_validate(asdict(shown.step)),
        likely=likely,
        losses=list(shown.losses),
    )
