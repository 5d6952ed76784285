"""fastText's word vector models (``.bin``) as `FastText` models and vectors, and back; names as in gensim 4.4."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from ...errors import FormatError, UnsupportedError, message
from ..formats.fasttext_bin import LOSSES, MODELS, FastTextBin, read_fasttext_bin, write_fasttext_bin
from ..vocabulary import RawCounts, prepare
from .keyed_vectors import FastTextKeyedVectors
from .model import FastText

__all__ = ["load_facebook_model", "load_facebook_vectors", "save_facebook_model"]


class SupervisedModelError(UnsupportedError, NotImplementedError):
    """A file of a classifier where word vectors are wanted."""


def load_facebook_vectors(path: str | os.PathLike[str], encoding: str = "utf-8") -> FastTextKeyedVectors:
    """The word vectors of a fastText model file, with those of words outside its vocabulary. They cannot be trained.

    Args:
        path: ``.bin``, compressed or not.
        encoding: of the words. Bytes it cannot decode show as backslash escapes; n-grams are those of the bytes.

    Raises:
        SupervisedModelError: (a NotImplementedError) the model is a classifier. FormatError, UnsupportedError, FileError:
            see `read_fasttext_bin`.
    """
    parts = _read(path, output=False)
    vectors = _empty_vectors(parts)
    _fill(vectors, parts, encoding)
    return vectors


def load_facebook_model(path: str | os.PathLike[str], encoding: str = "utf-8") -> FastText:
    """A fastText model of word vectors, to be trained on or asked.

    Args and errors are those of `load_facebook_vectors`.
    """
    parts = _read(path, output=True)
    given = parts.arguments
    hs = given["loss"] == LOSSES["hs"]
    model = FastText(
        sg=int(given["model"] == MODELS["skipgram"]),
        hs=int(hs),
        vector_size=given["dim"],
        window=max(1, given["ws"]),
        min_count=given["minCount"],
        sample=max(0.0, given["t"]),
        negative=0 if hs else max(0, given["neg"]),
        epochs=given["epoch"],
        min_n=given["minn"],
        max_n=given["maxn"],
        bucket=given["bucket"],
    )
    _fill(model.wv, parts, encoding)
    counts = dict(zip(model.wv.index_to_key, model.wv.expandos["count"].tolist(), strict=True))
    raw = RawCounts.from_frequencies(counts)
    vocabulary = prepare(raw, min_count=0, sample=model.sample, sorted_vocab=False)
    model.take_vocabulary(vocabulary)
    model.corpus_total_words = parts.tokens
    if hs:
        model.syn1 = np.ascontiguousarray(parts.output)
    else:
        model.syn1neg = np.ascontiguousarray(parts.output)
    return model


def save_facebook_model(
    model: FastText,
    path: str | os.PathLike[str],
    encoding: str = "utf-8",
    lr_update_rate: int = 100,
    word_ngrams: int = 1,
) -> None:
    """Writes a model in fastText's format: fastText and gensim open it.

    Args:
        encoding: of the words; those that came from a file are written as they were there.
        lr_update_rate, word_ngrams: stored in the file, where fastText keeps them.

    Raises:
        ArgumentError: the model has no vectors yet, or words the format cannot hold. FileError: it cannot be written.
    """
    wv = model.wv
    words = []
    for word in wv.index_to_key:
        given = wv.word_bytes(word)
        words.append(given if isinstance(given, bytes) else given.encode(encoding, "replace"))
    arguments: dict[str, Any] = {
        "dim": model.vector_size, "ws": model.window, "epoch": model.epochs, "minCount": model.min_count,
        "neg": model.negative, "wordNgrams": word_ngrams, "loss": LOSSES["hs" if model.hs else "ns"],
        "model": MODELS["skipgram" if model.sg else "cbow"], "bucket": wv.bucket, "minn": wv.min_n, "maxn": wv.max_n,
        "lrUpdateRate": lr_update_rate, "t": model.sample,
    }  # fmt: skip
    # With both kinds of output on, the file has room for one: negative sampling, as in gensim.
    output = model.syn1neg if model.negative else model.syn1
    write_fasttext_bin(
        path, arguments=arguments, words=words, labels=[], counts=wv.expandos["count"], tokens=model.corpus_total_words,
        input=[wv.vectors_vocab, wv.vectors_ngrams], output=output,
    )  # fmt: skip


def _read(path: str | os.PathLike[str], output: bool) -> FastTextBin:
    parts = read_fasttext_bin(path, output=output)
    if parts.arguments["model"] == MODELS["supervised"]:
        raise SupervisedModelError(
            message(
                f"read {os.path.basename(path)}", "a model of word vectors", "a classifier", "FastTextClassifier.load"
            )
        )
    if parts.dictionary.pruned:
        raise UnsupportedError(message(f"read {os.path.basename(path)}", "all n-grams", "a pruned model"))
    return parts


def _empty_vectors(parts: FastTextBin) -> FastTextKeyedVectors:
    given = parts.arguments
    return FastTextKeyedVectors(given["dim"], given["minn"], given["maxn"], given["bucket"])


def _fill(vectors: FastTextKeyedVectors, parts: FastTextBin, encoding: str) -> None:
    names = [word.decode(encoding, "backslashreplace") for word in parts.words]
    rows = {name: row for row, name in enumerate(names)}
    if len(rows) != len(names):
        raise FormatError(message("read fastText model", f"words that differ in {encoding}", "one of them twice"))
    vectors.index_to_key, vectors.key_to_index = names, rows
    vectors.next_index = len(names)
    vectors.expandos["count"] = parts.counts[: len(names)].astype(np.int64)  # without labels, which text may hold
    changed = {name: word for name, word in zip(names, parts.words, strict=True) if name.encode() != word}
    size = len(names)
    # Copies, so that neither half holds the memory of both.
    vectors.take_matrices(parts.input[:size].copy(), parts.input[size:].copy(), changed)
