r"""Texts to words in any script: letters between anything else, and scripts without spaces cut by what the text itself teaches.

>>> cutter = learn_word_cutter(["The cat's whiskers. The dog's tail."])
>>> cutter("The CAT's tail, 2006")
['the', "cat's", 'tail']

Scripts without spaces are cut by a Unigram model of pieces (Kudo 2018) that is trained on their runs in the given texts, in a
fraction of a second a megabyte: what recurs becomes a word. Where jieba is installed it cuts Chinese, by its dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from typing import Any

from ...errors import ArgumentError, message
from ...progress import ProgressLike

__all__ = ["SEGMENTERS", "WordCutter", "is_without_spaces", "learn_word_cutter", "share_without_spaces"]

SEGMENTERS = ("auto", "learnt", "jieba", "characters")
# Words of Han and Hiragana are short; those of the scripts of South-East Asia are spelled out.
_EAST = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SOUTH = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_LONGEST = {"east": 4, "south": 12}
# Vowel signs of Indic scripts and accents are marks, which \w does not match. A run of Katakana is a word by itself.
_LETTER = rf"(?:[^\W\d_{_EAST}{_SOUTH}]|[\u0300-\u036f\u0900-\u0d7f])"
_WORDS = re.compile(rf"(?P<east>[{_EAST}]+)|(?P<south>[{_SOUTH}]+)|{_LETTER}+(?:['\u2019]{_LETTER}+)*")
_HIRAGANA = re.compile("[\u3040-\u309f]")
_SAMPLE = 8_000_000  # characters of runs the pieces are learnt from

Segment = Callable[[str], Iterable[str]]


def is_without_spaces(run: str) -> bool:
    """Whether a run of letters, as `WordCutter` finds them, belongs to a script without spaces."""
    match = _WORDS.match(run)
    return match is not None and match.lastgroup is not None


def share_without_spaces(texts: Iterable[str]) -> float:
    """The share of letters that belong to scripts without spaces, 0.0 to 1.0."""
    run = other = 0
    for text in texts:
        for match in _WORDS.finditer(text):
            size = match.end() - match.start()
            if match.lastgroup is not None:
                run += size
            else:
                other += size
    return run / (run + other) if run + other else 0.0


class WordCutter:
    """A function from a text to its words, for ``tokenize=`` of the vector models.

    Args:
        segments: what cuts runs of scripts without spaces, by "east" (Han, Hiragana) and "south" (Thai, Lao, Khmer, Burmese);
            a run without one stays whole.
        lowercase: words in lower case.
        name: what cuts the runs: "learnt", "jieba", "characters" or "".
    """

    def __init__(self, segments: Mapping[str, Segment] | None = None, lowercase: bool = True, name: str = "") -> None:
        self._segments, self._lowercase, self.name = dict(segments or {}), lowercase, name

    def __call__(self, text: str) -> list[str]:
        """The words of ``text``; digits, punctuation and white space are left out."""
        words: list[str] = []
        for match in _WORDS.finditer(text.lower() if self._lowercase else text):
            segment = self._segments.get(match.lastgroup) if match.lastgroup is not None else None
            if segment is not None:
                words.extend(segment(match.group()))
            else:
                words.append(match.group())
        return words


def learn_word_cutter(
    texts: Iterable[str],
    segmenter: str = "auto",
    *,
    lowercase: bool = True,
    threads: int | None = None,
    progress: ProgressLike = None,
) -> WordCutter:
    """A cutter for these texts.

    Args:
        texts: walked once; for "learnt", what the pieces are learnt from (8 million characters of runs at most).
        segmenter: of scripts without spaces: "learnt" from the texts, "jieba" (Chinese, needs ``tokenspace[zh]``),
            "characters", or "auto": jieba for Chinese where it is installed, else learnt.
        lowercase: words in lower case.
        threads, progress: of the training.

    Raises:
        ArgumentError: another segmenter. UnsupportedError: jieba is not installed.
    """
    if segmenter not in SEGMENTERS:
        raise ArgumentError(message("cut words", f"segmenter= one of {', '.join(SEGMENTERS)}", repr(segmenter)))
    if segmenter == "characters":
        return WordCutter({"east": list, "south": list}, lowercase, segmenter)
    if segmenter == "jieba":
        return WordCutter({"east": _jieba(), "south": list}, lowercase, segmenter)
    runs: dict[str, list[str]] = {"east": [], "south": []}
    sizes = dict.fromkeys(runs, 0)
    for text in texts:
        for match in _WORDS.finditer(text):
            kind = match.lastgroup
            if kind is not None and sizes[kind] < _SAMPLE:
                runs[kind].append(match.group())
                sizes[kind] += len(match.group())
    segments: dict[str, Segment] = {}
    name = ""
    for kind, found in runs.items():
        if not found:
            continue
        if kind == "east" and segmenter == "auto" and find_spec("jieba") is not None and _is_chinese(found):
            segments[kind], name = _jieba(), "jieba"
        else:
            segments[kind] = _learnt(found, sizes[kind], _LONGEST[kind], threads, progress)
            name = name or "learnt"
    return WordCutter(segments, lowercase, name)


def _jieba() -> Segment:
    from ...tokenizers.word_segmentation import segmenter_named

    return segmenter_named("jieba")


def _is_chinese(runs: list[str]) -> bool:
    """Whether hardly a run has Hiragana, as every sentence of Japanese has."""
    return sum(_HIRAGANA.search(run) is not None for run in runs[:5000]) < 0.1 * len(runs[:5000])


def _learnt(runs: list[str], size: int, longest: int, threads: int | None, progress: ProgressLike) -> Segment:
    from ...tokenizers.tokenizer import Tokenizer

    characters = len(set().union(*runs))
    # Words grow with the root of the text: with more pieces neighbours are joined, with fewer words are missed.
    wanted = characters + min(32_000, max(100, round(2.5 * size**0.5)))
    options: dict[str, Any] = {
        "special_tokens": ["<unk>"],
        "pre_tokenizer": "none",
        "normalizer": "none",
        "kind": "texts",
    }
    options |= {"max_token_length": longest, "token_cost": 0.0, "threads": threads, "progress": progress}
    while True:
        try:
            tokenizer = Tokenizer.train(runs, model="unigram", vocab_size=wanted, **options)
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
