"""What the user names -> files to read: paths, ``-``, globs, folders, ``hf://datasets/...``."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import ArgumentError, FileError, NotFoundError

FORMATS = ("txt", "jsonl", "json", "csv", "tsv", "parquet")
_BY_EXTENSION = {
    ".txt": "txt", ".text": "txt", ".md": "txt", ".rst": "txt",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
_COMPRESSED = (".gz", ".zst", ".bz2", ".xz")


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read; ``path`` is None for standard input. ``name`` is what messages and records call it."""

    name: str
    path: Path | None
    format: str


def format_of(name: str) -> str | None:
    """Format by extension, a compression suffix set aside; None when the extension says nothing."""
    lowered = name.lower()
    for suffix in _COMPRESSED:
        lowered = lowered.removesuffix(suffix)
    return _BY_EXTENSION.get(os.path.splitext(lowered)[1])


def _walk(folder: Path, pattern: str | None) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            # os.path, not Path: what may not be looked at is no file to read, and Path raises for it.
            if name.startswith(".") or not os.path.isfile(path):
                continue
            if path.match(pattern) if pattern else format_of(name) is not None:
                yield path


def _from_hub(address: str) -> Path:
    """``hf://datasets/OWNER/NAME[@REVISION]/PATH`` -> the file in the hub's own cache."""
    parts = address.removeprefix("hf://").split("/")
    if len(parts) < 4 or parts[0] != "datasets":
        raise ArgumentError(f"[read] expected hf://datasets/OWNER/NAME/PATH, received {address!r}")
    name, _, revision = parts[2].partition("@")
    from huggingface_hub import hf_hub_download

    try:
        found = hf_hub_download(
            f"{parts[1]}/{name}", "/".join(parts[3:]), repo_type="dataset", revision=revision or None
        )
    except Exception as error:  # the client raises many kinds: offline, gated, missing, HTTP
        raise NotFoundError(
            f"[read] {address}: expected a data set file, received {type(error).__name__}: {error}"
        ) from error
    return Path(found)


def expand_inputs(
    inputs: Iterable[str], format: str | None = None, pattern: str | None = None, remedy: str = "another path"
) -> list[Source]:
    """Sources in the order named; folders are walked in sorted order, globs are sorted.

    Args:
        inputs: paths, ``-``, globs (quoted from the shell), folders, ``hf://datasets/...`` addresses.
        format: one of `FORMATS` for every input; None decides by extension, unknown extensions are txt.
        pattern: which files of a folder to take, such as ``*.py``; None takes the known text and table extensions.
        remedy: what the message says to try where there is nothing at a path.

    Raises:
        NotFoundError: nothing at a path, or a glob or folder without a file.
    """
    sources: list[Source] = []
    for name in inputs:
        if name == "-":
            sources.append(Source("<stdin>", None, format or "txt"))
            continue
        if name.startswith("hf://"):
            sources.append(Source(name, _from_hub(name), format or format_of(name) or "txt"))
            continue
        path = Path(name)
        # os.path, not Path: a text given by mistake may be longer than any name, and Path raises for that.
        if os.path.isdir(name):
            paths = list(_walk(path, pattern))
            if not paths:
                raise NotFoundError(f'[read] {name}: expected files to read in this folder, found none; try glob="*"')
        elif os.path.exists(name):
            paths = [path]
        elif glob.has_magic(name):
            paths = [found for found in map(Path, sorted(glob.glob(name, recursive=True))) if found.is_file()]
            if not paths:
                raise NotFoundError(f"[read] {name}: no file matches")
        else:
            shown = name if len(name) <= 200 else name[:200] + "…"
            raise NotFoundError(f"[read] {shown}: no such file or folder; try {remedy}")
        for found in paths:
            if not os.access(found, os.R_OK):
                raise FileError(f"[read] {found}: not readable")
            sources.append(Source(str(found), found, format or format_of(found.name) or "txt"))
    return sources
