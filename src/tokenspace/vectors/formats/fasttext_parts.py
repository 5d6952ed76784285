"""The rows of words and of n-grams that the vectors of `FastTextKeyedVectors` are made of, checked and put together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, message

if TYPE_CHECKING:
    from ..fasttext import FastTextKeyedVectors
    from .vector_file import StoredVectors

__all__ = ["FASTTEXT_KIND", "fasttext_from_file", "fasttext_parts", "fasttext_vectors", "first_words"]

FASTTEXT_KIND = "FastTextKeyedVectors"
_SETTINGS = "fasttext"
_LONGEST_NGRAM = 100


def fasttext_vectors(
    name: str,
    keys: Any,
    words: Any,
    ngrams: Any,
    settings: Mapping[str, Any],
    expandos: Mapping[str, npt.NDArray[Any]],
    file_bytes: Mapping[str, bytes] | None = None,
    vectors: npt.NDArray[Any] | None = None,
) -> FastTextKeyedVectors:
    """Vectors of any word from a file's arrays.

    Args:
        words: (keys, vector_size). ngrams: (bucket, vector_size).
        settings: min_n, max_n, bucket.
        vectors: what the two give for the words of the vocabulary, where it is known; else it is worked out.

    Raises:
        FormatError: arrays and settings that do not fit each other.
    """
    from ..fasttext import FastTextKeyedVectors

    numbers: list[Any] = [settings.get(setting) for setting in ("min_n", "max_n", "bucket")]
    if not isinstance(words, np.ndarray) or not isinstance(ngrams, np.ndarray) or not isinstance(keys, list):
        raise FormatError(message(f"load {name}", "rows of words and of n-grams", "none"))
    if not all(type(number) is int and 0 <= number < 1 << 32 for number in numbers) or numbers[1] > _LONGEST_NGRAM:
        raise FormatError(message(f"load {name}", "lengths of n-grams and their number", repr(numbers)[:100]))
    fits = words.ndim == ngrams.ndim == 2 and len(words) == len(keys) and len(ngrams) == numbers[2]
    if not fits or (len(ngrams) and ngrams.shape[1] != words.shape[1]) or words.dtype.kind + ngrams.dtype.kind != "ff":
        received = f"shapes {words.shape} and {ngrams.shape}"
        raise FormatError(message(f"load {name}", f"rows of {len(keys)} words and {numbers[2]} n-grams", received))
    rows = {key: row for row, key in enumerate(keys)} if all(type(key) is str for key in keys) else {}
    if len(rows) != len(keys):
        raise FormatError(message(f"load {name}", "words that differ", "others"))
    if vectors is not None and (vectors.shape != words.shape or vectors.dtype != np.float32):
        raise FormatError(message(f"load {name}", f"vectors of shape {words.shape}", f"{vectors.shape}"))
    kv = FastTextKeyedVectors(words.shape[1], *numbers)
    kv.index_to_key, kv.key_to_index, kv.next_index = keys, rows, len(keys)
    kv.expandos.update(expandos)
    needs: tuple[Literal["C"], ...] | tuple[Literal["C"], Literal["W"]] = ("C", "W") if vectors is None else ("C",)
    own, parts = (np.require(array, np.float32, needs) for array in (words, ngrams))
    kv.take_matrices(own, parts, dict(file_bytes or {}), vectors)
    return kv


def fasttext_parts(kv: FastTextKeyedVectors) -> tuple[dict[str, str], dict[str, npt.NDArray[Any]]]:
    """(metadata, arrays) that a file keeps beside the vectors."""
    settings = {"min_n": kv.min_n, "max_n": kv.max_n, "bucket": kv.bucket}
    raw = {word: bytes(given).hex() for word, given in kv.file_bytes.items()}
    metadata = {_SETTINGS: json.dumps({**settings, "file_bytes": raw})}
    return metadata, {"vectors_vocab": kv.vectors_vocab, "vectors_ngrams": kv.vectors_ngrams}


def fasttext_from_file(stored: StoredVectors, name: str) -> FastTextKeyedVectors:
    """What `fasttext_parts` kept, as vectors of any word.

    Raises:
        FormatError: damaged.
    """
    try:
        settings = json.loads(stored.metadata.get(_SETTINGS, ""))
        raw = {word: bytes.fromhex(text) for word, text in settings.pop("file_bytes", {}).items()}
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise FormatError(message(f"load {name}", "the settings of n-grams", str(error)[:100])) from None
    kv, more = stored.vectors, stored.more
    words, ngrams = more.get("vectors_vocab"), more.get("vectors_ngrams")
    return fasttext_vectors(name, kv.index_to_key, words, ngrams, settings, kv.expandos, raw, kv.vectors)


def first_words(kv: FastTextKeyedVectors, limit: int) -> FastTextKeyedVectors:
    """The first rows of the vocabulary with all n-grams, sharing their memory."""
    keys = kv.index_to_key[:limit]
    settings = {"min_n": kv.min_n, "max_n": kv.max_n, "bucket": kv.bucket}
    raw = {word: given for word, given in kv.file_bytes.items() if kv.key_to_index.get(word, limit) < limit}
    attributes = {name: values[:limit] for name, values in kv.expandos.items()}
    words, vectors = kv.vectors_vocab[:limit], kv.vectors[:limit]
    return fasttext_vectors("", keys, words, kv.vectors_ngrams, settings, attributes, raw, vectors)
