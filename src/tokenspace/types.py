"""Small value types and names of types used across the package."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    IdArray: TypeAlias = npt.NDArray[np.uint32]
    IntArray: TypeAlias = npt.NDArray[np.int64]

__all__ = ["AddedToken", "Direction", "Ids", "PathLike", "SpecialPolicy", "Strategy", "Text", "words_of"]

PathLike: TypeAlias = "str | os.PathLike[str]"
# Text to encode; bytes are read as UTF-8, ill-formed parts as U+FFFD.
Text: TypeAlias = "str | bytes"
Ids: TypeAlias = "Sequence[int] | IdArray | IntArray"
SpecialPolicy: TypeAlias = Literal["allow", "as_text", "error"]
Direction: TypeAlias = Literal["left", "right"]
Strategy: TypeAlias = Literal["longest_first", "only_first", "only_second"]


@dataclass(frozen=True)
class AddedToken:
    """A token outside the model's own vocabulary or rules.

    content: its text.
    single_word: match only between non-word characters.
    lstrip, rstrip: swallow white space on that side.
    normalized: look for it in normalized text; None means "not special".
    special: skipped by ``decode(skip_special_tokens=True)`` and subject to the ``special_tokens`` policy.
    """

    content: str
    single_word: bool = False
    lstrip: bool = False
    rstrip: bool = False
    normalized: bool | None = None
    special: bool = False

    def __str__(self) -> str:
        return self.content

    def as_tuple(self) -> tuple[str, bool, bool, bool, bool, bool]:
        """The fields in the order the native module takes them."""
        normalized = not self.special if self.normalized is None else self.normalized
        return (self.content, self.single_word, self.lstrip, self.rstrip, normalized, self.special)

    @classmethod
    def of(cls, value: Any, special: bool = False) -> AddedToken:
        """From a text, a mapping (tokenizer_config.json) or any object with these attributes (tokenizers' AddedToken)."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls(value, special=special)
        if isinstance(value, Mapping):
            get = value.get
        else:

            def get(name: str, default: Any = None) -> Any:
                return getattr(value, name, default)

        return cls(
            str(get("content", "")),
            bool(get("single_word", False)),
            bool(get("lstrip", False)),
            bool(get("rstrip", False)),
            get("normalized"),
            bool(get("special", False)) or special,
        )


def words_of(values: Iterable[str]) -> list[str]:
    """The distinct values in their order."""
    return list(dict.fromkeys(values))
