"""What an exporter looks at: the parts of a tokenizer as tokenizer.json states them, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import UnsupportedError, message
from ...types import AddedToken

if TYPE_CHECKING:
    from ..tokenizer import Tokenizer

__all__ = ["Parts", "flattened", "refusal"]


def refusal(format: str, expected: str, received: str, remedy: str = "tokenizer.json") -> UnsupportedError:
    """The error of an exporter whose format cannot say something."""
    return UnsupportedError(message(f"export {format}", expected, received, remedy))


def flattened(component: Mapping[str, Any] | None, inner: str) -> list[dict[str, Any]]:
    """The steps of a normalizer, pre-tokenizer or decoder; ``inner`` is the key of a Sequence's list."""
    if component is None:
        return []
    if component["type"] == "Sequence":
        return [step for part in component[inner] for step in flattened(part, inner)]
    return [dict(component)]


@dataclass
class Parts:
    """The objects of tokenizer.json. vocab: the model's entries, token -> id; added: id -> added token."""

    model: dict[str, Any]
    vocab: dict[str, int]
    added: dict[int, AddedToken]
    normalizer: list[dict[str, Any]]
    pre_tokenizer: list[dict[str, Any]]

    @classmethod
    def of(cls, tokenizer: Tokenizer, format: str, *kinds: str) -> Parts:
        """Of a tokenizer whose model is one of ``kinds``.

        Raises UnsupportedError for another model, and when tokenizer.json cannot state the tokenizer either.
        """
        if tokenizer._core.model_kind not in kinds:
            raise refusal(format, f"a {' or '.join(kinds)} model", tokenizer._core.model_kind)
        try:
            stated = json.loads(tokenizer.to_json())
        except UnsupportedError as error:
            what = str(error).split("received ", 1)[-1].split("; try")[0]
            raise refusal(format, "parts with a common form", what, "a SentencePiece .model") from error
        model = stated["model"]
        vocab = model["vocab"]
        if isinstance(vocab, list):
            vocab = {entry[0]: id for id, entry in enumerate(vocab)}
        model["type"] = tokenizer._core.model_kind
        return cls(
            model,
            vocab,
            tokenizer.added_tokens,
            flattened(stated.get("normalizer"), "normalizers"),
            flattened(stated.get("pre_tokenizer"), "pretokenizers"),
        )

    def merges(self) -> list[tuple[str, str]]:
        """Merges as pairs, in order of rank."""
        pairs = (m.split(" ", 1) if isinstance(m, str) else m for m in self.model["merges"])
        return [(left, right) for left, right in pairs]

    def require_plain_bpe(self, format: str) -> None:
        """Refuses dropout, prefix and suffix."""
        for option in ("dropout", "continuing_subword_prefix", "end_of_word_suffix"):
            if self.model.get(option):
                raise refusal(format, f"a model without {option}", repr(self.model[option]))
