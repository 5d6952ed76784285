"""Text classification in the manner of fastText (Joulin et al., arXiv 1607.01759; version 0.9.2)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, message
from ...progress import ProgressLike
from ..formats.fasttext_bin import MODELS, FastTextBin, read_fasttext_bin
from .inspect import FastTextModel, one_line
from .labelled_text import LabelledText
from .supervised import SupervisedOptions, train

__all__ = ["FastTextClassifier"]

Probabilities = npt.NDArray[np.float32]


class FastTextClassifier(FastTextModel):
    """A linear classifier over words, word n-grams and character n-grams, made by `train` or `load`.

    Labels are words of the text that begin with a prefix, ``__label__`` by default; a line may have several.

    Example:
        >>> lines = ["__label__fruit a ripe apple", "__label__tool a rusty saw"] * 20
        >>> model = FastTextClassifier.train(lines, dim=10, lr=1.0, thread=1)
        >>> model.predict("ripe")[0]
        ('__label__fruit',)
    """

    def __init__(self, parts: FastTextBin, threads: int = 0) -> None:
        super().__init__(parts)
        if parts.arguments["model"] != MODELS["supervised"]:
            raise ArgumentError(
                message("classifier", "a supervised model", "word vectors", "FastText.load_facebook_model")
            )
        self._threads = threads
        self._core: Any = _core.FastTextClassifierCore(
            parts.dictionary, self._input, self._output, parts.arguments["loss"], 0, 0.0, 1, 0, threads
        )

    @classmethod
    def train(
        cls,
        input: str | os.PathLike[str] | Iterable[str],
        *,
        lr: float = 0.1,
        dim: int = 100,
        ws: int = 5,
        epoch: int = 5,
        minCount: int = 1,
        minCountLabel: int = 0,
        minn: int = 0,
        maxn: int = 0,
        neg: int = 5,
        wordNgrams: int = 1,
        loss: str = "softmax",
        bucket: int = 2_000_000,
        thread: int = 0,
        lrUpdateRate: int = 100,
        t: float = 1e-4,
        label: str = "__label__",
        pretrainedVectors: str | os.PathLike[str] = "",
        seed: int = 0,
        memory_budget: int = 1 << 30,
        progress: ProgressLike = None,
    ) -> FastTextClassifier:
        """Trains on lines of text that hold their labels; names and defaults are fastText's, and it reads lines as it does.

        With ``thread=1`` the result is the same bits for the same arguments on the same kind of processor; with more,
        threads write into the shared matrices without locks.

        Args:
            input: a text file (compressed or not), or an iterable of lines that can be walked several times.
            lr: learning rate of the first line; it falls linearly to 0.
            dim: length of the vectors.
            epoch: passes over the text.
            minCount, minCountLabel: rarer words and labels are dropped.
            minn, maxn: lengths of character n-grams; none with ``maxn=0``.
            neg: negatives a line, with ``loss="ns"``.
            wordNgrams: runs of up to so many words are features.
            loss: "softmax", "ns" (negative sampling), "hs" (hierarchical softmax), "ova" (a sigmoid a label).
            bucket: rows for all n-grams; 0 when there are none.
            thread: worker threads; 0: all cores.
            label: the prefix of labels.
            pretrainedVectors: a ``.vec`` file (word2vec text) whose rows begin the words'; of the same ``dim``.
            seed: of the initial vectors and all draws.
            ws, t, lrUpdateRate: have no effect here; they are stored in the model as fastText stores them.
            memory_budget: bytes of encoded text kept from pass to pass; beyond, the text is encoded anew each time.
            progress: a style or callback of `tokenspace.progress`; counted in words.

        Raises:
            ArgumentError: an argument out of its range, text without labels, or an ``lr`` at which weights overflow.
            FormatError, FileError: the file.
        """
        options = SupervisedOptions(
            lr, dim, ws, epoch, minCount, minCountLabel, minn, maxn, neg, wordNgrams, loss, bucket, thread,
            lrUpdateRate, t, label, seed,
        )  # fmt: skip
        return cls(train(LabelledText(input), options, pretrainedVectors, memory_budget, progress), thread)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, label: str = "__label__", threads: int = 0) -> FastTextClassifier:
        """A supervised model of fastText, ``.bin`` or quantized ``.ftz``.

        Raises:
            ArgumentError: the file holds word vectors. FormatError, UnsupportedError, FileError: see `read_fasttext_bin`.
        """
        return cls(read_fasttext_bin(path, label=label), threads)

    def predict(self, text: str | Sequence[str], k: int = 1, threshold: float = 0.0) -> tuple[Any, Any]:
        """The at most k labels of highest probability, at least ``threshold``.

        Args:
            text: one line, or a list of lines (worked on by all threads).
            k: -1: all labels.

        Returns:
            (labels, probabilities): a tuple of str and an array of the same length, the most probable first; for a list
            of lines, lists of them. Probabilities are exact where fastText looks them up in a table and adds 0.00001.

        Raises:
            ArgumentError: a line feed in a line, ``k`` of 0.
        """
        if k == 0 or k < -1:
            raise ArgumentError(message("predict", "k of at least 1, or -1 for all labels", str(k)))
        many = not isinstance(text, str)
        lines = [one_line(line, "predict") for line in ([text] if isinstance(text, str) else text)]
        p, ids, ends = self._core.predict_texts(
            lines, len(self._parts.labels) if k < 0 else k, threshold, self._threads
        )
        names = self._named("labels")
        cuts = [0, *ends.tolist()]
        labels = [[names[i] for i in ids[a:b].tolist()] for a, b in pairwise(cuts)]
        shares = [p[a:b].copy() for a, b in pairwise(cuts)]
        return (labels, shares) if many else (tuple(labels[0]), shares[0])

    def test(
        self, path: str | os.PathLike[str] | Iterable[str], k: int = 1, threshold: float = 0.0
    ) -> tuple[int, float, float]:
        """(lines that have labels and words, precision at k, recall at k) on labelled text.

        Precision is NaN when nothing was predicted.
        """
        hits, predicted, gold, lines = self._counted(path, k, threshold)
        return lines, _ratio(hits.sum(), predicted.sum()), _ratio(hits.sum(), gold.sum())

    def test_label(
        self, path: str | os.PathLike[str] | Iterable[str], k: int = 1, threshold: float = 0.0
    ) -> dict[str, dict[str, float]]:
        """{label: {"precision", "recall", "f1score"}} on labelled text; NaN where there is nothing to divide by."""
        hits, predicted, gold, _ = self._counted(path, k, threshold)
        return {
            label: {
                "precision": _ratio(hits[i], predicted[i]),
                "recall": _ratio(hits[i], gold[i]),
                "f1score": _ratio(2 * hits[i], predicted[i] + gold[i]),
            }
            for i, label in enumerate(self.labels)
        }

    def _counted(self, path: Any, k: int, threshold: float) -> tuple[Any, Any, Any, int]:
        if k == 0 or k < -1:
            raise ArgumentError(message("test", "k of at least 1, or -1 for all labels", str(k)))
        size = len(self._parts.labels)
        hits, predicted, gold = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64)
        total = 0
        for block in LabelledText(path).blocks():
            lines = self._dictionary.read_lines(block)
            _, ids, ends = self._core.predict_lines(lines, size if k < 0 else k, threshold, self._threads)
            labels, label_ends, filled = lines.labels, lines.label_ends, lines.filled
            for i in range(len(lines)):
                own = labels[label_ends[i - 1] if i else 0 : label_ends[i]]
                if not len(own) or not filled[i]:
                    continue
                total += 1
                np.add.at(gold, own, 1)
                found = ids[ends[i - 1] if i else 0 : ends[i]]
                np.add.at(predicted, found, 1)
                np.add.at(hits, found[np.isin(found, own)], 1)
        return hits, predicted, gold, total

    def get_line(self, text: str) -> tuple[list[str], list[str]]:
        """(words, labels) of one line, as training sees it: the line end is the word ``</s>``."""
        one_line(text, "get_line")
        words, labels = [], []
        for token in [*text.encode("utf-8", "replace").replace(b"\0", b" ").split(), b"</s>"]:
            name = token.decode("utf-8", "backslashreplace")
            if self._dictionary.find(token) >= len(self._parts.words):
                labels.append(name)
            elif not self._is_label(token):
                words.append(name)
        return words, labels

    def _is_label(self, token: bytes) -> bool:
        prefix: str = self._dictionary.label
        return token.startswith(prefix.encode())


def _ratio(part: Any, whole: Any) -> float:
    return float(part) / float(whole) if whole else float("nan")
