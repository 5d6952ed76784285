"""fastText's model files, ``.bin`` and ``.ftz``; docs/formats/fasttext.md describes them. The core parses, Python writes."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ... import _core
from ...errors import ArgumentError, FileError, LimitError, NotFoundError, message
from ...io.expand import Source
from ...io.streams import open_bytes
from ...io.workspace import Workspace
from ...io.writers import atomic_writer

__all__ = ["LOSSES", "MODELS", "FastTextBin", "read_fasttext_bin", "read_fasttext_vectors", "write_fasttext_bin"]

MAGIC, VERSION = 793712314, 12
LOSSES = {"hs": 1, "ns": 2, "softmax": 3, "ova": 4}
MODELS = {"cbow": 1, "skipgram": 2, "supervised": 3}
_COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\x00")
_ARGUMENTS = struct.Struct("<12id")
_NAMES = (
    "dim", "ws", "epoch", "minCount", "neg", "wordNgrams", "loss", "model", "bucket", "minn", "maxn", "lrUpdateRate", "t"
)  # fmt: skip
_ENTRY = struct.Struct("<xqb")
_CHUNK = 1 << 16
# A quantized row of one byte may stand for any number of dimensions: files that would blow up beyond this are refused.
_MOST_EXPANSION = 64

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FastTextBin:
    """What a model file holds.

    Attributes:
        arguments: the training arguments by fastText's names; "loss" as in `LOSSES`, "model" as in `MODELS`.
        version: 11 or 12; supervised models of version 11 have ``maxn`` 0, whatever the file says.
        words, labels: as bytes: fastText does not ask for UTF-8.
        counts: (words + labels,) uint64.
        tokens: of the training text.
        quantized: whether the matrices were made from product-quantized ones.
        dictionary: the core's; it knows which rows a text has.
        input: (words + n-grams, dim).
        output: (labels, dim) of supervised models, else (words, dim); None when it was not asked for.
    """

    arguments: dict[str, Any]
    version: int
    words: list[bytes]
    labels: list[bytes]
    counts: npt.NDArray[np.uint64]
    tokens: int
    quantized: bool
    dictionary: _core.FastTextDictionary
    input: Matrix
    output: Matrix | None


@contextmanager
def _mapped(path: Path) -> Iterator[Any]:
    """The bytes of the file, decompressed, as an array that the operating system reads when they are touched."""
    try:
        with open(path, "rb") as file:
            head = file.read(6)
        if not head:
            yield np.zeros(0, np.uint8)
            return
        if not head.startswith(_COMPRESSED):
            yield np.memmap(path, np.uint8, "r")
            return
    except FileNotFoundError as error:
        raise NotFoundError(message("read", "a fastText model", f"nothing at {path}")) from error
    except OSError as error:
        raise FileError(f"[read] {path}: {error.strerror}") from error
    with Workspace() as work, open_bytes(Source(str(path), path, "txt")) as stream:
        plain = work.path / "model.bin"
        with open(plain, "wb") as file:
            while block := stream.read(1 << 24):
                work.require(len(block))
                file.write(block)
        yield np.memmap(plain, np.uint8, "r") if plain.stat().st_size else np.zeros(0, np.uint8)


def _matrix(native: Any, output: bool, name: str, size: int) -> Matrix:
    rows, columns = native.shape(output)
    wanted = rows * columns * 4
    if wanted > max(_MOST_EXPANSION * size, 1 << 26):
        raise LimitError(
            message(f"read {name}", f"at most {_MOST_EXPANSION} times its size in memory", f"{wanted:,} bytes")
        )
    out = np.empty((rows, columns), np.float32)
    step = max(1, (1 << 26) // max(1, columns * 4))
    for first in range(0, rows, step):  # in parts, so that Ctrl-C does not wait for gigabytes
        native.copy_rows(output, first, out[first : first + step])
    return out


def read_fasttext_bin(path: str | os.PathLike[str], *, label: str = "__label__", output: bool = True) -> FastTextBin:
    """A model of fastText 0.9 (versions 11 and 12), quantized or not, compressed or not.

    Args:
        path: of the file. A compressed one is unpacked into a temporary file.
        label: the prefix of labels; the file does not tell.
        output: False leaves out the output matrix, which word vectors do not need.

    Raises:
        FormatError: damaged or cut off; the message says where. UnsupportedError: other bytes, an older version, or a
            pruned model that is not quantized. LimitError: quantized so that it would fill the memory.
        NotFoundError, FileError: it cannot be opened.
    """
    path = Path(path)
    with _mapped(path) as raw:
        native = _core.FastTextBin(raw, path.name, label)
        dictionary: Any = native.dictionary
        return FastTextBin(
            arguments=dict(native.arguments),
            version=native.version,
            words=dictionary.words,
            labels=dictionary.labels,
            counts=dictionary.counts,
            tokens=dictionary.tokens,
            quantized=native.quantized,
            dictionary=dictionary,
            input=_matrix(native, False, path.name, raw.size),
            output=_matrix(native, True, path.name, raw.size) if output else None,
        )


def read_fasttext_vectors(path: str | os.PathLike[str]) -> Any:
    """The word vectors of a model, also for words it does not know: a `FastTextKeyedVectors`.

    Raises:
        UnsupportedError: a classifier. Errors of `read_fasttext_bin`.
    """
    from ..fasttext.facebook import load_facebook_vectors

    return load_facebook_vectors(path)


def _entries(words: Sequence[bytes], counts: Sequence[int], kind: int) -> Iterator[bytes]:
    for word, count in zip(words, counts, strict=True):
        if b"\0" in word:
            raise ArgumentError(message("write fastText model", "words without the character NUL", repr(word)))
        yield word + _ENTRY.pack(count, kind)


def _write_matrix(file: Any, parts: Iterable[Matrix], dim: int) -> None:
    parts = [np.ascontiguousarray(part, "<f4") for part in parts]
    file.write(struct.pack("<?qq", False, sum(len(part) for part in parts), dim))
    for part in parts:
        step = max(1, (1 << 26) // (dim * 4))
        for first in range(0, len(part), step):
            file.write(part[first : first + step].data)


def write_fasttext_bin(
    path: str | os.PathLike[str],
    *,
    arguments: dict[str, Any],
    words: Sequence[bytes],
    labels: Sequence[bytes],
    counts: Sequence[int] | npt.NDArray[Any],
    tokens: int,
    input: Sequence[Matrix],
    output: Matrix,
) -> None:
    """Writes a model that fastText 0.9.2 and gensim 4.4 open (version 12, not quantized), whole or not at all.

    Args:
        path: the file; a name that ends in ``.gz`` is compressed.
        arguments: as in `FastTextBin`.
        words, labels: all different, without NUL. fastText finds labels by their prefix.
        counts: of the words, then of the labels.
        tokens: of the training text.
        input: matrices that make up the input matrix one below the other: words first, then n-grams.
        output: (labels, dim) for supervised models, else (words, dim).

    Raises:
        ArgumentError: shapes or words that the format cannot hold. FileError: it cannot be written.
    """
    dim = int(arguments["dim"])
    outputs = len(labels) if arguments["model"] == MODELS["supervised"] else len(words)
    rows = sum(len(part) for part in input)
    wanted = (len(words) + arguments["bucket"], dim)
    if (rows, *{part.shape[1] for part in input}) != wanted or output.shape != (outputs, dim):
        shapes = [part.shape for part in (*input, output)]
        raise ArgumentError(message("write fastText model", f"input {wanted} and output {(outputs, dim)}", f"{shapes}"))
    if len(set(words) | set(labels)) != len(words) + len(labels):
        raise ArgumentError(message("write fastText model", "words and labels that differ", "one of them twice"))
    numbers = [int(count) for count in counts]
    with atomic_writer(path, "wb") as file:
        file.write(struct.pack("<2i", MAGIC, VERSION))
        file.write(_ARGUMENTS.pack(*(arguments[name] for name in _NAMES)))
        file.write(struct.pack("<3i2q", len(words) + len(labels), len(words), len(labels), tokens, -1))
        for kind, entries, first in ((0, words, 0), (1, labels, len(words))):
            for at in range(0, len(entries), _CHUNK):
                part = entries[at : at + _CHUNK]
                file.write(b"".join(_entries(part, numbers[first + at : first + at + len(part)], kind)))
        _write_matrix(file, input, dim)
        _write_matrix(file, [output], dim)
