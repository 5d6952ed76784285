"""tok.save: which files a format means, and writing them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ArgumentError, message
from ..files import store_bytes

if TYPE_CHECKING:
    from ..tokenizer import Tokenizer

__all__ = ["EXPORT_FORMATS", "export_files", "format_of_name", "write_export"]

Files = dict[str, bytes]


def _json(tokenizer: Tokenizer, pretty: bool) -> Files:
    return {"tokenizer.json": tokenizer.to_json(pretty).encode("utf-8")}


def _tiktoken(tokenizer: Tokenizer, pretty: bool) -> Files:
    from .tiktoken import tiktoken_bytes

    return {"tokenizer.tiktoken": tiktoken_bytes(tokenizer)}


def _sentencepiece(tokenizer: Tokenizer, pretty: bool) -> Files:
    from .sentencepiece import sentencepiece_bytes

    return {"tokenizer.model": sentencepiece_bytes(tokenizer)}


def _vocab_txt(tokenizer: Tokenizer, pretty: bool) -> Files:
    from .vocab_txt import vocab_txt_bytes, vocab_txt_config

    return {"vocab.txt": vocab_txt_bytes(tokenizer), "tokenizer_config.json": vocab_txt_config(tokenizer)}


def _vocab_json(tokenizer: Tokenizer, pretty: bool) -> Files:
    from .vocab_merges import vocab_merges_bytes

    return dict(zip(("vocab.json", "merges.txt", "tokenizer_config.json"), vocab_merges_bytes(tokenizer), strict=True))


_WRITERS: dict[str, Callable[[Tokenizer, bool], Files]] = {
    "tokenizer.json": _json,
    "tiktoken": _tiktoken,
    "sentencepiece": _sentencepiece,
    "vocab.txt": _vocab_txt,
    "vocab.json": _vocab_json,
}
EXPORT_FORMATS = tuple(_WRITERS)


def format_of_name(name: str) -> str:
    """The format a file name asks for; tokenizer.json when it says nothing."""
    for ending, format in ((".tiktoken", "tiktoken"), (".model", "sentencepiece")):
        if name.endswith(ending):
            return format
    for ending in ("vocab.txt", "vocab.json"):
        if name.endswith(ending):
            return ending
    return "tokenizer.json"


def export_files(tokenizer: Tokenizer, format: str, pretty: bool = True) -> Files:
    """File name -> contents of a format, made and checked in memory.

    Raises ArgumentError for an unknown format, UnsupportedError when the format cannot state the tokenizer.
    """
    if format not in _WRITERS:
        raise ArgumentError(message("export", f"format one of {', '.join(_WRITERS)}", repr(format)))
    return _WRITERS[format](tokenizer, pretty)


def write_export(
    tokenizer: Tokenizer, path: Path, format: str, is_folder: bool = False, pretty: bool = True
) -> list[str]:
    """Writes a format under ``path``: a folder gets the usual names, and a tokenizer_config.json where the format does not
    say enough; a file name is taken as it is, merges.txt beside vocab.json. Returns the paths written.
    """
    files = export_files(tokenizer, format, pretty)
    if is_folder:
        targets = {path / name: data for name, data in files.items()}
    else:
        main = next(iter(files))
        targets = {path: files[main]}
        if "merges.txt" in files:
            beside = path.name.replace("vocab.json", "merges.txt") if "vocab.json" in path.name else "merges.txt"
            targets[path.with_name(beside)] = files["merges.txt"]
    for target, data in targets.items():
        store_bytes(target, data)
    return [str(target) for target in targets]
