"""What a file looks like, by its content."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Literal

from ...errors import TokenspaceError
from ...io.expand import format_of
from ...io.text_encoding import text_encoding

__all__ = ["FileKind", "kind_of"]

FileKind = Literal["text", "tokenizer", "vectors", "model", "sessions", "other"]
_HEAD = 1 << 16
_LINES = 5
# Of tokenizer.json; one of them is near its beginning, whatever is left out.
_MEMBERS = (b'"added_tokens"', b'"pre_tokenizer"', b'"post_processor"', b'"normalizer"', b'"vocab"')
# Beside a tokenizer or the weights of a model, read with them: no texts of anyone.
_BESIDE = {
    "config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "generation_config.json",
    "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "model.safetensors.index.json",
    "merges.txt",
}  # fmt: skip


def kind_of(path: Path, name: str) -> FileKind:
    """The kind of a file; "other" for what cannot be read."""
    with suppress(OSError):
        with open(path, "rb") as file:
            head = file.read(_HEAD)
        if head.startswith(b"\x1f\x8b"):
            head = _unzipped(head)
        return _of_head(head, path, name)
    return "other"


def _unzipped(head: bytes) -> bytes:
    with suppress(zlib.error, OSError):
        return zlib.decompressobj(gzip.zlib.MAX_WBITS | 16).decompress(head, _HEAD)  # type: ignore[attr-defined]
    return b""


def _of_head(head: bytes, path: Path, name: str) -> FileKind:
    from ...tokenizers.formats import detect

    if name == "config.json" and b'"model_type"' in head and any(path.parent.glob("*.safetensors")):
        return "model"  # the file that stands for the folder of a model
    if name in _BESIDE:
        return "other"
    with suppress(TokenspaceError):
        format = detect(head, name)
        if name.startswith("vocab") or format not in ("vocab.txt", "vocab.json", "tokenizer.json"):
            return "tokenizer"
        # Any JSON object passes for tokenizer.json; lines of texts, events or messages are such objects as well.
        if format == "tokenizer.json" and any(member in head for member in _MEMBERS):
            return "tokenizer"
    with suppress(TokenspaceError, OSError):
        if _holds_vectors(head, path):
            return "vectors"
    known = format_of(name)
    if known in ("csv", "tsv", "jsonl", "json", "parquet") and b"session" in head[:4096].lower():
        return "sessions"
    if known == "parquet":
        return "text"
    return "text" if text_encoding(head, whole=len(head) < _HEAD) else "other"


def _holds_vectors(head: bytes, path: Path) -> bool:
    """Whether the formats of vectors know the file, and it is no other thing of the same outer form.

    Raises:
        FormatError, UnsupportedError: none of the formats.
    """
    from ...vectors.formats.open import recognise
    from ...vectors.formats.vector_file import FORMAT

    format = recognise(path)
    if format == "tokenspace":  # any safetensors; the weights of models are of this form too
        return f'"{FORMAT}"'.encode() in head
    return format != "glove" or _is_table_of_numbers(head)


def _is_table_of_numbers(head: bytes) -> bool:
    """Whether lines are a word and numbers between spaces, as GloVe has them.

    Sessions of numbered items, and tables of events, end in numbers as well: those are whole, or stand between tabs.
    """
    from ...vectors.formats.word2vec_text import is_number

    lines = [line.split(b" ") for line in head.split(b"\n")[:-1][:_LINES] or [head]]
    values = min(map(len, lines)) - 1
    if values < 2 or b"\t" in head[: sum(map(len, lines[0]))]:
        return False
    numbers = [field for line in lines for field in line[-values:]]
    return b"." in b"".join(numbers) and all(is_number(field) for field in numbers)
