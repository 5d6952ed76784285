"""Settings that suit the size of a corpus: a vocabulary the text can fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import ArgumentError, message
from .options import MODELS

__all__ = ["TokenizerAdvice", "advise_tokenizer", "estimate_seconds"]

_SIZES = (500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000)


@dataclass(frozen=True, slots=True)
class TokenizerAdvice:
    """What `advise_tokenizer` advises: ``settings`` for `Tokenizer.train`, ``reasons`` for some, in a sentence each."""

    settings: dict[str, Any]
    reasons: dict[str, str]


def advise_tokenizer(size: int, model: str = "bpe", characters: int = 0) -> TokenizerAdvice:
    """Settings for a corpus.

    Args:
        size: bytes of text.
        model: as of `Tokenizer.train`.
        characters: distinct characters of the text, when known: models that do not fall back to bytes hold them all.

    Raises:
        ArgumentError: another model, or fewer than 0 bytes.

    Example:
        >>> advise_tokenizer(300_000).settings["vocab_size"]
        4000
    """
    if model not in MODELS:
        raise ArgumentError(message("advise", f"model= one of {', '.join(MODELS)}", repr(model)))
    if size < 0:
        raise ArgumentError(message("advise", "size= bytes of at least 0", repr(size)))
    # Distinct words grow with about the 0.4th power of a text's length (Heaps' law): 2,000 entries for 100 kB.
    wanted = 2_000 * (max(1, size) / 100_000) ** 0.4
    vocab_size = min(_SIZES, key=lambda one: abs(one - wanted))
    if model not in ("bpe", "superbpe") and characters:
        # Whole characters come first; leave at least as much room for longer pieces.
        vocab_size = max(vocab_size, next((one for one in _SIZES if one >= 2 * characters), _SIZES[-1]))
    settings: dict[str, Any] = {"vocab_size": vocab_size}
    reasons = {"vocab_size": f"{size:,} bytes of text can fill about {vocab_size:,} entries"}
    if model == "wordpiece" and characters * 4 > vocab_size:
        settings["limit_alphabet"] = vocab_size // 4
        reasons["limit_alphabet"] = (
            "a character has an entry of its own, and one inside words; rare ones become unknown"
        )
    if model in ("bpe", "superbpe", "wordpiece"):
        settings["min_frequency"] = 2
        reasons["min_frequency"] = "what occurs once is no pattern"
    return TokenizerAdvice(settings, reasons)


def estimate_seconds(size: int, model: str, vocab_size: int, threads: int = 1) -> float:
    """About how long a training takes on a processor of the 2020s, in seconds.

    Args:
        size: bytes of text.
        model: as of `Tokenizer.train`.
        vocab_size: entries asked for.
        threads: workers; they speed up counting and Unigram.
    """
    count = size / 60e6 / threads
    distinct = 40 * size**0.75  # bytes of distinct pieces
    learn = {"unigram": 2e-6 / threads, "superbpe": 8e-7, "word": 5e-8, "char": 2e-8}.get(model, 1.2e-7) * distinct
    return float(0.05 + count * (2 if model == "superbpe" else 1) + learn + vocab_size * 2e-6)
