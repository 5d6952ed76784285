"""A trained tokenizer beside others, on lines it has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....tokenizers.compare import grouped, pieces_of
from ...state import Studio
from .contracts import CompareAnswer, Cut, Rival, Segmented
from .results import trained_folder
from .tokenizer_job import HELD_OUT_FILE

__all__ = ["compare_trained"]

_EXAMPLES, _EXAMPLE_CHARACTERS = 5, 120


def compare_trained(studio: Studio, job_id: str, others: list[str]) -> CompareAnswer:
    """How many tokens each needs, and some lines as each cuts them.

    Raises:
        StudioError: 404, an unknown job or model; 409, the training has not ended well.
    """
    folder = trained_folder(studio, job_id, "train tokenizer")
    lines = (folder.path / HELD_OUT_FILE).read_text(encoding="utf-8").splitlines(keepends=True)
    names = list(dict.fromkeys([f"job:{job_id}", *others]))
    tokenizers = [studio.tokenizer(name) for name in names]
    size = sum(len(line.encode()) for line in lines)
    rivals = [_measure(name, one, lines, size) for name, one in zip(names, tokenizers, strict=True)]
    examples = []
    telling = [line.strip() for line in lines if len(line.strip()) >= 20] or [line.strip() for line in lines]
    for line in telling[:: max(1, len(telling) // _EXAMPLES)][:_EXAMPLES]:
        text = line[:_EXAMPLE_CHARACTERS]
        examples.append(Segmented(text=text, pieces=[_pieces(one, text) for one in tokenizers]))
    return CompareAnswer(lines=len(lines), bytes=size, seen=folder.facts["seen"], rivals=rivals, examples=examples)


def _measure(name: str, tokenizer: Any, lines: list[str], size: int) -> Rival:
    ids = np.asarray(tokenizer.encode_batch(lines, threads=2, add_special_tokens=False).ids)
    unknown = getattr(tokenizer, "unk_token_id", None)
    return Rival(
        name=name,
        vocab_size=tokenizer.get_vocab_size(),
        tokens=len(ids),
        bytes_per_token=round(size / len(ids), 4) if len(ids) else 0.0,
        unknown=int((ids == unknown).sum()) if unknown is not None else 0,
        used=len(np.unique(ids)),
    )


def _pieces(tokenizer: Any, text: str) -> list[Cut]:
    """The text of each token; the tokens of one character together."""
    pieces = grouped(pieces_of(tokenizer, tokenizer.encode(text, add_special_tokens=False)))
    return [Cut(text=_readable(piece.text), tokens=piece.tokens_joined) for piece in pieces]


def _readable(text: str) -> str:
    """Bytes that are no character even together as their escapes."""
    return "".join(f"\\x{ord(one) - 0xDC00:02X}" if 0xDC80 <= ord(one) <= 0xDCFF else one for one in text)
