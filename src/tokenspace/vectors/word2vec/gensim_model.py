"""A model that gensim 4 saved, read as data, from which training may go on here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ...errors import FormatError, TokenspaceError, UnsupportedError, message
from ...types import PathLike
from ..keyed_vectors import KeyedVectors

if TYPE_CHECKING:
    from ..formats.gensim_files import GensimModel
    from .files import ModelFiles

__all__ = ["model_of_gensim"]

M = TypeVar("M", bound="ModelFiles")

_REMEDY = "KeyedVectors.load for its vectors"


def model_of_gensim(cls: type[M], path: PathLike, names: Iterable[str], since: Iterable[str]) -> M:
    """The `Word2Vec` of a file of gensim 4.

    Args:
        names: settings to take over. since: numbers that tell what happened to the model, likewise.

    Raises:
        UnsupportedError: another class, an older model, or objects that are not gensim's own. FormatError: a damaged file.
    """
    from ..formats.gensim_files import GensimModel, read_gensim, read_gensim_model

    operation = f"load {path}"
    stored = read_gensim_model(path)
    inner = stored.fields.get("wv")
    if stored.kind != "Word2Vec" or cls.__name__ != "Word2Vec" or not isinstance(inner, GensimModel):
        raise UnsupportedError(message(operation, f"a {cls.__name__} of ours", f"gensim's {stored.kind}", _REMEDY))
    if not isinstance(inner.fields.get("index_to_key"), list) or "sample_int" not in (
        inner.fields.get("expandos") or {}
    ):
        raise UnsupportedError(message(operation, "a model of gensim 4", "an older one", _REMEDY))
    vectors = read_gensim(path, cls=KeyedVectors)
    given = {name: stored.fields[name] for name in names if stored.fields.get(name) is not None}
    try:
        model = cls(**given)
        for name in since:
            value = stored.fields.get(name)
            if value is not None:
                setattr(model, name, type(getattr(model, name))(value))
    except TokenspaceError as error:
        raise FormatError(message(operation, "settings of a model", str(error)[:200])) from None
    except (TypeError, ValueError, OverflowError) as error:
        raise FormatError(message(operation, "settings of a model", f"{error}"[:200])) from None
    _take(model, vectors, stored, operation)
    return model


def _take(model: Any, vectors: KeyedVectors, stored: GensimModel, operation: str) -> None:
    attributes = vectors.expandos
    if "count" in attributes:
        attributes["count"] = attributes["count"].astype(np.int64, copy=False)
    # Codes and points of the tree are found anew from the counts.
    vectors.expandos = {name: values for name, values in attributes.items() if name not in ("code", "point")}
    if vectors.vectors.dtype != np.float32 or not vectors.vectors.flags.writeable:
        vectors.vectors = np.array(vectors.vectors, dtype=np.float32)
    vectors.vectors_lockf = np.ones(1, dtype=np.float32)
    model.wv = vectors
    arrays = {name: stored.array(name) for name in ("syn1", "syn1neg")}
    model._restore(
        {name: np.array(one, dtype=np.float32) for name, one in arrays.items() if one is not None and one.ndim == 2},
        operation,
    )
