"""A recommender as a folder: ``recommender.json`` (settings), ``items.json`` (ids and metadata), ``vectors.safetensors``.

Tensors: ``vectors`` (trained items, vector_size), ``negative_output`` and ``tree_output`` (what word2vec needs to go on
learning), ``occurrences`` (int64, as word2vec counted), ``weights`` (float64, trained then placed items), ``placed`` and
``placed_output`` (placed items, vector_size).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, FormatError, NotFoundError, message
from ..io.atomic_folder import atomic_folder
from ..vectors.word2vec import Word2Vec
from .catalogue import Catalogue
from .recommender import OPTIONS, Recommender

FORMAT, VERSION = "tokenspace-recommender", 1
_SETTINGS, _ITEMS, _TENSORS = "recommender.json", "items.json", "vectors.safetensors"
_OUTPUTS = {"negative_output": "syn1neg", "tree_output": "syn1"}
_KEPT = ("corpus_count", "corpus_total_words", "train_count", "epochs_trained", "window")


def save(recommender: Recommender, path: str | os.PathLike[str]) -> None:
    """See `Recommender.save`."""
    from safetensors.numpy import save_file

    model, catalogue = recommender.model, recommender.catalogue
    placed, placed_vectors, placed_outputs = catalogue.placed
    tensors = {
        "vectors": model.wv.vectors,
        "occurrences": np.asarray(model.wv.expandos["count"], dtype=np.int64),
        "weights": catalogue.counts,
        "placed": placed_vectors,
        **({} if placed_outputs is None else {"placed_output": placed_outputs}),
        **{name: getattr(model, own) for name, own in _OUTPUTS.items() if _is_used(recommender, name)},
    }
    settings = {
        "format": FORMAT,
        "version": VERSION,
        "settings": recommender.settings.to_dict(),
        "options": {name: getattr(recommender, name) for name in OPTIONS},
        "model": {name: getattr(model, name) for name in _KEPT},
    }
    items = {"trained": model.wv.index_to_key, "placed": placed, "metadata": dict(recommender.metadata)}
    with atomic_folder(path) as made:
        # What a table may hold and JSON does not, such as a date, is kept as its text.
        (made / _SETTINGS).write_text(json.dumps(settings, indent=1), encoding="utf-8")
        (made / _ITEMS).write_text(json.dumps(items, default=str), encoding="utf-8")
        save_file({name: np.ascontiguousarray(values) for name, values in tensors.items()}, made / _TENSORS)


def load(path: str | os.PathLike[str]) -> Recommender:
    """See `Recommender.load`."""
    folder = Path(path)
    if not folder.is_dir():
        raise NotFoundError(message("load", f"the folder of a recommender at {folder}", "none"))
    stored, items = _json(folder / _SETTINGS), _json(folder / _ITEMS)
    if stored.get("format") != FORMAT or stored.get("version") != VERSION:
        received = f"{stored.get('format')!r}, version {stored.get('version')!r}"
        raise FormatError(message("load", f"{FORMAT!r}, version {VERSION} in {folder / _SETTINGS}", received))
    tensors = _tensors(folder / _TENSORS)
    try:
        recommender = Recommender(metadata=items["metadata"], **stored["options"], **stored["settings"])
        trained, placed = _ids(items["trained"]), _ids(items["placed"])
        _check(recommender, tensors, len(trained), len(placed))
        model = _model(recommender, trained, tensors, stored["model"])
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise FormatError(message("load", f"a recommender in {folder}", f"{type(error).__name__}: {error}")) from error
    catalogue = Catalogue(trained, model.wv.vectors, model.syn1neg if model.negative else None, {})
    catalogue.add(placed, tensors["placed"], tensors.get("placed_output"))
    if len(catalogue.index) != len(trained) + len(placed):
        raise FormatError(message("load", f"item ids that differ in {folder / _ITEMS}", "one id twice"))
    catalogue.counts = tensors["weights"]
    recommender.restore(model, catalogue)
    return recommender


def _is_used(recommender: Recommender, output: str) -> bool:
    return bool(recommender.settings.negative if output == "negative_output" else recommender.settings.hs)


def _model(
    recommender: Recommender, trained: list[str], tensors: dict[str, npt.NDArray[Any]], kept: dict[str, Any]
) -> Word2Vec:
    model = recommender.new_model(window=int(kept["window"]))
    # The rows are in the order they were saved in, which is that of the counts only until a first update.
    model.sorted_vocab = 0
    model.build_vocab_from_freq(dict(zip(trained, tensors["occurrences"].tolist(), strict=True)))
    model.sorted_vocab = 1
    if model.wv.index_to_key != trained:
        raise ArgumentError(f"items that occur min_count={recommender.settings.min_count} times or more")
    model.wv.vectors[:] = tensors["vectors"]
    for name, own in _OUTPUTS.items():
        if _is_used(recommender, name):
            getattr(model, own)[:] = tensors[name]
    for name in _KEPT:
        setattr(model, name, int(kept[name]))
    return model


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFoundError(message("load", f"a recommender, with {path.name}", f"none at {path}")) from None
    except (ValueError, RecursionError) as error:
        raise FormatError(message("load", f"JSON in {path}", str(error))) from None
    if not isinstance(found, dict):
        raise FormatError(message("load", f"a JSON object in {path}", type(found).__name__))
    return found


def _tensors(path: Path) -> dict[str, npt.NDArray[Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return dict(load_file(path))
    except FileNotFoundError:
        raise NotFoundError(message("load", f"a recommender, with {path.name}", f"none at {path}")) from None
    except (SafetensorError, ValueError, KeyError) as error:
        raise FormatError(message("load", f"safetensors in {path}", str(error))) from None


def _ids(found: Any) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise TypeError("item ids that are no list of texts")
    return found


def _check(recommender: Recommender, tensors: dict[str, npt.NDArray[Any]], trained: int, placed: int) -> None:
    size = recommender.settings.vector_size
    expected: dict[str, tuple[tuple[int, ...], type]] = {
        "vectors": ((trained, size), np.float32),
        "occurrences": ((trained,), np.int64),
        "weights": ((trained + placed,), np.float64),
        "placed": ((placed, size), np.float32),
        **{name: ((trained, size), np.float32) for name in _OUTPUTS if _is_used(recommender, name)},
    }
    if recommender.settings.negative:
        expected["placed_output"] = ((placed, size), np.float32)
    for name, (shape, kind) in expected.items():
        found = tensors[name]
        if found.shape != shape or found.dtype != kind or not np.isfinite(found).all():
            raise ArgumentError(
                f"{name}: expected finite {kind.__name__} of shape {shape}, {found.dtype} {found.shape}"
            )
