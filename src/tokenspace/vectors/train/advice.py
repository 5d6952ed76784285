"""Settings that suit the size of a corpus, where the usual ones suit a large one.

The defaults of the classes are gensim's and the papers', made for hundreds of millions of words. A book has a hundred
thousand: five passes leave its vectors where they began, and hundreds of numbers a word are more than it can teach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import ArgumentError, message

__all__ = ["TrainingAdvice", "advise_training", "estimate_seconds"]

MODELS = ("word2vec", "fasttext", "glove", "doc2vec")
_STEPS = 4_000_000  # words worth training on before vectors of a small text settle
_SEARCHED = 20_000_000  # skip-gram up to here, CBOW above, which is several times as fast


@dataclass(frozen=True, slots=True)
class TrainingAdvice:
    """What `advise_training` advises.

    Attributes:
        settings: parameters of the model's class, by its names.
        reasons: why, for some of them, in a sentence each.
        size: "tiny" (below 20,000 words), "small" (a million), "medium" (20 million) or "large".
    """

    settings: dict[str, Any]
    reasons: dict[str, str]
    size: str


def advise_training(words: int, model: str = "word2vec") -> TrainingAdvice:
    """Settings for a corpus of so many words.

    Args:
        words: raw words of the corpus.
        model: "word2vec", "fasttext", "glove" or "doc2vec".

    Raises:
        ArgumentError: another model, or fewer than 0 words.

    Example:
        >>> advice = advise_training(55_000)
        >>> advice.settings["epochs"], advice.settings["vector_size"], advice.settings["min_count"]
        (50, 50, 3)
    """
    if model not in MODELS:
        raise ArgumentError(message("advise", f"model= one of {', '.join(MODELS)}", repr(model)))
    if words < 0:
        raise ArgumentError(message("advise", "words of at least 0", repr(words)))
    size = "tiny" if words < 20_000 else "small" if words < 1_000_000 else "medium" if words < _SEARCHED else "large"
    settings: dict[str, Any] = {
        "vector_size": {"tiny": 32, "small": 50 if words < 200_000 else 100, "medium": 100, "large": 200}[size],
        "min_count": {"tiny": 2, "small": 3, "medium": 5, "large": 5}[size],
        "epochs": max(5, min(50, -(-_STEPS // max(1, words)))),
        "window": 5,
    }
    reasons = {
        "vector_size": f"{words:,} words can fill {settings['vector_size']} numbers a word",
        "min_count": f"words seen less than {settings['min_count']} times say too little",
        "epochs": f"{settings['epochs']} passes: about {settings['epochs'] * words:,} words of training",
    }
    if model == "glove":
        settings |= {"epochs": max(25, settings["epochs"]), "window": 10, "x_max": 10.0 if size != "large" else 100.0}
        reasons["x_max"] = "pairs that occur so often have full weight; in small texts few occur a hundred times"
        reasons["epochs"] = f"{settings['epochs']} passes over the counted pairs"
    else:
        settings |= {
            "sg": int(words < _SEARCHED), "negative": 10 if size in ("tiny", "small") else 5, "sample": 1e-3,
            "alpha": 0.025 if words < _SEARCHED else 0.05,
        }  # fmt: skip
        reasons["sg"] = "skip-gram: better on small texts" if settings["sg"] else "CBOW: several times as fast"
        reasons["negative"] = (
            "more noise words make up for little text" if settings["negative"] > 5 else "the usual five"
        )
    if model == "fasttext":
        settings["bucket"] = {"tiny": 20_000, "small": 100_000, "medium": 500_000, "large": 2_000_000}[size]
        reasons["bucket"] = "rows for n-grams of letters, as many as a text of this size has"
    if model == "doc2vec":
        del settings["sg"]
        settings |= {"dm": 0, "dbow_words": 1, "epochs": max(10, min(40, settings["epochs"]))}
        reasons.pop("sg")
        reasons["dm"] = "PV-DBOW: the better of the two on most texts"
        reasons["epochs"] = f"{settings['epochs']} passes: about {settings['epochs'] * words:,} words of training"
    return TrainingAdvice(settings, reasons, size)


def estimate_seconds(words: int, model: str, settings: Mapping[str, Any], threads: int = 1) -> float:
    """About how long a training takes on a processor of the 2020s, in seconds: to say "seconds", "minutes" or "hours".

    Args:
        words: raw words of the corpus.
        model: as of `advise_training`.
        settings: parameters of the model's class; missing ones count as `advise_training` has them.
        threads: workers.
    """
    known = advise_training(words, model).settings | {
        name: value for name, value in settings.items() if value is not None
    }
    size = known["vector_size"] + 60  # what a row costs besides its numbers
    if model == "glove":
        pairs = words * min(known["window"], 10) * 0.7
        return float(0.1 + pairs * known["epochs"] * size * 0.12e-9 / threads + words * known["window"] * 5e-8)
    outputs = (known.get("negative") or 0) + 1 + (12 if known.get("hs") else 0)
    step = outputs * size * (1.0e-9 if known.get("sg", 1) else 0.5e-9) * known["window"] / 5
    if model == "fasttext":
        step *= 3
    return float(0.1 + words * known["epochs"] * step / threads + words * 5e-7)
