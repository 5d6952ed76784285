"""A model as one safetensors file: its vectors, as `KeyedVectors.save` writes them, and beside them what training goes on
from. So `KeyedVectors.load` opens the file of a model too."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import numpy as np

from ...errors import FormatError, TokenspaceError, message
from ...progress import ProgressLike
from ...types import PathLike
from ..train import TrainSummary
from .settings import Word2VecState

__all__ = ["ModelFiles"]

M = TypeVar("M", bound="ModelFiles")

_MODEL = "model."
# What the constructor takes and what happened since; functions (hashfxn, tokenize, callbacks) are not kept.
_GIVEN = [
    "vector_size",
    "alpha",
    "window",
    "min_count",
    "max_vocab_size",
    "sample",
    "seed",
    "workers",
    "min_alpha",
    "sg",
    "hs",
    "negative",
    "ns_exponent",
    "cbow_mean",
    "epochs",
    "null_word",
    "sorted_vocab",
    "batch_words",
    "compute_loss",
    "comment",
    "max_final_vocab",
    "shrink_windows",
    "deterministic",
    "memory_budget",
]
_SINCE = [
    "effective_min_count",
    "corpus_count",
    "corpus_total_words",
    "train_count",
    "epochs_trained",
    "min_alpha_yet_reached",
]
_OF_GENSIM = [name for name in _GIVEN if name not in ("deterministic", "memory_budget")]
_MOST = 2**63  # of each of those: the core counts in 64 bits


class ModelFiles(Word2VecState):
    """`save` and `load`."""

    # Attributes of a derived class that are to be kept as well; JSON values, set before ``wv`` is made.
    _kept: tuple[str, ...] = ()

    def save(self, fname: PathLike, *args: Any, progress: ProgressLike = None, **kwargs: Any) -> None:
        """Write the whole model into one file, from which training may go on. Any name will do; there is no pickle.

        gensim's further arguments (``separately``, ``ignore``, ``pickle_protocol`` and others) mean nothing here.

        Raises:
            UnsupportedError: keys or a ``comment`` that JSON cannot hold. FileError: the file cannot be written; what
            was there before stays.
        """
        from ..formats.vector_file import write_vectors

        names = (*_GIVEN, *_SINCE, *self._kept)
        settings = {
            "class": type(self).__name__,
            "settings": {name: _plain(getattr(self, name)) for name in names},
            "loss": self._summary.loss,
            "epoch_losses": self._summary.epoch_losses,
        }
        metadata, arrays = self.wv._file_parts()
        for name in ("syn1", "syn1neg"):
            if hasattr(self, name):
                arrays[_MODEL + name] = getattr(self, name)
        arrays.update({_MODEL + name: array for name, array in self._more_arrays().items()})
        for name, values in vars(self.wv).items():
            if name.endswith("_lockf"):
                arrays[_MODEL + name] = np.asarray(values, np.float32)
        metadata["model"] = json.dumps(settings)
        write_vectors(self.wv, fname, metadata=metadata, more=arrays, progress=progress)

    def _more_arrays(self) -> dict[str, Any]:
        """What a derived class keeps besides; `_restore` gets it back."""
        return {}

    @classmethod
    def load(cls: type[M], fname: PathLike, *args: Any, mmap: str | None = None, **kwargs: Any) -> M:
        """The model that `save` wrote, or a `Word2Vec` that gensim 4 saved (read without running any of its pickle).

        Args:
            mmap: "r" maps the matrices read-only: such a model answers but cannot be trained.

        Raises:
            FormatError: another file, or a damaged one. NotFoundError, FileError. UnsupportedError: a later version, or
            another model of gensim.
        """
        from ..formats.fasttext_parts import FASTTEXT_KIND, fasttext_from_file
        from ..formats.open import recognise
        from ..formats.vector_file import read_vector_file

        operation = f"load {fname}"
        if recognise(fname) == "gensim":
            from .gensim_model import model_of_gensim

            return model_of_gensim(cls, fname, _OF_GENSIM, _SINCE)
        file = read_vector_file(fname, mmap=mmap is not None)
        vectors = fasttext_from_file(file, str(fname)) if file.metadata.get("kind") == FASTTEXT_KIND else file.vectors
        try:
            stored = json.loads(file.metadata["model"])
            if stored["class"] != cls.__name__:
                raise FormatError(
                    message(
                        operation, f"a model of the class {cls.__name__}", stored["class"], f"{stored['class']}.load"
                    )
                )
            model = cls.__new__(cls)
            for name in cls._kept:
                setattr(model, name, stored["settings"][name])
            model._set({**stored["settings"], "hashfxn": hash, "tokenize": None})
            for name in _SINCE:
                value = type(getattr(model, name))(stored["settings"][name])
                if not 0 <= value < _MOST:
                    raise FormatError(message(operation, f"{name} of at least 0", repr(value)[:60]))
                setattr(model, name, value)
            model._summary = TrainSummary(loss=float(stored["loss"]), epoch_losses=list(stored["epoch_losses"]))
        except KeyError as error:
            raise FormatError(
                message(operation, "the file of a model", f"one without {error}", "KeyedVectors.load")
            ) from None
        except TokenspaceError:
            raise
        except (TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            raise FormatError(message(operation, "settings of a model", f"{error}"[:200])) from None
        if type(vectors) is not type(model.wv):
            received = type(vectors).__name__
            raise FormatError(message(operation, f"vectors of the class {type(model.wv).__name__}", received))
        model.wv = vectors
        vectors.vectors_lockf = np.ones(1, dtype=np.float32)
        arrays = {name.removeprefix(_MODEL): array for name, array in file.more.items() if name.startswith(_MODEL)}
        model._restore(arrays, operation)
        return model

    def _restore(self, arrays: dict[str, Any], operation: str) -> None:
        """Puts the stored arrays in their places, checked: the core trusts their shapes."""
        words = len(self.wv)
        if self.wv.vectors.shape != (words, self.vector_size) or self.wv.vectors.dtype != np.float32:
            received = f"{self.wv.vectors.dtype} of shape {self.wv.vectors.shape}"
            raise FormatError(message(operation, f"float32 vectors of {self.vector_size} numbers", received))
        for name, wanted in (("syn1", self.hs), ("syn1neg", self.negative)):
            if not wanted:
                continue
            matrix = arrays.pop(name, None)
            shape = (words, self.layer1_size)
            if matrix is None or matrix.shape != shape or matrix.dtype != np.float32:
                received = "none" if matrix is None else f"{matrix.dtype} of shape {matrix.shape}"
                raise FormatError(message(operation, f"{name} as float32 of shape {shape}", received))
            setattr(self, name, matrix)
        counts, thresholds = self.wv.expandos.get("count"), self.wv.expandos.get("sample_int")
        if words and (
            counts is None or counts.dtype != np.int64 or thresholds is None or thresholds.dtype != np.uint32
        ):
            raise FormatError(message(operation, "counts and sub-sampling thresholds of the words", "none, or others"))
        for name, values in arrays.items():
            if not name.endswith("_lockf") or values.ndim != 1 or values.dtype != np.float32:
                raise FormatError(message(operation, "lock factors as float32 numbers", f"{name} of {values.dtype}"))
            setattr(self.wv, name, values)
        self._restored()

    def _restored(self) -> None:
        """After loading: what is computed from what is stored."""


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
