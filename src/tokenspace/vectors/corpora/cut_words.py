r"""Texts to words in any script: letters between anything else, and scripts without spaces cut by what the text itself teaches.

>>> cutter = learn_word_cutter(["The cat's whiskers. The dog's tail."])
>>> cutter("The CAT's tail, 2006")
['the', "cat's", 'tail']

For runs of Han, Kana, Thai, Lao, Khmer and Burmese a Unigram model of pieces (Kudo 2018) is trained on the runs of the given
texts, which takes a fraction of a second a megabyte: what recurs becomes a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ...errors import ArgumentError, message
from ...progress import ProgressLike

__all__ = ["WordCutter", "learn_word_cutter", "share_without_spaces"]

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs of Indic scripts and accents are marks, which \w does not match.
_LETTER = rf"(?:[^\W\d_{_SPACELESS}]|[\u0300-\u036f\u0900-\u0d7f])"
_WORDS = re.compile(rf"(?P<run>[{_SPACELESS}]+)|{_LETTER}+(?:['\u2019]{_LETTER}+)*")
_RUNS = re.compile(rf"[{_SPACELESS}]{{2,}}")
_SAMPLE = 8_000_000  # characters of runs the pieces are learnt from
SEGMENTERS = ("learnt", "jieba", "characters")


def share_without_spaces(texts: Iterable[str]) -> float:
    """The share of letters that belong to scripts without spaces, 0.0 to 1.0."""
    run = other = 0
    for text in texts:
        for match in _WORDS.finditer(text):
            size = match.end() - match.start()
            if match.group("run"):
                run += size
            else:
                other += size
    return run / (run + other) if run + other else 0.0


class WordCutter:
    """A function from a text to its words, for ``tokenize=`` of the vector models.

    Args:
        segment: cuts a run of a script without spaces; None: it stays whole.
        lowercase: words in lower case.
        name: what cuts the runs: "learnt", "jieba", "characters" or "".
    """

    def __init__(
        self, segment: Callable[[str], Iterable[str]] | None = None, lowercase: bool = True, name: str = ""
    ) -> None:
        self._segment, self._lowercase, self.name = segment, lowercase, name

    def __call__(self, text: str) -> list[str]:
        """The words of ``text``; digits, punctuation and white space are left out."""
        words: list[str] = []
        segment = self._segment
        for match in _WORDS.finditer(text.lower() if self._lowercase else text):
            if match.group("run") and segment is not None:
                words.extend(segment(match.group()))
            else:
                words.append(match.group())
        return words


def learn_word_cutter(
    texts: Iterable[str],
    segmenter: str = "learnt",
    *,
    lowercase: bool = True,
    vocab_size: int | None = None,
    threads: int | None = None,
    progress: ProgressLike = None,
) -> WordCutter:
    """A cutter for these texts.

    Args:
        texts: walked once; for "learnt", what the pieces are learnt from (8 million characters of runs at most).
        segmenter: of scripts without spaces: "learnt" from the texts, "jieba" (Chinese, needs ``tokenspace[zh]``) or
            "characters".
        lowercase: words in lower case.
        vocab_size: pieces learnt; None: by the length of the text, 1,000 to 32,000.
        threads, progress: of the training.

    Raises:
        ArgumentError: another segmenter. UnsupportedError: jieba is not installed.
    """
    if segmenter not in SEGMENTERS:
        raise ArgumentError(message("cut words", f"segmenter= one of {', '.join(SEGMENTERS)}", repr(segmenter)))
    if segmenter == "characters":
        return WordCutter(list, lowercase, segmenter)
    if segmenter == "jieba":
        from ...tokenizers.word_segmentation import segmenter_named

        return WordCutter(segmenter_named("jieba"), lowercase, segmenter)
    runs: list[str] = []
    size = 0
    for text in texts:
        for run in _RUNS.findall(text):
            if size < _SAMPLE:
                runs.append(run)
                size += len(run)
    if not runs:
        return WordCutter(list, lowercase)
    return WordCutter(_learnt(runs, size, vocab_size, threads, progress), lowercase, segmenter)


def _learnt(
    runs: list[str], size: int, vocab_size: int | None, threads: int | None, progress: ProgressLike
) -> Callable[[str], list[str]]:
    from ...tokenizers.tokenizer import Tokenizer

    characters = len(set().union(*runs))
    # About as many words as a text of this length has (Heaps' law), above the characters every model holds.
    wanted = vocab_size or characters + min(32_000, max(200, round(14 * size**0.5)))
    options: dict[str, Any] = {
        "special_tokens": ["<unk>"],
        "pre_tokenizer": "none",
        "normalizer": "none",
        "kind": "texts",
    }
    while True:
        try:
            tokenizer = Tokenizer.train(
                runs, model="unigram", vocab_size=wanted, threads=threads, progress=progress, **options
            )
            break
        except ArgumentError:
            if wanted <= characters + 1:
                return list  # the text repeats nothing: its characters are its words
            wanted = max(characters + 1, (wanted + characters) // 2)

    def segment(run: str) -> list[str]:
        tokens = tokenizer.encode(run, add_special_tokens=False)
        # Characters the pieces do not hold come back as themselves, not as the unknown token.
        return [run[start:end] for start, end in tokens.offsets]

    return segment
