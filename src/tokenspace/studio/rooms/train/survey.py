"""A look at a corpus before it is trained on."""

from __future__ import annotations

import os

from ....tokenizers.train.advice import advise_tokenizer
from ....tokenizers.train.advice import estimate_seconds as tokenizer_seconds
from ....vectors.corpora.survey import survey_corpus
from ....vectors.train.advice import advise_training
from ....vectors.train.advice import estimate_seconds as vectors_seconds
from ...state import Studio
from .contracts import SurveyAnswer, SurveyQuestion
from .corpus import open_corpus

__all__ = ["survey"]


def survey(studio: Studio, question: SurveyQuestion) -> SurveyAnswer:
    """Sizes, settings that suit them, and about how long trainings take."""
    found = survey_corpus(open_corpus(studio, question.corpus))
    method = question.tokenizer.model if question.tokenizer else "bpe"
    tokenizer = advise_tokenizer(found.bytes, method, found.characters).settings
    vocab_size = question.tokenizer.vocab_size if question.tokenizer else tokenizer["vocab_size"]
    advice = advise_training(found.words, question.model)
    threads = os.cpu_count() or 1
    chosen = question.vectors.model_dump(exclude_none=True)
    return SurveyAnswer(
        bytes=found.bytes,
        lines=found.texts,
        words=found.words,
        characters=found.characters,
        without_spaces=found.without_spaces,
        sampled=found.sampled,
        tokenizer=tokenizer,
        tokenizer_seconds=round(tokenizer_seconds(found.bytes, method, vocab_size, threads), 2),
        vectors=advice.settings,
        vectors_size=advice.size,
        vectors_seconds=round(vectors_seconds(found.words, question.model, chosen, threads), 2),
    )
