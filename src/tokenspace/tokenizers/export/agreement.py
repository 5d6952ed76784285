"""The last look before a file is written: does the tokenizer it gives make the same ids?"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .parts import refusal

if TYPE_CHECKING:
    from ..tokenizer import Tokenizer

__all__ = ["check_agreement"]

# White space in every place, marks, characters of every width, digits, contractions, and what no vocabulary has.
_CASES = (
    "",
    " ",
    "a",
    " leading",
    "trailing ",
    "two  spaces   three",
    "\ttab\nline\r\n\r\nend\n",
    "don't I'LL 1234567 3.14",
    "naïve café cafe\u0301 Ångström ﬁ ① ½",
    "…—“quotes” ‘single’",
    "日本語のテキスト 한국어 ไทย العربية हिन्दी",
    "👩‍👩‍👧 🏳️‍🌈 😀\U0010fffd",
    "x" * 40,
    "\u2581visible\u2581space",
)


@lru_cache(maxsize=1)
def _texts() -> tuple[str, ...]:
    sample = Path(__file__).parent.parent.parent / "assets" / "sample.txt"
    return (*_CASES, *sample.read_text(encoding="utf-8").splitlines())


def check_agreement(format: str, before: Tokenizer, after: Tokenizer) -> None:
    """Raises UnsupportedError, with the text, when ids of a fixed set of texts or the entries differ."""
    options = {"add_special_tokens": False, "special_tokens": "as_text"}
    texts = _texts()
    ours = before.encode_batch_to_lists(texts, **options)  # type: ignore[arg-type]
    theirs = after.encode_batch_to_lists(texts, **options)  # type: ignore[arg-type]
    for text, one, other in zip(texts, ours, theirs, strict=True):
        if one != other:
            raise refusal(format, f"the ids {one[:12]} of {text[:60]!r}", f"{other[:12]} from the file it would be")
