"""The vocabulary of a static encoder: the teacher's without its unused entries, and whole words that it would split."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...errors import UnsupportedError, message

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer

__all__ = ["with_words", "without_unused"]

_UNUSED = re.compile(r"\[unused\d+\]|<unused\d+>|<extra_id_\d+>")


def without_unused(tokenizer: Tokenizer) -> tuple[Tokenizer, npt.NDArray[np.int64]]:
    """(tokenizer, old ids): without the entries that models keep for later ("[unused7]"); entry i was ``old ids[i]``.

    A tokenizer of a format that cannot be cut comes back as it is.
    """
    from ...tokenizers.edit import prune

    bound = tokenizer._core.id_bound
    everything = np.arange(bound, dtype=np.int64)
    vocabulary = tokenizer.get_vocab()
    keep = [id for token, id in vocabulary.items() if not _UNUSED.fullmatch(token)]
    if len(keep) == len(vocabulary):
        return tokenizer, everything
    try:
        pruned = prune(tokenizer, keep=keep)
    except UnsupportedError:
        return tokenizer, everything
    old = np.flatnonzero(pruned.id_map >= 0)
    return pruned.tokenizer, old[np.argsort(pruned.id_map[old])]


def with_words(tokenizer: Tokenizer, words: Iterable[str]) -> tuple[Tokenizer, list[str]]:
    """(tokenizer, new words): further whole words as entries behind the old ones, in the order given, each once.

    Words that are one token already, that hold an unknown one, or that are several words are left out.

    Raises:
        UnsupportedError: a tokenizer to which words cannot be added (not WordPiece or WordLevel).
    """
    from ...tokenizers.components import Normalizer
    from ...tokenizers.edit import extend_entries
    from ...tokenizers.edit.remake import document_of

    kind = tokenizer._core.model_kind
    if kind not in ("WordPiece", "WordLevel"):
        raise UnsupportedError(
            message("distill", "a WordPiece or WordLevel tokenizer for a vocabulary of words", kind, "no vocabulary")
        )
    settings = document_of(tokenizer, "distill").get("normalizer")
    normalizer = Normalizer(settings) if settings else None
    known, unknown = tokenizer.get_vocab(), tokenizer.unk_token_id
    new: dict[str, None] = {}
    for word in words:
        spelled = normalizer.normalize_str(word) if normalizer is not None else word
        encoding = tokenizer.encode(spelled, add_special_tokens=False)
        one_word = spelled.strip() and len(set(encoding.word_ids)) == 1
        if one_word and spelled not in known and (kind == "WordLevel" or unknown not in encoding.ids):
            new.setdefault(spelled)
    return (extend_entries(tokenizer, list(new)).tokenizer, list(new)) if new else (tokenizer, [])
