"""Opening vectors of any format: what a file is, is seen from its first bytes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ...errors import ArgumentError, FormatError, NotFoundError, UnsupportedError, message
from ...progress import ProgressLike
from ...types import PathLike
from .byte_feed import open_feed

if TYPE_CHECKING:
    from ..keyed_vectors import KeyedVectors
    from .registry import Pretrained

__all__ = ["FORMATS", "load_saved", "load_vectors", "open_any", "open_file", "recognise"]

FORMATS = ("tokenspace", "gensim", "fasttext-bin", "word2vec-text", "word2vec-binary", "glove")
_FASTTEXT_MAGIC = (793712314).to_bytes(4, "little")
_HEAD = 1 << 16


def _is_row(line: bytes, values: int) -> bool:
    """Whether the line ends in so many numbers (of many, some are looked at)."""
    from .word2vec_text import is_number

    fields = line.split()
    return len(fields) >= values and all(is_number(field) for field in fields[-min(values, 8) :])


def recognise(path: PathLike) -> str:
    """One of `FORMATS`, from the first bytes of the file (of what is in it, when it is compressed).

    Raises:
        FormatError: none of them. UnsupportedError: a zip archive. NotFoundError, FileError.
    """
    from ...io.safetensors_file import is_safetensors
    from .pickle_data import is_pickle
    from .word2vec_text import is_header

    with open_feed(path) as feed:
        head = feed.window(_HEAD).tobytes()
    if head.startswith(b"PK\x03\x04"):
        raise UnsupportedError(message(f"open {path}", "a file of vectors", "a zip archive", "unpacking it"))
    if is_safetensors(head):
        return "tokenspace"
    if head.startswith(_FASTTEXT_MAGIC):
        return "fasttext-bin"
    if is_pickle(head):
        return "gensim"
    first, _, rest = head.partition(b"\n")
    if is_header(first):
        second, whole, _ = rest.partition(b"\n")
        columns = int(first.split()[1])
        # A row of text of many columns may be longer than what is looked at; binary rows hold bytes that no text has.
        text = _is_row(second, columns) if whole or len(head) < _HEAD else b"\0" not in second
        return "word2vec-text" if text or not rest else "word2vec-binary"
    if len(first.split()) > 1 and _is_row(first, 1):
        return "glove"
    shown = f"one that begins with {head[:40].decode('utf-8', 'replace')!r}" if head else "an empty file"
    raise FormatError(message(f"open {path}", f"vectors in one of the formats {', '.join(FORMATS)}", shown))


def open_file(
    path: PathLike,
    *,
    cls: type[Any] | None = None,
    format: str | None = None,
    limit: int | None = None,
    mmap: bool = False,
    progress: ProgressLike = None,
    **options: Any,
) -> KeyedVectors:
    """The vectors of a file, in any format of `FORMATS`; ``format`` says which when it is not to be guessed.

    Raises:
        UnsupportedError: an option the format does not have. Errors of the readers.
    """
    kind = recognise(path) if format is None else format
    if limit is not None and limit < 0:
        raise ArgumentError(message(f"open {path}", "limit >= 0", str(limit)))
    if kind in ("word2vec-text", "glove", "word2vec-binary"):
        from .word2vec_binary import read_word2vec_binary
        from .word2vec_text import read_glove, read_word2vec_text

        readers: dict[str, Any] = {
            "word2vec-text": read_word2vec_text,
            "glove": read_glove,
            "word2vec-binary": read_word2vec_binary,
        }
        kv: KeyedVectors = readers[kind](path, cls=cls, limit=limit, progress=progress, **options)
        return kv
    if kind not in FORMATS:
        raise UnsupportedError(message(f"open {path}", f"a format among {', '.join(FORMATS)}", repr(kind)))
    if options:
        raise UnsupportedError(message(f"open {path}", f"options that files of {kind} have", ", ".join(options)))
    if kind == "fasttext-bin":
        from ..fasttext import load_facebook_vectors

        kv = load_facebook_vectors(path)
    elif kind == "gensim":
        from .gensim_files import read_gensim

        kv = read_gensim(path, cls=cls, mmap=mmap)
    else:
        from .fasttext_parts import FASTTEXT_KIND, fasttext_from_file
        from .vector_file import read_vector_file

        stored = read_vector_file(
            path, cls=None if cls is not None and cls.__name__ == FASTTEXT_KIND else cls, mmap=mmap
        )
        ngrams = stored.metadata.get("kind") == FASTTEXT_KIND
        kv = fasttext_from_file(stored, str(path)) if ngrams else stored.vectors
    return kv if not limit else _first(kv, limit)


def _first(kv: KeyedVectors, limit: int) -> KeyedVectors:
    """The first rows, sharing their memory."""
    if limit >= len(kv):
        return kv
    from .fasttext_parts import FASTTEXT_KIND, first_words
    from .rows import keyed_vectors

    if type(kv).__name__ == FASTTEXT_KIND:
        return first_words(kv, limit)  # type: ignore[arg-type]
    attributes = {name: values[:limit] for name, values in kv.expandos.items()}
    out = keyed_vectors(type(kv), "", kv.index_to_key[:limit], kv.vectors[:limit], attributes)
    out.scales = None if kv.scales is None else kv.scales[:limit]
    return out


def load_saved(path: PathLike, *, cls: type[Any] | None = None, mmap: bool = False) -> KeyedVectors:
    """What `KeyedVectors.save` or gensim's `save` wrote.

    Raises:
        FormatError: another format.
    """
    kind = recognise(path)
    if kind not in ("tokenspace", "gensim"):
        remedy = "KeyedVectors.from_pretrained(path), or load_word2vec_format"
        raise FormatError(message(f"load {path}", "a file that save() wrote", f"one of the format {kind}", remedy))
    return open_file(path, cls=cls, format=kind, mmap=mmap)


def open_any(
    name: PathLike | Pretrained,
    *,
    cls: type[Any] | None = None,
    local_files_only: bool = False,
    allow_unverified: bool = False,
    progress: ProgressLike = None,
    **options: Any,
) -> KeyedVectors:
    """Vectors by path or published name; a path that exists comes first. See `KeyedVectors.from_pretrained`."""
    from .registry import Pretrained, fetch, find

    if not isinstance(name, Pretrained) and os.path.exists(name):
        return open_file(name, cls=cls, progress=progress, **options)
    entry = name if isinstance(name, Pretrained) else find(os.fspath(name))
    if entry is None:
        raise NotFoundError(
            message(
                f"load vectors {os.fspath(name)!r}",  # type: ignore[arg-type]
                "the path of a file or a published name",
                "neither",
                "one of the names `tokenspace vectors list` prints",
            )
        )
    path = fetch(entry, local_files_only=local_files_only, allow_unverified=allow_unverified, progress=progress)
    return open_file(path, cls=cls, progress=progress, **options)


def load_vectors(name: PathLike, **options: Any) -> KeyedVectors:
    """Vectors of a file in any known format, or by a published name: `KeyedVectors.from_pretrained`.

    >>> import tokenspace as ts  # doctest: +SKIP
    >>> ts.load_vectors("glove-wiki-gigaword-50").most_similar("king", topn=1)  # doctest: +SKIP
    """
    from ..keyed_vectors import KeyedVectors

    return KeyedVectors.from_pretrained(name, **options)
