"""Training a classifier: count, encode, then passes of the core over the encoded lines."""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, message
from ...long_call import run_interruptible
from ...progress import ProgressLike
from ..formats.fasttext_bin import LOSSES, MODELS, VERSION, FastTextBin
from .labelled_text import LabelledText

__all__ = ["SupervisedOptions", "train"]


@dataclass(frozen=True, slots=True)
class SupervisedOptions:
    """fastText's arguments; `FastTextClassifier.train` says what they mean."""

    lr: float
    dim: int
    ws: int
    epoch: int
    minCount: int
    minCountLabel: int
    minn: int
    maxn: int
    neg: int
    wordNgrams: int
    loss: str
    bucket: int
    thread: int
    lrUpdateRate: int
    t: float
    label: str
    seed: int

    def __post_init__(self) -> None:
        least = {"dim": 1, "epoch": 0, "minCount": 0, "minCountLabel": 0, "minn": 0, "maxn": 0, "neg": 0,
                 "wordNgrams": 1, "bucket": 0, "thread": 0}  # fmt: skip
        for name, low in least.items():
            value = getattr(self, name)
            if not isinstance(value, int) or not low <= value < 2**31:
                raise ArgumentError(message("train classifier", f"{name} from {low} to {2**31 - 1}", repr(value)))
        if not 0 < self.lr < float("inf"):
            raise ArgumentError(message("train classifier", "lr above 0", repr(self.lr)))
        if self.loss not in LOSSES:
            raise ArgumentError(message("train classifier", f"loss one of {', '.join(LOSSES)}", repr(self.loss)))
        if self.has_ngrams and not self.bucket:
            raise ArgumentError(message("train classifier", "bucket above 0 for n-grams", "bucket=0", "2000000"))

    @property
    def has_ngrams(self) -> bool:
        """Whether anything is hashed into buckets."""
        return self.wordNgrams > 1 or 0 < max(self.minn, 1) <= self.maxn

    def arguments(self) -> dict[str, Any]:
        """As the model file holds them."""
        names = ("dim", "ws", "epoch", "minCount", "neg", "wordNgrams", "minn", "maxn", "lrUpdateRate", "t")
        return {
            **{name: getattr(self, name) for name in names},
            "loss": LOSSES[self.loss],
            "model": MODELS["supervised"],
            "bucket": self.bucket if self.has_ngrams else 0,
        }


def _zeros(rows: int, dim: int) -> npt.NDArray[np.float32]:
    """Zeros of which only what is touched takes memory: in small pages, since what few n-grams touch lies scattered."""
    if rows * dim * 4 < 1 << 22 or not hasattr(mmap, "MADV_NOHUGEPAGE"):
        return np.zeros((rows, dim), np.float32)
    pages = mmap.mmap(-1, rows * dim * 4)
    with contextlib.suppress(OSError):  # a kernel without huge pages
        pages.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(pages, np.float32).reshape(rows, dim)


def _first_vectors(dictionary: Any, dim: int, seed: int) -> npt.NDArray[np.float32]:
    """Words begin uniform in (-1, 1) / dim, n-grams at zero: one that was never seen adds nothing to a prediction."""
    words, rows = dictionary.word_count, dictionary.rows
    few = dictionary.tokens < rows // 2  # distinct n-grams do not fill the buckets
    out = _zeros(rows, dim) if few else np.zeros((rows, dim), np.float32)
    drawn = np.random.default_rng(seed).random((words, dim), dtype=np.float32)
    drawn *= 2.0 / dim
    drawn -= 1.0 / dim
    out[:words] = drawn
    return out


def _put_pretrained(path: str | os.PathLike[str], dictionary: Any, options: SupervisedOptions) -> Any:
    """Words of the file join the dictionary. Returns what puts their vectors into the input matrix."""
    from ..keyed_vectors import KeyedVectors

    given: Any = KeyedVectors.load_word2vec_format(os.fspath(path))
    if given.vector_size != options.dim:
        raise ArgumentError(
            message("train classifier", f"pretrained vectors of dim={options.dim}", str(given.vector_size))
        )
    for word in given.index_to_key:
        dictionary.add(word.encode("utf-8", "replace"), 1, word.startswith(options.label))
    dictionary.finish(1, 0)

    def put(matrix: npt.NDArray[np.float32]) -> None:
        for row, word in enumerate(given.index_to_key):
            found = dictionary.find(word.encode("utf-8", "replace"))
            if 0 <= found < dictionary.word_count:
                matrix[found] = given.vectors[row]

    return put


class _Encoded:
    """The text as the core's lines: kept while they fit into the budget, else encoded in every pass."""

    def __init__(self, text: LabelledText, dictionary: Any, budget: int) -> None:
        self._text, self._dictionary, self._budget = text, dictionary, budget
        self._kept: list[Any] | None = None

    def passes(self) -> Iterator[Any]:
        """The blocks of one pass."""
        if self._kept is not None:
            yield from self._kept
            return
        kept, size = [], 0
        for block in self._text.blocks():
            lines = self._dictionary.read_lines(block)
            size += lines.bytes
            if size <= self._budget:
                kept.append(lines)
            else:
                kept.clear()
            yield lines
        if size <= self._budget:
            self._kept = kept


def train(
    text: LabelledText,
    options: SupervisedOptions,
    pretrained: str | os.PathLike[str],
    memory_budget: int,
    progress: ProgressLike,
) -> FastTextBin:
    """The trained model; see `FastTextClassifier.train`."""
    arguments = options.arguments()
    dictionary: Any = _core.FastTextDictionary(
        options.minn, options.maxn, arguments["bucket"], options.wordNgrams, options.label
    )
    for block in text.blocks():
        dictionary.count(block)
    dictionary.finish(options.minCount, options.minCountLabel)
    put = _put_pretrained(pretrained, dictionary, options) if pretrained else None
    if not dictionary.label_count or not dictionary.word_count:
        what = "labels" if dictionary.word_count else "words"
        raise ArgumentError(
            message("train classifier", f"lines with labels ({options.label}...) and words", f"no {what}",
                    "another label= or a smaller minCount")
        )  # fmt: skip
    input = _first_vectors(dictionary, options.dim, options.seed)
    if put is not None:
        put(input)
    output = np.zeros((dictionary.label_count, options.dim), np.float32)
    core: Any = _core.FastTextClassifierCore(
        dictionary, input, output, arguments["loss"], options.neg, options.lr, max(1, options.epoch), options.seed,
        options.thread,
    )  # fmt: skip
    control = _core.TrainControl()
    control.begin("train", options.epoch * dictionary.tokens)
    encoded = _Encoded(text, dictionary, memory_budget)

    def passes() -> None:
        for epoch in range(options.epoch):
            before = 0
            for lines in encoded.passes():
                core.train(lines, epoch, before, control)
                before += lines.tokens

    run_interruptible(passes, control, progress, "words")
    return FastTextBin(
        arguments, VERSION, dictionary.words, dictionary.labels, dictionary.counts, dictionary.tokens, False,
        dictionary, input, output,
    )  # fmt: skip
