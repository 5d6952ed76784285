"""Distillation: a text encoder -> one row a token.

As in model2vec (Tulkens and van Dongen 2024): the teacher encodes every token of its vocabulary as a text of its own, the
vectors are projected on their strongest directions, and frequent tokens are weighted down (SIF). With a corpus the rows are
then refined on its sentences, see `refine`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ...errors import ArgumentError, message
from ...progress import ProgressLike
from ...types import PathLike
from ..engines.protocol import FloatArray
from .engine import StaticEngine
from .model import StaticModel, kept_tokens
from .pieces import sentence_pieces, vocabulary_words
from .quantize import RowPrecision, quantize_rows
from .refine import Refinement, RefineSettings, refine_rows
from .vocabulary import with_words, without_unused
from .weighting import principal_directions, sif_weights, zipf_probabilities

if TYPE_CHECKING:
    from ...tokenizers.tokenizer import Tokenizer
    from ..text import TextEncoder

__all__ = ["Weighting", "distill"]

Weighting: TypeAlias = Literal["zipf", "sif", "none"]


def distill(
    model: PathLike | TextEncoder,
    *,
    corpus: Iterable[str] | None = None,
    vectors: npt.NDArray[np.floating] | None = None,
    vocabulary: Iterable[str] = (),
    dimensions: int = 256,
    weighting: Weighting = "zipf",
    sif_coefficient: float = 1e-4,
    precision: RowPrecision = "float16",
    pieces: int = 200_000,
    refinement: RefineSettings | None = None,
    seed: int = 0,
    threads: int = 0,
    progress: ProgressLike = None,
    **options: Any,
) -> StaticModel:
    """A static encoder that gives texts vectors like those of ``model``, hundreds of times faster.

    Without a corpus: one forward pass a token, seconds to minutes. With one, the teacher also encodes up to ``pieces``
    sentences and clauses of it, and the rows are trained until their means point where the teacher points; this is what
    most of the quality comes from.

    >>> import tokenspace as ts
    >>> small = ts.distill("all-MiniLM-L6-v2", corpus=open("texts.txt"))  # doctest: +SKIP
    >>> small.save("small")  # doctest: +SKIP
    >>> ts.TextEncoder("small").encode(["a text"]).shape  # doctest: +SKIP
    (1, 256)

    Args:
        model: the teacher: a `TextEncoder`, or what one is made of (a folder or hub id).
        corpus: texts of the kind that will be encoded: lines, paragraphs or documents.
        vectors: the teacher's vectors of the texts of ``corpus``, (n, d), where you have them: the texts are then taken as
            they are, none is cut into pieces.
        vocabulary: whole words that get rows of their own where the teacher's tokenizer splits them (WordPiece, WordLevel).
        dimensions: numbers a vector, at most the teacher's.
        weighting: "zipf": as if the vocabulary were ordered by frequency; "sif": by the frequencies in the corpus;
            "none": all tokens weigh the same.
        sif_coefficient: a of a / (a + p): the smaller, the less frequent tokens weigh.
        precision: of the rows: "float32", "float16" or "int8" (with a scale for each row).
        pieces: texts to refine on, at most.
        refinement: how; None: the defaults.
        seed: of pieces and of training; the same inputs and seed give the same rows for every number of threads.
        threads: 0: all cores.
        progress: a style or callback of `tokenspace.progress`.
        options: of the teacher, when ``model`` is no encoder (engine, precision is the rows', revision, ...).

    Raises:
        ArgumentError: more dimensions than the teacher has, "sif" without a corpus, a corpus without a usable sentence,
            vectors that do not fit the corpus. UnsupportedError: ``vocabulary`` with a tokenizer it cannot be added to.
    """
    if weighting not in ("zipf", "sif", "none"):
        raise ArgumentError(message("distill", 'weighting "zipf", "sif" or "none"', repr(weighting)))
    if weighting == "sif" and corpus is None:
        raise ArgumentError(message("distill", 'a corpus for weighting "sif"', "none", 'weighting="zipf"'))
    if vectors is not None and corpus is None:
        raise ArgumentError(message("distill", "the corpus the vectors belong to", "vectors alone"))
    if isinstance(corpus, str):
        raise ArgumentError(message("distill", "texts of a corpus", "one str", "[text], or open(path)"))
    teacher = _teacher(model, options)
    if not 1 <= dimensions <= teacher.dimension:
        expected = f"1 to {teacher.dimension} dimensions, which the teacher has"
        raise ArgumentError(message("distill", expected, str(dimensions)))
    tokenizer, token_vectors = _vocabulary_vectors(teacher, vocabulary, threads, progress)
    texts, targets = _corpus_vectors(teacher, tokenizer, corpus, vectors, pieces, seed, threads, progress)

    unknown = tokenizer.unk_token_id
    batch = kept_tokens(tokenizer, texts, unknown, threads)
    _, directions = principal_directions(token_vectors if targets is None else targets, dimensions)
    weights = _weights(weighting, sif_coefficient, len(token_vectors), batch.ids)
    rows = ((token_vectors - token_vectors.mean(axis=0)) @ directions) * weights[:, None]
    # Lengths do not matter to directions of means; with a root mean square of 1 a rate means the same for every teacher.
    rows = (rows / max(float(np.sqrt(np.square(rows).sum(axis=1).mean())), 1e-12)).astype(np.float32)
    refined = Refinement(rows, ())
    if targets is not None:
        projected = (targets.astype(np.float32, copy=False) @ directions).astype(np.float16)
        refined = refine_rows(rows, batch, projected, refinement, seed=seed, threads=threads, progress=progress)
    stored, factors = quantize_rows(refined.rows, precision)
    engine = StaticEngine(stored, factors=factors, dropped=unknown, architecture="model2vec")
    # A folder's place is nobody's business but this machine's.
    name = os.path.basename(os.path.normpath(teacher.name)) if os.path.isdir(teacher.name) else teacher.name
    return StaticModel(engine, tokenizer, True, name, refined.cosines)


def _teacher(model: PathLike | TextEncoder, options: dict[str, Any]) -> TextEncoder:
    from ..text import TextEncoder

    if isinstance(model, TextEncoder):
        if options:
            received = f"{next(iter(options))} beside an encoder"
            raise ArgumentError(message("distill", "options of the teacher where the encoder is made", received))
        return model
    return TextEncoder(os.fspath(model), **options)


def _vocabulary_vectors(
    teacher: TextEncoder, vocabulary: Iterable[str], threads: int, progress: ProgressLike
) -> tuple[Tokenizer, FloatArray]:
    """The tokenizer of the new encoder, and what the teacher says of each of its entries, (entries, d)."""
    tokenizer, old_ids = without_unused(teacher.tokenizer)
    words: list[str] = []
    if vocabulary:
        tokenizer, words = with_words(tokenizer, vocabulary)
    vectors = teacher.encode_tokens(old_ids, threads=threads, progress=progress)
    if words:
        extra = teacher.encode(words, prompt="", normalize=False, on_truncate="ignore", threads=threads)
        vectors = np.concatenate([vectors, extra])
    return tokenizer, np.nan_to_num(vectors)


def _corpus_vectors(
    teacher: TextEncoder,
    tokenizer: Tokenizer,
    corpus: Iterable[str] | None,
    vectors: npt.NDArray[np.floating] | None,
    pieces: int,
    seed: int,
    threads: int,
    progress: ProgressLike,
) -> tuple[list[str], npt.NDArray[np.floating] | None]:
    """(texts, the teacher's vectors of them, None without a corpus)."""
    if corpus is None:
        return [], None
    if vectors is not None:
        texts = list(corpus)
        if vectors.ndim != 2 or vectors.shape != (len(texts), teacher.dimension):
            expected = f"vectors of shape ({len(texts)}, {teacher.dimension})"
            raise ArgumentError(message("distill", expected, str(vectors.shape)))
        return texts, vectors
    texts = sentence_pieces(corpus, pieces, vocabulary_words(tokenizer), seed=seed)
    if not texts:
        raise ArgumentError(message("distill", "a corpus with sentences of 2 to 40 words", "none"))
    found = teacher.encode(texts, on_truncate="ignore", threads=threads, progress=progress)
    return texts, found.astype(np.float16)


def _weights(
    weighting: Weighting, coefficient: float, count: int, ids: npt.NDArray[np.uint32]
) -> npt.NDArray[np.float64]:
    if weighting == "none":
        return np.ones(count)
    if weighting == "zipf":
        return sif_weights(zipf_probabilities(count), coefficient)
    counts = np.bincount(ids, minlength=count).astype(np.float64)
    return sif_weights(counts / max(1.0, counts.sum()), coefficient)
