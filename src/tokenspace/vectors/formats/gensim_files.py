"""Files that gensim's `save` wrote: a pickle, read as data, and the large arrays beside it.

Known: `KeyedVectors`, `Word2Vec`, `FastText` and `Doc2Vec` of gensim 4, and vectors of gensim 3 where their arrays are
there. See docs/formats/gensim.md for what is refused.
"""

from __future__ import annotations

import os
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...errors import FormatError, LimitError, NotFoundError, UnsupportedError, message
from ...types import PathLike
from .byte_feed import open_feed
from .fasttext_parts import FASTTEXT_KIND, fasttext_vectors
from .pickle_arrays import ArrayRecord
from .pickle_data import Global, Record, load_pickle
from .rows import keyed_vectors
from .word2vec_text import class_of

if TYPE_CHECKING:
    from ..keyed_vectors import KeyedVectors

__all__ = ["GensimModel", "read_gensim", "read_gensim_model"]

# Of a compressed pickle; its large arrays are files of their own.
_MAX_UNPACKED = 1 << 30
_REMEDY = "kv.save_word2vec_format(...) in gensim, and that file here"


@dataclass(slots=True)
class GensimModel:
    """What a file of gensim holds.

    Attributes:
        kind: its class: KeyedVectors, Word2Vec, FastText, Doc2Vec, FastTextKeyedVectors or an older name.
        fields: its attributes: numbers, texts, lists, dictionaries, arrays, and a `GensimModel` for an object within
            (``wv``, ``dv``). Random generators and functions are left out.
    """

    kind: str
    fields: dict[str, Any]

    def array(self, name: str) -> npt.NDArray[Any] | None:
        """An attribute that is an array, or None."""
        value = self.fields.get(name)
        return value if isinstance(value, np.ndarray) else None


def _data(path: PathLike) -> memoryview:
    """The bytes of the pickle, mapped where they are plain."""
    with open_feed(path) as feed:
        whole = feed.whole
        if whole is None:
            whole = feed.window(_MAX_UNPACKED)
            if len(whole) == _MAX_UNPACKED:
                raise LimitError(message(f"read {path}", f"at most {_MAX_UNPACKED >> 20} MiB unpacked", "more"))
        return whole.data.toreadonly()


def _beside(path: str, attribute: str, packed: bool, mmap: bool) -> npt.NDArray[Any]:
    """An array in a file of its own: ``PATH.ATTRIBUTE.npy``, or ``.npz`` beside a compressed pickle."""
    name = f"{path}.{attribute}.{'npz' if packed else 'npy'}"
    if not os.path.exists(name):
        raise NotFoundError(message(f"read {path}", f"its array {attribute!r} in {name}", "no such file", "copying it"))
    try:
        if packed:
            with np.load(name, allow_pickle=False) as archive:
                found: npt.NDArray[Any] = archive["val"]
                return found
        # A map fails where the file is shorter than its header says, before memory is asked for.
        mapped: npt.NDArray[Any] = np.load(name, mmap_mode="r", allow_pickle=False)
        return mapped if mmap else np.array(mapped)
    except (ValueError, EOFError, KeyError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise FormatError(message(f"read {name}", "an array of NumPy", str(error)[:200])) from None


def _value(value: Any) -> Any:
    return value.value if isinstance(value, ArrayRecord) else value


def _model(record: Record, path: str, packed: bool, mmap: bool, depth: int = 0) -> GensimModel:
    state = record.state
    fields: dict[str, Any] = {}
    for name, value in state.items():
        if isinstance(value, Record):
            # Vectors within a model have their arrays under the name of the attribute; deeper there are none.
            if value.kind.module.startswith("gensim.") and depth < 3:
                fields[name] = _model(value, f"{path}.{name}", packed, mmap, depth + 1)
        elif isinstance(value, dict):
            fields[name] = {key: _value(item) for key, item in value.items()}
        elif not isinstance(value, Global):
            fields[name] = _value(value)
    for key in ("__numpys", "__scipys"):
        names = state.get(key)
        for name in names if isinstance(names, list) else ():
            if key == "__scipys":
                raise UnsupportedError(message(f"read {path}", "dense arrays", f"the sparse matrix {name!r}", _REMEDY))
            if isinstance(name, str) and name.isidentifier():
                fields[name] = _beside(path, name, packed, mmap)
    return GensimModel(record.name, fields)


def read_gensim_model(path: PathLike, mmap: bool = False) -> GensimModel:
    """Everything of a file that is data.

    Args:
        mmap: map the arrays beside the pickle instead of reading them.

    Raises:
        UnsupportedError: the file asks for a class or function that is not of these models; it says which. FormatError:
        not a pickle, damaged, or an array that is. NotFoundError: the file, or one beside it, is missing. LimitError.
    """
    name = os.fspath(path)
    root = load_pickle(_data(path), name)
    if not isinstance(root, Record) or not root.kind.module.startswith("gensim."):
        what = f"a pickled {type(root).__name__}"
        raise UnsupportedError(message(f"read {name}", "a model or vectors saved by gensim", what, _REMEDY))
    return _model(root, name, name.endswith((".gz", ".bz2")), mmap)


def _old_keys(model: GensimModel, name: str) -> tuple[list[Any], dict[str, Any]]:
    """Keys and counts of gensim 3, whose vocabulary was an object a word."""
    for field in ("index2word", "index2entity"):
        keys = model.fields.get(field)
        if isinstance(keys, list):
            vocabulary = model.fields.get("vocab")
            found = [vocabulary.get(key) for key in keys] if isinstance(vocabulary, dict) else []
            counts = [item.state.get("count") for item in found if isinstance(item, Record)]
            whole = len(counts) == len(keys) and all(isinstance(count, int) for count in counts)
            return keys, {"count": np.array(counts, np.int64)} if whole and keys else {}
    raise FormatError(message(f"read {name}", "keys", f"none in {model.kind}", _REMEDY))


def _attributes(expandos: Any, rows: int) -> dict[str, npt.NDArray[Any]]:
    """Those attributes that have a value for each row."""
    given = expandos.items() if isinstance(expandos, dict) else ()
    return {
        name: values
        for name, values in given
        if isinstance(name, str) and isinstance(values, np.ndarray) and values.shape == (rows,)
    }


def _vectors_of(model: GensimModel, cls: type[KeyedVectors], name: str) -> KeyedVectors:
    vectors = model.array("vectors")
    if vectors is None:
        vectors = model.array("syn0")
    if vectors is None and model.kind == FASTTEXT_KIND:
        return _fasttext_vectors(model, name)
    if vectors is None:
        raise UnsupportedError(message(f"read {name}", "the vectors themselves", f"{model.kind} without them", _REMEDY))
    keys, expandos = model.fields.get("index_to_key"), model.fields.get("expandos")
    if not isinstance(keys, list):
        keys, expandos = _old_keys(model, name)
    if vectors.ndim != 2 or vectors.dtype.kind != "f" or len(keys) != len(vectors):
        received = f"{vectors.dtype} of shape {vectors.shape}"
        raise FormatError(message(f"read {name}", f"a matrix of {len(keys)} rows", received))
    if not all(isinstance(key, (str, int)) for key in keys) or len(set(keys)) != len(keys):
        raise FormatError(message(f"read {name}", "keys of text or numbers that differ", "others"))
    return keyed_vectors(cls, name, keys, vectors, _attributes(expandos, len(keys)))


def _fasttext_vectors(model: GensimModel, name: str) -> KeyedVectors:
    """gensim leaves out the vectors that n-grams give: they are put together again."""
    if not model.fields.get("compatible_hash", True):
        raise UnsupportedError(message(f"read {name}", "n-grams hashed as fastText does", "gensim's old hash", _REMEDY))
    keys = model.fields.get("index_to_key")
    attributes = _attributes(model.fields.get("expandos"), len(keys) if isinstance(keys, list) else 0)
    words, ngrams = model.array("vectors_vocab"), model.array("vectors_ngrams")
    return fasttext_vectors(name, keys, words, ngrams, model.fields, attributes)


def read_gensim(
    path: PathLike, *, cls: type[Any] | None = None, mmap: bool = False, part: str | None = None
) -> KeyedVectors:
    """The vectors of a file of gensim: its own, or of a model the words' (``wv``).

    Args:
        part: "wv" or "dv" (the documents' of `Doc2Vec`).

    Raises:
        UnsupportedError: no vectors in it. Errors of `read_gensim_model`.
    """
    model, name = read_gensim_model(path, mmap), os.fspath(path)
    inner = model.fields.get(part or "wv")
    if isinstance(inner, GensimModel):
        model = inner
    elif part is not None:
        raise UnsupportedError(message(f"read {name}", f"a model with {part!r}", model.kind))
    return _vectors_of(model, class_of(cls), name)
