"""The class `Doc2Vec`, with gensim 4.4's arguments and methods."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._core import TrainControl, Word2VecTrainer
from ...errors import FormatError, UnsupportedError, message
from ...long_call import run_interruptible
from ...progress import ProgressLike
from ..corpora import IdBlock, SentenceSource
from ..corpora.source import MEMORY_BUDGET, SentencesError
from ..keyed_vectors import KeyedVectors
from ..keyed_vectors.keys import KEY_TYPES
from ..keyed_vectors.storage import grown_matrix
from ..train import ModelStateError, TrainingArgumentError
from ..word2vec import Word2Vec
from .documents import DocumentBlock, DocumentSource, TaggedLineDocument
from .tags import TagIndex

__all__ = ["Doc2Vec"]

Matrix = npt.NDArray[np.float32]

# gensim draws document vectors from a stream of their own: the seed plus the thousandth prime.
_SEED_OF_TAGS = 7919


class Doc2Vec(Word2Vec):
    """Vectors of documents beside those of words (Le and Mikolov, arXiv 1405.4053).

    Arguments are those of `Word2Vec` and these:

    Args:
        documents: objects with ``words`` and ``tags`` (see `TaggedDocument`): a list, or an iterable that can be walked
            again and again.
        corpus_file: a text file, a document a line, words separated by white space; the line's number from 0 is its tag.
        dm: 1: PV-DM, the document's vector joins the window that predicts the word. 0: PV-DBOW, it predicts every word.
        dm_mean: PV-DM: 1 the mean (default), 0 the sum of the window's vectors.
        dm_concat: PV-DM with vectors side by side, ``(dm_tag_count + 2 * window) * vector_size`` numbers an output row.
        dm_tag_count: tags of a document with ``dm_concat``; documents with another number are left out.
        dbow_words: PV-DBOW: 1: skip-gram between words as well, else word vectors stay as they were drawn.
        dv: a `KeyedVectors` to use for the document vectors instead of an empty one.

    ``dv`` holds the document vectors by tag: whole numbers are row numbers, other tags follow behind the highest of them.
    ``epochs`` is 10 by default.

    Raises:
        SentencesError: (a TypeError) documents without words and tags. What `Word2Vec` raises.

    Example:
        >>> documents = [TaggedDocument(["cat", "say", "meow"], ["a"]), TaggedDocument(["dog", "say", "woof"], ["b"])]
        >>> model = Doc2Vec(documents, vector_size=8, min_count=1)
        >>> model.dv["a"].shape, model.infer_vector(["cat"]).shape
        ((8,), (8,))
    """

    _kept = ("dm", "dbow_words", "dm_concat", "dm_tag_count", "_highest_tag", "_tag_names")

    def __init__(
        self,
        documents: Iterable[Any] | None = None,
        corpus_file: str | os.PathLike[str] | None = None,
        vector_size: int = 100,
        dm_mean: int | None = None,
        dm: int = 1,
        dbow_words: int = 0,
        dm_concat: int = 0,
        dm_tag_count: int = 1,
        dv: KeyedVectors | None = None,
        dv_mapfile: str | None = None,
        comment: str | None = None,
        trim_rule: Any = None,
        callbacks: Sequence[Any] = (),
        window: int = 5,
        epochs: int = 10,
        shrink_windows: bool = True,
        *,
        progress: ProgressLike = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
        memory_budget: int = MEMORY_BUDGET,
        **kwargs: Any,
    ) -> None:
        if dv_mapfile is not None:
            raise UnsupportedError(
                message("Doc2Vec", "dv_mapfile=None", repr(dv_mapfile), "memory-mapped loading of a saved model")
            )
        if "sentences" in kwargs:
            raise TrainingArgumentError(message("Doc2Vec", "documents", "sentences", "documents=..."))
        self.dm, self.dbow_words, self.dm_concat = int(dm), int(dbow_words), int(dm_concat) if dm else 0
        self.dm_tag_count = int(dm_tag_count)
        if self.dm_concat and self.dm_tag_count < 1:
            raise TrainingArgumentError(message("Doc2Vec", "dm_tag_count of at least 1", repr(dm_tag_count)))
        self._highest_tag = -1
        self._tag_names: list[Any] = []
        self.dv = dv if dv is not None else KeyedVectors(vector_size)
        if dm_mean is not None:
            kwargs["cbow_mean"] = dm_mean
        super().__init__(
            vector_size=vector_size, window=window, epochs=epochs, shrink_windows=shrink_windows, comment=comment,
            sg=(1 + self.dm) % 2, null_word=self.dm_concat, memory_budget=memory_budget, **kwargs,
        )  # fmt: skip
        if documents is None and corpus_file is None:
            return
        source = self._source(documents, corpus_file, self.epochs + 1, "Doc2Vec")
        self._build(source, trim_rule=trim_rule, progress=progress)
        self._check_training(self.epochs, self.corpus_count, self.corpus_total_words)
        self._train(
            source,
            self.corpus_count,
            self.corpus_total_words,
            self.epochs,
            compute_loss=self.compute_loss,
            callbacks=callbacks,
            progress=progress,
            checkpoint_dir=checkpoint_dir,
        )

    # -- documents ---------------------------------------------------------------------------------------------------

    def _set(self, given: Any) -> None:
        super()._set(given)
        if self.dm_concat:
            self.layer1_size = (self.dm_tag_count + 2 * self.window) * self.vector_size
            self.shrink_windows = False  # a place in the window is a place in the input
        self.tags = TagIndex(self._highest_tag, self._tag_names)
        if not hasattr(self, "dv"):
            self.dv = KeyedVectors(self.vector_size)
        if not hasattr(self.dv, "vectors_lockf"):
            self.dv.vectors_lockf = np.ones(1, dtype=np.float32)

    def _source(
        self, sentences: Any, corpus_file: str | os.PathLike[str] | None, passes: int, stage: str
    ) -> SentenceSource:
        if (sentences is None) == (corpus_file is None):
            received = "neither" if sentences is None else "both"
            raise SentencesError(message(stage, "either documents or corpus_file", received))
        if corpus_file is not None:
            documents: Any = TaggedLineDocument(corpus_file)
        elif isinstance(sentences, DocumentSource):
            return sentences
        else:
            documents = sentences
        if isinstance(documents, (str, bytes)) or not hasattr(documents, "__iter__"):
            raise SentencesError(message(stage, "an iterable of documents", type(documents).__name__, "corpus_file="))
        source = DocumentSource(
            documents,
            self.tags,
            once=True if corpus_file is not None else None,
            threads=self._threads(),
            memory_budget=self.memory_budget,
        )
        if passes > 1 and not source.reiterable:
            raise SentencesError(
                message(stage, f"documents that can be walked {passes} times", "an iterator or generator", "a list")
            )
        return source

    def _count(self, source: SentenceSource, trim_rule: Any, progress: ProgressLike, least: int) -> None:
        if isinstance(source, DocumentSource) and not len(self.wv):
            source.tags = self.tags = TagIndex()
        super()._count(source, trim_rule, progress, least)

    def init_weights(self) -> None:
        """Word vectors and output vectors as of `Word2Vec`; document vectors as gensim 4 draws them."""
        super().init_weights()
        self.dv.vectors = np.zeros((0, self.vector_size), dtype=np.float32)
        self._grow_dv()

    def update_weights(self) -> None:
        """Add rows for words and tags that are new."""
        super().update_weights()
        self._grow_dv()

    def _grow_dv(self) -> None:
        old, new_names = self.dv.vectors, self.tags
        rows = len(self.tags)
        vectors = grown_matrix((rows, self.vector_size), old if len(old) else None, self.seed + _SEED_OF_TAGS)
        if len(old) and self._highest_tag != new_names.highest:
            # Rows of other tags move behind the new whole numbers.
            names = len(self._tag_names)
            vectors[new_names.highest + 1 : new_names.highest + 1 + names] = old[self._highest_tag + 1 :]
        self.dv.vectors = vectors
        self._name_dv()
        self.dv.expandos["word_count"] = self.tags.counts(self.tags.word_counts)
        self.dv.expandos["doc_count"] = self.tags.counts(self.tags.doc_counts)

    def _name_dv(self) -> None:
        self._highest_tag, self._tag_names = self.tags.highest, list(self.tags.names)
        self.dv.index_to_key = self.tags.keys()
        behind = self.tags.highest + 1
        self.dv.key_to_index = {name: behind + number for name, number in self.tags.names.items()}
        self.dv.next_index = len(self.dv.index_to_key)

    @property
    def dbow(self) -> bool:
        """Whether the model is PV-DBOW; ``dm`` says the contrary."""
        return not self.dm

    def __getitem__(self, key: Any) -> Matrix:
        """The vector of a word, or else of a tag, (vector_size,); of a list of them, (keys, vector_size).

        Raises:
            UnknownKeyError: (a KeyError) neither a word nor a tag.
        """
        if isinstance(key, KEY_TYPES):
            # Whole numbers are tags: they are no words, only rows of words.
            vectors = self.wv if key in self.wv.key_to_index else self.dv
            found: Matrix = vectors.get_vector(key)
            return found
        return np.vstack([self[one] for one in key])

    @property
    def docvecs(self) -> KeyedVectors:
        """gensim 3's name of ``dv``."""
        return self.dv

    # -- training ----------------------------------------------------------------------------------------------------

    def _matrices(self) -> dict[str, Any]:
        return {**super()._matrices(), "doctag_vectors": self.dv.vectors}

    def _identity(self) -> dict[str, Any]:
        names = hashlib.sha256(repr((self._highest_tag, self._tag_names)).encode("utf-8", "surrogatepass"))
        settings = {name: getattr(self, name) for name in ("dm", "dbow_words", "dm_concat", "dm_tag_count")}
        return {**super()._identity(), **settings, "tags": names.hexdigest()}

    def _input_arguments(self, matrices: dict[str, Any]) -> dict[str, Any]:
        return {
            **super()._input_arguments(matrices),
            "tags": matrices["doctag_vectors"],
            "tag_lock_factors": np.ascontiguousarray(self.dv.vectors_lockf, dtype=np.float32),
            **self._document_arguments(),
        }

    def _document_arguments(self) -> dict[str, Any]:
        padding = self.wv.key_to_index["\0"] if self.dm_concat else 0
        return {
            "train_words": bool(self.dbow_words),
            "concatenate": self.dm_tag_count if self.dm_concat else 0,
            "padding": padding,
        }

    def _block_arguments(self, block: IdBlock) -> dict[str, Any]:
        assert isinstance(block, DocumentBlock)
        return {"tags": block.tag_rows, "tag_offsets": block.tag_offsets}

    def _after_training(self) -> None:
        super()._after_training()
        self.dv.norms = None

    # -- new documents -----------------------------------------------------------------------------------------------

    def infer_vector(
        self,
        doc_words: Sequence[str],
        alpha: float | None = None,
        min_alpha: float | None = None,
        epochs: int | None = None,
    ) -> Matrix:
        """The vector of a document that was not trained on, (vector_size,) float32; the model stays as it is.

        Args:
            doc_words: its words; those outside the vocabulary are left out.
            alpha, min_alpha, epochs: of the inference; the model's by default.

        The same document gives the same vector each time, in every process: where it begins and what is drawn depend on
        the words and the model's seed.

        Raises:
            SentencesError: (a TypeError) a str, or anything else but a list of words. ModelStateError: a model without a
            vocabulary. TrainingArgumentError: (a ValueError) ``epochs`` below 1. ArgumentError: words that are no str.
        """
        out: Matrix = self.infer_vectors([doc_words], alpha, min_alpha, epochs)[0]
        return out

    def infer_vectors(
        self,
        documents: Sequence[Sequence[str]],
        alpha: float | None = None,
        min_alpha: float | None = None,
        epochs: int | None = None,
        *,
        progress: ProgressLike = None,
    ) -> Matrix:
        """`infer_vector` of many documents on all workers: (documents, vector_size) float32, the same rows."""
        if not len(self.wv):
            raise ModelStateError("[infer_vector] expected a trained model, received none; try train first")
        listed = [_words_of(words) for words in documents]
        epochs = self.epochs if epochs is None or epochs == 0 else epochs
        if not isinstance(epochs, (int, np.integer)) or epochs < 1:
            raise TrainingArgumentError(
                message("infer_vector", "a whole number of epochs above 0", repr(epochs), "epochs=model.epochs")
            )
        ids, offsets, _ = self._word_encoder().encode_sentences(listed, self._threads())
        tags = self.dm_tag_count if self.dm_concat else 1
        start = np.vstack([self._beginning(words) for words in listed]) if listed else np.zeros((0, self.vector_size))
        rows = np.repeat(start.astype(np.float32), tags, axis=0)
        matrices = {name: matrix for name, matrix in self._matrices().items() if name != "doctag_vectors"}
        control = TrainControl()
        if len(rows):
            trainer = Word2VecTrainer(
                **super()._input_arguments(matrices),
                **self._document_arguments(),
                tags=rows,
                freeze=True,
                skip_gram=bool(self.sg),
                cbow_mean=bool(self.cbow_mean),
                window=self.window,
                shrink_windows=self.shrink_windows,
                sample_int=np.ascontiguousarray(self.wv.expandos["sample_int"]) if self.sample else None,
                threads=self._threads(),
                **self._output_arguments(matrices),
            )
            run_interruptible(
                lambda: trainer.infer(
                    ids,
                    offsets,
                    seed=self.seed % 2**64,
                    epochs=int(epochs),
                    alpha_begin=alpha or self.alpha,
                    alpha_end=min_alpha or self.min_alpha,
                    control=control,
                    tags=np.arange(len(rows), dtype=np.int32),
                    tag_offsets=np.arange(0, len(rows) + 1, tags, dtype=np.int64),
                ),
                control,
                progress,
                "documents",
            )
        return np.ascontiguousarray(rows[::tags])

    def _beginning(self, words: Sequence[str]) -> npt.NDArray[np.float64]:
        """Where inference begins: numbers as small as before training, drawn from the words and the seed."""
        digest = hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).digest()
        draw = np.random.default_rng([self.seed % 2**64, int.from_bytes(digest[:8], "little")])
        return (draw.random(self.vector_size) - 0.5) / self.vector_size

    def similarity_unseen_docs(
        self,
        doc_words1: Sequence[str],
        doc_words2: Sequence[str],
        alpha: float | None = None,
        min_alpha: float | None = None,
        epochs: int | None = None,
    ) -> float:
        """The cosine of two documents' inferred vectors."""
        one, two = self.infer_vectors([doc_words1, doc_words2], alpha, min_alpha, epochs)
        lengths = float(np.linalg.norm(one)) * float(np.linalg.norm(two))
        return float(one @ two) / lengths if lengths else 0.0

    # -- files -------------------------------------------------------------------------------------------------------

    def _more_arrays(self) -> dict[str, Any]:
        strange = next((name for name in self._tag_names if not isinstance(name, str)), None)
        if strange is not None:
            raise UnsupportedError(
                message("save", "tags that are str or int", f"a {type(strange).__name__}", "str tags")
            )
        counts: dict[str, Any] = {
            name: self.dv.expandos[name] for name in ("word_count", "doc_count") if name in self.dv.expandos
        }
        return {"doctag_vectors": self.dv.vectors, **counts}

    def _restore(self, arrays: dict[str, Any], operation: str) -> None:
        vectors = arrays.pop("doctag_vectors", None)
        shape = (len(self.tags), self.vector_size)
        if vectors is None or vectors.shape != shape or vectors.dtype != np.float32:
            received = "none" if vectors is None else f"{vectors.dtype} of shape {vectors.shape}"
            raise FormatError(message(operation, f"document vectors as float32 of shape {shape}", received))
        counts = {name: arrays.pop(name, None) for name in ("word_count", "doc_count")}
        super()._restore(arrays, operation)
        self.dv.vectors = vectors
        self._name_dv()
        for name, values in counts.items():
            if values is not None and values.shape == (len(self.tags),) and values.dtype == np.int64:
                self.dv.expandos[name] = values

    def save_word2vec_format(
        self,
        fname: str | os.PathLike[str],
        doctag_vec: bool = False,
        word_vec: bool = True,
        prefix: str = "*dt_",
        fvocab: str | os.PathLike[str] | None = None,
        binary: bool = False,
    ) -> None:
        """Write vectors in word2vec's format.

        Args:
            doctag_vec: those of documents, their tags behind ``prefix``.
            word_vec: those of words. With both, words come first.
            fvocab: a file for the words with their counts.
        """
        if not doctag_vec:
            if word_vec:
                self.wv.save_word2vec_format(fname, fvocab=fvocab, binary=binary)
            return
        tagged = [f"{prefix}{tag}" for tag in self.dv.index_to_key]
        both = KeyedVectors(self.vector_size)
        words = list(self.wv.index_to_key) if word_vec else []
        both.index_to_key = words + tagged
        both.key_to_index = {key: row for row, key in enumerate(both.index_to_key)}
        both.vectors = np.vstack([self.wv.vectors, self.dv.vectors]) if word_vec else self.dv.vectors
        # Words by count, as they would stand alone; documents behind them.
        counts = [self.wv.expandos["count"]] if word_vec else []
        both.expandos["count"] = np.concatenate([*counts, np.zeros(len(tagged), np.int64)])
        both.save_word2vec_format(fname, binary=binary)
        if fvocab is not None and word_vec:
            self.wv.save_word2vec_format(os.devnull, fvocab=fvocab)

    def estimate_memory(self, vocab_size: int | None = None, report: dict[str, int] | None = None) -> dict[str, int]:
        """Bytes that a model of these settings takes: as of Word2Vec, and doctag_lookup, doctag_syn0."""
        sizes = dict(report or {})
        sizes["doctag_lookup"] = self.estimated_lookup_memory()
        sizes["doctag_syn0"] = len(self.tags) * self.vector_size * 4
        return super().estimate_memory(vocab_size, sizes)

    def estimated_lookup_memory(self) -> int:
        """Bytes that finding the rows of the tags takes; 0 where all are whole numbers."""
        return 600 * len(self.tags.names)

    def __str__(self) -> str:
        if self.dm:
            parts = ["dm/c" if self.dm_concat else "dm/m" if self.cbow_mean else "dm/s"]
        else:
            parts = ["dbow+w" if self.dbow_words else "dbow"]
        parts.append(f"d{self.vector_size}")
        if self.negative:
            parts.append(f"n{self.negative}")
        if self.hs:
            parts.append("hs")
        if self.dm or self.dbow_words:
            parts.append(f"w{self.window}")
        if self.min_count > 1:
            parts.append(f"mc{self.min_count}")
        if self.sample > 0:
            parts.append(f"s{self.sample:g}")
        if self.workers > 1:
            parts.append(f"t{self.workers}")
        return f"{type(self).__name__}<{','.join(parts)}>"

    __repr__ = __str__


def _words_of(document: Any) -> list[str]:
    if isinstance(document, (str, bytes)) or not isinstance(document, Iterable):
        received = f"a {type(document).__name__}"
        raise SentencesError(message("infer_vector", "a document as a list of words", received, "text.split()"))
    return list(document)
