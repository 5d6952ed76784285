"""A look at a corpus before training: how much text, how many words, which kind of scripts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from ...io.corpus import Corpus
from .cut_words import WordCutter, is_without_spaces, share_without_spaces

__all__ = ["CorpusSurvey", "survey_corpus"]

_LETTERS_A_WORD = 1.7  # of scripts without spaces, as segmenters of Chinese cut


@dataclass(frozen=True, slots=True)
class CorpusSurvey:
    """Numbers of a corpus.

    Attributes:
        bytes: of text (UTF-8); of a compressed file as it lies on the disk when only a part was read.
        texts: lines or texts.
        words: runs of letters; where scripts have no spaces, about as many as a segmenter would find.
        characters: distinct ones.
        without_spaces: share of letters in scripts without spaces, 0.0 to 1.0.
        sampled: only the first part was read; ``bytes``, ``texts`` and ``words`` are extrapolated.
    """

    bytes: int
    texts: int
    words: int
    characters: int
    without_spaces: float
    sampled: bool


def survey_corpus(corpus: Corpus, most: int = 1 << 20) -> CorpusSurvey:
    """A look at the first ``most`` bytes of ``corpus``.

    Raises:
        Errors of `Corpus.blocks`: no text, bytes that are not UTF-8.
    """
    cut = WordCutter()
    size = texts = 0
    words = 0.0
    characters: set[str] = set()
    kept: list[str] = []
    sampled = False
    for text in (text for block in corpus.blocks() for text in block.texts()):
        if size >= most:
            sampled = True
            break
        size += len(text.encode())
        texts += 1
        kept.append(text)
        characters.update(text)
        for run in cut(text):
            words += max(1.0, len(run) / _LETTERS_A_WORD) if is_without_spaces(run) else 1.0
    share = share_without_spaces(islice(kept, 2000))
    total = corpus.total_bytes if sampled else None
    factor = max(1.0, total / size) if total and size else 1.0
    return CorpusSurvey(
        round(size * factor), round(texts * factor), round(words * factor), len(characters), round(share, 4), sampled
    )
