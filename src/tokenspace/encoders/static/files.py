"""Reading folders of static encoders: model2vec's (to 0.10) and sentence-transformers' StaticEmbedding.

Both hold one row a token in a safetensors file. model2vec may add a weight for each token, and a mapping where several
tokens share a row; it leaves the unknown token out of the mean, which sentence-transformers does not.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, TokenspaceError, UnsupportedError, message
from .engine import StaticEngine

if TYPE_CHECKING:
    from ..model_files import ModelFiles, Weights

__all__ = ["is_static", "read_static"]

_MODEL2VEC = "embeddings"
_SENTENCE_TRANSFORMERS = "embedding.weight"
_LAYOUTS = ({_SENTENCE_TRANSFORMERS}, {_MODEL2VEC, "weights", "mapping"})
_ROW_TYPES = {"F32": np.float32, "F16": np.float16, "I8": np.int8, "BF16": np.float32, "F64": np.float32}


def is_static(files: ModelFiles, tensors: Collection[str] | None = None) -> bool:
    """Whether the files are those of a static encoder: config.json says so, or there are no other tensors than its.

    tensors: the names of the tensors, where they are known already; None: the weights are opened.
    """
    config = files.read_json("config.json")
    if isinstance(config, dict) and config.get("model_type") is not None:
        return bool(config["model_type"] == "model2vec")
    try:
        names = set(files.weights().names if tensors is None else tensors)
    except TokenspaceError:  # no weights, or weights in a form that no static encoder has
        return False
    return any(names <= layout for layout in _LAYOUTS)


def read_static(files: ModelFiles) -> StaticEngine:
    """The engine over the rows, which stay mapped where their type allows it.

    Raises:
        NotFoundError: no weights. FormatError: tensors of other shapes than a table, weights and mapping that do not fit
            it, numbers that are not finite. UnsupportedError: rows of another type, a table of several embeddings.
    """
    what = f"load {files.name}"
    weights = files.weights()
    names = set(weights.names)
    if _SENTENCE_TRANSFORMERS in names:
        table, model2vec = _SENTENCE_TRANSFORMERS, False
    elif _MODEL2VEC in names:
        table, model2vec = _MODEL2VEC, True
    else:
        raise FormatError(message(what, f"a tensor {_MODEL2VEC!r} or {_SENTENCE_TRANSFORMERS!r}", _listed(names)))
    rows = _rows(what, weights, table)
    mapping = _mapping(what, weights, len(rows)) if model2vec and "mapping" in names else None
    factors = None
    if model2vec and "weights" in names:
        vocabulary = len(rows) if mapping is None else len(mapping)
        if weights.info("weights").shape != (vocabulary,):
            received = f"shape {weights.info('weights').shape}"
            raise FormatError(message(what, f"weights of shape ({vocabulary},)", received))
        factors = _finite(what, "weights", np.array(weights.float32("weights"), np.float32))
    return StaticEngine(
        rows,
        factors=factors,
        mapping=mapping,
        dropped=_unknown_token(files) if model2vec else None,
        architecture="model2vec" if model2vec else "static",
    )


def _rows(what: str, weights: Weights, name: str) -> npt.NDArray[Any]:
    info = weights.info(name)
    if len(info.shape) != 2 or 0 in info.shape:
        raise FormatError(message(what, f"{name!r} of shape (tokens, dimension)", f"shape {info.shape}"))
    if info.dtype not in _ROW_TYPES:
        raise UnsupportedError(message(what, f"{name!r} of {', '.join(_ROW_TYPES)}", info.dtype))
    stored = weights.float32(name) if info.dtype in ("BF16", "F64") else weights.raw(name)
    rows = np.require(stored, _ROW_TYPES[info.dtype], ["C", "ALIGNED"])
    return rows if rows.dtype == np.int8 else _finite(what, name, rows)


def _mapping(what: str, weights: Weights, count: int) -> npt.NDArray[np.uint32]:
    stored = weights.raw("mapping")
    if stored.ndim != 1 or stored.dtype.kind not in "iu":
        raise FormatError(message(what, "a mapping of whole numbers, one a token", f"{stored.dtype} of {stored.shape}"))
    if len(stored) and not 0 <= int(stored.min()) <= int(stored.max()) < count:
        outside = int(stored.max()) if int(stored.max()) >= count else int(stored.min())
        raise FormatError(message(what, f"a mapping to rows 0 to {count - 1}", str(outside)))
    return stored.astype(np.uint32)


def _finite(what: str, name: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if not np.isfinite(values).all():
        raise FormatError(message(what, f"finite numbers in {name!r}", "NaN or infinity", "another copy of the model"))
    return values


def _unknown_token(files: ModelFiles) -> int | None:
    """The id of the unknown token that tokenizer.json names; None where it names none."""
    document = files.read_json("tokenizer.json")
    model = document.get("model") if isinstance(document, dict) else None
    if not isinstance(model, dict):
        return None
    found = model.get("unk_id")
    token = model.get("unk_token")
    if token is not None:
        vocabulary = model.get("vocab")
        found = vocabulary.get(token) if isinstance(vocabulary, dict) else None
        for added in document.get("added_tokens") or ():
            if isinstance(added, dict) and added.get("content") == token:
                found = added.get("id")
    return found if isinstance(found, int) and 0 <= found < 2**32 else None


def _listed(names: set[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:4]) + (f" and {len(shown) - 4} more" if len(shown) > 4 else "") or "none"
