"""A fastText model as its own Python module shows it: words, rows, vectors, neighbours."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, UnsupportedError, message
from ...reference.fasttext_ngrams import ngrams
from ..formats.fasttext_bin import LOSSES, MODELS, FastTextBin, write_fasttext_bin

__all__ = ["FastTextModel", "one_line"]

Vector = npt.NDArray[np.float32]


def one_line(text: str, operation: str) -> str:
    """``text``, which must not hold a line feed: fastText works line by line."""
    if not isinstance(text, str):
        raise ArgumentError(message(operation, "a text of type str", type(text).__name__))
    if "\n" in text:
        raise ArgumentError(
            message(f"{operation} processes one line at a time", "one line", "a line feed", "remove '\\n'")
        )
    return text


class FastTextModel:
    """What fastText's models have in common, by the names of its Python module (version 0.9.2).

    Attributes:
        dim, ws, epoch, minCount, neg, wordNgrams, bucket, minn, maxn, lrUpdateRate, t: training arguments.
        loss: "hs", "ns", "softmax" or "ova"; model: "cbow", "skipgram" or "supervised".
    """

    def __init__(self, parts: FastTextBin) -> None:
        if parts.output is None:
            raise ArgumentError(message("fastText model", "both matrices", "a file read without the output matrix"))
        self._parts = parts
        self._dictionary: Any = parts.dictionary
        self._input, self._output = parts.input, parts.output
        self._unit_words: Vector | None = None
        self._names: dict[str, list[str]] = {}

    def __getattr__(self, name: str) -> Any:
        arguments = self.__dict__["_parts"].arguments if "_parts" in self.__dict__ else {}
        if name in arguments:
            names = {"loss": LOSSES, "model": MODELS}.get(name)
            value = arguments[name]
            return value if names is None else next(key for key, number in names.items() if number == value)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def words(self) -> list[str]:
        """The words, by falling count; bytes that are not UTF-8 show as backslash escapes."""
        return list(self._named("words"))

    @property
    def labels(self) -> list[str]:
        """The labels with their prefix, by falling count; of unsupervised models the words."""
        return list(self._named("labels" if self._parts.labels else "words"))

    def _named(self, which: str) -> list[str]:
        """Words or labels as text, decoded once: every prediction asks for them."""
        if which not in self._names:
            self._names[which] = [name.decode("utf-8", "backslashreplace") for name in getattr(self._parts, which)]
        return self._names[which]

    def get_words(self, include_freq: bool = False) -> Any:
        """The words; with ``include_freq``, (words, counts)."""
        counts = self._parts.counts[: len(self._parts.words)].astype(np.int64)
        return (self.words, counts) if include_freq else self.words

    def get_labels(self, include_freq: bool = False) -> Any:
        """The labels; with ``include_freq``, (labels, counts)."""
        if not self._parts.labels:
            return self.get_words(include_freq)
        counts = self._parts.counts[len(self._parts.words) :].astype(np.int64)
        return (self.labels, counts) if include_freq else self.labels

    def is_quantized(self) -> bool:
        """Whether it was read from a product-quantized file (.ftz)."""
        return self._parts.quantized

    def get_dimension(self) -> int:
        """Length of the vectors."""
        return int(self._input.shape[1])

    def get_word_id(self, word: str) -> int:
        """The row of a word, or -1."""
        found = int(self._dictionary.find(_bytes(word)))
        return found if found < len(self._parts.words) else -1

    def get_label_id(self, label: str) -> int:
        """The number of a label, or -1."""
        found = int(self._dictionary.find(_bytes(label))) - len(self._parts.words)
        return found if found >= 0 else -1

    def get_subwords(self, word: str) -> tuple[list[str], npt.NDArray[np.int64]]:
        """The word, if it is known, and its n-grams, with their rows. Of pruned models, rows that are left."""
        rows = self._dictionary.word_rows(_bytes(word)).astype(np.int64)
        parts = self._parts.arguments
        known = self.get_word_id(word) >= 0
        names = [word] if known else []
        if word != "</s>" and parts["bucket"]:
            names += ngrams(word, parts["minn"], parts["maxn"])
        if len(names) != len(rows):  # pruned: which n-grams are left is not told
            names = names[: int(known)]
            rows = rows[: int(known)]
        return names, rows

    def get_input_vector(self, index: int) -> Vector:
        """A row of the input matrix."""
        return np.array(self._input[index])

    def get_input_matrix(self) -> Vector:
        """The input matrix: words, then n-gram buckets; not a copy."""
        return self._dense(self._input)

    def get_output_matrix(self) -> Vector:
        """The output matrix: one row a label; not a copy."""
        return self._dense(self._output)

    def _dense(self, matrix: Vector) -> Vector:
        if self._parts.quantized:
            raise ArgumentError(message("fastText model", "a model that is not quantized", "a quantized one"))
        return matrix

    def _mean(self, rows: npt.NDArray[Any]) -> Vector:
        if not len(rows):
            return np.zeros(self.get_dimension(), np.float32)
        mean: Vector = self._input[rows].sum(axis=0, dtype=np.float32) / np.float32(len(rows))
        return mean

    def get_word_vector(self, word: str) -> Vector:
        """(dim,): the mean of the word's row, if it is known, and of its n-grams; zeros when there are none."""
        return self._mean(self._dictionary.word_rows(_bytes(word)))

    def get_sentence_vector(self, text: str) -> Vector:
        """(dim,) of one line: the mean of its rows; of unsupervised models, the mean of the words' unit vectors."""
        one_line(text, "get_sentence_vector")
        if self._parts.arguments["model"] == MODELS["supervised"]:
            lines = self._dictionary.read_lines(_bytes(text) + b"\n")
            return self._mean(self._dictionary.line_rows(lines, 0))
        total, count = np.zeros(self.get_dimension(), np.float32), 0
        # The line end is no word here, and other space than ASCII's is part of a word.
        for word in _bytes(text).split():
            vector = self._mean(self._dictionary.word_rows(word))
            length = float(np.linalg.norm(vector))
            if length > 0:
                total += vector / np.float32(length)
                count += 1
        return total / np.float32(count) if count else total

    def get_nearest_neighbors(self, word: str, k: int = 10) -> list[tuple[float, str]]:
        """The k words of highest cosine with ``word``, which may be any text: (cosine, word), the best first."""
        return self._nearest(self.get_word_vector(word), k, {word})

    def get_analogies(self, wordA: str, wordB: str, wordC: str, k: int = 10) -> list[tuple[float, str]]:
        """Words near A - B + C of unit vectors, without these three: (cosine, word), the best first."""
        units = []
        for word in (wordA, wordB, wordC):
            vector = self.get_word_vector(word)
            units.append(vector / (np.linalg.norm(vector) + 1e-8))
        return self._nearest(units[0] - units[1] + units[2], k, {wordA, wordB, wordC})

    def _nearest(self, query: Vector, k: int, without: set[str]) -> list[tuple[float, str]]:
        units = self._unit_words
        if units is None:
            matrix: Vector = np.stack([self._mean(self._dictionary.word_rows(word)) for word in self._parts.words])
            lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
            units = self._unit_words = (matrix / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        length = float(np.linalg.norm(query))
        scores = units @ query / (length if length >= 1e-8 else 1.0)
        words = self._named("words")
        order = np.argsort(-scores, kind="stable")[: k + len(without)]
        return [(float(scores[i]), words[i]) for i in order if words[i] not in without][:k]

    def save_model(self, path: str | os.PathLike[str]) -> None:
        """Writes the model in fastText's own format; fastText and gensim (unsupervised ones) open it.

        Raises:
            UnsupportedError: the model was read from a quantized file.
        """
        parts = self._parts
        if parts.quantized:
            raise UnsupportedError(
                message("save_model", "a model that is not quantized", "one of an .ftz file", "copying that file")
            )
        write_fasttext_bin(
            path, arguments=parts.arguments, words=parts.words, labels=parts.labels, counts=parts.counts,
            tokens=parts.tokens, input=[self._input], output=self._output,
        )  # fmt: skip

    def __getitem__(self, word: str) -> Vector:
        return self.get_word_vector(word)

    def __contains__(self, word: str) -> bool:
        return self.get_word_id(word) >= 0


def _bytes(text: str) -> bytes:
    """As the core has texts: lone surrogates are U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
